/** `tablegate migrate`: the tables of a PostgreSQL of one's own, before the servers are renewed. */
import { readSettings } from '../../config';
import { migrate as migrateStore } from '../../store/migrate';
import { say } from '../console';

/**
 * @returns exit code
 * @throws Error when there is no DATABASE_URL, or what the store says of it
 */
export async function migrate(): Promise<number> {
  const { databaseUrl } = readSettings(process.env);
  if (!databaseUrl) {
    throw new Error(
      'DATABASE_URL is not set. An embedded PostgreSQL is migrated at every start by itself.',
    );
  }
  await migrateStore(databaseUrl, { log: say });
  say('The tables are those of this version.');
  return 0;
}
