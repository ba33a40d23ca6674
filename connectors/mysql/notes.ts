/** Who has written which table last, as the target itself notes it: table `tablegate.last_writes`. */
import { createHash } from 'node:crypto';
import { ConnectorError, type HeldWrite, type LastWrite, type TableRef } from '../connector';
import { ownSchema, type NotedWrite } from '../fencing';
import { commentOf, hasColumn, hasSchema, kindOf } from './catalog';
import { quoteName, quoteText } from './names';
import type { MysqlSession } from './session';
import { lockLimitSeconds } from './sessions';

const notes = quoteName(ownSchema, 'last_writes');

/** Makes the table of notes where it is not there yet. */
export async function ensureNotes(session: MysqlSession): Promise<void> {
  // Who only uses them needs no right to make them.
  if (await hasNotes(session, 'note')) return;
  if (!(await hasSchema(session, ownSchema))) {
    await session.run(`CREATE DATABASE IF NOT EXISTS ${ownSchema}`);
  }
  await session.run(
    `CREATE TABLE IF NOT EXISTS ${notes} (
       schema_name varchar(64) NOT NULL, table_name varchar(64) NOT NULL,
       writer varchar(64) NOT NULL, fence bigint NOT NULL, written_at_ms bigint NOT NULL,
       note longtext, PRIMARY KEY (schema_name, table_name)
     ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
  );
  if (await hasNotes(session, 'note')) return;
  // One of an earlier version.
  try {
    await session.run(`ALTER TABLE ${notes} ADD COLUMN note longtext`);
  } catch (error) {
    // Another has added it meanwhile.
    if (!(await hasNotes(session, 'note'))) throw error;
  }
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
  // All columns: the table of an earlier version has no notes.
  const [row] = await session.query(
    `SELECT * FROM ${notes}
     WHERE schema_name = ${quoteText(schema)} AND table_name = ${quoteText(table)}`,
  );
  if (row === undefined) return null;
  const [, , writer, fence, writtenAtMs, note = null] = row;
  return { writer: writer!, fence: BigInt(fence!), writtenAtMs: Number(writtenAtMs), note };
}

export async function noteWrite(
  session: MysqlSession,
  { schema, table }: TableRef,
  { writer, fence }: LastWrite,
  note: string | null,
): Promise<void> {
  const texts = [schema, table, writer].map(quoteText).join(', ');
  await session.run(
    `REPLACE INTO ${notes} (schema_name, table_name, writer, fence, written_at_ms, note)
     VALUES (${texts}, ${fence}, ${Date.now()}, ${note === null ? 'NULL' : quoteText(note)})`,
  );
}

function hasNotes(session: MysqlSession, column: string): Promise<boolean> {
  return hasColumn(session, { schema: ownSchema, table: 'last_writes' }, column);
}

/** What a table of results says of the swap that has put it in its place, as its comment. */
export function markOf({ writer, fence }: LastWrite): string {
  return `tablegate ${hashOf(writer).slice(0, 8)}_${fence}`;
}

/** Who has written a table last; null: nobody, or it is not there. */
export async function lastWriteOf(session: MysqlSession, ref: TableRef): Promise<HeldWrite | null> {
  if (!(await hasNotes(session, 'fence')) || (await kindOf(session, ref)) === null) return null;
  const last = await notedWrite(session, ref);
  if (last === null) return null;
  // A fence is raised before its tables are in place.
  const isInPlace = (await commentOf(session, ref)) === markOf(last);
  return { writer: last.writer, fence: last.fence, note: isInPlace ? last.note : null };
}
