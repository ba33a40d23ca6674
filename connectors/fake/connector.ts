/** Kind `fake`: tables in memory and failures by script, for tests of what stands on connectors. */
import { pickColumns, tableNotFound } from '../columns';
import {
  SupersededError,
  type ColumnInfo,
  type Connection,
  type Connector,
  type DuckdbScan,
  type RowSample,
  type ScanRequest,
  type SwapRequest,
  type TableRef,
} from '../connector';
import { queryRows, smallEngine, withEngine } from '../duckdb-engine';
import { sampleOf } from '../row-sample';
import { foldName, quoteIdentifier, quotePath, quoteText } from '../sql-text';
import { fakeConfigSchema, type FakeConfig, type FakeOperation } from './config';
import { messageOf } from '../message-of';
import { scriptedError } from './errors';

interface FakeTable {
  columns: ColumnInfo[];
  rows: (string | null)[][];
}

interface FakeState {
  tables: Map<string, FakeTable>;
  /** By table: whose last swap it was, under which fence and when. */
  writes: Map<string, { writer: string; fence: bigint; atMs: number }>;
}

const states = new Map<string, FakeState>();

async function untilAborted(signal: AbortSignal | null): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal?.reason as Error);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
  });
}

class FakeConnection implements Connection {
  readonly #config: FakeConfig;

  constructor(config: FakeConfig) {
    this.#config = config;
  }

  async check(): Promise<void> {
    await this.#act('check', null);
  }

  async test(): Promise<void> {
    await this.#act('test', null);
  }

  async listTables(): Promise<TableRef[]> {
    await this.#act('listTables', null);
    return [...this.#state().tables.keys()].toSorted().map((name) => {
      const dot = name.indexOf('.');
      return { schema: name.slice(0, dot), table: name.slice(dot + 1) };
    });
  }

  async describeTable(ref: TableRef): Promise<ColumnInfo[]> {
    await this.#act('describeTable', null);
    return this.#table(ref).columns;
  }

  async firstRows(ref: TableRef, limit: number): Promise<RowSample> {
    await this.#act('firstRows', null);
    const { columns, rows } = this.#table(ref);
    return sampleOf(columns, rows, limit);
  }

  async prepareScan(request: ScanRequest): Promise<DuckdbScan> {
    await this.#act('prepareScan', request.signal);
    const table = this.#table(request.ref);
    return {
      setup: [],
      relation: relationOf(table),
      columns: pickColumns(table.columns, request.columns, request.ref.table),
      teardown: [],
      explain: (error) => new Error(messageOf(error), { cause: error }),
    };
  }

  async targetKey(ref: TableRef): Promise<string> {
    return JSON.stringify(['fake', this.#config.name, foldName(ref.schema), foldName(ref.table)]);
  }

  async swapIn(request: SwapRequest): Promise<number> {
    await this.#act('swapIn', request.signal);
    const table = await readParquet(request.parquetPath, request.signal);
    const state = this.#state();
    const key = await this.targetKey(request.ref);
    const last = state.writes.get(key);
    const overtaken =
      last?.writer === request.writer
        ? last.fence > request.fence
        : (last?.atMs ?? -Infinity) >= request.startedAtMs;
    if (overtaken) throw new SupersededError(`${request.ref.table} was written in the meantime.`);
    state.writes.set(key, { writer: request.writer, fence: request.fence, atMs: Date.now() });
    state.tables.set(`${request.ref.schema}.${request.ref.table}`, table);
    return table.rows.length;
  }

  async close(): Promise<void> {
    // There is nothing to close.
  }

  async #act(operation: FakeOperation, signal: AbortSignal | null): Promise<void> {
    signal?.throwIfAborted();
    const failure = scriptedError(this.#config, operation);
    if (failure) throw failure;
    if (this.#config.killOn === operation) process.kill(process.pid, 'SIGKILL');
    if (this.#config.hangs.includes(operation)) await untilAborted(signal);
  }

  #state(): FakeState {
    const { name, tables } = this.#config;
    const state = states.get(name) ?? { tables: new Map(), writes: new Map() };
    states.set(name, state);
    for (const [table, content] of Object.entries(tables)) {
      if (!state.tables.has(table)) state.tables.set(table, content);
    }
    return state;
  }

  #table(ref: TableRef): FakeTable {
    const table = this.#state().tables.get(`${ref.schema}.${ref.table}`);
    if (!table) throw tableNotFound(ref, 'this connection');
    return table;
  }
}

/** The table as a subquery of literals. */
function relationOf(table: FakeTable): string {
  const literal = (text: string | null) => (text === null ? 'NULL' : quoteText(text));
  const rows = table.rows.map((row) => `(${row.map(literal).join(', ')})`);
  const none = `(${table.columns.map(() => 'NULL').join(', ')})`;
  const cells = table.columns.map((_, index) => `c${index}`);
  const columns = table.columns.map(
    ({ name, type }, index) => `CAST(c${index} AS ${type}) AS ${quoteIdentifier(name)}`,
  );
  const values = `(VALUES ${rows.length > 0 ? rows.join(', ') : none}) AS v(${cells.join(', ')})`;
  return `(SELECT ${columns.join(', ')} FROM ${values}${rows.length > 0 ? '' : ' WHERE false'})`;
}

async function readParquet(file: string, signal: AbortSignal): Promise<FakeTable> {
  return withEngine(':memory:', smallEngine, signal, async (connection) => {
    const relation = `read_parquet(${quotePath(file)})`;
    const described = await queryRows(connection, `DESCRIBE SELECT * FROM ${relation}`);
    const columns = described.map((row) => ({
      name: String(row.column_name),
      type: String(row.column_type),
    }));
    const texts = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM ${relation}`);
    return { columns, rows: texts.getRowsJS() as (string | null)[][] };
  });
}

export const fakeConnector: Connector<FakeConfig> = {
  type: 'fake',
  capabilities: { read: true, write: true },
  configSchema: fakeConfigSchema,
  secretFields: [],
  connect: (config) => new FakeConnection(config),
};
