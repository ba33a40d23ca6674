/** Writes what a query finds into a Parquet file. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from './sql-text';

/** What was written. */
export interface ParquetCopy {
  rows: number;
  /**
   * By column what the file itself says of it, as text: `null_count`, and `min` and `max` (of a BOOLEAN
   * `0` or `1`). These two are left out where part of the rows has only NULLs, and long ones are cut
   * short or left out.
   */
  statistics: Record<string, Record<string, string>>;
}

/**
 * An option for long texts: else a group of rows that is being written is 122,880 of them, however long. DuckDB
 * refuses it where a connection keeps the order of rows (`preserve_insertion_order`).
 */
export const smallRowGroups = "ROW_GROUP_SIZE_BYTES '8MB'";

/** A map as DuckDB gives it: a list of entries. */
type Entries<Value> = { key: string; value: Value }[];

/**
 * @param query a SELECT
 * @param options of COPY, as in `COMPRESSION zstd`
 */
export async function copyToParquet(
  connection: DuckDBConnection,
  query: string,
  file: string,
  options: string[] = [],
): Promise<ParquetCopy> {
  const all = ['FORMAT parquet', 'RETURN_STATS', ...options].join(', ');
  const copied = await connection.run(`COPY (${query}) TO ${quoteText(file)} (${all})`);
  const [written] = (await copied.getRowObjectsJson()) as unknown as [
    { count: string; column_statistics: Entries<Entries<string>> },
  ];
  const columns = written.column_statistics.map(
    ({ key, value }) => [key.replaceAll('"', ''), recordOf(value)] as const,
  );
  return { rows: Number(written.count), statistics: Object.fromEntries(columns) };
}

const recordOf = (entries: Entries<string>): Record<string, string> =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value]));
