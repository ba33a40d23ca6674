/** Puts a finished result in the place of the former one, fenced, in one transaction. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { HeldWrite, SwapRequest, SwapTable, TableRef } from '../connector';
import { queryRows } from '../duckdb-engine';
import {
  foreignTable,
  ownSchema,
  refuseOutdated,
  refuseSuperseded,
  type NotedWrite,
} from '../fencing';
import { foldName, quoteIdentifier, quoteName, quoteText } from '../sql-text';

const lastWrites = quoteName('opened', ownSchema, 'last_writes');

async function notedWrite(connection: DuckDBConnection, ref: TableRef): Promise<NotedWrite | null> {
  const [row] = await queryRows(
    connection,
    // All columns: a file of an earlier version has no notes.
    `SELECT * FROM ${lastWrites}
     WHERE schema_name = ${quoteText(foldName(ref.schema))}
       AND table_name = ${quoteText(foldName(ref.table))}`,
  );
  if (row === undefined) return null;
  return {
    writer: String(row.writer),
    fence: BigInt(row.fence as bigint),
    writtenAtMs: Number(row.written_at_ms),
    note: (row.note as string | null | undefined) ?? null,
  };
}

/** @throws ConnectorError where the target holds a table that no task has written */
async function refuseForeignTable(connection: DuckDBConnection, ref: TableRef): Promise<void> {
  if (await isTable(connection, ref)) throw foreignTable(ref);
}

/** Whether the file that is attached as `opened` has it, and not as a view. */
export async function isTable(connection: DuckDBConnection, ref: TableRef): Promise<boolean> {
  const rows = await queryRows(
    connection,
    `SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'opened'`,
  );
  return rows.some(
    (row) =>
      foldName(String(row.schema_name)) === foldName(ref.schema) &&
      foldName(String(row.table_name)) === foldName(ref.table),
  );
}

/** Who has written a table last, for a connection that has the file attached as `opened`. */
export async function lastWriteOf(
  connection: DuckDBConnection,
  ref: TableRef,
): Promise<HeldWrite | null> {
  const notes = { schema: ownSchema, table: 'last_writes' };
  if (!(await isTable(connection, notes)) || !(await isTable(connection, ref))) return null;
  const last = await notedWrite(connection, ref);
  return last && { writer: last.writer, fence: last.fence, note: last.note };
}

/** Notes the swap of a table in the target. @throws SupersededError, ConnectorError */
async function raiseFence(
  connection: DuckDBConnection,
  ref: TableRef,
  request: SwapRequest,
): Promise<void> {
  const last = await notedWrite(connection, ref);
  if (last === null) await refuseForeignTable(connection, ref);
  refuseSuperseded(last, ref, request);
  const names = [foldName(ref.schema), foldName(ref.table), request.writer].map(quoteText);
  await connection.run(
    `INSERT OR REPLACE INTO ${lastWrites}
       (schema_name, table_name, writer, fence, written_at_ms, note)
     VALUES (${names.join(', ')}, ${request.fence}, ${Date.now()}, NULL)`,
  );
}

async function addNote(
  connection: DuckDBConnection,
  { schema, table }: TableRef,
  note: string,
): Promise<void> {
  await connection.run(
    `UPDATE ${lastWrites} SET note = ${quoteText(note)}
     WHERE schema_name = ${quoteText(foldName(schema))}
       AND table_name = ${quoteText(foldName(table))}`,
  );
}

/** @returns rows written */
async function replaceTable(
  connection: DuckDBConnection,
  { ref, relation }: SwapTable,
): Promise<number> {
  const target = quoteName('opened', ref.schema, ref.table);
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName('opened', ref.schema)}`);
  await connection.run(`CREATE OR REPLACE TABLE ${target} AS FROM ${relation}`);
  const [row] = await queryRows(connection, `SELECT count(*) AS rows FROM ${target}`);
  return Number(row?.rows);
}

async function replaceAll(connection: DuckDBConnection, request: SwapRequest): Promise<number> {
  const [result] = request.tables;
  await connection.run(`CREATE SCHEMA IF NOT EXISTS opened.${quoteIdentifier(ownSchema)}`);
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${lastWrites} (
       schema_name VARCHAR, table_name VARCHAR, writer VARCHAR NOT NULL, fence BIGINT NOT NULL,
       written_at_ms BIGINT NOT NULL, note VARCHAR, PRIMARY KEY (schema_name, table_name))`,
  );
  // In a file of an earlier version.
  await connection.run(`ALTER TABLE ${lastWrites} ADD COLUMN IF NOT EXISTS note VARCHAR`);
  const before = request.basedOn === undefined ? null : await lastWriteOf(connection, result.ref);
  for (const { ref } of request.tables) await raiseFence(connection, ref, request);
  refuseOutdated(result.ref, before, request);
  const rows: number[] = [];
  for (const table of request.tables) rows.push(await replaceTable(connection, table));
  if (request.note !== undefined) await addNote(connection, result.ref, await request.note());
  return rows[0]!;
}

// The dictionary is what takes longest to try on texts that are nearly all different: without it,
// ten million IDs are written in two thirds of the time, and take no more room.
const quickly = `SET disabled_compression_methods = 'dictionary'`;

/**
 * Replaces the tables of a file that is attached to the request's engine as `opened`.
 * @returns rows written into the first table
 * @throws SupersededError, OutdatedError; what DuckDB throws, after which nothing changed
 */
export async function swapTables(request: SwapRequest): Promise<number> {
  const connection = request.engine;
  await connection.run(quickly);
  await connection.run('BEGIN');
  try {
    const rows = await replaceAll(connection, request);
    request.signal.throwIfAborted();
    await connection.run('COMMIT');
    // The result is in its place: a log that could not be written in is so when the file is opened.
    await connection.run('CHECKPOINT opened').catch(() => undefined);
    return rows;
  } catch (error) {
    // Fails where COMMIT has failed already and there is no transaction any more.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
