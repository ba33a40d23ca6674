/** The computation from tables to the swapped-in result; runs in a process of its own. */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { OutdatedError, SupersededError } from '../../../connectors/connector';
import { withEngine } from '../../../connectors/duckdb-engine';
import { isFirstTry, isOfLaterRun } from '../../../model/fence';
import { JobError } from '../../../model/job-type';
import type { TableDetail } from '../../../model/run';
import { awaitedLater } from './awaited-later';
import { findChanges, type ChangeCounts } from './changes';
import { describeCrowded, logCrowded } from './describe-crowded';
import type { TypeIds } from './dictionary';
import { failureOf } from './failures';
import { matchWithFormer, readFormer, type Former } from './former';
import type { PresentIds } from './former-rows';
import { registerIdFunctions } from './id-sql';
import { countOf } from './left-out';
import { linkUsers } from './link-users';
import { Linker } from './linker';
import type { LinkCounts } from './linking';
import type { ComputeRequest, IdMappingSummary } from './messages';
import { giveOneIds } from './one-ids';
import { readTables } from './read-tables';
import type { Reporter } from './report';
import { scratchLimits } from './scratch';
import type { Representatives, Users } from './users';
import { resultRelation, swapResult } from './write-result';
import { findWritten, noteOf, tellWritten, writtenIn, type Written } from './written';

/** How often a result is matched anew because another has taken the place of the former one. */
const mostMatchings = 10;

/** Users that have been found, on their way into the target. */
interface Found {
  /** The former result, which is read meanwhile; null: there is none. */
  former: Promise<Former | null>;
  users: Users;
  representatives: Representatives;
  present: PresentIds;
  firstTable: Uint16Array;
  ids: number;
  /** What is told of them, which is counted while they are written. */
  describe: (changes: ChangeCounts | null) => Promise<Written>;
}

/**
 * Reads the tables, links their IDs and puts the result in the place of the former one; once in a
 * run, whatever happened to the try that did it.
 * @throws JobError naming the table or output; SupersededError; anything else is a fault of ours
 */
