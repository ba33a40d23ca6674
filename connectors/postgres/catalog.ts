/** What a PostgreSQL holds: its tables, and their columns with what becomes of them in DuckDB. */
import type { PoolClient } from 'pg';
import { tableNotFound } from '../columns';
import type { ColumnInfo, TableRef } from '../connector';
import { ownSchema } from '../fencing';
import type { PostgresConfig } from './config';
import { databaseOf } from './errors';

export interface PostgresColumn extends ColumnInfo {
  /** Name of the type in `pg_catalog`; null for one that is not built in. */
  builtIn: string | null;
  /** What a type is declared with, such as the digits of a number; -1: nothing. */
  modifier: number;
  /** Holds several values. */
  isArray: boolean;
}

/** Tables and views of users, with parts of tables only where they are asked for by name. */
const tables = `
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname NOT IN ('information_schema', '${ownSchema}') AND n.nspname !~ '^pg_'`;

export async function listTables(client: PoolClient): Promise<TableRef[]> {
  const { rows } = await client.query<TableRef>(
    `SELECT n.nspname AS schema, c.relname AS table ${tables} AND NOT c.relispartition
       AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
       AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')
     ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`,
  );
  return rows;
}

/** @throws TablegateError tableNotFound */
export async function columnsOf(
  client: PoolClient,
  config: PostgresConfig,
  ref: TableRef,
): Promise<PostgresColumn[]> {
  const found = await client.query<{ oid: string }>(
    `SELECT c.oid ${tables} AND n.nspname = $1 AND c.relname = $2`,
    [ref.schema, ref.table],
  );
  const [table] = found.rows;
  if (table === undefined) throw tableNotFound(ref, databaseOf(config));
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace AND t.typtype <> 'd'
         THEN t.typname END AS built_in,
       a.atttypmod AS modifier, t.typcategory = 'A' AS is_array
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY a.attnum`,
    [table.oid],
  );
  return rows.map((row) => ({
    name: row.name!,
    type: row.type!,
    builtIn: row.built_in ?? null,
    modifier: Number(row.modifier),
    isArray: row.is_array === 't',
  }));
}
