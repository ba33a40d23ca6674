/** The store: PostgreSQL behind the interfaces of `store.ts`. */
export { migrate, type MigrateOptions } from './migrate';
export { changesChannel } from './notify';
export { openStore, type StoreOptions } from './open';
export type { TokenDigest } from './tokens';
export type * from './store';
