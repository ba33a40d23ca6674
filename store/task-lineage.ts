/** Tasks by what they come after: the tables that they list, read and write, and `dependsOn`. */
import { sql, type ExpressionBuilder, type RawBuilder } from 'kysely';
import { lineageTask, type LineageTask } from '../model/lineage';
import { liveTasks, type Database, type Tables } from './schema';
import type { RecurringTask, TaskStore } from './store';
import { wholeTaskView, type StoredTaskView } from './task-view';

type Where = ExpressionBuilder<Tables, 'tasks'>;

/** The queries of `TaskStore` that planning and needs ask. */
export function lineageQueries(
  db: Database,
): Pick<TaskStore, 'lineage' | 'downstreamOf' | 'upstreamOf' | 'tasksOfTable' | 'recurring'> {
  return {
    lineage: (tenant, taskIds) =>
      found(db, tenant, () => (taskIds ? isOneOf(taskIds) : sql<boolean>`true`)),
    downstreamOf: (tenant, taskId, writes) =>
      found(db, tenant, (where) =>
        where.and([
          where('id', '!=', taskId),
          where.or([
            overlap('depends_on', [taskId]),
            overlap('tables', writes),
            overlap('reads', writes),
          ]),
        ]),
      ),
    upstreamOf: (tenant, { dependsOn, reads }) =>
      found(db, tenant, (where) => where.or([isOneOf(dependsOn), overlap('writes', reads)])),
    tasksOfTable: (tenant, table) =>
      found(db, tenant, (where) =>
        where.or([overlap('tables', [table]), overlap('reads', [table])]),
      ),
    recurring: (after, limit) => recurring(db, after, limit),
  };
}

type ArrayColumn = 'tables' | 'reads' | 'writes' | 'depends_on';

/** Each of these conditions has an index of its own. */
function overlap(column: ArrayColumn, names: readonly string[]): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(column)} && ${names}::text[]`;
}

function isOneOf(taskIds: readonly string[]): RawBuilder<boolean> {
  return sql<boolean>`id = any(${taskIds}::text[])`;
}

async function found(
  db: Database,
  tenant: string,
  condition: (where: Where) => RawBuilder<boolean> | ReturnType<Where['or']>,
): Promise<LineageTask[]> {
  const rows = await liveTasks(db, tenant)
    .select(['reads', 'writes', 'view'])
    .where((where) => condition(where))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toLineage);
}

async function recurring(
  db: Database,
  after: { tenant: string; id: string } | null,
  limit: number,
): Promise<RecurringTask[]> {
  const rows = await db
    .selectFrom('tasks')
    .select(['tenant', 'reads', 'writes', 'view'])
    .where('kind', '=', 'recurring')
    .where('removed_at', 'is', null)
    .$if(after !== null, (query) =>
      query.where(sql<boolean>`(tenant, id) > (${after!.tenant}, ${after!.id})`),
    )
    .orderBy('tenant')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    tenant: row.tenant,
    task: toLineage(row),
    paused: row.view.paused,
    version: row.view.version,
    updatedAt: row.view.updatedAt,
    openTimes: (row.view.gate?.dated ?? []).map((gate) => gate.scheduleTime),
  }));
}

function toLineage(row: { view: StoredTaskView; reads: string[]; writes: string[] }): LineageTask {
  return lineageTask(wholeTaskView(row.view), row);
}
