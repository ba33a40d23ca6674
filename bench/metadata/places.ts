/** A PostgreSQL of the benchmark's own: a database that is collected, and databases of the store. */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { nextFreePort } from '../../cli/launcher/free-port';
import { pidFileOf } from '../../cli/launcher/orphans';
import { startPostgres, stopPostgres } from '../../cli/launcher/postgres-server';
import { migrate, openStore, type Store } from '../../store';

export interface Places {
  /** Config of a connection of kind `postgres` to the database that is collected. */
  source: { host: string; port: number; database: string; user: string; password: string };
  /** Runs statements in it. */
  sql(text: string): Promise<void>;
  /** Makes a database of a store. @returns its URL */
  storeUrl(name: string): Promise<string>;
  /** Opens a store over a database of its own. */
  store(name: string): Promise<Store>;
  stop(): Promise<void>;
}

export async function openPlaces(dir: string): Promise<Places> {
  // PostgreSQL may run as another user, who has to pass through.
  chmodSync(dir, 0o711);
  const postgres = await startPostgres({
    dataDir: dir,
    logFile: path.join(dir, 'postgres.log'),
    pidFile: pidFileOf(dir, 'postgres'),
    port: await nextFreePort(15_933),
    log: () => undefined,
  });
  const base = new URL(postgres.url);
  const urlOf = (database: string): string =>
    Object.assign(new URL(base), { pathname: database }).href;
  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query('CREATE DATABASE source');
  const client = new Client({ connectionString: urlOf('source') });
  await client.connect();
  const stores: Store[] = [];
  const storeUrl = async (name: string): Promise<string> => {
    await admin.query(`CREATE DATABASE ${name}`);
    await migrate(urlOf(name));
    return urlOf(name);
  };
  return {
    source: {
      ...{ host: base.hostname, port: Number(base.port), database: 'source' },
      ...{ user: decodeURIComponent(base.username), password: decodeURIComponent(base.password) },
    },
    sql: async (text) => void (await client.query(text)),
    storeUrl,
    async store(name) {
      const store = await openStore(await storeUrl(name), {
        tokenDigest: (...parts) => parts.join('/'),
        log: () => undefined,
      });
      stores.push(store);
      return store;
    },
    async stop() {
      for (const store of stores) await store.close();
      await client.end();
      await admin.end();
      await stopPostgres(postgres.child);
    },
  };
}
