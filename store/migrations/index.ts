/** All migrations by name, in the order in which they are run. A released one is never changed. */
import type { Migration } from 'kysely';
import * as firstTables from './0001-first-tables';
import * as accounts from './0003-accounts';

export const migrations: Record<string, Migration> = {
  '0001-first-tables': firstTables,
  '0003-accounts': accounts,
};
