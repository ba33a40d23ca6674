/** Instances: what the records say of one task at its schedule times. */
import { CompiledQuery, sql } from 'kysely';
import type { RunStatus } from '../model/run';
import { Paging } from './paging';
import { toRecord } from './run-rows';
import type { Database } from './schema';
import type { KnownInstance, PageRequest, RunStore } from './store';

/** The queries of `RunStore` that are about instances. */
export function instanceQueries(
  db: Database,
): Pick<RunStore, 'instances' | 'knownInstances' | 'latestInstance' | 'usualSeconds'> {
  return {
    instances: (tenant, taskId, filter, page) => list(db, tenant, taskId, filter, page),
    knownInstances: (tenant, taskId, times) =>
      Array.isArray(times)
        ? knownOf(db, tenant, taskId, times)
        : known(db, rangeText, [tenant, taskId, times.from, times.to]),
    latestInstance: async (tenant, taskId, at) => {
      const [latest] = await known(db, latestText, [tenant, taskId, at]);
      return latest ?? null;
    },
    usualSeconds: (tenant, taskIds) => usualSeconds(db, tenant, taskIds),
  };
}

const columns = `schedule_time as "scheduleTime", attempt as attempts, status, id as "runId"`;

/** The highest attempt stands for its instance; of two with the same number, the newest. */
export const latestFirst = 'schedule_time desc, attempt desc, queued_at desc, id desc';

const ofTask = `select distinct on (schedule_time) ${columns} from tablegate.runs
  where tenant = $1 and task_id = $2 and schedule_time is not null`;
const namedText = `${ofTask} and schedule_time = any($3::timestamptz[]) order by ${latestFirst}`;
const rangeText = `${ofTask} and schedule_time between $3::timestamptz and $4::timestamptz
  order by ${latestFirst}`;
const latestText = `select ${columns} from tablegate.runs
  where tenant = $1 and task_id = $2 and schedule_time <= $3::timestamptz
  order by ${latestFirst} limit 1`;

async function known(db: Database, text: string, values: unknown[]): Promise<KnownInstance[]> {
  const { rows } = await db.executeQuery(CompiledQuery.raw(text, values));
  return rows as KnownInstance[];
}

/** Times of one statement: it has to be done well within the longest time that one may take. */
const timesAtOnce = 5_000;

async function knownOf(
  db: Database,
  tenant: string,
  taskId: string,
  times: readonly string[],
): Promise<KnownInstance[]> {
  const all: KnownInstance[] = [];
  for (let from = 0; from < times.length; from += timesAtOnce) {
    const some = times.slice(from, from + timesAtOnce);
    for (const one of await known(db, namedText, [tenant, taskId, some])) all.push(one);
  }
  return all;
}

async function list(
  db: Database,
  tenant: string,
  taskId: string,
  { from, to, status }: { from: string | null; to: string | null; status: RunStatus | null },
  page: PageRequest,
) {
  const paging = new Paging(['instances', tenant, taskId, from, to, status], page);
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('task_id', '=', taskId)
    .where('schedule_time', 'is not', null)
    .where(paging.after('schedule_time', 'id'))
    .$if(from !== null, (query) => query.where('schedule_time', '>=', from))
    .$if(to !== null, (query) => query.where('schedule_time', '<=', to))
    .$if(status !== null, (query) => query.where('status', '=', status!))
    .where(
      sql<boolean>`not exists (select from tablegate.runs as later
      where later.tenant = runs.tenant and later.task_id = runs.task_id
        and later.schedule_time = runs.schedule_time
        and (later.attempt, later.queued_at, later.id) > (runs.attempt, runs.queued_at, runs.id))`,
    )
    .orderBy('schedule_time', 'desc')
    .orderBy('id', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(rows, (row) => ({ at: row.schedule_time!, id: row.id }), toRecord);
}

/** How many of a task's runs say how long it usually takes. */
const usualRuns = 20;

const usualText = `select task.id as "taskId", usual.seconds
  from unnest($2::text[]) as task (id), lateral (
    select percentile_cont(0.5) within group (order by took) as seconds from (
      select extract(epoch from finished_at - started_at)::float8 as took from tablegate.runs
      where tenant = $1 and task_id = task.id and status = 'succeeded'
        and started_at is not null and finished_at is not null
      order by queued_at desc, id desc limit ${usualRuns}) as latest) as usual
  where usual.seconds is not null`;

async function usualSeconds(
  db: Database,
  tenant: string,
  taskIds: string[],
): Promise<Map<string, number>> {
  const { rows } = await db.executeQuery(CompiledQuery.raw(usualText, [tenant, taskIds]));
  return new Map(
    (rows as { taskId: string; seconds: number }[]).map((row) => [row.taskId, row.seconds]),
  );
}
