/** A store over a database of its own. */
import { randomBytes } from 'node:crypto';
import { migrate, openStore, type Store } from '../../../store';
import { makeDatabase } from '../../support/servers/databases';

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
  const store = await openStore(database.url, { log: (line) => lines.push(line) });
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

/** 32 lower-case hex characters. */
export const newId = (): string => randomBytes(16).toString('hex');
