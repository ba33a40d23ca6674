/** All migrations by name, in the order in which they are run. A released one is never changed. */
import type { Migration } from 'kysely';
import * as firstTables from './0001-first-tables';
import * as time from './0002-time';
import * as accounts from './0003-accounts';
import * as ahead from './0004-cells-ahead';
import * as passingOn from './0005-passing-on';
import * as console from './0006-console';
import * as scripts from './0007-scripts';
import * as vendorCalls from './0008-vendor-calls';
import * as catalogue from './0009-catalogue';
import * as dataArts from './0010-dataarts';
import * as imports from './0011-imports';

export const migrations: Record<string, Migration> = {
  '0001-first-tables': firstTables,
  '0002-time': time,
  '0003-accounts': accounts,
  '0004-cells-ahead': ahead,
  '0005-passing-on': passingOn,
  '0006-console': console,
  '0007-scripts': scripts,
  '0008-vendor-calls': vendorCalls,
  '0009-catalogue': catalogue,
  '0010-dataarts': dataArts,
  '0011-imports': imports,
};
