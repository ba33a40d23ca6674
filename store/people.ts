/** Tenants, users, keys and grants. */
import { sql, type Transaction } from 'kysely';
import { TablegateError } from '../model/errors';
import type { Tenant, User, UserChange } from '../model/people';
import { isDangling, isTaken } from './errors';
import { ensureFirst, foundTenant } from './first-installation';
import { grantMethods } from './grants';
import { keyMethods } from './keys';
import { accessChange, notify } from './notify';
import { Paging } from './paging';
import { transact, type Database, type Tables } from './schema';
import type { FirstAdmin, PageRequest, PeopleStore } from './store';

export function peopleStore(db: Database): PeopleStore {
  return {
    ensureFirst: (admin) => ensureFirst(db, admin),
    tenants: () => tenants(db),
    createTenant: (tenant, admin) => createTenant(db, tenant, admin),
    createUser: (tenant, user) => createUser(db, tenant, user),
    users: (tenant, page) => users(db, tenant, page),
    findUser: (tenant, userId) => findUser(db, tenant, 'id', userId),
    findByAccount: (tenant, account) => findUser(db, tenant, 'account', account),
    updateUser: (tenant, userId, change) => updateUser(db, tenant, userId, change),
    removeUser: (tenant, userId) => removeUser(db, tenant, userId),
    ...keyMethods(db),
    ...grantMethods(db),
  };
}

async function tenants(db: Database): Promise<Tenant[]> {
  return db
    .selectFrom('tenants')
    .select(['id', 'name', 'created_at as createdAt'])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

async function createTenant(
  db: Database,
  tenant: { id: string; name: string },
  admin: FirstAdmin,
): Promise<Tenant> {
  const made = await foundTenant(db, tenant, admin);
  if (made) return made;
  throw new TablegateError('idTaken', `There is a tenant ${tenant.id} already.`, {
    fields: [{ path: 'id', message: 'it is the id of another tenant' }],
  });
}

const userColumns = [
  'id',
  'name',
  'role',
  'account',
  'identity_triggers as identityTriggers',
  'created_at as createdAt',
] as const;

async function createUser(
  db: Database,
  tenant: string,
  user: Parameters<PeopleStore['createUser']>[1],
): Promise<User> {
  const { id, name, role, account = null, identityTriggers: identity_triggers } = user;
  try {
    return await db
      .insertInto('users')
      .values({ tenant, id, name, role, account, identity_triggers })
      .returning(userColumns)
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (isDangling(error, 'users_tenant')) {
      throw new TablegateError('tenantNotFound', `There is no tenant ${tenant}.`);
    }
    refuseTakenAccount(error, account);
    if (isTaken(error)) throw new TablegateError('idTaken', `There is a user ${id} already.`);
    throw error;
  }
}

async function users(db: Database, tenant: string, page: PageRequest) {
  const paging = new Paging(['users', tenant], page);
  const rows = await db
    .selectFrom('users')
    .select(userColumns)
    .where('tenant', '=', tenant)
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

/** @throws TablegateError nameTaken where that is what the error says */
function refuseTakenAccount(error: unknown, account: string | null | undefined): void {
  if (!isTaken(error, 'users_account')) return;
  throw new TablegateError('nameTaken', `Another user has the account ${account}.`, {
    fields: [{ path: 'account', message: 'it is the account of another user' }],
  });
}

async function findUser(
  db: Database,
  tenant: string,
  column: 'id' | 'account',
  value: string,
): Promise<User | null> {
  const row = await db
    .selectFrom('users')
    .select(userColumns)
    .where('tenant', '=', tenant)
    .where(column, '=', value)
    .executeTakeFirst();
  return row ?? null;
}

async function updateUser(
  db: Database,
  tenant: string,
  userId: string,
  change: UserChange,
): Promise<User | null> {
  const { role, account } = change;
  try {
    return await transact(db, async (transaction) => {
      if (role !== undefined && role !== 'admin') await keepAnAdmin(transaction, tenant, userId);
      if (role !== undefined) await notify(transaction, tenant, [accessChange]);
      return writeChange(transaction, tenant, userId, change);
    });
  } catch (error) {
    refuseTakenAccount(error, account);
    throw error;
  }
}

async function writeChange(
  transaction: Transaction<Tables>,
  tenant: string,
  userId: string,
  { name, role, account, identityTriggers }: UserChange,
): Promise<User | null> {
  const row = await transaction
    .updateTable('users')
    // What is undefined is left out. Without a change the row is written as it is, which gives it
    // back all the same.
    .set({ name: name ?? sql<string>`name`, role, account, identity_triggers: identityTriggers })
    .where('tenant', '=', tenant)
    .where('id', '=', userId)
    .returning(userColumns)
    .executeTakeFirst();
  return row ?? null;
}

async function removeUser(
  db: Database,
  tenant: string,
  userId: string,
): ReturnType<PeopleStore['removeUser']> {
  return transact(db, async (transaction) => {
    // Their lock also keeps two members from leaving a project at once.
    const admins = await keepAnAdmin(transaction, tenant, userId);
    const heir = admins.find((id) => id !== userId)!;
    const takenOver = await takeOver(transaction, tenant, userId, heir);
    const { numDeletedRows } = await transaction
      .deleteFrom('users')
      .where('tenant', '=', tenant)
      .where('id', '=', userId)
      .executeTakeFirst();
    if (numDeletedRows === 0n) return null;
    await notify(transaction, tenant, [accessChange]);
    return { takenOver };
  });
}

/** Makes a user a member of the projects that have no other member than the one who goes. */
async function takeOver(
  transaction: Transaction<Tables>,
  tenant: string,
  userId: string,
  heir: string,
): Promise<{ project: string; userId: string }[]> {
  const left = await transaction
    .selectFrom('project_members')
    .select('project')
    .where('tenant', '=', tenant)
    .groupBy('project')
    .having(sql<boolean>`bool_and(user_id = ${userId})`)
    .execute();
  if (left.length === 0) return [];
  return transaction
    .insertInto('project_members')
    .values(left.map(({ project }) => ({ tenant, project, user_id: heir })))
    .returning(['project', 'user_id as userId'])
    .execute();
}

/**
 * Locks the tenant's admins, so that two of them cannot end each other at once.
 * @returns their ids
 * @throws TablegateError lastAdmin where `userId` is the only one
 */
async function keepAnAdmin(
  transaction: Transaction<Tables>,
  tenant: string,
  userId: string,
): Promise<string[]> {
  const admins = await transaction
    .selectFrom('users')
    .select('id')
    .where('tenant', '=', tenant)
    .where('role', '=', 'admin')
    .orderBy('id')
    .forUpdate()
    .execute();
  if (admins.length === 1 && admins[0]?.id === userId) {
    throw new TablegateError(
      'lastAdmin',
      'This user is the only admin of the tenant; make another user an admin first.',
    );
  }
  return admins.map(({ id }) => id);
}
