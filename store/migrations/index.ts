/** All migrations by name, in the order in which they are run. A released one is never changed. */
import type { Migration } from 'kysely';
import * as firstTables from './0001-first-tables';

export const migrations: Record<string, Migration> = {
  '0001-first-tables': firstTables,
};
