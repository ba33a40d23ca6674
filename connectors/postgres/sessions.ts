/**
 * Sessions with one PostgreSQL: pooled, limited in time, each used for one transaction. What is
 * set, is set for the transaction only, so that a pooler between (PgBouncer) does no harm.
 */
import { Pool, type PoolClient } from 'pg';
import type { Socket } from 'node:net';
import { ConnectorError } from '../connector';
import { serverOf, tlsOptions } from '../server-config';
import { quoteText } from '../sql-text';
import { Turns } from '../turns';
import type { PostgresConfig } from './config';
import { postgresError } from './errors';

export interface TransactionOptions {
  /** `read`: one state of all tables, nothing can be written. `write`: read committed. */
  mode: 'read' | 'write';
  /** Ends the transaction at once, on the server too. */
  signal: AbortSignal | null;
  /** Longest statement in milliseconds; left out: as configured. */
  statementLimitMs?: number;
  /** What `exportSnapshot` gave in another transaction, for the same state in this one. */
  snapshot?: string;
}

/** How long a lock on a table is waited for: who waits holds up all who come later. */
const lockLimitMs = 60_000;
/** How long the server lets a transaction idle whose process has stopped in the middle of it. */
const idleLimitMs = 600_000;
/** How much longer than the server we wait for an answer before the way to it counts as cut. */
const answerGraceMs = 5_000;
/** How long the end of a broken-off transaction is waited for. */
const terminateLimitMs = 1_500;
/** Longest that a session of the pool is waited for; a run's own limit ends it before. */
const longestWaitMs = 2 ** 31 - 1;

/** Every value comes as PostgreSQL writes it. */
const asText = (text: string): string => text;

/** Sessions of one configured connection; opens none until one is used. */
export class PostgresSessions {
  readonly #config: PostgresConfig;
  readonly #pool: Pool;
  readonly #turns: Turns;

  constructor(config: PostgresConfig) {
    this.#config = config;
    this.#turns = new Turns(config.maxConnections);
    this.#pool = makePool(config, config.maxConnections);
  }

  /**
   * Runs `work` in a transaction of its own: committed when it ends, rolled back when it throws.
   * Values come as texts. No more than `maxConnections` run at once, the others wait.
   * @throws ConnectorError; what `work` throws of ours; the signal's reason
   */
  async transaction<T>(
    options: TransactionOptions,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    const { signal } = options;
    if (!(await this.#turns.take({ waitMs: longestWaitMs, signal }))) {
      throw new ConnectorError('No session came free.', { retryable: true });
    }
    try {
      return await this.#inSession(options, work);
    } catch (error) {
      signal?.throwIfAborted();
      throw postgresError(this.#config, error);
    } finally {
      this.#turns.end();
    }
  }

  /** Closes the sessions; those in use end with their transaction. */
  async end(): Promise<void> {
    await this.#pool.end();
  }

  async #inSession<T>(
    options: TransactionOptions,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    const { signal } = options;
    const limitMs = options.statementLimitMs ?? this.#config.statementTimeoutSeconds * 1000;
    const client = await this.#connect(signal);
    const socket = socketOf(client);
    const giveUp = () => socket.destroy(this.#silent(limitMs));
    socket.setTimeout(limitMs + answerGraceMs);
    socket.on('timeout', giveUp);
    let pid: string | null = null;
    let terminated = Promise.resolve();
    const abort = () => {
      if (pid !== null) terminated = this.#terminate(pid);
      socket.destroy();
    };
    signal?.addEventListener('abort', abort);
    let isBroken = true;
    try {
      signal?.throwIfAborted();
      pid = await begin(client, beginSql(options, limitMs));
      const result = await workOrRollBack(client, work);
      isBroken = false;
      return result;
    } catch (error) {
      isBroken = socket.destroyed || !(error instanceof RolledBack);
      await terminated;
      throw error instanceof RolledBack ? error.cause : error;
    } finally {
      signal?.removeEventListener('abort', abort);
      socket.off('timeout', giveUp);
      socket.setTimeout(0);
      client.release(isBroken);
    }
  }

  /** A session that opens in spite of an abort is thrown away when it is there. */
  async #connect(signal: AbortSignal | null): Promise<PoolClient> {
    signal?.throwIfAborted();
    const connecting = this.#pool.connect();
    if (signal === null) return connecting;
    return new Promise((resolve, reject) => {
      const abort = () => {
        reject(signal.reason as Error);
        connecting.then((client) => client.release(true)).catch(() => undefined);
      };
      signal.addEventListener('abort', abort, { once: true });
      connecting.then(
        (client) => {
          signal.removeEventListener('abort', abort);
          if (!signal.aborted) resolve(client);
        },
        (error: unknown) => {
          signal.removeEventListener('abort', abort);
          reject(error as Error);
        },
      );
    });
  }

  /** Ends a statement that would run on although nobody waits for it any more. */
  async #terminate(pid: string): Promise<void> {
    const pool = makePool({ ...this.#config, connectTimeoutSeconds: 1 }, 1);
    const end = async () => {
      try {
        await pool.query('SELECT pg_catalog.pg_terminate_backend($1)', [pid]);
      } finally {
        await pool.end();
      }
    };
    const ending = end().catch(() => undefined);
    await Promise.race([ending, unrefDelay(terminateLimitMs)]);
  }

  #silent(limitMs: number): ConnectorError {
    const seconds = Math.round((limitMs + answerGraceMs) / 1000);
    return new ConnectorError(
      `PostgreSQL at ${serverOf(this.#config)} has not answered for ${seconds} s.`,
      { retryable: true },
    );
  }
}

/** Marks that the session is as good as new in spite of the failure. */
class RolledBack extends Error {
  constructor(override readonly cause: unknown) {
    super('rolled back');
  }
}

async function workOrRollBack<T>(
  client: PoolClient,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    result = await work(client);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      throw error;
    });
    throw new RolledBack(error);
  }
  await client.query('COMMIT');
  return result;
}

