/** Configured data sources; their secrets come and go encrypted. */
import { sql } from 'kysely';
import { Paging } from './paging';
import type { Database } from './schema';
import { storableJson } from './storable';
import type { ConnectionRow, PageRequest, SourceStore } from './store';

type Methods = Pick<
  SourceStore,
  'createConnection' | 'updateConnection' | 'findConnection' | 'connections' | 'removeConnection'
>;

const connectionColumns = [
  'tenant',
  'name',
  'type',
  'config',
  'secrets',
  'created_at as createdAt',
  'updated_at as updatedAt',
] as const;

export function connectionMethods(db: Database): Methods {
  return {
    createConnection: async ({ config, ...row }) => {
      const made = await db
        .insertInto('connections')
        .values({ ...row, config: storableJson(config) })
        .onConflict((conflict) => conflict.doNothing())
        .returning(connectionColumns)
        .executeTakeFirst();
      return made ?? 'taken';
    },
    updateConnection: async ({ tenant, name, type, config, secrets }) => {
      const row = await db
        .updateTable('connections')
        .set({ type, config: storableJson(config), secrets, updated_at: sql<string>`now()` })
        .where('tenant', '=', tenant)
        .where('name', '=', name)
        .returning(connectionColumns)
        .executeTakeFirst();
      return row ?? null;
    },
    findConnection: (tenant, name) => findConnection(db, tenant, name),
    connections: (tenant, page) => connections(db, tenant, page),
    removeConnection: async (tenant, name) => {
      const { numDeletedRows } = await db
        .deleteFrom('connections')
        .where('tenant', '=', tenant)
        .where('name', '=', name)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

async function findConnection(
  db: Database,
  tenant: string,
  name: string,
): Promise<ConnectionRow | null> {
  const row = await db
    .selectFrom('connections')
    .select(connectionColumns)
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

async function connections(db: Database, tenant: string, page: PageRequest) {
  const paging = new Paging(['connections', tenant], page);
  const rows = await db
    .selectFrom('connections')
    .select(connectionColumns)
    .where('tenant', '=', tenant)
    .where(paging.after('created_at', 'name'))
    .orderBy('created_at', 'desc')
    .orderBy('name', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(
    rows,
    (row) => ({ at: row.createdAt, id: row.name }),
    (row) => row,
  );
}
