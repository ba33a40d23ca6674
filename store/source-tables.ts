/** Registered tables with their ID mapping. */
import { sql } from 'kysely';
import { TablegateError } from '../model/errors';
import type { IdMapping, TableView } from '../model/source';
import { formatTableName, type TableName } from '../model/table-name';
import { isDangling } from './errors';
import { folded } from './folded';
import { Paging } from './paging';
import type { Database } from './schema';
import { storableJson } from './storable';
import type { PageRequest, SourceStore } from './store';

type Methods = Pick<
  SourceStore,
  'putTable' | 'findTable' | 'findTables' | 'tables' | 'removeTable'
>;

const tableColumns = [
  'name',
  'connection',
  'schema_name as schema',
  'table_name as table',
  'id_mapping as idMapping',
  'created_at as createdAt',
  'updated_at as updatedAt',
] as const;

export function tableMethods(db: Database): Methods {
  return {
    putTable: (tenant, table, idMapping) => putTable(db, tenant, table, idMapping),
    findTable: async (tenant, name) => (await findTables(db, tenant, [name]))[0] ?? null,
    findTables: (tenant, names) => findTables(db, tenant, names),
    tables: (tenant, filter, page) => tables(db, tenant, filter, page),
    removeTable: async (tenant, name) => {
      const { numDeletedRows } = await db
        .deleteFrom('registered_tables')
        .where('tenant', '=', tenant)
        .where('name', '=', name)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

async function putTable(
  db: Database,
  tenant: string,
  table: TableName,
  idMapping: IdMapping | null | undefined,
): Promise<TableView> {
  const name = formatTableName(table);
  const mapping = idMapping ? storableJson(idMapping) : null;
  const change =
    idMapping === undefined ? { name } : { id_mapping: mapping, updated_at: sql<string>`now()` };
  try {
    return await db
      .insertInto('registered_tables')
      .values({
        tenant,
        name,
        connection: table.connection,
        schema_name: table.schema,
        table_name: table.table,
        folded_name: folded(name),
        id_mapping: mapping,
      })
      .onConflict((conflict) => conflict.columns(['tenant', 'name']).doUpdateSet(change))
      .returning(tableColumns)
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (!isDangling(error, 'registered_tables_connection')) throw error;
    throw new TablegateError('connectionNotFound', `There is no connection ${table.connection}.`);
  }
}

async function findTables(
  db: Database,
  tenant: string,
  names: readonly string[],
): Promise<TableView[]> {
  if (names.length === 0) return [];
  return db
    .selectFrom('registered_tables')
    .select(tableColumns)
    .where('tenant', '=', tenant)
    .where('name', 'in', names)
    .orderBy('name')
    .execute();
}

async function tables(
  db: Database,
  tenant: string,
  filter: Parameters<SourceStore['tables']>[1],
  page: PageRequest,
) {
  const { connection, search, withIdMapping } = filter;
  const paging = new Paging(['tables', tenant, connection, search, withIdMapping], page);
  const rows = await db
    .selectFrom('registered_tables')
    .select(tableColumns)
    .where('tenant', '=', tenant)
    .where(paging.after('created_at', 'name'))
    .$if(connection !== null, (query) => query.where('connection', '=', connection!))
    .$if(search !== null, (query) =>
      query.where(sql<boolean>`strpos(folded_name, ${folded(search!)}) > 0`),
    )
    .$if(withIdMapping !== null, (query) =>
      query.where('id_mapping', withIdMapping ? 'is not' : 'is', null),
    )
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
