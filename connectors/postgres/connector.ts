/** Kind `postgres`: one database of a PostgreSQL server. */
import type { PoolClient } from 'pg';
import type { CatalogueSource } from '../collect';
import type {
  ColumnInfo,
  Connection,
  Connector,
  DuckdbScan,
  HeldWrite,
  RowSample,
  ScanRequest,
  SwapRequest,
  TableRef,
} from '../connector';
import { callLimitMs, withLook, withTimedLook } from '../looks';
import { sampleOf, sampledCharacters } from '../row-sample';
import { serverKey, serverSecrets, serverSecretsFor } from '../server-config';
import { quoteIdentifier, quoteName } from '../sql-text';
import { columnsOf, listTables } from './catalog';
import { postgresCatalogue } from './collect';
import { postgresConfigSchema, type PostgresConfig } from './config';
import { lastWriteOf } from './notes';
import { prepareScan } from './scan';
import { PostgresSessions } from './sessions';
import { swapTables } from './swap';

class PostgresConnection implements Connection {
  readonly #config: PostgresConfig;
  readonly #sessions: PostgresSessions;

  constructor(config: PostgresConfig) {
    this.#config = config;
    this.#sessions = new PostgresSessions(config);
  }

  async check(): Promise<void> {
    // A server is where its config says; whether it is there is for `test` to see.
  }

  async test(): Promise<void> {
    await this.#look(async () => undefined);
  }

  listTables(): Promise<TableRef[]> {
    return this.#look(listTables);
  }

  async describeTable(ref: TableRef): Promise<ColumnInfo[]> {
    const columns = await this.#look((client) => columnsOf(client, this.#config, ref));
    return columns.map(({ name, type }) => ({ name, type }));
  }

  firstRows(ref: TableRef, limit: number): Promise<RowSample> {
    return withTimedLook((signal) => {
      const options = { mode: 'read', signal, statementLimitMs: callLimitMs } as const;
      return this.#sessions.transaction(options, async (client) => {
        const columns = await columnsOf(client, this.#config, ref);
        // Cut there, so that long values are not brought here.
        const cells = columns.map(
          ({ name }) => `pg_catalog.left(${quoteIdentifier(name)}::text, ${sampledCharacters + 1})`,
        );
        const { rows } = await client.query<(string | null)[]>({
          text: `SELECT ${cells.join(', ')} FROM ${quoteName(ref.schema, ref.table)} LIMIT ${limit + 1}`,
          rowMode: 'array',
        });
        const shown = columns.map(({ name, type }) => ({ name, type }));
        return sampleOf(shown, rows, limit);
      });
    });
  }

  catalogue(): CatalogueSource {
    return postgresCatalogue(this.#sessions);
  }

  prepareScan(request: ScanRequest): Promise<DuckdbScan> {
    return prepareScan(this.#sessions, this.#config, request);
  }

  async targetKey({ schema, table }: TableRef): Promise<string> {
    const { database } = this.#config;
    return JSON.stringify(['postgres', serverKey(this.#config), database, schema, table]);
  }

  lastWrite(ref: TableRef): Promise<HeldWrite | null> {
    return this.#sessions.transaction({ mode: 'read', signal: null }, (client) =>
      lastWriteOf(client, ref),
    );
  }

  swapIn(request: SwapRequest): Promise<number> {
    return swapTables(this.#sessions, request);
  }

  close(): Promise<void> {
    return this.#sessions.end();
  }

  /** A short look by a person's call. */
  #look<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const options = { mode: 'read', signal: null, statementLimitMs: callLimitMs } as const;
    return withLook(() => this.#sessions.transaction(options, work));
  }
}

export const postgresConnector: Connector<PostgresConfig> = {
  type: 'postgres',
  capabilities: {
    read: true,
    write: true,
    upsert: true,
    ddlInTransaction: true,
    parallelRead: true,
    dialect: 'postgres',
  },
  configSchema: postgresConfigSchema,
  secretFields: serverSecrets,
  secretsFor: serverSecretsFor,
  connect: (config) => new PostgresConnection(config),
};
