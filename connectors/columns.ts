/** What every kind of source says about columns and tables that are not there. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { TablegateError } from '../model/errors';
import type { ColumnInfo } from './connector';
import { queryRows } from './duckdb-engine';
import { foldName } from './sql-text';

export { tableNotFound } from './missing-table';

/** Columns that a relation of DuckDB has, in their order. */
export async function describeRelation(
  connection: DuckDBConnection,
  relation: string,
): Promise<ColumnInfo[]> {
  const rows = await queryRows(connection, `DESCRIBE SELECT * FROM ${relation}`);
  return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}

/**
 * The wanted columns, as the source writes them; one that is spelled otherwise is found as DuckDB
 * finds it, whatever the case of A to Z.
 * @param place the file or table, for the message
 * @throws TablegateError columnNotFound naming the missing ones and those that are there
 */
export function pickColumns<Column extends ColumnInfo>(
  present: Column[],
  wanted: string[],
  place: string,
): Column[] {
  const exact = new Map(present.map((column) => [column.name, column]));
  const folded = new Map(present.map((column) => [foldName(column.name), column]));
  const find = (name: string) => exact.get(name) ?? folded.get(foldName(name));
  const missing = wanted.filter((name) => find(name) === undefined);
  if (missing.length > 0) {
    const names = missing.map((name) => `"${name}"`).join(', ');
    const columns = present.slice(0, 50).map((column) => `"${column.name}"`);
    if (present.length > 50) columns.push(`and ${present.length - 50} more`);
    throw new TablegateError(
      'columnNotFound',
      `${place} has no column ${names}; its columns are ${columns.join(', ')}.`,
    );
  }
  const picked = wanted.map((name) => find(name) as Column);
  return [...new Set(picked)];
}
