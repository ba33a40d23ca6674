/** What is asked of tables beside their IDs. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { JobError } from '../../../model/job-type';
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
