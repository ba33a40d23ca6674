/** Sessions with one MySQL or MariaDB: pooled, limited in time, each used for one transaction. */
import type { Socket } from 'node:net';
import { createPool, type Pool, type PoolConnection } from 'mysql2';
import { ConnectorError } from '../connector';
import { serverOf, tlsOptions } from '../server-config';
import { Turns } from '../turns';
import type { MysqlConfig } from './config';
import { mysqlError } from './errors';
import { MysqlSession } from './session';

export interface TransactionOptions {
  /** `read`: one state of all tables, nothing can be written. `write`: read committed. */
  mode: 'read' | 'write';
  /** Ends the transaction at once, on the server too. */
  signal: AbortSignal | null;
  /** Longest statement in milliseconds; left out: as configured. */
  statementLimitMs?: number;
}

/** How long a lock on a table is waited for: who waits holds up all who come later. */
export const lockLimitSeconds = 60;
/** How long the server keeps a session whose process has stopped in the middle of it. */
const idleLimitSeconds = 600;
/** How long the server waits for us to take, or to send, more of a long answer or statement. */
const networkLimitSeconds = 600;
/** How much longer than the server we wait for an answer before the way to it counts as cut. */
const answerGraceMs = 5_000;
/** How long the end of a broken-off transaction is waited for. */
const killLimitMs = 1_500;
/** Longest that a session of the pool is waited for; a run's own limit ends it before. */
const longestWaitMs = 2 ** 31 - 1;

/**
 * Whatever the server's defaults: nothing is cut or bent to fit, a backslash is a character like
 * any other, times are in UTC.
 */
const sqlMode =
  'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO';

/** Sessions of one configured connection; opens none until one is used. */
export class MysqlSessions {
  readonly #config: MysqlConfig;
  readonly #pool: Pool;
  readonly #turns: Turns;

  constructor(config: MysqlConfig) {
    this.#config = config;
    this.#turns = new Turns(config.maxConnections);
    this.#pool = makePool(config, config.maxConnections);
  }

  /**
   * Runs `work` in a transaction of its own: committed when it ends, rolled back when it throws.
   * Statements that commit by themselves (DDL) end it before. No more than `maxConnections` run at
   * once, the others wait.
   * @throws ConnectorError; what `work` throws of ours; the signal's reason
   */
  async transaction<T>(
    options: TransactionOptions,
    work: (session: MysqlSession) => Promise<T>,
  ): Promise<T> {
    const { signal } = options;
    if (!(await this.#turns.take({ waitMs: longestWaitMs, signal }))) {
      throw new ConnectorError('No session came free.', { retryable: true });
    }
    try {
      return await this.#inSession(options, work);
    } catch (error) {
      signal?.throwIfAborted();
      throw mysqlError(this.#config, error);
    } finally {
      this.#turns.end();
    }
  }

  /** Closes the sessions. */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#pool.end(() => resolve());
    });
  }

  async #inSession<T>(
    options: TransactionOptions,
    work: (session: MysqlSession) => Promise<T>,
  ): Promise<T> {
    const { signal } = options;
    const limitMs = options.statementLimitMs ?? this.#config.statementTimeoutSeconds * 1000;
    const connection = await this.#connect(signal);
    const socket = socketOf(connection);
    const giveUp = () => socket.destroy(this.#silent(limitMs));
    socket.setTimeout(limitMs + answerGraceMs);
    socket.on('timeout', giveUp);
    let killed = Promise.resolve();
    const abort = () => {
      killed = this.#kill(connection.threadId);
      socket.destroy(new Error('aborted'));
    };
    signal?.addEventListener('abort', abort);
    let isGood = false;
    try {
      signal?.throwIfAborted();
      const session = await prepared(connection, limitMs);
      await begin(session, options.mode);
      const result = await work(session);
      await session.run('COMMIT');
      isGood = true;
      return result;
    } catch (error) {
      await killed;
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
      socket.off('timeout', giveUp);
      socket.setTimeout(0);
      // One that failed is not used again: rows may still be on their way, and locks be held.
      if (isGood) connection.release();
      else connection.destroy();
    }
  }

  /** A session that opens in spite of an abort is thrown away when it is there. */
  #connect(signal: AbortSignal | null): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      let isOver = false;
      const abort = () => {
        isOver = true;
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#pool.getConnection((error, connection) => {
        signal?.removeEventListener('abort', abort);
        if (error) reject(error);
        else if (isOver) connection.destroy();
        else resolve(connection);
      });
    });
  }

  /** Ends a statement that would run on although nobody waits for it any more. */
  async #kill(threadId: number): Promise<void> {
    const pool = makePool({ ...this.#config, connectTimeoutSeconds: 1 }, 1);
    const ending = new Promise<void>((resolve) => {
      pool.query(`KILL ${threadId}`, () => pool.end(() => resolve()));
    });
    await Promise.race([ending, unrefDelay(killLimitMs)]);
  }

  #silent(limitMs: number): ConnectorError {
    const seconds = Math.round((limitMs + answerGraceMs) / 1000);
    return new ConnectorError(
      `MySQL at ${serverOf(this.#config)} has not answered for ${seconds} s.`,
      { retryable: true },
    );
  }
}

