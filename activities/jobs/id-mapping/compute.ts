/** The computation from tables to the swapped-in result; runs in a process of its own. */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ConnectorError, SupersededError } from '../../../connectors/connector';
import { withEngine } from '../../../connectors/duckdb-engine';
import { messageOf } from '../../../connectors/message-of';
import { TablegateError } from '../../../model/errors';
import { isOfLaterRun } from '../../../model/fence';
import { JobError } from '../../../model/job-type';
import type { TableDetail } from '../../../model/run';
import { assignOneIds } from './assign-ids';
import { findComponents, findShared, type LinkTable } from './components';
import { loadLinks, numberIds, storeComponents } from './dictionary';
import { describeLeftOut, logLeftOut } from './left-out';
import { registerIdFunctions } from './id-sql';
import type { ComputeRequest, IdMappingSummary } from './messages';
import { readTable } from './read-table';
import type { Reporter } from './report';
import { idTypesOf, scratchLimits, sourceTableName, type IdRange, type ReadTable } from './scratch';
import { countRowsByTable, swapResult, writeResult } from './write-result';

/** Names the table or output in front of what went wrong with it. */
function failureOf(name: string, error: unknown): Error {
  if (error instanceof JobError || error instanceof SupersededError) return error;
  if (error instanceof ConnectorError || error instanceof TablegateError) {
    return new JobError(`${name}: ${error.message}`, [], { cause: error.cause ?? error });
  }
  const [firstLine] = messageOf(error).split('\n', 1);
  return new JobError(`${name}: ${firstLine}`, [], { cause: error });
}

async function readTables(
  connection: DuckDBConnection,
  request: ComputeRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<{ tables: ReadTable[]; details: TableDetail[] }> {
  reporter.begin('reading');
  const tables: ReadTable[] = [];
  const details: TableDetail[] = [];
  for (const [place, { name }] of request.tables.entries()) {
    reporter.at(place / request.tables.length, `reading ${name}`);
    const detail: TableDetail = {
      table: name,
      status: 'running',
      rowsRead: null,
      rowsWritten: null,
      error: null,
      startedAt: new Date().toISOString(),
      finishedAt: null,
    };
    reporter.send({ type: 'table', detail });
    try {
      const table = await readTable(connection, request, place, signal);
      tables.push(table);
      reporter.log('info', `${name}: ${table.rows} rows read`);
      const finishedAt = new Date().toISOString();
      const done = { ...detail, status: 'succeeded' as const, rowsRead: table.rows, finishedAt };
      details.push(done);
      reporter.send({ type: 'table', detail: done });
    } catch (error) {
      const failure = failureOf(name, error);
      const finishedAt = new Date().toISOString();
      const failed = { ...detail, status: 'failed' as const, error: failure.message, finishedAt };
      reporter.send({ type: 'table', detail: failed });
      throw failure;
    }
  }
  return { tables, details };
}

async function loadTables(
  connection: DuckDBConnection,
  tables: ReadTable[],
  idTypes: string[],
  reporter: Reporter,
): Promise<LinkTable[]> {
  const links: LinkTable[] = [];
  for (const [place, table] of tables.entries()) {
    reporter.at((1 + place) / (1 + tables.length), `matching the IDs of ${table.name}`);
    links.push(await loadLinks(connection, table, idTypes));
    await connection.run(`DROP TABLE ${sourceTableName(place)}`);
  }
  return links;
}

function countByType(ranges: IdRange[], shared: { id: number }[]): Record<string, number> {
  const counts = ranges.map(({ idType, start, end }) => {
    const out = shared.filter(({ id }) => id >= start && id < end).length;
    return [idType, end - start - out] as const;
  });
  return Object.fromEntries(counts);
}

/** Everything up to the finished Parquet file. @returns `details` as they are once it is swapped in */
async function resolveUsers(
  connection: DuckDBConnection,
  request: ComputeRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<{
  file: string;
  summary: Omit<IdMappingSummary, 'seconds'>;
  details: TableDetail[];
}> {
  registerIdFunctions(connection);
  const { tables, details } = await readTables(connection, request, reporter, signal);
  const idTypes = idTypesOf(request.tables);

  reporter.begin('matching');
  reporter.at(0, 'collecting distinct IDs');
  const ranges = await numberIds(connection, tables, idTypes);
  const idCount = ranges.at(-1)?.end ?? 0;
  const links = await loadTables(connection, tables, idTypes, reporter);

  reporter.begin('linking');
  reporter.at(0, `linking ${idCount} IDs`);
  const { maxSharedBy } = request;
  const shared = maxSharedBy === null ? [] : findShared(links, idCount, maxSharedBy);
  const names = tables.map((table) => table.name);
  const leftOut = await describeLeftOut(connection, shared, idTypes, names);
  logLeftOut(reporter, leftOut, shared.length);
  const roots = findComponents(
    links,
    idCount,
    shared.map(({ id }) => id),
  );

  reporter.begin('writing');
  reporter.at(0, 'writing the result');
  await storeComponents(connection, roots);
  const users = await assignOneIds(connection, idTypes);
  const ids = idCount - shared.length;
  const file = await writeResult(connection, request, idTypes, ids);
  const rowsWritten = await countRowsByTable(connection, request);
  const rowsRead = tables.reduce((sum, table) => sum + table.rows, 0);
  const idsByType = countByType(ranges, shared);
  const leftOutCount = shared.length;
  const { output } = request;
  return {
    file,
    summary: { output, users, ids, idsByType, rowsRead, leftOut, leftOutCount },
    details: details.map((detail, place) => ({ ...detail, rowsWritten: rowsWritten[place] ?? 0 })),
  };
}

/**
 * Reads the tables, links their IDs and puts the result in the place of the former one.
 * @throws JobError naming the table or output; SupersededError; anything else is a fault of ours
 */
export async function computeIdMapping(
  request: ComputeRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<IdMappingSummary> {
  const { file, summary, details } = await withEngine(
    path.join(request.scratchDir, 'work.duckdb'),
    scratchLimits(request.scratchDir),
    signal,
    (connection) => resolveUsers(connection, request, reporter, signal),
  );
  reporter.begin('swapping');
  reporter.at(0, `replacing ${request.output}`);
  const superseded = !(await putInPlace(request, file, signal));
  for (const detail of details) reporter.send({ type: 'table', detail });
  const place = superseded
    ? `a later run had written ${request.output} before, and its result stays`
    : `in ${request.output}`;
  reporter.log('info', `${summary.users} users from ${summary.ids} IDs, ${place}`);
  return { ...summary, ...(superseded && { superseded }), seconds: reporter.end() };
}

/**
 * Puts the result in the place of the former one. Runs of one task may go on side by side: each
 * recalculates everything, so that of the latest is to be there in the end.
 * @returns false where the result of a later run is there already
 */
async function putInPlace(
  request: ComputeRequest,
  file: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await swapResult(request, file, signal);
    return true;
  } catch (error) {
    const last = error instanceof SupersededError ? error.lastFence : null;
    if (last !== null && isOfLaterRun(last, BigInt(request.fence))) return false;
    throw failureOf(request.output, error);
  }
}
