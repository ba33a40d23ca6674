/** Brings the tables to what this version needs, at every start. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CompiledQuery, Kysely, Migrator, PostgresDialect } from 'kysely';
import { TablegateError } from '../model/errors';
import { Connections, parseDatabaseUrl } from './connections';
import { bareError, codeOf } from './errors';
import { migrations } from './migrations';
import { schemaName } from './schema';

export interface MigrateOptions {
  /** Takes one line when PostgreSQL is waited for and one for each migration. */
  log?: (line: string) => void;
  /** Longest wait for a PostgreSQL that does not answer yet, in milliseconds; 30,000 by default. */
  waitMs?: number;
}

const betweenTriesMs = 200;

/**
 * Runs the migrations that are missing, in one transaction and under a lock, so that processes may
 * start at once. A PostgreSQL that is still starting is waited for.
 * @throws TablegateError storeUnavailable, naming host and database, where PostgreSQL does not
 *   answer in time or refuses the connection
 * @throws Error where a migration fails or the tables are of a newer version
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<void> {
  const log = options.log ?? (() => {});
  // Two: kysely's migrator may ask for a second connection beside the one that holds the lock.
  const connections = new Connections(
    databaseUrl,
    { statementTimeoutMs: 0, max: 2, patience: 1 },
    () => {},
  );
  try {
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: connections }) });
    await untilAnswering(db, placeOf(databaseUrl), options.waitMs ?? 30_000, log);
    await runMissing(db, log);
  } finally {
    await connections.end();
  }
}

async function runMissing(db: Kysely<unknown>, log: (line: string) => void): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: schemaName,
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  for (const { status, migrationName } of results ?? []) {
    if (status === 'Success') log(`PostgreSQL: ran the migration ${migrationName}`);
  }
  if (error === undefined) return;
  if (error instanceof Error && error.message.startsWith('corrupted migrations')) {
    throw new Error(
      'The tables in PostgreSQL were made by a newer version of Tablegate than this one.',
      { cause: error },
    );
  }
  throw error instanceof Error ? error : new Error(String(error));
}

async function untilAnswering(
  db: Kysely<unknown>,
  place: string,
  waitMs: number,
  log: (line: string) => void,
): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (let tries = 1; ; tries += 1) {
    try {
      await db.executeQuery(CompiledQuery.raw('select 1'));
      return;
    } catch (error) {
      const behind = error instanceof TablegateError ? error.cause : error;
      if (!mayStillCome(behind) || Date.now() >= deadline) throw unanswered(place, behind);
      if (tries === 1)
        log(`waiting for PostgreSQL at ${place}: ${bareError(behind, null).message}`);
      await sleep(betweenTriesMs);
    }
  }
}

/** A wrong password or database stays wrong; everything else may pass. */
function mayStillCome(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return !code.startsWith('28') && !code.startsWith('3D');
}

function unanswered(place: string, error: unknown): TablegateError {
  const { message } = bareError(error, null);
  return new TablegateError(
    'storeUnavailable',
    `PostgreSQL at ${place} does not serve: ${message}`,
    {
      cause: error,
    },
  );
}

/** Host, port and database, for messages: never user or password. */
function placeOf(databaseUrl: string): string {
  const { host, pathname } = parseDatabaseUrl(databaseUrl);
  return `${host}${pathname}`;
}
