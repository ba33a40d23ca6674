/** What a MySQL remembers of the copies into its tables: table `tablegate.copies`. */
import type { TableRef } from '../connector';
import { judgeCopy } from '../copy-notes';
import type { CopyTotals } from '../transfer';
import { quoteText } from './names';
import type { MysqlSession } from './session';
import type { MysqlSessions } from './sessions';

const copies = '`tablegate`.`copies`';

export interface Copier {
  writer: string;
  fence: bigint;
}

async function isThere(session: MysqlSession): Promise<boolean> {
  const rows = await session.query(
    `SELECT 1 FROM information_schema.tables WHERE table_schema = 'tablegate' AND table_name = 'copies'`,
  );
  return rows.length > 0;
}

/** Makes the table where it is not there yet; it commits by itself. */
export async function ensureCopies(sessions: MysqlSessions, signal: AbortSignal): Promise<void> {
  await sessions.transaction({ mode: 'write', signal }, async (session) => {
    if (await isThere(session)) return;
    await session.run('CREATE DATABASE IF NOT EXISTS `tablegate`');
    await session.run(
      `CREATE TABLE IF NOT EXISTS ${copies} (
         target char(64) CHARACTER SET ascii NOT NULL COMMENT 'SHA-256 of schema and table',
         writer varchar(64) CHARACTER SET ascii NOT NULL,
         schema_name text CHARACTER SET utf8mb4 NOT NULL, table_name text CHARACTER SET utf8mb4 NOT NULL,
         fence bigint NOT NULL, rows_read bigint NOT NULL, rows_written bigint NOT NULL,
         dirty bigint NOT NULL, written_at timestamp NOT NULL DEFAULT current_timestamp,
         PRIMARY KEY (target, writer)) ENGINE = InnoDB`,
    );
  });
}

const targetOf = ({ schema, table }: TableRef) =>
  `SHA2(CONCAT(${quoteText(schema)}, '.', ${quoteText(table)}), 256)`;

function keyOf(ref: TableRef, { writer }: Copier): string {
  return `target = ${targetOf(ref)} AND writer = ${quoteText(writer)}`;
}

/** Whether any copy has committed since a time of the server, be it of no rows. */
export async function wasCopiedSince(
  session: MysqlSession,
  ref: TableRef,
  time: string,
): Promise<boolean> {
  const rows = await session.query(
    `SELECT 1 FROM ${copies} WHERE target = ${targetOf(ref)} AND written_at >= ${quoteText(time)} LIMIT 1`,
  );
  return rows.length > 0;
}

/**
 * What another try of the same run has committed; null: none has.
 * @param locked waits for a try that is about to commit
 * @throws SupersededError where a later run has
 */
export async function committedCopy(
  session: MysqlSession,
  ref: TableRef,
  copier: Copier,
  locked = false,
): Promise<CopyTotals | null> {
  if (!(await isThere(session))) return null;
  const [row] = await session.query(
    `SELECT fence, rows_read, rows_written, dirty FROM ${copies} WHERE ${keyOf(ref, copier)}${locked ? ' FOR UPDATE' : ''}`,
  );
  if (row === undefined) return null;
  const [fence, rowsRead, rowsWritten, dirty] = row.map(String);
  const totals = {
    rowsRead: Number(rowsRead),
    rowsWritten: Number(rowsWritten),
    dirty: Number(dirty),
  };
  return judgeCopy({ fence: BigInt(fence!), totals }, copier.fence, `${ref.schema}.${ref.table}`);
}

/**
 * Notes a copy in its own transaction.
 * @returns what another try of the same run has committed meanwhile; null: this one may commit
 * @throws SupersededError
 */
export async function noteCopy(
  session: MysqlSession,
  ref: TableRef,
  copier: Copier,
  { rowsRead, rowsWritten, dirty }: CopyTotals,
): Promise<CopyTotals | null> {
  const { fence, writer } = copier;
  const schema = quoteText(ref.schema);
  const table = quoteText(ref.table);
  // Waits for the row of another try, and changes nothing of it: who came first is judged then.
  await session.run(
    `INSERT INTO ${copies} (target, writer, schema_name, table_name, fence, rows_read, rows_written, dirty)
     VALUES (${targetOf(ref)}, ${quoteText(writer)}, ${schema}, ${table}, -1, 0, 0, 0)
     ON DUPLICATE KEY UPDATE fence = fence`,
  );
  const before = await committedCopy(session, ref, copier, true);
  if (before !== null) return before;
  await session.run(
    `UPDATE ${copies} SET fence = ${fence}, rows_read = ${rowsRead}, rows_written = ${rowsWritten},
       dirty = ${dirty}, written_at = current_timestamp WHERE ${keyOf(ref, copier)}`,
  );
  return null;
}
