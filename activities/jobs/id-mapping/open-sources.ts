/**
 * The tables of a task, open for as long as they are read: once for each column of IDs. What
 * is dear to read (CSV), or has no numbers of its rows, is brought into a file of the scratch folder first.
 */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { openConnection } from '../../../connectors';
import type { Connection, DuckdbScan } from '../../../connectors/connector';
import { copyToParquet, smallRowGroups } from '../../../connectors/parquet-copy';
import { rowNumbers } from '../../../connectors/row-number';
import { quotePath } from '../../../connectors/sql-text';
import { columnNames, idColumnsOf, type IdColumn } from './id-columns';
import type { ComputeRequest, SourceTable } from './messages';

/** A table that can be read by SQL. */
export interface OpenSource {
  /** `connection.schema.table` */
  name: string;
  relation: string;
  /** SQL of the number of a row of it, from 0 on. */
  rowNumber: string;
  columns: IdColumn[];
  /** Whether it still holds what it held when it was opened. */
  isUnchanged(): Promise<boolean>;
  /** Says in our words what DuckDB threw while the table was read. */
  explain(error: unknown): Error;
}

/** Opens tables one by one, and closes all of them in the end. */
export class OpenSources {
  readonly #engine: DuckDBConnection;
  readonly #closing: (() => Promise<void>)[] = [];

  constructor(engine: DuckDBConnection) {
    this.#engine = engine;
  }

  /** @throws ConnectorError, TablegateError or JobError with one sentence */
  async open(request: ComputeRequest, place: number, signal: AbortSignal): Promise<OpenSource> {
    const table = request.tables[place] as SourceTable;
    const { filesRoots, scratchDir, fake } = request;
    const connection = openConnection(table.connection, { filesRoots }, { fake });
    this.#closing.push(() => connection.close());
    const scan = await this.#scan(connection, table, { scratchDir, signal });
    const { relation, rowNumber, explain, isUnchanged } = scan;
    const columns = idColumnsOf(table, scan);
    const source = { name: table.name, relation, columns, explain, isUnchanged };
    return scan.cheapToRepeat && rowNumber !== null
      ? { ...source, rowNumber }
      : this.#copy(source, path.join(scratchDir, `source-${place}.parquet`));
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).toReversed()) await close();
  }

  async #scan(
    connection: Connection,
    table: SourceTable,
    how: { scratchDir: string; signal: AbortSignal },
  ): Promise<DuckdbScan> {
    const columns = columnNames(table);
    const engine = this.#engine;
    const scan = await connection.prepareScan({ ref: table.ref, columns, engine, ...how });
    this.#closing.push(async () => {
      // A set-up that failed leaves nothing to undo, and its own error is the one to tell.
      await this.#run(scan.teardown).catch(() => undefined);
    });
    try {
      await this.#run(scan.setup);
    } catch (error) {
      throw scan.explain(error);
    }
    return scan;
  }

  async #run(statements: string[]): Promise<void> {
    for (const sql of statements) await this.#engine.run(sql);
  }

  async #copy(source: Omit<OpenSource, 'rowNumber'>, file: string): Promise<OpenSource> {
    const { relation, columns, explain } = source;
    const texts = columns.map(({ text }, column) => `${text} AS text_${column}`);
    try {
      const sql = `SELECT ${texts.join(', ')} FROM ${relation}`;
      await copyToParquet(this.#engine, sql, file, [smallRowGroups]);
    } catch (error) {
      throw explain(error);
    }
    const copied = columns.map(({ idType }, column) => ({ idType, text: `text_${column}` }));
    const isUnchanged = async () => true;
    return {
      ...source,
      relation: `read_parquet(${quotePath(file)})`,
      rowNumber: rowNumbers.parquet,
      columns: copied,
      isUnchanged,
    };
  }
}
