/**
 * Opens a user's DuckDB file for one use. Other processes are kept apart by DuckDB's own file lock,
 * which is waited for; within this process that lock does not hold (the system counts it by
 * process, and closing one handle drops it for all), so uses of one file take turns here.
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { readsOnce, withEngine, type EngineLimits } from '../duckdb-engine';
import { quoteText } from '../sql-text';
import { Turns } from '../turns';
import { busyError, duckdbError, heldError, isHeldElsewhere } from './errors';

export interface FileUse {
  /** Real path of the database file. */
  file: string;
  /** What the file is called for people; left out: as its path says. */
  name?: string;
  mode: 'read' | 'write';
  /** How long other uses are waited for, in this process and in others together. */
  waitMs: number;
  signal: AbortSignal | null;
}

/** A use in an engine of its own. */
export interface OwnUse extends FileUse {
  limits: EngineLimits;
  /** Folders below which views of the database, and we, may read and write files. */
  folders: string[];
  /** Single files beside those. */
  paths?: string[];
  /** Its memory limit may be set while it is open. */
  grows?: true;
  /** What is told of a file that was asked for outside of them; left out: that a view did. */
  refused?: (fileName: string, message: string) => string;
}

const nameOf = ({ name, file }: FileUse) => name ?? path.basename(file);

const turnsOf = new Map<string, Turns>();

/** Waits for its turn; the answer ends it. */
async function takeTurn(use: FileUse): Promise<() => void> {
  const { file, waitMs, signal } = use;
  const turns = turnsOf.get(file) ?? new Turns(1);
  turnsOf.set(file, turns);
  if (!(await turns.take({ waitMs, signal }))) throw busyError(nameOf(use), waitMs);
  return () => {
    turns.end();
    if (turns.idle) turnsOf.delete(file);
  };
}

/** First wait between two looks at a lock, and the longest. */
const firstPauseMs = 50;
const longestPauseMs = 500;

/** @param startedAt when the waiting for the file began */
async function attach(
  connection: DuckDBConnection,
  use: FileUse,
  startedAt: number,
): Promise<void> {
  const mode = use.mode === 'read' ? '(TYPE duckdb, READ_ONLY)' : '(TYPE duckdb)';
  const sql = `ATTACH ${quoteText(use.file)} AS opened ${mode}`;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      await connection.run(sql);
      return;
    } catch (error) {
      if (!isHeldElsewhere(error)) throw error;
      const waitedMs = Date.now() - startedAt;
      if (waitedMs >= use.waitMs) throw heldError(nameOf(use), waitedMs, error);
      await delay(pauseMs, undefined, use.signal === null ? {} : { signal: use.signal });
    }
  }
}

// What a use that only reads writes elsewhere is copied once more and then removed: compressing its
// texts takes longer than what it saves.
const quickCopies = `SET disabled_compression_methods = 'dictionary,fsst'`;

/** Keeps views of a user's database, which may read any file, to the allowed folders. */
async function confine(
  connection: DuckDBConnection,
  { folders, paths = [], grows }: OwnUse,
): Promise<void> {
  const list = folders.map((folder) => quoteText(folder + path.sep)).join(', ');
  await connection.run(`SET allowed_directories = [${list}]`);
  await connection.run(`SET allowed_paths = [${paths.map(quoteText).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  if (grows) await connection.run(`SET allowed_configs = ['memory_limit']`);
  await connection.run('SET lock_configuration = true');
}

/**
 * Attaches the file to an engine of the caller's as catalog `opened`. No view of the file may be
 * read: it may read any file.
 * @returns what closes it
 * @throws ConnectorError naming the file; the signal's reason
 */
export async function attachFile(
  use: FileUse,
  connection: DuckDBConnection,
): Promise<() => Promise<void>> {
  const startedAt = Date.now();
  const endTurn = await takeTurn(use);
  try {
    await attach(connection, use, startedAt);
  } catch (error) {
    endTurn();
    use.signal?.throwIfAborted();
    throw duckdbError(nameOf(use), error);
  }
  return async () => {
    try {
      await connection.run('DETACH opened');
    } finally {
      endTurn();
    }
  };
}

/**
 * Runs `work` while the file is attached as with `attachFile`, and closes it.
 * @throws ConnectorError naming the file; what `work` throws of ours; the signal's reason
 */
export async function withAttachedFile<T>(
  use: FileUse,
  connection: DuckDBConnection,
  work: () => Promise<T>,
): Promise<T> {
  const close = await attachFile(use, connection);
  try {
    try {
      return await work();
    } finally {
      await close();
    }
  } catch (error) {
    use.signal?.throwIfAborted();
    throw duckdbError(nameOf(use), error);
  }
}

/**
 * Runs `work` while the file is attached as catalog `opened`, and closes it.
 * @throws ConnectorError naming the file; what `work` throws of ours; the signal's reason
 */
export async function withDatabaseFile<T>(
  use: OwnUse,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const startedAt = Date.now();
  const endTurn = await takeTurn(use);
  try {
    return await withEngine(':memory:', use.limits, use.signal, async (connection) => {
      await attach(connection, use, startedAt);
      await connection.run(readsOnce);
      if (use.mode === 'read') await connection.run(quickCopies);
      await confine(connection, use);
      return work(connection);
    });
  } catch (error) {
    use.signal?.throwIfAborted();
    throw duckdbError(nameOf(use), error, use.refused);
  } finally {
    endTurn();
  }
}
