/** The pool of connections: bounds on every wait, errors translated, no crash when one is lost. */
import { Pool, types, type PoolClient, type QueryResult, type QueryResultRow } from 'pg';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { TablegateError } from '../model/errors';
import { bareError, reasonUnavailable, storeUnavailable } from './errors';
import { storableText } from './storable';

export interface ConnectionBounds {
  /** Longest statement of a usual server, in milliseconds; 0: no bound. */
  statementTimeoutMs: number;
  /** Most connections at once. */
  max: number;
  /** How many times as long as usual everything may take. */
  patience: number;
}

/** Longest wait for a connection, made anew or free again. */
const connectionTimeoutMs = 3_000;

/** How long the server lets a transaction idle whose process has stopped in the middle of it. */
const idleInTransactionMs = 15_000;

/** How much longer than the server we wait for an answer before we take the way to it for cut. */
const answerGraceMs = 1_000;

/** Whatever the server's own defaults are: the texts of times, and what a statement sees. */
const sessionSettings = [
  '-c datestyle=ISO',
  '-c timezone=UTC',
  '-c default_transaction_isolation=read\\ committed',
].join(' ');

/** A pool in kysely's terms, which throws `storeUnavailable` where PostgreSQL does not serve. */
export class Connections implements PostgresPool {
  readonly #pool: Pool;
  readonly #password: string | null;
  readonly #log: (line: string) => void;
  #lost = false;
  #closing: Promise<void> | null = null;

  /**
   * Connects when first used.
   * @throws TablegateError storeUnavailable where the URL is none
   */
  constructor(databaseUrl: string, bounds: ConnectionBounds, log: (line: string) => void) {
    this.#password = passwordOf(parseDatabaseUrl(databaseUrl));
    this.#log = log;
    this.#pool = new Pool(poolSettings(databaseUrl, bounds));
    // A client that is in use reports its end here too; without a listener the process would end.
    this.#pool.on('connect', (client) => {
      client.on('error', (error) => this.#noteLost(error));
    });
    this.#pool.on('error', (error) => this.#noteLost(error));
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#checkOut();
    let failure: unknown = null;
    const query = async (text: string, parameters: readonly unknown[]) => {
      // A rollback would wait in vain; the server rolls back when the connection goes.
      if (failure !== null) throw failure;
      try {
        const result = await client.query(text, parameters.map(storableParameter));
        this.#noteBack();
        return result;
      } catch (error) {
        const translated = this.#translate(error);
        if (translated !== error) failure = translated;
        throw translated;
      }
    };
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: () => client.release(failure !== null),
    };
  }

  /** One statement on any connection, prepared under `name` once on each. */
  async prepared<Row extends QueryResultRow>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    const client = await this.#checkOut();
    try {
      const result = await client.query<Row>({
        name,
        text,
        values: values.map(storableParameter),
      });
      client.release();
      this.#noteBack();
      return result;
    } catch (error) {
      const translated = this.#translate(error);
      client.release(translated !== error);
      throw translated;
    }
  }

  /** Waits for what is under way and closes all; once is as good as twice. */
  end(): Promise<void> {
    this.#closing ??= this.#pool.end();
    return this.#closing;
  }

  /** Whatever goes wrong before there is a connection means that there is no store. */
  async #checkOut(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      this.#noteLost(error);
      throw this.#unavailable(reasonUnavailable(error) ?? 'it cannot be reached', error);
    }
  }

  #translate(error: unknown): unknown {
    const reason = reasonUnavailable(error);
    return reason === null ? error : this.#unavailable(reason, error);
  }

  #unavailable(reason: string, error: unknown): TablegateError {
    return storeUnavailable(reason, error, this.#password);
  }

  /** A restart cuts every connection at once; one line tells it. */
  #noteLost(error: unknown): void {
    if (this.#lost || this.#closing) return;
    this.#lost = true;
    this.#log(`PostgreSQL does not answer: ${bareError(error, this.#password).message}`);
  }

  #noteBack(): void {
    if (!this.#lost) return;
    this.#lost = false;
    this.#log('PostgreSQL answers again');
  }
}

function poolSettings(databaseUrl: string, bounds: ConnectionBounds) {
  const { statementTimeoutMs, max, patience } = bounds;
  return {
    connectionString: databaseUrl,
    max,
    application_name: 'tablegate',
    options: sessionSettings,
    connectionTimeoutMillis: connectionTimeoutMs * patience,
    idleTimeoutMillis: 30_000,
    idle_in_transaction_session_timeout: idleInTransactionMs * patience,
    keepAlive: true,
    types: { getTypeParser },
    ...(statementTimeoutMs > 0 && {
      statement_timeout: statementTimeoutMs * patience,
      query_timeout: (statementTimeoutMs + answerGraceMs) * patience,
    }),
  };
}

/**
 * @returns the URL's parts
 * @throws TablegateError storeUnavailable, without the text, which may hold a password
 */
export function parseDatabaseUrl(databaseUrl: string): URL {
  if (/^postgres(ql)?:\/\//.test(databaseUrl) && URL.canParse(databaseUrl)) {
    return new URL(databaseUrl);
  }
  throw new TablegateError(
    'storeUnavailable',
    'DATABASE_URL is not a URL such as postgres://user:password@host:5432/database',
  );
}

function passwordOf(url: URL): string | null {
  const written = url.password || url.searchParams.get('password');
  if (!written) return null;
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

const isoTime = (text: string): string =>
  (types.getTypeParser(types.builtins.TIMESTAMPTZ)(text) as Date).toISOString();

/** Times are ISO texts everywhere; all else is as `pg` has it, 64-bit numbers as text among it. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === types.builtins.TIMESTAMPTZ && format !== 'binary') return isoTime;
  return types.getTypeParser(oid, format as 'text');
}

function storableParameter(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return Array.isArray(value) ? value.map(storableParameter) : value;
}
