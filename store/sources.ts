/** Connections and registered tables. */
import { connectionMethods } from './source-connections';
import type { Database } from './schema';
import { tableMethods } from './source-tables';
import type { SourceStore } from './store';

export function sourceStore(db: Database): SourceStore {
  return { ...connectionMethods(db), ...tableMethods(db) };
}
