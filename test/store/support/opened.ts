/** A store over a database of its own. */
import { randomBytes } from 'node:crypto';
import { migrate, openStore, type FirstAdmin, type Store, type TokenDigest } from '../../../store';
import { patience } from '../../support/patience';
import { makeDatabase } from '../../support/servers/databases';

/** A text in place of a digest, by which a test can read what it finds. */
export const tokenDigest: TokenDigest = (...parts) => parts.join('/');

export interface OpenedStore {
  store: Store;
  url: string;
  /** What the store has logged. */
  lines: string[];
  close(): Promise<void>;
}

export async function openTestStore(): Promise<OpenedStore> {
  const database = await makeDatabase();
  await migrate(database.url);
  const lines: string[] = [];
  const store = await openStore(database.url, {
    tokenDigest,
    log: (line) => lines.push(line),
    patience,
  });
  return {
    store,
    url: database.url,
    lines,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}

/** The first admin of a tenant, with a key of this digest. */
export function firstAdmin(keyDigest: string): FirstAdmin {
  return { keyName: 'admin.key', keyDigest, keyPrefix: 'tg_12' };
}

/** 32 lower-case hex characters. */
export const newId = (): string => randomBytes(16).toString('hex');
