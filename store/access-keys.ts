/** Access keys: the id is sent in clear, the secret is kept sealed. */
import { sql } from 'kysely';
import { TablegateError } from '../model/errors';
import type { AccessKey } from '../model/people';
import { isDangling } from './errors';
import { Paging } from './paging';
import type { Database } from './schema';
import type { AccessKeyStore, PageRequest } from './store';

export function accessKeyStore(db: Database): AccessKeyStore {
  return {
    create: (tenant, key) => create(db, tenant, key),
    list: (tenant, userId, page) => list(db, tenant, userId, page),
    remove: (tenant, userId, id) => remove(db, tenant, userId, id),
    find: (id) => find(db, id),
    noteUse: (id) => noteUse(db, id),
    takeNonce: (id, nonce, expiresAt) => takeNonce(db, id, nonce, expiresAt),
  };
}

const shown = [
  'id',
  'user_id as userId',
  'name',
  'created_at as createdAt',
  'last_used_at as lastUsedAt',
] as const;

async function create(
  db: Database,
  tenant: string,
  { id, userId, name, secret }: Parameters<AccessKeyStore['create']>[1],
): Promise<AccessKey> {
  try {
    return await db
      .insertInto('access_keys')
      .values({ tenant, id, user_id: userId, name, secret, last_used_at: null })
      .returning(shown)
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (!isDangling(error, 'access_keys_user')) throw error;
    throw new TablegateError('userNotFound', `There is no user ${userId}.`);
  }
}

async function list(db: Database, tenant: string, userId: string | null, page: PageRequest) {
  const paging = new Paging(['access-keys', tenant, userId], page);
  const rows = await db
    .selectFrom('access_keys')
    .select(shown)
    .where('tenant', '=', tenant)
    .$if(userId !== null, (query) => query.where('user_id', '=', userId!))
    .where(paging.after('created_at', 'id'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(
    rows,
    (row) => ({ at: row.createdAt, id: row.id }),
    (row) => row,
  );
}

async function remove(
  db: Database,
  tenant: string,
  userId: string | null,
  id: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('access_keys')
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .$if(userId !== null, (query) => query.where('user_id', '=', userId!))
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

async function find(db: Database, id: string): ReturnType<AccessKeyStore['find']> {
  const row = await db
    .selectFrom('access_keys')
    .innerJoin('users', (join) =>
      join
        .onRef('users.tenant', '=', 'access_keys.tenant')
        .onRef('users.id', '=', 'access_keys.user_id'),
    )
    .select(['access_keys.tenant', 'access_keys.secret'])
    .select(['users.id', 'users.name', 'users.role'])
    .where('access_keys.id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const { tenant, secret, ...user } = row;
  return { tenant, secret, user };
}

const minuteAgo = sql<string>`now() - interval '1 minute'`;

async function noteUse(db: Database, id: string): Promise<void> {
  await db
    .updateTable('access_keys')
    .set({ last_used_at: sql<string>`now()` })
    .where('id', '=', id)
    .where((where) =>
      where.or([where('last_used_at', 'is', null), where('last_used_at', '<', minuteAgo)]),
    )
    .execute();
}

/** How many nonces that have expired one new one clears away. */
const clearedAtOnce = 100;

async function takeNonce(
  db: Database,
  id: string,
  nonce: string,
  expiresAt: Date,
): Promise<boolean> {
  const expired = sql`select ctid from tablegate.signature_nonces
    where expires_at < now() order by expires_at limit ${clearedAtOnce} for update skip locked`;
  await sql`delete from tablegate.signature_nonces where ctid = any(array(${expired}))`.execute(db);
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('signature_nonces')
    .values({ access_key: id, nonce, expires_at: expiresAt.toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}
