/** Resource groups, by tenant and name. */
import { sql } from 'kysely';
import { Paging } from './paging';
import { liveTasks, type Database } from './schema';
import type { PageRequest, ResourceGroupStore } from './store';

/** How many tasks a refusal names. */
const namedUsers = 10;

const shown = ['name', 'task_queue as taskQueue', 'created_at as createdAt'] as const;

export function resourceGroupStore(db: Database): ResourceGroupStore {
  return {
    create: async (tenant, { name, taskQueue: task_queue }) => {
      const row = await db
        .insertInto('resource_groups')
        .values({ tenant, name, task_queue })
        .onConflict((conflict) => conflict.doNothing())
        .returning(shown)
        .executeTakeFirst();
      return row ?? null;
    },
    list: (tenant, page) => list(db, tenant, page),
    find: async (tenant, names) =>
      names.length === 0
        ? []
        : db
            .selectFrom('resource_groups')
            .select(shown)
            .where('tenant', '=', tenant)
            .where('name', 'in', names)
            .execute(),
    remove: async (tenant, name) => {
      const { numDeletedRows } = await db
        .deleteFrom('resource_groups')
        .where('tenant', '=', tenant)
        .where('name', '=', name)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    usersOf: (tenant, name) =>
      liveTasks(db, tenant)
        .select(['id', 'name'])
        .where(sql<boolean>`view->'runtimeResource'->>'resourceGroup' = ${name}`)
        .orderBy('created_at')
        .orderBy('id')
        .limit(namedUsers)
        .execute(),
  };
}

async function list(db: Database, tenant: string, page: PageRequest) {
  const paging = new Paging(['resource-groups', tenant], page);
  const rows = await db
    .selectFrom('resource_groups')
    .select(shown)
    .where('tenant', '=', tenant)
    .where(paging.after('created_at', 'name'))
    .orderBy('created_at', 'desc')
    .orderBy('name', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(
    rows,
    ({ createdAt, name }) => ({ at: createdAt, id: name }),
    (row) => row,
  );
}
