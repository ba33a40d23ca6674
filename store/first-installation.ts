/** What an installation, and each tenant, starts with. */
import { randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Tenant } from '../model/people';
import { ensureDefaultProject } from './projects';
import { transact, type Database, type Tables } from './schema';
import type { FirstAdmin } from './store';

/** Creates the tenant `default` with its admin, once; see `PeopleStore.ensureFirst`. */
export async function ensureFirst(db: Database, admin: FirstAdmin): Promise<boolean> {
  const made = await foundTenant(db, { id: 'default', name: 'Default' }, admin);
  return made !== null;
}

/** @returns null where the id is in use; nothing is done then */
export function foundTenant(
  db: Database,
  tenant: { id: string; name: string },
  admin: FirstAdmin,
): Promise<Tenant | null> {
  return transact(db, async (transaction) => {
    // Another process that is at it is waited for here.
    const made = await transaction
      .insertInto('tenants')
      .values(tenant)
      .onConflict((conflict) => conflict.doNothing())
      .returning(['id', 'name', 'created_at as createdAt'])
      .executeTakeFirst();
    if (!made) return null;
    await createAdmin(transaction, tenant.id, admin);
    await ensureDefaultProject(transaction, tenant.id);
    return made;
  });
}

async function createAdmin(
  transaction: Transaction<Tables>,
  tenant: string,
  { keyName, keyPrefix, keyDigest }: FirstAdmin,
): Promise<void> {
  const userId = randomBytes(16).toString('hex');
  await transaction
    .insertInto('users')
    .values({ tenant, id: userId, name: 'admin', role: 'admin' })
    .execute();
  await transaction
    .insertInto('keys')
    .values({
      tenant,
      id: randomBytes(16).toString('hex'),
      user_id: userId,
      name: keyName,
      prefix: keyPrefix,
      digest: keyDigest,
      last_used_at: null,
    })
    .execute();
}
