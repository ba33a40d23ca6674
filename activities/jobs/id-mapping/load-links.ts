/** What is done with the rows of tables beside numbering them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { JobError } from '../../../model/job-type';
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
