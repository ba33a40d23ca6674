/**
 * Writes rows into a DuckDB file: they come together in the scratch folder, and one transaction of
 * the file brings them in, with what is remembered of the copy.
 */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { stat } from 'node:fs/promises';
import { mapColumns } from '../../model/column-mapping';
import type { Cell, TransferColumn } from '../../model/transfer-types';
import { describeRelation, tableNotFound } from '../columns';
import { ConnectorError, type TableRef } from '../connector';
import { queryRows, runSingle, smallEngine, withEngine } from '../duckdb-engine';
import { StagedRows, refusedRows } from '../staged-rows';
import { quoteIdentifier, quoteName, quoteText } from '../sql-text';
import {
  refOf,
  takeAll,
  type ColumnPair,
  type CopyTotals,
  type Feed,
  type RefuseRow,
  type RowSink,
  type RowSource,
  type WriteRequest,
  type WriteRows,
} from '../transfer';
import { judgeCopy } from '../copy-notes';
import { ownSchema } from '../fencing';
import { NotDecodable, PostgresDecoder } from '../postgres-decoder';
import { realRoots } from '../roots';
import { fileSystemError } from '../file-system-error';
import { duckdbError } from './errors';
import { withDatabaseFile } from './open-file';
import { fileOf, limitsIn, runWaitMs } from './read-rows';
import { duckdbTypeLike, typeOfDuckdb } from './types';

type Request = Omit<WriteRequest, 'sourceColumns'>;

interface Target {
  file: string;
  ref: TableRef;
  place: string;
}

async function targetOf({ config, context, plan }: Request): Promise<Target> {
  const file = await fileOf(config, context.filesRoots);
  const ref = refOf(plan.table!, 'main');
  if (ref.schema.toLowerCase() === ownSchema) {
    throw new ConnectorError(`The schema ${ownSchema} is not for data.`);
  }
  return { file, ref, place: `${ref.schema}.${ref.table} in ${path.basename(file)}` };
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

/** Opens the file for a use of its own. */
async function withTarget<T>(
  { file }: Target,
  mode: 'read' | 'write',
  { scratchDir, signal, context }: Request,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const folders = [...(await realRoots(context.filesRoots)), scratchDir];
  const use = { file, mode, waitMs: runWaitMs, signal, limits: limitsIn(scratchDir), folders };
  return withDatabaseFile(use, work);
}

async function tableExists(
  connection: DuckDBConnection,
  { schema, table }: TableRef,
): Promise<boolean> {
  const rows = await queryRows(
    connection,
    `SELECT 1 FROM duckdb_tables() WHERE database_name = 'opened'
       AND lower(schema_name) = lower(${quoteText(schema)}) AND lower(table_name) = lower(${quoteText(table)})`,
  );
  return rows.length > 0;
}

/** Columns that can be written, or null where there is no such table. */
async function describeTarget(
  connection: DuckDBConnection,
  { ref }: Target,
): Promise<TransferColumn[] | null> {
  if (!(await tableExists(connection, ref))) return null;
  const described = await describeRelation(connection, quoteName('opened', ref.schema, ref.table));
  const rows = await queryRows(
    connection,
    `SELECT column_name AS name, is_nullable AS nullable FROM duckdb_columns()
     WHERE database_name = 'opened' AND lower(schema_name) = lower(${quoteText(ref.schema)})
       AND lower(table_name) = lower(${quoteText(ref.table)})`,
  );
  const nullable = new Map(rows.map((row) => [String(row.name), row.nullable === true]));
  return described.map(({ name, type }) => ({
    name,
    type: typeOfDuckdb(type),
    vendorType: type,
    nullable: nullable.get(name) ?? true,
  }));
}

const copies = quoteName('opened', ownSchema, 'copies');

async function noteOf(connection: DuckDBConnection, target: Target, { writer, fence }: Request) {
  if (!(await tableExists(connection, { schema: ownSchema, table: 'copies' }))) return null;
  const [row] = await queryRows(
    connection,
    `SELECT fence, rows_read, rows_written, dirty FROM ${copies} WHERE ${sameCopy(target, writer)}`,
  );
  if (row === undefined) return null;
  const totals = {
    rowsRead: Number(row.rows_read),
    rowsWritten: Number(row.rows_written),
    dirty: Number(row.dirty),
  };
  return judgeCopy({ fence: BigInt(row.fence as bigint), totals }, fence, target.place);
}

function sameCopy({ ref }: Target, writer: string): string {
  return `schema_name = lower(${quoteText(ref.schema)}) AND table_name = lower(${quoteText(ref.table)}) AND writer = ${quoteText(writer)}`;
}

async function note(
  connection: DuckDBConnection,
  { ref }: Target,
  { writer, fence }: Request,
  totals: CopyTotals,
): Promise<void> {
  const { rowsRead, rowsWritten, dirty } = totals;
  const values = [
    `lower(${quoteText(ref.schema)})`,
    `lower(${quoteText(ref.table)})`,
    ...[quoteText(writer), fence, rowsRead, rowsWritten, dirty, Date.now()],
  ];
  await connection.run(`INSERT OR REPLACE INTO ${copies} VALUES (${values.join(', ')})`);
}

async function makeNotes(connection: DuckDBConnection): Promise<void> {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS opened.${quoteIdentifier(ownSchema)}`);
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${copies} (
       schema_name VARCHAR, table_name VARCHAR, writer VARCHAR, fence BIGINT NOT NULL,
       rows_read BIGINT NOT NULL, rows_written BIGINT NOT NULL, dirty BIGINT NOT NULL,
       written_at_ms BIGINT NOT NULL, PRIMARY KEY (schema_name, table_name, writer))`,
  );
}

