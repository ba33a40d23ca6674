/** The first rows of a table, for people to look at: every value as text, all of it bounded. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { describeRelation } from './columns';
import type { ColumnInfo, RowSample } from './connector';

/** Characters of a value that are shown; one that is longer ends in `…`. */
export const sampledCharacters = 200;
/** Characters of all rows together; rows that would be more are left out. */
const mostCharacters = 2_000_000;

/** @param rows one more than `limit` where there are more */
export function sampleOf(
  columns: ColumnInfo[],
  rows: readonly (string | null)[][],
  limit: number,
): RowSample {
  const shown: (string | null)[][] = [];
  let characters = 0;
  for (const row of rows.slice(0, limit)) {
    const cut = columns.map((_, index) => shortened(row[index] ?? null));
    characters += cut.reduce((sum, text) => sum + (text?.length ?? 0), 0);
    if (characters > mostCharacters) break;
    shown.push(cut);
  }
  return { columns, rows: shown, more: rows.length > shown.length };
}

/** The first rows of a relation of DuckDB. */
export async function sampleRelation(
  connection: DuckDBConnection,
  relation: string,
  limit: number,
): Promise<RowSample> {
  const columns = await describeRelation(connection, relation);
  // Cut there, so that long values are not brought here.
  const cells = `left(COLUMNS(*)::VARCHAR, ${sampledCharacters + 1})`;
  const result = await connection.runAndReadAll(
    `SELECT ${cells} FROM ${relation} LIMIT ${limit + 1}`,
  );
  return sampleOf(columns, result.getRowsJS() as (string | null)[][], limit);
}

function shortened(text: string | null): string | null {
  if (text === null || text.length <= sampledCharacters) return text;
  const characters = Array.from(text.slice(0, 2 * sampledCharacters + 2));
  return characters.length <= sampledCharacters
    ? text
    : `${characters.slice(0, sampledCharacters).join('')}…`;
}
