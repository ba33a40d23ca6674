/** Configured data sources; their secrets come and go encrypted. */
import { sql, type Transaction } from 'kysely';
import { Paging } from './paging';
import { transact, type Database, type Tables } from './schema';
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
    createConnection: (row, maker) =>
      transact(db, (transaction) => createConnection(transaction, row, maker)),
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
    connections: (tenant, filter, page) => connections(db, tenant, filter, page),
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

async function createConnection(
  transaction: Transaction<Tables>,
  { config, ...row }: Parameters<SourceStore['createConnection']>[0],
  maker: string | null,
): Promise<ConnectionRow | 'taken'> {
  const made = await transaction
    .insertInto('connections')
    .values({ ...row, config: storableJson(config) })
    .onConflict((conflict) => conflict.doNothing())
    .returning(connectionColumns)
    .executeTakeFirst();
  if (made === undefined) return 'taken';
  if (maker !== null) {
    await transaction
      .insertInto('grants')
      .columns(['tenant', 'user_id', 'connection', 'read', 'write'])
      .expression(
        transaction
          .selectFrom('users')
          .select([
            'tenant',
            'id',
            sql<string>`${row.name}::text`.as('connection'),
            sql<boolean>`true`.as('read'),
            sql<boolean>`true`.as('write'),
          ])
          .where('tenant', '=', row.tenant)
          .where('id', '=', maker),
      )
      .execute();
  }
  return made;
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

async function connections(
  db: Database,
  tenant: string,
  { type, grantedTo }: Parameters<SourceStore['connections']>[1],
  page: PageRequest,
) {
  const { userId = null, side = null } = grantedTo ?? {};
  const paging = new Paging(['connections', tenant, type, userId, side], page);
  let query = db.selectFrom('connections').select(connectionColumns).where('tenant', '=', tenant);
  if (type !== null) query = query.where('type', '=', type);
  if (grantedTo !== null) {
    query = query.where('name', 'in', (grants) =>
      grants
        .selectFrom('grants')
        .select('grants.connection')
        .where('grants.tenant', '=', tenant)
        .where('grants.user_id', '=', grantedTo.userId)
        .where(`grants.${grantedTo.side}`, '=', true),
    );
  }
  const rows = await query
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
