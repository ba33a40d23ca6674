/** Who has written which table last, as the target itself notes it: table `tablegate.last_writes`. */
import { createHash } from 'node:crypto';
import { ConnectorError, type LastWrite, type TableRef } from '../connector';
import { ownSchema, type NotedWrite } from '../fencing';
import { quoteText } from '../sql-text';
import { hasSchema, kindOf } from './catalog';
import { quoteName } from './names';
import type { MysqlSession } from './session';
import { lockLimitSeconds } from './sessions';

const notes = quoteName(ownSchema, 'last_writes');

/** Makes the table of notes where it is not there yet. */
export async function ensureNotes(session: MysqlSession): Promise<void> {
  // Who only uses them needs no right to make them.
  if (await hasNotes(session)) return;
  if (!(await hasSchema(session, ownSchema))) {
    await session.run(`CREATE DATABASE IF NOT EXISTS ${ownSchema}`);
  }
  await session.run(
    `CREATE TABLE IF NOT EXISTS ${notes} (
       schema_name varchar(64) NOT NULL, table_name varchar(64) NOT NULL,
       writer varchar(64) NOT NULL, fence bigint NOT NULL, written_at_ms bigint NOT NULL,
       PRIMARY KEY (schema_name, table_name)
     ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
  );
}

/** A short text that stands for a table, in names that have a bound. */
export function hashOf(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
}

/**
 * Holds locks of tables' names while `work` goes on; the server gives them up with the session.
 * @throws ConnectorError where another session has one for too long
 */
export async function withNames<T>(
  session: MysqlSession,
  refs: TableRef[],
  work: () => Promise<T>,
): Promise<T> {
  const names = refs.map(({ schema, table }) => `tablegate ${hashOf(schema, table)}`).toSorted();
  const held: string[] = [];
  try {
    for (const name of names) {
      await takeName(session, name, 'Another run is putting its result in place');
      held.push(name);
    }
    return await work();
  } finally {
    for (const name of held.toReversed()) {
      // Where the session is gone, so are its locks.
      await session.query(`SELECT RELEASE_LOCK(${quoteText(name)})`).catch(() => undefined);
    }
  }
}

/**
 * Takes a lock of a name, which the session has until it gives it up or ends.
 * @param busy said of whoever has it
 * @throws ConnectorError where another session has it for too long
 */
async function takeName(session: MysqlSession, name: string, busy: string): Promise<void> {
  const [[taken] = []] = await session.query(
    `SELECT GET_LOCK(${quoteText(name)}, ${lockLimitSeconds})`,
  );
  if (taken === '1') return;
  throw new ConnectorError(
    `${busy}; it takes longer than the ${lockLimitSeconds} s that are waited.`,
    {
      retryable: true,
    },
  );
}

/**
 * Keeps others from replacing the same rows until the session ends: where there are none yet, no row
 * could be waited for, and each would add its own.
 * @param part condition of the rows; null: all of the table
 * @throws ConnectorError where another has them for too long
 */
export async function replaceAlone(
  session: MysqlSession,
  { schema, table }: TableRef,
  part: string | null,
): Promise<void> {
  const name = `tablegate ${hashOf(schema, table, ...(part === null ? [] : [part]))}`;
  await takeName(session, name, `Another run replaces rows of ${schema}.${table}`);
}

export async function notedWrite(
  session: MysqlSession,
  { schema, table }: TableRef,
): Promise<NotedWrite | null> {
  const [row] = await session.query(
    `SELECT writer, fence, written_at_ms FROM ${notes}
     WHERE schema_name = ${quoteText(schema)} AND table_name = ${quoteText(table)}`,
  );
  if (row === undefined) return null;
  const [writer, fence, writtenAtMs] = row;
  return { writer: writer!, fence: BigInt(fence!), writtenAtMs: Number(writtenAtMs) };
}

export async function noteWrite(
  session: MysqlSession,
  { schema, table }: TableRef,
  { writer, fence }: LastWrite,
): Promise<void> {
  const texts = [schema, table, writer].map(quoteText).join(', ');
  await session.run(`REPLACE INTO ${notes} VALUES (${texts}, ${fence}, ${Date.now()})`);
}

async function hasNotes(session: MysqlSession): Promise<boolean> {
  return (await kindOf(session, { schema: ownSchema, table: 'last_writes' })) !== null;
}

/** Who has written a table last; null: nobody, or it is not there. */
export async function lastWriteOf(session: MysqlSession, ref: TableRef): Promise<LastWrite | null> {
  if (!(await hasNotes(session)) || (await kindOf(session, ref)) === null) return null;
  const last = await notedWrite(session, ref);
  return last && { writer: last.writer, fence: last.fence };
}