export async function computeIdMapping(
  request: ComputeRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<IdMappingSummary> {
  // Only spares work: what counts is what is there when the result is to be put in its place.
  const before = isFirstTry(BigInt(request.fence)) ? null : await findWritten(request);
  if (before !== null) return tellWritten(reporter, before);
  const file = path.join(request.scratchDir, 'work.duckdb');
  return withEngine(file, scratchLimits(request.scratchDir), signal, async (connection) => {
    // In the order of the rows, what threads have written side by side would be written a second time.
    await connection.run('SET preserve_insertion_order = false');
    registerIdFunctions(connection);
    const linker = new Linker();
    try {
      return await compute(connection, request, linker, reporter, signal);
    } finally {
      await linker.close();
    }
  });
}

async function compute(
  connection: DuckDBConnection,
  request: ComputeRequest,
  linker: Linker,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<IdMappingSummary> {
  const { found, counting, summary, details, types } = await findUsers(
    connection,
    request,
    linker,
    reporter,
    signal,
  );
  const describe = async (changes: ChangeCounts | null): Promise<Written> => {
    const { rowsWritten, crowded: all, ...counted } = await counting;
    const crowded = await describeCrowded(connection, types, all);
    const described = { ...summary, ...counted, crowded, crowdedCount: all.length, changes };
    return {
      summary: { ...described, seconds: reporter.seconds() },
      tables: details.map((detail, place) => ({ ...detail, rowsWritten: rowsWritten[place]! })),
    };
  };
  const placed = await putInPlace(connection, request, { ...found, describe }, reporter, signal);
  if (placed.by === 'former try') return tellWritten(reporter, placed.written);
  const superseded = placed.by === 'later run';
  const { summary: whole, tables } = placed.written;
  logCrowded(reporter, whole.crowded, whole.crowdedCount);
  for (const detail of tables) reporter.send({ type: 'table', detail });
  const where = superseded
    ? `a later run had written ${request.output} before, and its result stays`
    : `in ${request.output}`;
  reporter.log('info', `${summary.users} users from ${summary.ids} IDs, ${where}`);
  return { ...whole, ...(superseded && { superseded }), seconds: reporter.end() };
}

/** @returns what is known of the users; `counting` goes on beside what comes next */
async function findUsers(
  connection: DuckDBConnection,
  request: ComputeRequest,
  linker: Linker,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<{
  found: Omit<Found, 'describe'>;
  counting: Promise<LinkCounts>;
  summary: Omit<IdMappingSummary, keyof LinkCounts | 'crowdedCount' | 'seconds' | 'changes'>;
  details: TableDetail[];
  types: TypeIds[];
}> {
  const read = await readTables(connection, request, linker, reporter, signal);
  const { dictionary, tables } = read;
  const { idCount, leftOut: codes, firstTable } = dictionary;
  const idTypes = dictionary.types.map(({ idType }) => idType);
  const present = { idTypes, idCount, leftOut: codes };
  // Linking leaves DuckDB idle.
  const former = awaitedLater(readFormer(connection, request, present, signal));
  const linked = await linkUsers(connection, request, dictionary, read, linker, reporter).catch(
    async (error: unknown) => {
      await former.catch(() => undefined);
      throw error;
    },
  );
  const { users, representatives, leftOut, counting } = linked;
  // The rows are not needed any more then, and writing takes the most memory.
  const letGo = (): Promise<void> => linker.close().then(freeNow);
  void counting.then(letGo, letGo);
  let ids = 0;
  for (let user = 0; user < users.count; user += 1) ids += users.ids[user]!;
  const summary = {
    ...{ output: request.output, users: users.count, ids },
    rowsRead: tables.reduce((sum, { links }) => sum + (links[0]?.length ?? 0), 0),
    ...{ leftOut: leftOut.values, leftOutCount: countOf(leftOut.counts) },
    ...{ leftOutByType: leftOut.counts },
  };
  const found = { former, users, representatives, present, firstTable, ids };
  // Nothing more of the dictionary: its rows would be held for as long as the result is written.
  return { found, counting, summary, details: read.details, types: dictionary.types };
}

/** Else large arrays may stay for as long as JavaScript only waits for DuckDB, as it makes nothing new. */
function freeNow(): void {
  globalThis.gc?.();
}

/** Whose result is in its place in the end, and what this run tells of its own. */
interface Placed {
  by: 'this try' | 'former try' | 'later run';
  written: Written;
}

/**
 * Puts the result in the place of the former one, whose ids it carries on; where another result has
 * come there meanwhile, it carries on those of that one.
 */
async function putInPlace(
  connection: DuckDBConnection,
  request: ComputeRequest,
  found: Found,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Placed> {
  let { former } = found;
  for (let matching = 1; ; matching += 1) {
    try {
      return await tryToPlace(connection, request, { ...found, former }, reporter, signal);
    } catch (error) {
      if (!(error instanceof OutdatedError)) throw error;
      if (matching === mostMatchings) {
        const often = `other runs have written it ${mostMatchings} times meanwhile`;
        throw new JobError(`${request.output}: ${often}; let them end first.`, [], {
          cause: error,
        });
      }
      reporter.log('info', `${error.message} The users are matched with that result.`);
      former = readFormer(connection, request, found.present, signal);
    }
  }
}

async function tryToPlace(
  connection: DuckDBConnection,
  request: ComputeRequest,
  { former: reading, users, representatives, firstTable, ids, describe }: Found,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Placed> {
  reporter.begin('comparing');
  reporter.at(0, `comparing with the former result`);
  const fence = BigInt(request.fence);
  const former = await reading.catch((error: unknown) => {
    throw failureOf(request.output, error);
  });
  const before = writtenIn(request, former?.write ?? null);
  if (before !== null) return { by: 'former try', written: before };
  const matched = former && (await matchWithFormer(connection, former, users));
  const oneIds = giveOneIds(users, representatives, matched, request.startedAtMs);
  const changes = await findChanges(connection, request, users, oneIds, matched);

  reporter.begin('writing');
  reporter.at(0, `replacing ${request.output}`);
  let describing: Promise<Written> | undefined;
  const written = () => (describing ??= describe(changes.counts));
  const note = async () => noteOf(request, await written());
  const result = resultRelation(connection, request, users, oneIds, firstTable);
  try {
    const relations = { result, changes: changes.relation };
    const basedOn = former?.write ?? null;
    const rows = await swapResult(connection, request, relations, basedOn, note, signal);
    if (rows !== ids) throw new Error(`${rows} rows were written, not ${ids}`);
    return { by: 'this try', written: await written() };
  } catch (error) {
    // Runs of one task may go on side by side: each recalculates everything, so that of the latest
    // is to be there in the end.
    const last = error instanceof SupersededError ? error.lastFence : null;
    if (last !== null && isOfLaterRun(last, fence))
      return { by: 'later run', written: await written() };
    throw failureOf(request.output, error);
  }
}
