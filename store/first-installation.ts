/** What an installation starts with. */
import { randomBytes } from 'node:crypto';
import { transact, type Database } from './schema';

/**
 * Creates the tenant `default`, its user `admin` and that user's key, once: where the tenant is
 * there, nothing is done, so that an admin key which was removed does not come back at a restart.
 */
export async function ensureFirst(
  db: Database,
  adminKeyDigest: string,
  keyPrefix: string,
): Promise<void> {
  const tenant = 'default';
  const userId = randomBytes(16).toString('hex');
  await transact(db, async (transaction) => {
    // Another process that is at it is waited for here.
    const made = await transaction
      .insertInto('tenants')
      .values({ id: tenant, name: 'Default' })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return;
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
        name: 'admin.key',
        prefix: keyPrefix,
        digest: adminKeyDigest,
        last_used_at: null,
      })
      .execute();
  });
}
