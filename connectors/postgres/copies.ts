/** What a PostgreSQL remembers of the copies into its tables: table `tablegate.copies`. */
import type { PoolClient } from 'pg';
import type { TableRef } from '../connector';
import { judgeCopy } from '../copy-notes';
import type { CopyTotals } from '../transfer';
import type { PostgresSessions } from './sessions';

const copies = 'tablegate.copies';

export interface Copier {
  writer: string;
  fence: bigint;
}

async function isThere(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query(`SELECT to_regclass('${copies}') IS NOT NULL AS there`);
  return rows[0].there === 't';
}

/** Makes the table where it is not there yet, before the copy's own transaction. */
export async function ensureCopies(sessions: PostgresSessions, signal: AbortSignal): Promise<void> {
  await sessions.transaction({ mode: 'write', signal }, async (client) => {
    if (await isThere(client)) return;
    // Two that make it at once would refuse each other.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('tablegate copies', 0))`);
    await client.query('CREATE SCHEMA IF NOT EXISTS tablegate');
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${copies} (
         schema_name text NOT NULL, table_name text NOT NULL, writer text NOT NULL,
         fence bigint NOT NULL, rows_read bigint NOT NULL, rows_written bigint NOT NULL,
         dirty bigint NOT NULL, written_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (schema_name, table_name, writer))`,
    );
  });
}

/**
 * What another try of the same run has committed; null: none has.
 * @throws SupersededError where a later run has
 */
export async function committedCopy(
  client: PoolClient,
  { schema, table }: TableRef,
  { writer, fence }: Copier,
): Promise<CopyTotals | null> {
  if (!(await isThere(client))) return null;
  const { rows } = await client.query<Record<string, string>>(
    `SELECT fence, rows_read, rows_written, dirty FROM ${copies}
     WHERE schema_name = $1 AND table_name = $2 AND writer = $3`,
    [schema, table, writer],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const totals = {
    rowsRead: Number(row.rows_read),
    rowsWritten: Number(row.rows_written),
    dirty: Number(row.dirty),
  };
  return judgeCopy({ fence: BigInt(row.fence!), totals }, fence, `${schema}.${table}`);
}

/**
 * Notes a copy in its own transaction, waiting for another try that is about to commit.
 * @returns what that has committed; null: this one may commit
 * @throws SupersededError
 */
export async function noteCopy(
  client: PoolClient,
  ref: TableRef,
  copier: Copier,
  { rowsRead, rowsWritten, dirty }: CopyTotals,
): Promise<CopyTotals | null> {
  const key = `tablegate copy ${ref.schema}.${ref.table} ${copier.writer}`;
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
  const before = await committedCopy(client, ref, copier);
  if (before !== null) return before;
  await client.query(
    `INSERT INTO ${copies} VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (schema_name, table_name, writer) DO UPDATE
     SET fence = excluded.fence, rows_read = excluded.rows_read,
       rows_written = excluded.rows_written, dirty = excluded.dirty, written_at = now()`,
    [ref.schema, ref.table, copier.writer, String(copier.fence), rowsRead, rowsWritten, dirty],
  );
  return null;
}
