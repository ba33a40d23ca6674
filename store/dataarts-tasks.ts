/** Collection tasks as DataArts' clients sent them. */
import { sql } from 'kysely';
import { folded } from './folded';
import type { Database } from './schema';
import { storableJson } from './storable';
import type { DataArtsFilter, DataArtsTask, DataArtsTaskStore } from './store';
import { wholeTaskView } from './task-view';

export function dataArtsTaskStore(db: Database): DataArtsTaskStore {
  return {
    put: (tenant, task) => put(db, tenant, task),
    find: async (tenant, taskId) => {
      const row = await db
        .selectFrom('dataarts_tasks')
        .select(columns)
        .where('tenant', '=', tenant)
        .where('task_id', '=', taskId)
        .executeTakeFirst();
      return row ?? null;
    },
    remove: async (tenant, taskId) => {
      await db
        .deleteFrom('dataarts_tasks')
        .where('tenant', '=', tenant)
        .where('task_id', '=', taskId)
        .execute();
    },
    search: (tenant, filter, part) => search(db, tenant, filter, part),
  };
}

const columns = [
  'dataarts_tasks.task_id as taskId',
  'project',
  'workspace',
  'directory',
  'creator',
  'data_source_type as dataSourceType',
  'connection_id as connectionId',
  'bucket',
  'sent',
  'made',
] as const;

async function put(db: Database, tenant: string, task: DataArtsTask): Promise<void> {
  const row = {
    project: task.project,
    workspace: task.workspace,
    directory: task.directory,
    creator: folded(task.creator),
    data_source_type: task.dataSourceType,
    connection_id: task.connectionId,
    bucket: task.bucket,
    sent: task.sent,
    made: storableJson(task.made),
  };
  await db
    .insertInto('dataarts_tasks')
    .values({ tenant, task_id: task.taskId, ...row })
    .onConflict((conflict) => conflict.columns(['tenant', 'task_id']).doUpdateSet(row))
    .execute();
}

/** Live tasks with what was sent of them, of one project. */
function inProject(db: Database, tenant: string, project: string) {
  return db
    .selectFrom('dataarts_tasks')
    .innerJoin('tasks', (join) =>
      join
        .onRef('tasks.tenant', '=', 'dataarts_tasks.tenant')
        .onRef('tasks.id', '=', 'dataarts_tasks.task_id'),
    )
    .where('dataarts_tasks.tenant', '=', tenant)
    .where('project', '=', project)
    .where('removed_at', 'is', null);
}

function chosen(db: Database, tenant: string, filter: DataArtsFilter) {
  const { name, creator, dataSourceType, connectionId, directory, bucket, from, to } = filter;
  return inProject(db, tenant, filter.project)
    .where('workspace', '=', filter.workspace)
    .$if(name !== null, (query) =>
      query.where(sql<boolean>`strpos(folded_name, ${folded(name!)}) > 0`),
    )
    .$if(creator !== null, (query) =>
      query.where(sql<boolean>`strpos(creator, ${folded(creator!)}) > 0`),
    )
    .$if(dataSourceType !== null, (query) => query.where('data_source_type', '=', dataSourceType!))
    .$if(connectionId !== null, (query) => query.where('connection_id', '=', connectionId!))
    .$if(directory !== null, (query) => query.where('directory', '=', directory!))
    .$if(bucket !== null, (query) => query.where('bucket', '=', bucket!))
    .$if(from !== null, (query) => query.where('created_at', '>=', from!))
    .$if(to !== null, (query) => query.where('created_at', '<=', to!));
}

async function search(
  db: Database,
  tenant: string,
  filter: DataArtsFilter,
  { offset, limit }: { offset: number; limit: number },
): ReturnType<DataArtsTaskStore['search']> {
  const all = sql<number>`count(*)::int`.as('all');
  const [rows, counted, total] = await Promise.all([
    chosen(db, tenant, filter)
      .select([...columns, 'view'])
      .orderBy('created_at', 'desc')
      .orderBy('tasks.id', 'desc')
      .offset(offset)
      .limit(limit)
      .execute(),
    chosen(db, tenant, filter).select(all).executeTakeFirstOrThrow(),
    inProject(db, tenant, filter.project).select(all).executeTakeFirstOrThrow(),
  ]);
  return {
    items: rows.map(({ view, ...row }) => ({ row, task: wholeTaskView(view) })),
    count: counted.all,
    inProject: total.all,
  };
}
