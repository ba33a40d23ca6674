/** What a DuckDB file remembers of the copies into it: table `tablegate.copies`. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { judgeCopy } from '../copy-notes';
import { queryRows } from '../duckdb-engine';
import { ownSchema } from '../fencing';
import { quoteIdentifier, quoteName, quoteText } from '../sql-text';
import type { CopyTotals } from '../transfer';
import { tableExists, type Request, type Target } from './target';

const copies = quoteName('opened', ownSchema, 'copies');

/**
 * What another try of the same run has committed; null: none has.
 * @throws SupersededError where a later run has
 */
export async function committedCopy(
  connection: DuckDBConnection,
  target: Target,
  { writer, fence }: Request,
): Promise<CopyTotals | null> {
  if (!(await tableExists(connection, { schema: ownSchema, table: 'copies' }))) return null;
  const { schema, table } = target.ref;
  const [row] = await queryRows(
    connection,
    `SELECT fence, rows_read, rows_written, dirty FROM ${copies}
     WHERE schema_name = lower(${quoteText(schema)}) AND table_name = lower(${quoteText(table)})
       AND writer = ${quoteText(writer)}`,
  );
  if (row === undefined) return null;
  const totals = {
    rowsRead: Number(row.rows_read),
    rowsWritten: Number(row.rows_written),
    dirty: Number(row.dirty),
  };
  return judgeCopy({ fence: BigInt(row.fence as bigint), totals }, fence, target.place);
}

/** Makes the table where it is not there yet. */
export async function makeCopies(connection: DuckDBConnection): Promise<void> {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS opened.${quoteIdentifier(ownSchema)}`);
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${copies} (
       schema_name VARCHAR, table_name VARCHAR, writer VARCHAR, fence BIGINT NOT NULL,
       rows_read BIGINT NOT NULL, rows_written BIGINT NOT NULL, dirty BIGINT NOT NULL,
       written_at_ms BIGINT NOT NULL, PRIMARY KEY (schema_name, table_name, writer))`,
  );
}

export async function noteCopy(
  connection: DuckDBConnection,
  { ref }: Target,
  { writer, fence }: Request,
  totals: CopyTotals,
): Promise<void> {
  const { rowsRead, rowsWritten, dirty } = totals;
  const values = [
    `lower(${quoteText(ref.schema)})`,
    `lower(${quoteText(ref.table)})`,
    ...[quoteText(writer), fence, rowsRead, rowsWritten, dirty, Date.now()],
  ];
  await connection.run(`INSERT OR REPLACE INTO ${copies} VALUES (${values.join(', ')})`);
}
