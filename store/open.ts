/** The store over a pool of connections. */
import { CompiledQuery } from 'kysely';
import { accessKeyStore } from './access-keys';
import { agree } from './agree';
import { auditStore } from './audit';
import { backfillStore } from './backfills';
import { catalogueStore } from './catalogue';
import { changeFeed } from './changes';
import { Connections } from './connections';
import { dataArtsTaskStore } from './dataarts-tasks';
import { idempotencyStore } from './idempotency';
import { ledgerStore } from './ledger';
import { numberedStore } from './numbered';
import { peopleStore } from './people';
import { directoryStore, projectStore } from './projects';
import { resourceGroupStore } from './resource-groups';
import { retentionStore } from './retention';
import { runStore } from './runs';
import { openDatabase } from './schema';
import { scriptStore } from './scripts';
import { sessionStore } from './sessions';
import { sourceStore } from './sources';
import type { Store } from './store';
import { taskStore } from './tasks';
import { tokenStore, type TokenDigest } from './tokens';

export interface StoreOptions {
  /** Digest by which the trigger token of a table, at a version, is found again. */
  tokenDigest: TokenDigest;
  /** Takes one line when PostgreSQL is lost and one when it is back. */
  log: (line: string) => void;
  /** How many times as long as usual PostgreSQL may take to answer; 1 where nothing is said. */
  patience?: number;
}

/**
 * A server process and a worker take two of these from PostgreSQL's usual hundred connections, and
 * one more to hear of changes.
 */
const maxConnections = 10;

const statementTimeoutMs = 5_000;

/**
 * Opens the store. Connections are made when they are needed, so this works while PostgreSQL is
 * away; the tables are `migrate`'s to make.
 * @param databaseUrl `postgres://user:password@host:port/database`
 * @throws TablegateError storeUnavailable where that is no such URL
 */
export async function openStore(
  databaseUrl: string,
  { log, tokenDigest, patience = 1 }: StoreOptions,
): Promise<Store> {
  const bounds = { statementTimeoutMs, max: maxConnections, patience };
  const connections = new Connections(databaseUrl, bounds, log);
  const db = openDatabase(connections);
  const changes = changeFeed(databaseUrl, log, patience);
  return {
    tasks: taskStore(db, tokenDigest),
    ledger: ledgerStore(db),
    runs: runStore(db),
    backfills: backfillStore(db),
    tokens: tokenStore(db, connections, tokenDigest),
    people: peopleStore(db),
    sessions: sessionStore(db),
    accessKeys: accessKeyStore(db),
    resourceGroups: resourceGroupStore(db),
    numbered: numberedStore(db),
    sources: sourceStore(db),
    catalogue: catalogueStore(db),
    projects: projectStore(db),
    directories: directoryStore(db),
    scripts: scriptStore(db),
    dataArtsTasks: dataArtsTaskStore(db),
    audit: auditStore(db),
    idempotency: idempotencyStore(db),
    retention: retentionStore(db),
    changes,
    agree: (name, value) => agree(db, name, value),
    ping: async () => {
      await db.executeQuery(CompiledQuery.raw('select 1'));
    },
    close: async () => {
      await changes.close();
      await connections.end();
    },
  };
}
