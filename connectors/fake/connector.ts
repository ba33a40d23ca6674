/** Kind `fake`: tables in memory and failures by script, for tests of what stands on connectors. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { definitionOf, factsOf, type CollectedTable } from '../../model/catalogue/collected';
import { profileValues } from '../../model/catalogue/profile';
import { slicesOf, type CatalogueSource } from '../collect';
import { describeRelation, pickColumns, tableNotFound } from '../columns';
import {
  SupersededError,
  type ColumnInfo,
  type Connection,
  type Connector,
  type DuckdbScan,
  type HeldWrite,
  type RowSample,
  type ScanRequest,
  type SwapRequest,
  type TableRef,
} from '../connector';
import { refuseOutdated } from '../fencing';
import { filtered } from '../row-filter';
import { sampleOf } from '../row-sample';
import { foldName, quoteIdentifier, quoteText } from '../sql-text';
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
  writes: Map<string, { writer: string; fence: bigint; atMs: number; note: string | null }>;
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

  catalogue(): CatalogueSource {
    const act = (operation: FakeOperation, signal: AbortSignal) => this.#act(operation, signal);
    const state = () => this.#state();
    const table = (ref: TableRef) => this.#table(ref);
    return {
      async *tables({ takes, signal }) {
        await act('catalogue', signal);
        const all = [...state().tables].map(([name, content]) => collectedOf(name, content));
        yield* slicesOf(all.filter((one) => takes(one.schema, one.table)));
      },
      async sample({ ref, signal }) {
        await act('sample', signal);
        return table(ref).rows;
      },
      async exactProfile({ ref, columns, signal }) {
        await act('sample', signal);
        const { rows } = table(ref);
        const valuesAt = (place: number) => rows.map((row) => row[place] ?? null);
        return {
          rows: rows.length,
          columns: columns.map(({ type }, place) =>
            profileValues(type, valuesAt(place), rows.length),
          ),
        };
      },
      statistics: () => null,
    };
  }

  async prepareScan(request: ScanRequest): Promise<DuckdbScan> {
    await this.#act('prepareScan', request.signal);
    const table = this.#table(request.ref);
    return {
      setup: [],
      relation: filtered(relationOf(table), request.only),
      rowNumber: null,
      columns: pickColumns(table.columns, request.columns, request.ref.table),
      teardown: [],
      cheapToRepeat: true,
      isUnchanged: async () => true,
      explain: (error) => new Error(messageOf(error), { cause: error }),
    };
  }

  async targetKey(ref: TableRef): Promise<string> {
    return JSON.stringify(['fake', this.#config.name, foldName(ref.schema), foldName(ref.table)]);
  }

  async lastWrite(ref: TableRef): Promise<HeldWrite | null> {
    const last = this.#state().writes.get(await this.targetKey(ref));
    return last ? { writer: last.writer, fence: last.fence, note: last.note } : null;
  }

  async swapIn(request: SwapRequest): Promise<number> {
    await this.#act('swapIn', request.signal);
    const { writer, fence } = request;
    const state = this.#state();
    const before = await this.lastWrite(request.tables[0].ref);
    const contents: FakeTable[] = [];
    for (const { ref, relation } of request.tables) {
      contents.push(await readRelation(request.engine, relation));
      const last = state.writes.get(await this.targetKey(ref));
      const overtaken =
        last?.writer === writer
          ? last.fence > fence
          : (last?.atMs ?? -Infinity) >= request.startedAtMs;
      if (overtaken) throw new SupersededError(`${ref.table} was written in the meantime.`);
    }
    refuseOutdated(request.tables[0].ref, before, request);
    const noted = (await request.note?.()) ?? null;
    for (const [place, { ref }] of request.tables.entries()) {
      const note = place === 0 ? noted : null;
      state.writes.set(await this.targetKey(ref), { writer, fence, atMs: Date.now(), note });
      state.tables.set(`${ref.schema}.${ref.table}`, contents[place]!);
    }
    return contents[0]!.rows.length;
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

function collectedOf(name: string, { columns, rows }: FakeTable): CollectedTable {
  const dot = name.indexOf('.');
  return {
    schema: name.slice(0, dot),
    table: name.slice(dot + 1),
    definition: definitionOf({
      kind: 'table',
      columns: columns.map((column) => ({
        ...column,
        ...{ comment: null, nullable: null, default: null },
      })),
    }),
    facts: factsOf({ rows: rows.length, rowsExact: true }),
  };
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

async function readRelation(engine: DuckDBConnection, relation: string): Promise<FakeTable> {
  const columns = await describeRelation(engine, relation);
  const texts = await engine.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM ${relation}`);
  return { columns, rows: texts.getRowsJS() as (string | null)[][] };
}

export const fakeConnector: Connector<FakeConfig> = {
  type: 'fake',
  capabilities: {
    read: true,
    write: true,
    upsert: false,
    ddlInTransaction: true,
    parallelRead: false,
    dialect: null,
  },
  configSchema: fakeConfigSchema,
  secretFields: [],
  connect: (config) => new FakeConnection(config),
};
