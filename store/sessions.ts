/** Sessions of browsers and the codes that begin one: digests, each bound to a key and gone with it. */
import { sql, type RawBuilder, type Transaction } from 'kysely';
import { codeMinutes, idleHours, longestDays } from '../model/session';
import { isDangling } from './errors';
import { accessChange, notify } from './notify';
import { transact, type Database, type Tables } from './schema';
import type { KeyHolder, SessionStore } from './store';

/** How many ended sessions, and codes, one new one clears away. */
const clearedAtOnce = 100;

const idle = sql.lit(`${idleHours} hours`);
const longest = sql.lit(`${longestDays} days`);

/** When it ends if nothing more comes of it. */
const expiresAt = sql<string>`least(sessions.last_used_at + interval ${idle},
  sessions.created_at + interval ${longest})`;

export function sessionStore(db: Database): SessionStore {
  return {
    begin: (holder, digest) => begin(db, holder, digest),
    find: (digest, { isUse }) => find(db, digest, isUse),
    end: (digest) => transact(db, (transaction) => end(transaction, digest)),
    makeCode: (holder, digest) => makeCode(db, holder, digest),
    takeCode: (digest) => takeCode(db, digest),
  };
}

async function begin(db: Database, { tenant, keyId }: KeyHolder, digest: string): Promise<boolean> {
  await clear(db, 'sessions', sql<boolean>`${expiresAt} <= now()`);
  return whereKeyIs(async () => {
    await db.insertInto('sessions').values({ digest, tenant, key_id: keyId }).execute();
  });
}

const minuteAgo = sql<string>`now() - interval '1 minute'`;

async function find(
  db: Database,
  digest: string,
  isUse: boolean,
): ReturnType<SessionStore['find']> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('keys', (join) =>
      join.onRef('keys.tenant', '=', 'sessions.tenant').onRef('keys.id', '=', 'sessions.key_id'),
    )
    .innerJoin('users', (join) =>
      join.onRef('users.tenant', '=', 'keys.tenant').onRef('users.id', '=', 'keys.user_id'),
    )
    .select(['sessions.tenant', 'sessions.key_id as keyId', expiresAt.as('expiresAt')])
    .select(['users.id', 'users.name', 'users.role'])
    .select((select) => select('sessions.last_used_at', '<', minuteAgo).as('isOld'))
    .where('sessions.digest', '=', digest)
    .where(sql<boolean>`${expiresAt} > now()`)
    .executeTakeFirst();
  if (!row) return null;
  const { id, name, role, isOld, ...session } = row;
  if (isUse && isOld) await noteUse(db, digest);
  return { ...session, user: { id, name, role } };
}

async function noteUse(db: Database, digest: string): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_used_at: sql<string>`now()` })
    .where('digest', '=', digest)
    // Of many requests at once, one notes it.
    .where('last_used_at', '<', minuteAgo)
    .execute();
}

async function end(transaction: Transaction<Tables>, digest: string): Promise<void> {
  const row = await transaction
    .deleteFrom('sessions')
    .where('digest', '=', digest)
    .returning('tenant')
    .executeTakeFirst();
  if (row) await notify(transaction, row.tenant, [accessChange]);
}

async function makeCode(
  db: Database,
  { tenant, keyId }: KeyHolder,
  digest: string,
): Promise<{ expiresAt: string } | null> {
  await clear(db, 'sign_in_codes', sql<boolean>`expires_at <= now()`);
  let made: { expiresAt: string } | undefined;
  const kept = await whereKeyIs(async () => {
    made = await db
      .insertInto('sign_in_codes')
      .values({
        digest,
        tenant,
        key_id: keyId,
        expires_at: sql<string>`now() + interval ${sql.lit(`${codeMinutes} minutes`)}`,
      })
      .returning('expires_at as expiresAt')
      .executeTakeFirstOrThrow();
  });
  return kept ? made! : null;
}

/** One statement, so that of two who come with the same code one gets it. */
async function takeCode(db: Database, digest: string): Promise<KeyHolder | null> {
  const row = await db
    .deleteFrom('sign_in_codes')
    .where('digest', '=', digest)
    .returning(['tenant', 'key_id as keyId', sql<boolean>`expires_at > now()`.as('isGood')])
    .executeTakeFirst();
  return row?.isGood ? { tenant: row.tenant, keyId: row.keyId } : null;
}

/** @returns false where the key that it is bound to was removed meanwhile */
async function whereKeyIs(write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (isDangling(error, 'sessions_key') || isDangling(error, 'sign_in_codes_key')) return false;
    throw error;
  }
}

async function clear(
  db: Database,
  table: 'sessions' | 'sign_in_codes',
  isOver: RawBuilder<boolean>,
): Promise<void> {
  const over = db
    .selectFrom(table)
    .select('digest')
    .where(isOver)
    .limit(clearedAtOnce)
    .forUpdate()
    .skipLocked();
  await db.deleteFrom(table).where('digest', 'in', over).execute();
}
