/** Lists of tasks, counted: filtered in one of several orders, and those that wait. */
import { sql, type RawBuilder } from 'kysely';
import { mostCounted, type CountedPage, type Total } from '../model/page';
import type { TaskView } from '../model/task';
import type { TaskQuery, TaskSort } from '../model/task-list';
import { folded } from './folded';
import { Paging } from './paging';
import { liveTasks, type Database } from './schema';
import type { PageRequest, WaitingQuery } from './store';
import { wholeTaskView } from './task-view';

/** What each order goes by; there is an index for each. */
const sortColumns: Record<TaskSort, { column: RawBuilder<string>; by: 'time' | 'text' }> = {
  created: { column: sql<string>`created_at`, by: 'time' },
  // The order of every machine, whatever the locale of its database.
  name: { column: sql<string>`folded_name collate "C"`, by: 'text' },
  latestRun: { column: sql<string>`by_latest_run`, by: 'time' },
  nextRun: { column: sql<string>`by_next_run`, by: 'time' },
};

export async function listTasks(
  db: Database,
  tenant: string,
  query: TaskQuery,
  page: PageRequest,
): Promise<CountedPage<TaskView>> {
  const { search, kind, status, paused, tag, sort, order } = query;
  const { column, by } = sortColumns[sort];
  const scope = ['tasks', tenant, search, kind, status, paused, tag, sort, order];
  const paging = new Paging(scope, page, { by, order });
  const rows = await chosenTasks(db, tenant, query)
    .select(['id', 'view', column.as('at')])
    .where(paging.after(column, 'id'))
    .orderBy(column, order)
    .orderBy('id', order)
    .limit(paging.limit)
    .execute();
  const shown = paging.page(
    rows,
    ({ at, id }) => ({ at, id }),
    ({ view }) => wholeTaskView(view),
  );
  return { ...shown, total: await count(db, chosenTasks(db, tenant, query)) };
}

function chosenTasks(
  db: Database,
  tenant: string,
  { search, kind, status, paused, tag }: TaskQuery,
) {
  return liveTasks(db, tenant)
    .$if(search !== null, (query) => query.where(named(search!)))
    .$if(kind !== null, (query) => query.where('kind', '=', kind!))
    .$if(status !== null, (query) => query.where('latest_status', '=', status!))
    .$if(paused !== null, (query) => query.where('paused', '=', paused!))
    .$if(tag !== null, (query) => query.where(sql<boolean>`tags @> array[${tag}::text]`));
}

export async function listWaiting(
  db: Database,
  tenant: string,
  { search, taskId }: WaitingQuery,
  page: PageRequest,
): Promise<CountedPage<TaskView>> {
  const paging = new Paging(['waiting', tenant, search, taskId], page, { order: 'asc' });
  const chosen = liveTasks(db, tenant)
    .where('waiting_since', 'is not', null)
    .$if(search !== null, (query) => query.where(named(search!)))
    .$if(taskId !== null, (query) => query.where('id', '=', taskId!));
  const rows = await chosen
    .select(['id', 'view', 'waiting_since'])
    .where(paging.after('waiting_since', 'id'))
    .orderBy('waiting_since')
    .orderBy('id')
    .limit(paging.limit)
    .execute();
  const shown = paging.page(
    rows,
    (row) => ({ at: row.waiting_since!, id: row.id }),
    ({ view }) => wholeTaskView(view),
  );
  return { ...shown, total: await count(db, chosen) };
}

function named(search: string): RawBuilder<boolean> {
  return sql<boolean>`strpos(folded_name, ${folded(search)}) > 0`;
}

async function count(db: Database, chosen: ReturnType<typeof liveTasks>): Promise<Total> {
  const { found } = await db
    .selectFrom(
      chosen
        .select('id')
        .limit(mostCounted + 1)
        .as('chosen'),
    )
    .select(sql<number>`count(*)::int`.as('found'))
    .executeTakeFirstOrThrow();
  return { count: Math.min(found, mostCounted), more: found > mostCounted };
}
