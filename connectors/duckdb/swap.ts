/** Puts a finished result in the place of the former one, fenced, in one transaction. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { SupersededError, type SwapRequest } from '../connector';
import { queryRows } from '../duckdb-engine';
import { quoteIdentifier, quoteName, quotePath, quoteText } from '../sql-text';

/** Schema of our own in every target; never listed. */
export const ownSchema = 'tablegate';
const fences = quoteName('opened', ownSchema, 'tablegate_fences');

/**
 * A higher fence in the target means that a later run or try has written: refused. The same fence
 * means the same try, which may write its result again.
 */
async function raiseFence(connection: DuckDBConnection, request: SwapRequest): Promise<void> {
  const key = quoteText(request.fenceKey);
  await connection.run(`CREATE SCHEMA IF NOT EXISTS opened.${quoteIdentifier(ownSchema)}`);
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${fences} (output VARCHAR PRIMARY KEY, fence BIGINT NOT NULL)`,
  );
  const [row] = await queryRows(connection, `SELECT fence FROM ${fences} WHERE output = ${key}`);
  const seen = row === undefined ? null : BigInt(row.fence as bigint);
  if (seen !== null && seen > request.fence) {
    const { schema, table } = request.ref;
    throw new SupersededError(
      `${schema}.${table} was already written by a later run or try (${seen}, this is ${request.fence}).`,
    );
  }
  await connection.run(`INSERT OR REPLACE INTO ${fences} VALUES (${key}, ${request.fence})`);
}

async function replaceTable(connection: DuckDBConnection, request: SwapRequest): Promise<number> {
  const { schema, table } = request.ref;
  const target = quoteName('opened', schema, table);
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName('opened', schema)}`);
  await connection.run(
    `CREATE OR REPLACE TABLE ${target} AS FROM read_parquet(${quotePath(request.parquetPath)})`,
  );
  const [row] = await queryRows(connection, `SELECT count(*) AS rows FROM ${target}`);
  return Number(row?.rows);
}

/** @returns rows written. @throws SupersededError; what DuckDB throws, after which nothing changed */
export async function swapTable(
  connection: DuckDBConnection,
  request: SwapRequest,
): Promise<number> {
  await connection.run('BEGIN');
  try {
    await raiseFence(connection, request);
    const rows = await replaceTable(connection, request);
    request.signal.throwIfAborted();
    await connection.run('COMMIT');
    await connection.run('CHECKPOINT opened');
    return rows;
  } catch (error) {
    // Fails where COMMIT has failed already and there is no transaction any more.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