/**
 * A process of ours that is killed tells nobody: the server looks every two seconds whether there is
 * still somebody who waits, where it can (PostgreSQL 14 and later, on Linux).
 */
const noticeEndSql = `
  SELECT CASE WHEN pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL
      AND pg_catalog.version() ~ '-linux'
    THEN pg_catalog.set_config('client_connection_check_interval', '2s', true) END`;

/** @returns the server's process of the session: a pooler between tells another one */
async function begin(client: PoolClient, sql: string): Promise<string> {
  const answers = await client.query(
    `${sql}; ${noticeEndSql}; SELECT pg_catalog.pg_backend_pid() AS pid`,
  );
  const { rows } = (answers as unknown as { rows: { pid: string }[] }[]).at(-1)!;
  return rows[0]!.pid;
}

function beginSql({ mode, snapshot }: TransactionOptions, limitMs: number): string {
  const settings: Record<string, string> = {
    statement_timeout: String(limitMs),
    lock_timeout: String(lockLimitMs),
    idle_in_transaction_session_timeout: String(idleLimitMs),
    timezone: 'UTC',
    datestyle: 'ISO, YMD',
    intervalstyle: 'iso_8601',
    bytea_output: 'hex',
    extra_float_digits: '1',
    standard_conforming_strings: 'on',
  };
  const begin =
    mode === 'read'
      ? 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY'
      : 'BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE';
  return [
    begin,
    ...(snapshot === undefined ? [] : [`SET TRANSACTION SNAPSHOT ${quoteText(snapshot)}`]),
    ...Object.entries(settings).map(([name, value]) => `SET LOCAL ${name} = ${quoteText(value)}`),
  ].join('; ');
}

function makePool(config: PostgresConfig, max: number): Pool {
  const { host, port, database, user, password } = config;
  const pool = new Pool({
    ...{ host, port, database, user, max },
    // Given in this way it is never taken from the environment. An empty one, which no server takes,
    // would leave `pg` waiting for the server to lose its patience: it is sent a blank.
    password: () => password || ' ',
    ssl: tlsOptions(config) ?? false,
    application_name: 'tablegate',
    connectionTimeoutMillis: config.connectTimeoutSeconds * 1000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    types: { getTypeParser: () => asText },
  });
  // What breaks is told to whoever uses it; without listeners the process would end.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function socketOf(client: PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

/** Ends a session in the middle of what it does; its transaction fails then. */
export function breakOff(client: PoolClient): void {
  socketOf(client).destroy();
}

function unrefDelay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/**
 * What other transactions are given to see the same state as this one, for as long as it lasts.
 * @param client of a transaction of mode `read`
 */
export async function exportSnapshot(client: PoolClient): Promise<string> {
  const { rows } = await client.query<{ snapshot: string }>(
    'SELECT pg_catalog.pg_export_snapshot() AS snapshot',
  );
  return rows[0]!.snapshot;
}
