/** Kind `mysql`: a MySQL or MariaDB server; the schema of a table's name is its database. */
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
import { foldName } from '../sql-text';
import { columnsOf, listTables } from './catalog';
import { mysqlCatalogue } from './collect';
import { mysqlConfigSchema, type MysqlConfig } from './config';
import { quoteName } from './names';
import { lastWriteOf } from './notes';
import { prepareScan } from './scan';
import type { MysqlSession } from './session';
import { MysqlSessions } from './sessions';
import { swapTables } from './swap';
import { textSql } from './values';

class MysqlConnection implements Connection {
  readonly #config: MysqlConfig;
  readonly #sessions: MysqlSessions;

  constructor(config: MysqlConfig) {
    this.#config = config;
    this.#sessions = new MysqlSessions(config);
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
    const columns = await this.#look((session) => columnsOf(session, this.#config, ref));
    return columns.map(({ name, type }) => ({ name, type }));
  }

  firstRows(ref: TableRef, limit: number): Promise<RowSample> {
    return withTimedLook((signal) => {
      const options = { mode: 'read', signal, statementLimitMs: callLimitMs } as const;
      return this.#sessions.transaction(options, async (session) => {
        const columns = await columnsOf(session, this.#config, ref);
        // Cut there, so that long values are not brought here.
        const cells = columns.map(
          (column) => `LEFT(CONVERT(${textSql(column)} USING utf8mb4), ${sampledCharacters + 1})`,
        );
        const rows = await session.query(
          `SELECT ${cells.join(', ')} FROM ${quoteName(ref.schema, ref.table)} LIMIT ${limit + 1}`,
        );
        const shown = columns.map(({ name, type }) => ({ name, type }));
        return sampleOf(shown, rows, limit);
      });
    });
  }

  catalogue(): CatalogueSource {
    return mysqlCatalogue(this.#sessions);
  }

  prepareScan(request: ScanRequest): Promise<DuckdbScan> {
    return prepareScan(this.#sessions, this.#config, request);
  }

  /** Whether letters of another case are another name is for the server to say: here they are not. */
  async targetKey({ schema, table }: TableRef): Promise<string> {
    return JSON.stringify(['mysql', serverKey(this.#config), foldName(schema), foldName(table)]);
  }

  lastWrite(ref: TableRef): Promise<HeldWrite | null> {
    return this.#sessions.transaction({ mode: 'read', signal: null }, (session) =>
      lastWriteOf(session, ref),
    );
  }

  swapIn(request: SwapRequest): Promise<number> {
    return swapTables(this.#sessions, request);
  }

  close(): Promise<void> {
    return this.#sessions.end();
  }

  /** A short look by a person's call. */
  #look<T>(work: (session: MysqlSession) => Promise<T>): Promise<T> {
    const options = { mode: 'read', signal: null, statementLimitMs: callLimitMs } as const;
    return withLook(() => this.#sessions.transaction(options, work));
  }
}

export const mysqlConnector: Connector<MysqlConfig> = {
  type: 'mysql',
  capabilities: {
    read: true,
    write: true,
    upsert: true,
    ddlInTransaction: false,
    parallelRead: false,
    dialect: 'mysql',
  },
  configSchema: mysqlConfigSchema,
  secretFields: serverSecrets,
  secretsFor: serverSecretsFor,
  connect: (config) => new MysqlConnection(config),
};
