/** What a MySQL holds: its tables, and their columns with what becomes of them in DuckDB. */
import { tableNotFound } from '../columns';
import type { ColumnInfo, TableRef } from '../connector';
import { ownSchema } from '../fencing';
import { serverOf } from '../server-config';
import type { MysqlConfig } from './config';
import { quoteBytes, quoteText } from './names';
import type { MysqlSession } from './session';

export interface MysqlColumn extends ColumnInfo {
  /** The type without digits and signs, for instance `bigint`. */
  dataType: string;
  /** Digits of a number, all and behind the point; 0 where it has none. */
  precision: number;
  scale: number;
}

const systemSchemas = ['information_schema', 'mysql', 'performance_schema', 'sys', ownSchema];

const tables = `
  FROM information_schema.tables
  WHERE table_schema NOT IN (${systemSchemas.map(quoteText).join(', ')})
    AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')`;

/** True for the very name, also in letters of another case where the server knows no difference. */
function isName(column: string, name: string): string {
  return `(${column} = ${quoteText(name)} AND
    (@@lower_case_table_names <> 0 OR CAST(${column} AS BINARY) = ${quoteBytes(name)}))`;
}

export async function listTables(session: MysqlSession): Promise<TableRef[]> {
  const rows = await session.query(
    `SELECT table_schema, table_name ${tables}
     ORDER BY CAST(table_schema AS BINARY), CAST(table_name AS BINARY)`,
  );
  return rows.map(([schema, table]) => ({ schema: schema!, table: table! }));
}

/** Kind of what has a name (`BASE TABLE`, `VIEW` …); null: nothing has it. */
export function kindOf(session: MysqlSession, ref: TableRef): Promise<string | null> {
  return factOf(session, ref, 'table_type');
}

/** The comment of a table; null: it is not there. */
export function commentOf(session: MysqlSession, ref: TableRef): Promise<string | null> {
  return factOf(session, ref, 'table_comment');
}

async function factOf(
  session: MysqlSession,
  { schema, table }: TableRef,
  column: 'table_type' | 'table_comment',
): Promise<string | null> {
  const rows = await session.query(
    `SELECT ${column} FROM information_schema.tables
     WHERE ${isName('table_schema', schema)} AND ${isName('table_name', table)}`,
  );
  return rows[0]?.[0] ?? null;
}

export async function hasColumn(
  session: MysqlSession,
  { schema, table }: TableRef,
  column: string,
): Promise<boolean> {
  const rows = await session.query(
    `SELECT 1 FROM information_schema.columns
     WHERE ${isName('table_schema', schema)} AND ${isName('table_name', table)}
       AND ${isName('column_name', column)}`,
  );
  return rows.length > 0;
}

export async function hasSchema(session: MysqlSession, schema: string): Promise<boolean> {
  const rows = await session.query(
    `SELECT 1 FROM information_schema.schemata WHERE ${isName('schema_name', schema)}`,
  );
  return rows.length > 0;
}

/** @throws TablegateError tableNotFound */
export async function columnsOf(
  session: MysqlSession,
  config: MysqlConfig,
  { schema, table }: TableRef,
): Promise<MysqlColumn[]> {
  const rows = await session.query(
    `SELECT column_name, column_type, data_type, numeric_precision, numeric_scale
     FROM information_schema.columns
     WHERE ${isName('table_schema', schema)} AND ${isName('table_name', table)}
       AND table_schema NOT IN (${systemSchemas.map(quoteText).join(', ')})
     ORDER BY ordinal_position`,
  );
  if (rows.length === 0) throw tableNotFound({ schema, table }, serverOf(config));
  return rows.map(([name, type, dataType, precision, scale]) => ({
    name: name!,
    type: type!,
    dataType: dataType!.toLowerCase(),
    precision: Number(precision ?? 0),
    scale: Number(scale ?? 0),
  }));
}
