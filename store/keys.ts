/** Access keys: what is kept is a digest. */
import { sql, type Transaction } from 'kysely';
import { TablegateError } from '../model/errors';
import type { Key } from '../model/people';
import { isDangling, isTaken } from './errors';
import { accessChange, notify } from './notify';
import { Paging } from './paging';
import { transact, type Database, type Tables } from './schema';
import type { PageRequest, PeopleStore } from './store';

export function keyMethods(
  db: Database,
): Pick<PeopleStore, 'createKey' | 'keys' | 'removeKey' | 'findByKeyDigest' | 'findByKeyId'> {
  return {
    createKey: (tenant, key) => createKey(db, tenant, key),
    keys: (tenant, page, ofUser = null) => keys(db, tenant, page, ofUser),
    removeKey: (tenant, keyId, ofUser = null) =>
      transact(db, (transaction) => removeKey(transaction, tenant, keyId, ofUser)),
    findByKeyDigest: (digest) => findByKeyDigest(db, digest),
    findByKeyId: (tenant, keyId) => findByKeyId(db, tenant, keyId),
  };
}

async function removeKey(
  transaction: Transaction<Tables>,
  tenant: string,
  keyId: string,
  ofUser: string | null,
): Promise<boolean> {
  // Locked together, so that two of them cannot be removed at once.
  const adminKeys = await transaction
    .selectFrom('keys')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant', '=', 'keys.tenant').onRef('users.id', '=', 'keys.user_id'),
    )
    .select(['keys.id', 'keys.user_id as userId'])
    .where('keys.tenant', '=', tenant)
    .where('users.role', '=', 'admin')
    .orderBy('keys.id')
    .forUpdate()
    .execute();
  const [first] = adminKeys;
  const isOnly = adminKeys.length === 1 && first?.id === keyId;
  if (isOnly && (ofUser === null || first.userId === ofUser)) {
    throw new TablegateError(
      'lastAdmin',
      'This is the only key of any admin of the tenant; make another one first.',
    );
  }
  const { numDeletedRows } = await transaction
    .deleteFrom('keys')
    .where('tenant', '=', tenant)
    .where('id', '=', keyId)
    .$if(ofUser !== null, (query) => query.where('user_id', '=', ofUser!))
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await notify(transaction, tenant, [accessChange]);
  return true;
}

const keyColumns = [
  'id',
  'user_id as userId',
  'name',
  'prefix',
  'created_at as createdAt',
  'last_used_at as lastUsedAt',
] as const;

async function createKey(
  db: Database,
  tenant: string,
  key: Parameters<PeopleStore['createKey']>[1],
): Promise<Key> {
  const { id, userId, name, prefix, digest } = key;
  try {
    return await db
      .insertInto('keys')
      .values({ tenant, id, user_id: userId, name, prefix, digest, last_used_at: null })
      .returning(keyColumns)
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (isDangling(error, 'keys_user')) {
      throw new TablegateError('userNotFound', `There is no user ${userId}.`);
    }
    if (isTaken(error)) throw new TablegateError('idTaken', `There is a key ${id} already.`);
    throw error;
  }
}

async function keys(db: Database, tenant: string, page: PageRequest, ofUser: string | null) {
  const paging = new Paging(['keys', tenant, ofUser], page);
  const rows = await db
    .selectFrom('keys')
    .select(keyColumns)
    .where('tenant', '=', tenant)
    .$if(ofUser !== null, (query) => query.where('user_id', '=', ofUser!))
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

const minuteAgo = sql<string>`now() - interval '1 minute'`;

async function findByKeyDigest(
  db: Database,
  digest: string,
): ReturnType<PeopleStore['findByKeyDigest']> {
  const row = await db
    .selectFrom('keys')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant', '=', 'keys.tenant').onRef('users.id', '=', 'keys.user_id'),
    )
    .select(['keys.tenant', 'keys.id as keyId', 'users.id', 'users.name', 'users.role'])
    .select(['users.account', 'users.identity_triggers as identityTriggers'])
    .select('users.created_at as createdAt')
    .select((select) =>
      select
        .or([select('keys.last_used_at', 'is', null), select('keys.last_used_at', '<', minuteAgo)])
        .as('noteUse'),
    )
    .where('keys.digest', '=', digest)
    .executeTakeFirst();
  if (!row) return null;
  const { tenant, keyId, noteUse, ...user } = row;
  if (noteUse) await noteKeyUse(db, tenant, keyId);
  return { tenant, keyId, user };
}

async function findByKeyId(
  db: Database,
  tenant: string,
  keyId: string,
): ReturnType<PeopleStore['findByKeyId']> {
  const row = await db
    .selectFrom('keys')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant', '=', 'keys.tenant').onRef('users.id', '=', 'keys.user_id'),
    )
    .select(['users.id', 'users.name', 'users.role'])
    .where('keys.tenant', '=', tenant)
    .where('keys.id', '=', keyId)
    .executeTakeFirst();
  return row ?? null;
}

async function noteKeyUse(db: Database, tenant: string, keyId: string): Promise<void> {
  await db
    .updateTable('keys')
    .set({ last_used_at: sql<string>`now()` })
    .where('tenant', '=', tenant)
    .where('id', '=', keyId)
    // Of many requests at once, one notes it.
    .where((where) =>
      where.or([where('last_used_at', 'is', null), where('last_used_at', '<', minuteAgo)]),
    )
    .execute();
}