/** The session with all that every use sets. */
async function prepared(connection: PoolConnection, limitMs: number): Promise<MysqlSession> {
  const unknown = new MysqlSession(connection, false);
  const [[version] = []] = await unknown.query('SELECT VERSION()');
  const isMariaDb = /mariadb/i.test(version ?? '');
  const settings = [
    `sql_mode = '${sqlMode}'`,
    `time_zone = '+00:00'`,
    `lock_wait_timeout = ${lockLimitSeconds}`,
    `innodb_lock_wait_timeout = ${lockLimitSeconds}`,
    `wait_timeout = ${idleLimitSeconds}`,
    `net_write_timeout = ${networkLimitSeconds}`,
    `net_read_timeout = ${networkLimitSeconds}`,
    // MySQL limits statements that only read; all others are limited by our own waiting.
    isMariaDb ? `max_statement_time = ${limitMs / 1000}` : `max_execution_time = ${limitMs}`,
  ];
  await unknown.run(`SET SESSION ${settings.join(', ')}`);
  await unknown.run('SET NAMES utf8mb4');
  return new MysqlSession(connection, isMariaDb);
}

async function begin(session: MysqlSession, mode: 'read' | 'write'): Promise<void> {
  if (mode === 'read') {
    await session.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    return;
  }
  await session.run('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
  await session.run('START TRANSACTION READ WRITE');
}

function makePool(config: MysqlConfig, connectionLimit: number): Pool {
  const { host, port, database, user, password } = config;
  const tls = tlsOptions(config);
  const pool = createPool({
    ...{ host, port, database, user, password, connectionLimit },
    ...(tls !== null && {
      ssl: {
        rejectUnauthorized: tls.rejectUnauthorized === true,
        verifyIdentity: tls.rejectUnauthorized === true,
        ...(config.sslCa !== undefined && { ca: config.sslCa }),
      },
    }),
    connectTimeout: config.connectTimeoutSeconds * 1000,
    charset: 'UTF8MB4_GENERAL_CI',
    enableKeepAlive: true,
    keepAliveInitialDelay: 30_000,
    connectAttributes: { program_name: 'tablegate' },
    // A server may ask for files of ours only where somebody gives it one.
    flags: ['-LOCAL_FILES'],
  });
  // What breaks is told to whoever uses it; without listeners the process would end.
  pool.on('connection', (connection) => connection.on('error', () => undefined));
  return pool;
}

function socketOf(connection: PoolConnection): Socket {
  return (connection as unknown as { stream: Socket }).stream;
}

function unrefDelay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
