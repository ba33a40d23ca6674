/** The rows of a table as numbers of IDs, a column at a time. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { chunksOf, wordsOf } from '../../../connectors/duckdb-vectors';
import { JobError } from '../../../model/job-type';
import type { FindableIds } from './dictionary';
import type { IdColumn } from './id-columns';
import { noId, type LinkTable } from './links';
import type { OpenSource } from './open-sources';

/** Rows of a table. */
export async function countRows(
  connection: DuckDBConnection,
  { relation }: OpenSource,
): Promise<number> {
  const [row] = await queryRows(connection, `SELECT count(*) AS rows FROM ${relation}`);
  return Number(row?.rows);
}

/**
 * Looks up the IDs of all rows.
 * @param rows how many the table has
 * @throws JobError where the table has changed since they were collected
 */
export async function loadColumn(
  reader: DuckDBConnection,
  { name, relation }: OpenSource,
  { text }: IdColumn,
  { hash, table }: Pick<FindableIds, 'hash' | 'table'>,
  rows: number,
): Promise<Uint32Array> {
  const numbers = new Uint32Array(rows);
  const sql = `SELECT CASE WHEN ${text} IS NULL THEN 0::UBIGINT ELSE ${hash(text)} END
    FROM ${relation}`;
  let read = 0;
  for await (const chunk of chunksOf(reader, sql)) {
    const { rowCount } = chunk;
    const isThere =
      read + rowCount <= rows && table.find(wordsOf(chunk, 0), rowCount, numbers, read);
    if (!isThere) throw changed(name);
    read += rowCount;
  }
  if (read !== rows) throw changed(name);
  return numbers;
}

/** What is thrown for a table that is not the same all along. */
export function changed(name: string): JobError {
  return new JobError(`${name}: the table was changed while it was read; run the task again.`);
}

/** Puts the IDs that texts are in the place of those texts. */
export function replaceTexts(links: LinkTable, standsFor: Uint32Array): void {
  for (const numbers of links) {
    for (let row = 0; row < numbers.length; row += 1) {
      const number = numbers[row]!;
      if (number !== noId) numbers[row] = standsFor[number]!;
    }
  }
}
