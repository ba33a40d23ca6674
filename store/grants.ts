/** What a user may do with a connection. */
import { TablegateError } from '../model/errors';
import type { Grant } from '../model/people';
import { isDangling } from './errors';
import type { Database } from './schema';
import type { PeopleStore } from './store';

export function grantMethods(
  db: Database,
): Pick<PeopleStore, 'grants' | 'findGrant' | 'adminNames' | 'setGrant' | 'removeGrant'> {
  return {
    findGrant: async (tenant, userId, connection) => {
      const grant = await db
        .selectFrom('grants')
        .select(['user_id as userId', 'connection', 'read', 'write'])
        .where('tenant', '=', tenant)
        .where('user_id', '=', userId)
        .where('connection', '=', connection)
        .executeTakeFirst();
      return grant ?? null;
    },
    adminNames: async (tenant) => {
      const admins = await db
        .selectFrom('users')
        .select('name')
        .where('tenant', '=', tenant)
        .where('role', '=', 'admin')
        .orderBy('created_at')
        .orderBy('id')
        .limit(3)
        .execute();
      return admins.map(({ name }) => name);
    },
    grants: (tenant, userId) =>
      db
        .selectFrom('grants')
        .select(['user_id as userId', 'connection', 'read', 'write'])
        .where('tenant', '=', tenant)
        .where('user_id', '=', userId)
        .orderBy('connection')
        .execute(),
    setGrant: (tenant, grant) => setGrant(db, tenant, grant),
    removeGrant: async (tenant, userId, connection) => {
      const { numDeletedRows } = await db
        .deleteFrom('grants')
        .where('tenant', '=', tenant)
        .where('user_id', '=', userId)
        .where('connection', '=', connection)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

async function setGrant(
  db: Database,
  tenant: string,
  { userId, connection, read, write }: Grant,
): Promise<void> {
  try {
    await db
      .insertInto('grants')
      .values({ tenant, user_id: userId, connection, read, write })
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'user_id', 'connection']).doUpdateSet({ read, write }),
      )
      .execute();
  } catch (error) {
    if (isDangling(error, 'grants_user')) {
      throw new TablegateError('userNotFound', `There is no user ${userId}.`);
    }
    if (isDangling(error, 'grants_connection')) {
      throw new TablegateError('connectionNotFound', `There is no connection ${connection}.`);
    }
    throw error;
  }
}