/** Rows on their way into one table. */
class DuckdbSink implements RowSink {
  readonly pairs: ColumnPair[];
  readonly #request: WriteRequest;
  readonly #judge: DuckDBConnection;
  readonly #columns: TransferColumn[];
  readonly #staged: StagedRows;
  #fast: { setup: string[]; sql: string } | null = null;
  #decoder: PostgresDecoder | null = null;

  constructor(request: WriteRequest, pairs: ColumnPair[], judge: DuckDBConnection) {
    this.pairs = pairs;
    this.#request = request;
    this.#judge = judge;
    this.#columns = pairs.map(({ target }) => target);
    this.#staged = new StagedRows(request.scratchDir, this.#columns);
  }

  /** Rows come together in the scratch folder: nothing but its disk can go wrong. */
  explain(error: unknown): Error {
    return fileSystemError('The rows in the scratch folder', error);
  }

  async write(rows: Cell[][], refuse: RefuseRow): Promise<void> {
    const refused = await refusedRows(this.#judge, this.#columns, rows);
    const places = new Set(refused.map(({ place }) => place));
    for (const { place, reason } of refused) refuse(place, reason);
    await this.#staged.add(places.size === 0 ? rows : rows.filter((_, at) => !places.has(at)));
  }

  async takeFast(source: RowSource, meter: Parameters<RowSink['takeFast']>[1]) {
    const { relation, binaryCopy } = source.fast;
    const types = this.pairs.map(({ source: at }) => relation?.types[at]);
    const isSame = types.every((type, at) => type === this.#columns[at]!.vendorType);
    if (relation && isSame && source.rowsAbout !== null) {
      const cells = this.pairs.map(({ source: at, target }) => {
        const name = quoteIdentifier(source.columns[at]!.name);
        return `${name} AS ${quoteIdentifier(target.name)}`;
      });
      const sql = `(SELECT ${cells.join(', ')}, row_number() OVER () AS file_row_number FROM ${relation.sql})`;
      if (this.#columns.some(({ nullable }) => !nullable)) return null;
      this.#fast = { setup: relation.setup, sql };
      await meter({ bytes: 0, rows: source.rowsAbout });
      return source.rowsAbout;
    }
    if (binaryCopy === undefined) return null;
    const decoder = PostgresDecoder.of(this.#request.scratchDir, binaryCopy.typeIds, this.pairs);
    if (decoder === null) return null;
    let rows = 0;
    let isRefused = false;
    let turn: Promise<void> = Promise.resolve();
    await takeAll(binaryCopy.parts, (chunk) => {
      turn = turn.then(async () => {
        // What cannot be decoded is read to its end, so that its session can be used again.
        isRefused ||= !(await decoded(decoder, chunk.bytes));
        rows += chunk.rows;
        await meter({ bytes: chunk.bytes.length, rows: chunk.rows });
      });
      return turn;
    });
    if (isRefused) {
      await decoder.discard();
      return null;
    }
    this.#decoder = decoder;
    return rows;
  }

  /** @returns a relation with the columns under their names */
  async finish(): Promise<{ setup: string[]; sql: string }> {
    if (this.#fast !== null) return this.#fast;
    const sql = await (this.#decoder ?? this.#staged).finish();
    return { setup: [], sql };
  }

  async discard(): Promise<void> {
    await this.#staged.discard();
    await this.#decoder?.discard();
  }
}

/** @returns false where a value has to go through its text */
async function decoded(decoder: PostgresDecoder, bytes: Buffer): Promise<boolean> {
  try {
    await decoder.add(bytes);
    return true;
  } catch (error) {
    if (error instanceof NotDecodable) return false;
    throw error;
  }
}

async function primaryKeyOf(connection: DuckDBConnection, { ref }: Target): Promise<string[]> {
  const [row] = await queryRows(
    connection,
    `SELECT constraint_column_names AS names FROM duckdb_constraints()
     WHERE database_name = 'opened' AND constraint_type = 'PRIMARY KEY'
       AND lower(schema_name) = lower(${quoteText(ref.schema)}) AND lower(table_name) = lower(${quoteText(ref.table)})`,
  );
  return row === undefined ? [] : (row.names as string[]);
}

/** The statements that bring the rows in. */
async function bringIn(
  connection: DuckDBConnection,
  target: Target,
  { plan }: WriteRequest,
  pairs: ColumnPair[],
  relation: string,
): Promise<void> {
  const table = quoteName('opened', target.ref.schema, target.ref.table);
  const names = pairs.map(({ target: column }) => quoteIdentifier(column.name));
  const list = names.join(', ');
  if (plan.mode === 'overwrite') {
    const where = plan.where === null ? '' : ` WHERE ${plan.where}`;
    await runSingle(connection, `DELETE FROM ${table}${where}`);
  }
  let rows = `SELECT ${list} FROM ${relation}`;
  if (plan.mode === 'upsert') {
    const key = plan.key.length > 0 ? plan.key : await primaryKeyOf(connection, target);
    if (key.length === 0) {
      throw new ConnectorError(`${target.place} has no primary key; name the columns in "key".`);
    }
    const keys = key.map(quoteIdentifier).join(', ');
    // Of rows with one key the last counts, as if they were written one after the other.
    // A key with NULL in it is like no other: each of its rows stays.
    const hasNull = key.map((name) => `${quoteIdentifier(name)} IS NULL`).join(' OR ');
    const same = `${keys}, CASE WHEN ${hasNull} THEN file_row_number END`;
    rows = `${rows} QUALIFY row_number() OVER (PARTITION BY ${same} ORDER BY file_row_number DESC) = 1`;
    const isPrimary = (await primaryKeyOf(connection, target)).length > 0 && plan.key.length === 0;
    if (isPrimary) {
      await connection.run(`INSERT OR REPLACE INTO ${table} (${list}) ${rows}`);
      return;
    }
    await connection.run(
      `DELETE FROM ${table} WHERE (${keys}) IN (SELECT (${keys}) FROM ${relation})`,
    );
  }
  await connection.run(`INSERT INTO ${table} (${list}) ${rows}`);
}

async function runAll(connection: DuckDBConnection, statements: string[], ref: TableRef) {
  for (const sql of statements) {
    const named = quoteName(ref.schema, ref.table);
    await runSingle(connection, sql.replaceAll('@table', named));
  }
}

async function commitAll(
  connection: DuckDBConnection,
  target: Target,
  request: WriteRequest,
  sink: DuckdbSink,
  totals: CopyTotals,
): Promise<CopyTotals> {
  const { plan, signal } = request;
  const { ref } = target;
  const { setup, sql } = await sink.finish();
  for (const statement of setup) await connection.run(statement);
  await connection.run('USE opened');
  await connection.run('BEGIN');
  try {
    await makeNotes(connection);
    const before = await noteOf(connection, target, request);
    if (before !== null) {
      await connection.run('ROLLBACK');
      return before;
    }
    if (!(await tableExists(connection, ref))) await makeTable(connection, ref, sink.pairs);
    await runAll(connection, plan.preSql, ref);
    await bringIn(connection, target, request, sink.pairs, sql);
    await runAll(connection, plan.postSql, ref);
    await note(connection, target, request, totals);
    signal.throwIfAborted();
    await connection.run('COMMIT');
  } catch (error) {
    // Fails where COMMIT has failed already and there is no transaction any more.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await connection.run('USE memory');
  // The rows are in their place: a log that could not be written in is so when the file is opened.
  await connection.run('CHECKPOINT opened').catch(() => undefined);
  return totals;
}

async function makeTable(connection: DuckDBConnection, ref: TableRef, pairs: ColumnPair[]) {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName('opened', ref.schema)}`);
  const columns = pairs.map(({ target }) => `${quoteIdentifier(target.name)} ${target.vendorType}`);
  await connection.run(
    `CREATE TABLE ${quoteName('opened', ref.schema, ref.table)} (${columns.join(', ')})`,
  );
}

function pairsOf(
  request: WriteRequest,
  target: Target,
  present: TransferColumn[] | null,
): ColumnPair[] {
  const { plan, sourceColumns } = request;
  if (present === null && !plan.createTable) {
    const absent = tableNotFound(target.ref, path.basename(target.file));
    throw new ConnectorError(`${absent.message} "createTable": true makes it.`, { cause: absent });
  }
  return mapColumns({
    source: sourceColumns,
    target: present,
    columns: plan.columns,
    mapping: plan.mapping,
    place: target.place,
    typeLike: (column) => {
      const vendorType = duckdbTypeLike(column);
      return { vendorType, type: typeOfDuckdb(vendorType) };
    },
  });
}

export const writeDuckdbRows: WriteRows = {
  async committed(request) {
    const target = await targetOf(request);
    if (!(await isThere(target.file))) return null;
    return withTarget(target, 'read', request, (connection) => noteOf(connection, target, request));
  },

  async write(request, feed: Feed) {
    const target = await targetOf(request);
    const present = (await isThere(target.file))
      ? await withTarget(target, 'read', request, (connection) =>
          describeTarget(connection, target),
        )
      : null;
    const pairs = pairsOf(request, target, present);
    const { signal } = request;
    return withEngine(':memory:', smallEngine, signal, async (judge) => {
      const sink = new DuckdbSink(request, pairs, judge);
      try {
        const totals = await feed(sink);
        signal.throwIfAborted();
        return await withTarget(target, 'write', request, (connection) =>
          commitAll(connection, target, request, sink, totals),
        );
      } catch (error) {
        signal.throwIfAborted();
        throw duckdbError(path.basename(target.file), error);
      } finally {
        await sink.discard().catch(() => undefined);
      }
    });
  },
};
