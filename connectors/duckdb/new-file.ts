/**
 * A DuckDB file that is not there yet: it is made beside its place while the rows come, and gets its
 * name when it is whole. A file that is there is never replaced: it may hold what is not ours, and a
 * process that has it open would go on writing into a file without a name.
 */
import { link, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { fileSystemError } from '../file-system-error';
import { realRoots } from '../roots';
import { quoteIdentifier, quoteName, quoteText } from '../sql-text';
import type { ColumnPair, CopyTotals, Feed, WriteRequest } from '../transfer';
import { makeCopies, noteCopy } from './copies';
import {
  copyMemoryMiB,
  firstMemoryMiB,
  leastMemoryMiB,
  machineMemoryMiB,
  setMemory,
  withEnoughMemory,
} from './copy-memory';
import { withDatabaseFile } from './open-file';
import { limitsIn, runWaitMs } from './read-rows';
import { DuckdbSink, type GatheredRows, type Stream } from './sink';
import { makeTable, type Target } from './target';

/** Whether a script does nothing but fill a table, without SQL of its own. */
export function onlyFills({ plan }: Pick<WriteRequest, 'plan'>): boolean {
  const { mode, where, preSql, postSql } = plan;
  return mode !== 'upsert' && where === null && preSql.length + postSql.length === 0;
}

/** Where the file is made. */
export function besideOf({ file }: Target, { writer, fence }: WriteRequest): string {
  return path.join(path.dirname(file), `.tablegate-${writer}-${fence}.duckdb`);
}

/** Takes away what a try that was killed has left. @throws ConnectorError for a missing folder */
export async function sweep(
  { file }: Target,
  { writer }: Pick<WriteRequest, 'writer'>,
): Promise<void> {
  const folder = path.dirname(file);
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileSystemError(`The folder ${folder}`, error);
  });
  const left = names.filter((name) => name.startsWith(`.tablegate-${writer}-`));
  for (const name of left) await rm(path.join(folder, name), { force: true });
}

/**
 * @param file where it is made; see `besideOf`
 * @param judge an engine that knows which values its types take
 * @throws ConnectorError; what `feed` throws
 */
export async function makeBeside(
  file: string,
  target: Target,
  request: WriteRequest,
  pairs: ColumnPair[],
  judge: DuckDBConnection,
  feed: Feed,
): Promise<CopyTotals> {
  const { scratchDir, signal, context } = request;
  const folders = [...(await realRoots(context.filesRoots)), scratchDir];
  const limits = limitsIn(scratchDir, leastMemoryMiB);
  const name = path.basename(target.file);
  const use = { file, name, mode: 'write' as const, waitMs: runWaitMs, signal, limits, folders };
  const totals = await withDatabaseFile({ ...use, grows: true }, async (connection) => {
    await connection.run('USE opened');
    await begin(connection, target, pairs);
    const sink = new DuckdbSink(request, pairs, judge, streamInto(connection, target, pairs));
    try {
      const fed = await feed(sink);
      await fill(connection, target, pairs, sink);
      await makeCopies(connection);
      await noteCopy(connection, target, request, fed);
      await connection.run('COMMIT');
      await connection.run('CHECKPOINT opened');
      await connection.run('USE memory');
      await connection.run('DETACH opened');
      return fed;
    } finally {
      await sink.discard().catch(() => undefined);
    }
  });
  await syncAll(file);
  return totals;
}

async function begin(
  connection: DuckDBConnection,
  { ref }: Target,
  pairs: ColumnPair[],
): Promise<void> {
  await connection.run('BEGIN');
  await makeTable(connection, ref, pairs);
}

async function beginAgain(
  connection: DuckDBConnection,
  target: Target,
  pairs: ColumnPair[],
): Promise<void> {
  await connection.run('ROLLBACK');
  await begin(connection, target, pairs);
}

function streamInto(connection: DuckDBConnection, target: Target, pairs: ColumnPair[]): Stream {
  let memoryMiB = leastMemoryMiB;
  return {
    name: path.basename(target.file),
    take: async (relation, sizes) => {
      // One group is read by one thread.
      const needed = copyMemoryMiB(pairs.length, sizes, 1, machineMemoryMiB());
      if (needed > memoryMiB) await setMemory(connection, needed);
      memoryMiB = Math.max(memoryMiB, needed);
      await insert(connection, target, pairs, relation);
    },
    reset: () => beginAgain(connection, target, pairs),
  };
}

async function insert(
  connection: DuckDBConnection,
  { ref }: Target,
  pairs: ColumnPair[],
  relation: string,
): Promise<void> {
  const list = pairs.map(({ target: { name } }) => quoteIdentifier(name)).join(', ');
  const table = quoteName('opened', ref.schema, ref.table);
  await connection.run(`INSERT INTO ${table} (${list}) SELECT ${list} FROM ${relation}`);
}

/** Brings in what did not come group by group. */
async function fill(
  connection: DuckDBConnection,
  target: Target,
  pairs: ColumnPair[],
  sink: DuckdbSink,
): Promise<void> {
  const { setup, sql } = await sink.finish();
  if (sink.isStreamed) return;
  let tries = 0;
  await withEnoughMemory(firstMemoryMiB, async (memoryMiB) => {
    if (tries > 0) await beginAgain(connection, target, pairs);
    tries += 1;
    await setMemory(connection, memoryMiB);
    for (const statement of setup) await connection.run(statement);
    await insert(connection, target, pairs, sql);
  });
}

/** A file has its name only once it is on disk. */
async function syncAll(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Gives a file its name, unless there is one of that name.
 * @returns false where there is, or where the file system has no such step
 */
export async function giveName({ file }: Target, made: string): Promise<boolean> {
  try {
    await link(made, file);
  } catch {
    return false;
  }
  const folder = await open(path.dirname(file), 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
  return true;
}

/** The rows of a file that found another in its place. */
export function rowsOf({ ref }: Target, made: string): GatheredRows {
  const table = quoteName('made', ref.schema, ref.table);
  return {
    setup: [`ATTACH ${quoteText(made)} AS made (TYPE duckdb, READ_ONLY)`],
    sql: `(SELECT *, rowid AS file_row_number FROM ${table})`,
    paths: [made, `${made}.wal`],
  };
}
