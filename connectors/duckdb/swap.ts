/** Puts a finished result in the place of the former one, fenced, in one transaction. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { ConnectorError, SupersededError, type SwapRequest } from '../connector';
import { queryRows } from '../duckdb-engine';
import { foldName, quoteIdentifier, quoteName, quotePath, quoteText } from '../sql-text';

/** Schema of our own in every target; never listed. */
export const ownSchema = 'tablegate';
const lastWrites = quoteName('opened', ownSchema, 'last_writes');

interface LastWrite {
  writer: string;
  fence: bigint;
  writtenAtMs: number;
}

async function lastWriteOf(
  connection: DuckDBConnection,
  schema: string,
  table: string,
): Promise<LastWrite | null> {
  const [row] = await queryRows(
    connection,
    `SELECT writer, fence, written_at_ms FROM ${lastWrites}
     WHERE schema_name = ${quoteText(schema)} AND table_name = ${quoteText(table)}`,
  );
  if (row === undefined) return null;
  return {
    writer: String(row.writer),
    fence: BigInt(row.fence as bigint),
    writtenAtMs: Number(row.written_at_ms),
  };
}

/**
 * The sentence that refuses a swap, or null. A higher fence of the same task means that a later run
 * or try has written; the same fence means the same try, which may write its result again. When a
 * table passes from one task to another, a try of the former one that slept began before the new
 * one wrote.
 */
function refusalOf(last: LastWrite | null, request: SwapRequest): string | null {
  if (last === null) return null;
  const name = `${request.ref.schema}.${request.ref.table}`;
  if (last.writer === request.writer) {
    if (last.fence <= request.fence) return null;
    return `${name} was already written by a later run or try (${last.fence}, this is ${request.fence}).`;
  }
  if (last.writtenAtMs < request.startedAtMs) return null;
  return `${name} was written by another task (${last.writer}) after this try began.`;
}

/** @throws ConnectorError where the target holds a table that no task has written */
async function refuseForeignTable(
  connection: DuckDBConnection,
  schema: string,
  table: string,
): Promise<void> {
  const rows = await queryRows(
    connection,
    `SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'opened'`,
  );
  const isThere = rows.some(
    (row) =>
      foldName(String(row.schema_name)) === schema && foldName(String(row.table_name)) === table,
  );
  if (!isThere) return;
  throw new ConnectorError(
    `The table ${schema}.${table} is there already and was not written by a task; ` +
      'choose another output, or drop it first.',
  );
}

/** Notes the swap in the target. @throws SupersededError, ConnectorError */
async function raiseFence(connection: DuckDBConnection, request: SwapRequest): Promise<void> {
  const schema = foldName(request.ref.schema);
  const table = foldName(request.ref.table);
  await connection.run(`CREATE SCHEMA IF NOT EXISTS opened.${quoteIdentifier(ownSchema)}`);
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${lastWrites} (
       schema_name VARCHAR, table_name VARCHAR, writer VARCHAR NOT NULL, fence BIGINT NOT NULL,
       written_at_ms BIGINT NOT NULL, PRIMARY KEY (schema_name, table_name))`,
  );
  const last = await lastWriteOf(connection, schema, table);
  if (last === null) await refuseForeignTable(connection, schema, table);
  const refusal = refusalOf(last, request);
  if (refusal !== null) {
    throw new SupersededError(refusal, last?.writer === request.writer ? last.fence : null);
  }
  const names = [schema, table, request.writer].map(quoteText).join(', ');
  await connection.run(
    `INSERT OR REPLACE INTO ${lastWrites} VALUES (${names}, ${request.fence}, ${Date.now()})`,
  );
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
