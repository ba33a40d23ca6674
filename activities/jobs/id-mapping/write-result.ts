/** The result as a Parquet file, and its way into the target. */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { openConnection } from '../../../connectors';
import { queryRows } from '../../../connectors/duckdb-engine';
import { quoteText } from '../../../connectors/sql-text';
import type { ComputeRequest } from './messages';

/**
 * Writes the table `(one_id, id_type, id_value, first_table, run_id)`.
 * @param expectedRows number of IDs that are not left out
 * @returns path of the file
 */
export async function writeResult(
  connection: DuckDBConnection,
  request: ComputeRequest,
  idTypes: string[],
  expectedRows: number,
): Promise<string> {
  const file = path.join(request.scratchDir, 'result.parquet');
  const types = idTypes.map((idType) => quoteText(idType)).join(', ');
  const tables = request.tables.map((table) => quoteText(table.name)).join(', ');
  const copied = await connection.run(
    `COPY (
       SELECT u.one_id, [${types}][i.type + 1] AS id_type, i.value AS id_value,
         [${tables}][i.first_source + 1] AS first_table,
         ${quoteText(request.runId)} AS run_id
       FROM components c JOIN ids i ON i.rowid = c.id JOIN users u ON u.root = c.root
     ) TO ${quoteText(file)} (FORMAT parquet)`,
  );
  const rows = Number((await copied.getRowsJS())[0]?.[0]);
  if (rows !== expectedRows) throw new Error(`${rows} rows were written, not ${expectedRows}`);
  return file;
}

/** @returns for each table, in the task's order, rows of the result that name it as the first */
export async function countRowsByTable(
  connection: DuckDBConnection,
  request: ComputeRequest,
): Promise<number[]> {
  const rows = await queryRows(
    connection,
    `SELECT i.first_source AS place, count(*) AS rows
     FROM components c JOIN ids i ON i.rowid = c.id GROUP BY i.first_source`,
  );
  const counts = new Map(rows.map((row) => [Number(row.place), Number(row.rows)]));
  return request.tables.map((_, place) => counts.get(place) ?? 0);
}

/** @returns rows in the target. @throws what the connector throws */
export async function swapResult(
  request: ComputeRequest,
  parquetPath: string,
  signal: AbortSignal,
): Promise<number> {
  const { filesRoots, fake, writer, startedAtMs, target } = request;
  const connection = openConnection(target.connection, { filesRoots }, { fake });
  try {
    const fence = BigInt(request.fence);
    const { ref } = target;
    return await connection.swapIn({ ref, parquetPath, writer, fence, startedAtMs, signal });
  } finally {
    await connection.close();
  }
}
