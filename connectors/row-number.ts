/** How DuckDB numbers the rows of what it reads, from 0 on. */
import { foldName } from './sql-text';

/** Columns that DuckDB adds to Parquet files and to its own tables. */
export const rowNumbers = { parquet: 'file_row_number', table: 'rowid' } as const;

/** SQL of the number of a row; null where a column of that name stands in its way. */
export function rowNumberOf(
  kind: keyof typeof rowNumbers,
  columns: readonly { name: string }[],
): string | null {
  const name = rowNumbers[kind];
  return columns.some((column) => foldName(column.name) === name) ? null : name;
}
