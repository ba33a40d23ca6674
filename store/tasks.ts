/** Tasks as lists and lookups show them; the workflows are the authority. */
import { sql } from 'kysely';
import { importedTasks } from './imported-tasks';
import { firstConflict, reserveOutputs } from './outputs';
import { projectAll, projectBatch } from './project';
import { liveTasks, type Database } from './schema';
import type { TaskStore } from './store';
import { lineageQueries } from './task-lineage';
import { listTasks, listWaiting } from './task-list';
import { wholeTaskView } from './task-view';
import type { TokenDigest } from './tokens';

/** How many tasks a refusal names. */
const namedUsers = 10;

export function taskStore(db: Database, tokenDigest: TokenDigest): TaskStore {
  return {
    nextNumber: () => nextNumber(db),
    project: (batch) => projectBatch(db, batch, tokenDigest),
    projectAll: (tasks) => projectAll(db, tasks, tokenDigest),
    byNumbers: async (tenant, numbers) => {
      const rows = await liveTasks(db, tenant)
        .select('view')
        .where(sql<boolean>`number = any(${numbers}::bigint[])`)
        .execute();
      return rows.map(({ view }) => wholeTaskView(view));
    },
    find: async (tenant, taskId) => {
      const row = await liveTasks(db, tenant)
        .select('view')
        .where('id', '=', taskId)
        .executeTakeFirst();
      return row ? wholeTaskView(row.view) : null;
    },
    findAll: async (tenant, taskIds) => {
      if (taskIds.length === 0) return [];
      const rows = await liveTasks(db, tenant).select('view').where('id', 'in', taskIds).execute();
      return rows.map(({ view }) => wholeTaskView(view));
    },
    named: async (tenant, taskIds) => {
      if (taskIds.length === 0) return [];
      const rows = await db
        .selectFrom('tasks')
        .select(['view', 'removed_at as removedAt'])
        .where('tenant', '=', tenant)
        .where('id', 'in', taskIds)
        .execute();
      return rows.map(({ view, removedAt }) => {
        const { id, name, kind, timezone, imported } = wholeTaskView(view);
        return { id, name, kind, timezone, imported, removed: removedAt !== null };
      });
    },
    exists: async (tenant, taskId) => {
      const row = await db
        .selectFrom('tasks')
        .select('id')
        .where('tenant', '=', tenant)
        .where('id', '=', taskId)
        .executeTakeFirst();
      return row !== undefined;
    },
    list: (tenant, query, page) => listTasks(db, tenant, query, page),
    waiting: (tenant, query, page) => listWaiting(db, tenant, query, page),
    reserveOutputs: (tenant, taskId, tables) => reserveOutputs(db, tenant, taskId, tables),
    outputConflict: (tenant, taskId, tables) => firstConflict(db, tenant, taskId, tables),
    usersOfTable: (tenant, table) =>
      users(db, tenant, { listed: ['tables', 'reads'], written: 'table_name' }, table),
    usersOfConnection: (tenant, connection) =>
      users(db, tenant, { listed: ['connections'], written: 'connection' }, connection),
    imported: (tenant, source) => importedTasks(db, tenant, source),
    ...lineageQueries(db),
  };
}

async function nextNumber(db: Database): Promise<string> {
  const { value } = await db
    .updateTable('counters')
    .set({ value: sql`value + 1` })
    .where('name', '=', 'taskNumber')
    .returning('value')
    .executeTakeFirstOrThrow();
  return value;
}

/** Live tasks that list or read `name` or have reserved it as an output; by table or connection. */
function users(
  db: Database,
  tenant: string,
  by: { listed: ('tables' | 'reads' | 'connections')[]; written: 'table_name' | 'connection' },
  name: string,
): Promise<{ id: string; name: string }[]> {
  const writers = db
    .selectFrom('outputs')
    .select('task_id')
    .where('tenant', '=', tenant)
    .where(by.written, '=', name);
  return liveTasks(db, tenant)
    .select(['id', 'name'])
    .where((where) =>
      where.or([
        ...by.listed.map((column) => sql<boolean>`${sql.ref(column)} @> array[${name}::text]`),
        where('id', 'in', writers),
      ]),
    )
    .orderBy('created_at')
    .orderBy('id')
    .limit(namedUsers)
    .execute();
}
