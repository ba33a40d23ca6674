/** Opens DuckDB the way all of Tablegate uses it: offline, within limits, never in the way. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf } from './message-of';

export interface EngineLimits {
  threads: number;
  memoryMiB: number;
  /** Folder that DuckDB may spill into; null: it must do without. */
  spillDir: string | null;
}

/** Enough to read a schema. */
export const smallEngine: EngineLimits = { threads: 1, memoryMiB: 128, spillDir: null };

/** For who reads files once: what was read is not kept in memory. */
export const readsOnce = 'SET enable_external_file_cache = false';

/** Settings of every instance: nothing is downloaded. */
function settingsOf(limits: EngineLimits): Record<string, string> {
  return {
    threads: String(limits.threads),
    memory_limit: `${limits.memoryMiB}MiB`,
    temp_directory: limits.spillDir ?? '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  };
}

/**
 * Runs `use` on a connection of an engine of its own, which is closed when it ends. When the
 * signal aborts, the running statement is interrupted and `use` meets its error.
 * @param database path of a DuckDB file of ours, or `:memory:`
 * @throws the signal's reason when it was aborted, else what `use` throws
 */
export async function withEngine<T>(
  database: string,
  limits: EngineLimits,
  signal: AbortSignal | null,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  // Loaded by the first that needs it: it takes its time, and a child process may do without.
  const { DuckDBInstance } = require('@duckdb/node-api') as typeof import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(database, settingsOf(limits));
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    return await use(connection);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
  }
}

/** Whether DuckDB did without the memory that it needed; a COMMIT says it in words of its own. */
export function isOutOfMemory(error: unknown): boolean {
  return /Out of Memory Error|failed to (pin|allocate)|could not allocate/.test(messageOf(error));
}

/** All rows of a query as plain JavaScript values; for small results. */
export async function queryRows(
  connection: DuckDBConnection,
  sql: string,
): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS();
}

/**
 * Runs a statement that a script brings: as one, so that nothing behind a semicolon leaves the
 * transaction that it is kept in.
 * @throws what DuckDB says, of several statements too
 */
export async function runSingle(connection: DuckDBConnection, sql: string): Promise<void> {
  const prepared = await connection.prepare(sql);
  try {
    await prepared.run();
  } finally {
    prepared.destroySync();
  }
}
