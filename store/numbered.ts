/** Tasks, instances and backfills by the numbers that vendors know them by, in pages by offset. */
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { folded } from './folded';
import { toRecord } from './run-rows';
import type { Database, Tables } from './schema';
import type {
  InstanceFilterByNumber,
  NumberedInstance,
  NumberedStore,
  Slice,
  TaskFilterByNumber,
} from './store';
import { wholeTaskView, type StoredTaskView } from './task-view';

/** Most instances of a backfill that are named. */
const namedInstances = 10_000;

export function numberedStore(db: Database): NumberedStore {
  return {
    tasks: (tenant, filter, slice) => tasks(db, tenant, filter, slice),
    numbersOf: async (tenant, taskIds) => {
      if (taskIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('tasks')
        .select(['id', 'number'])
        .where('tenant', '=', tenant)
        .where('id', 'in', taskIds)
        .execute();
      return new Map(rows.map(({ id, number }) => [id, number]));
    },
    timezones: async (tenant) => {
      const { rows } = await sql<{
        timezone: string;
      }>`select distinct ${view('timezone')} as timezone
        from tablegate.tasks as task where task.tenant = ${tenant}`.execute(db);
      return rows.map(({ timezone }) => timezone);
    },
    instances: (tenant, filter, slice) => instances(db, tenant, filter, slice),
    attempts: (tenant, number) => attempts(db, tenant, number),
    backfills: (tenant, ids) => backfills(db, tenant, ids),
  };
}

const all = (conditions: (RawBuilder<unknown> | null)[]): RawBuilder<unknown> =>
  sql.join(
    conditions.filter((condition) => condition !== null),
    sql` and `,
  );

const view = (field: string): RawBuilder<unknown> => sql`task.view->>${sql.lit(field)}`;

/** What both lists may ask of a task. */
function ofTask(filter: TaskFilterByNumber): (RawBuilder<unknown> | null)[] {
  const { numbers, search, owner, environment, type, kind, running, resourceGroup } = filter;
  return [
    numbers && sql`task.number = any(${numbers}::bigint[])`,
    search === null ? null : sql`strpos(task.folded_name, ${folded(search)}) > 0`,
    owner === null ? null : sql`${view('owner')} = ${owner}`,
    environment && sql`task.environment = ${environment}`,
    type === null ? null : sql`task.view->'job'->>'type' = ${type}`,
    kind && sql`task.kind = ${kind}`,
    running && runningAs(running),
    resourceGroup === null
      ? null
      : sql`task.view->'runtimeResource'->>'resourceGroup' = ${resourceGroup}`,
  ];
}

function runningAs(running: 'pause' | 'skip' | 'normal'): RawBuilder<unknown> {
  if (running === 'pause') return sql`task.paused`;
  return sql`not task.paused
    and coalesce(task.view->'recurrence'->>'mode', 'normal') = ${running}`;
}

const taskOrders = {
  id: sql`task.number`,
  created: sql`task.created_at`,
  changed: sql`(task.view->>'updatedAt')`,
};

async function tasks(
  db: Database,
  tenant: string,
  filter: TaskFilterByNumber,
  { by, descending, offset, limit }: Slice<keyof typeof taskOrders>,
): ReturnType<NumberedStore['tasks']> {
  const chosen = sql`from tablegate.tasks as task where ${all([
    sql`task.tenant = ${tenant}`,
    sql`task.removed_at is null`,
    ...ofTask(filter),
  ])}`;
  const direction = sql.raw(descending ? 'desc' : 'asc');
  const { rows } = await sql<{ view: StoredTaskView }>`select task.view ${chosen}
    order by ${taskOrders[by]} ${direction}, task.id limit ${limit} offset ${offset}`.execute(db);
  return { items: rows.map((row) => wholeTaskView(row.view)), total: await count(db, chosen) };
}

async function count(db: Database, chosen: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*)::int as total ${chosen}`.execute(
    db,
  );
  return rows[0]!.total;
}

/** When an instance belongs: its schedule time, or when it was asked for. */
const scheduled = sql`coalesce(run.schedule_time, run.queued_at)`;

type Days = InstanceFilterByNumber['days'];
const earliest = (days: Days): string =>
  edge(
    days.map(({ from }) => from.getTime()),
    Math.min,
  );
const latest = (days: Days): string =>
  edge(
    days.map(({ to }) => to.getTime()),
    Math.max,
  );

function edge(times: number[], of: (...times: number[]) => number): string {
  return new Date(times.length === 0 ? 0 : of(...times)).toISOString();
}

/** True for what a backfill has started, or was served by. */
const broughtAboutBy = (backfill: string) => sql`exists (
  select from tablegate.backfill_cells as cell
  where cell.backfill = ${backfill}::bigint and cell.tenant = chosen.tenant
    and cell.task_id = chosen.task_id and cell.schedule_time = chosen.schedule_time
    and (cell.run_id is not null
      or cell.state = 'running' and chosen.queued_at >= cell.taken_at))`;

const instanceOrders = {
  id: sql`chosen.instance_number`,
  created: sql`chosen.queued_at`,
  started: sql`chosen.started_at`,
  finished: sql`chosen.finished_at`,
  scheduled: sql`coalesce(chosen.schedule_time, chosen.queued_at)`,
};

/** Runs with their instance's number; `place` 1 is the latest attempt. */
function numberedRuns(tenant: string, conditions: (RawBuilder<unknown> | null)[]) {
  return sql`select run.*, task.view as task_view,
      min(run.number) over instance as instance_number,
      row_number() over (
        instance order by run.attempt desc, run.queued_at desc, run.id desc
      ) as place
    from tablegate.runs as run
      join tablegate.tasks as task on task.tenant = run.tenant and task.id = run.task_id
    where ${all([sql`run.tenant = ${tenant}`, ...conditions])}
    window instance as (partition by run.task_id, coalesce(run.schedule_time::text, run.id))`;
}

type Row = Selectable<Tables['runs']> & { task_view: StoredTaskView; instance_number: string };

function toInstance(row: Row): NumberedInstance {
  return { number: row.instance_number, run: toRecord(row), task: wholeTaskView(row.task_view) };
}

async function instances(
  db: Database,
  tenant: string,
  filter: InstanceFilterByNumber,
  { by, descending, offset, limit }: Slice<keyof typeof instanceOrders>,
): ReturnType<NumberedStore['instances']> {
  const { days, instanceNumbers, statuses, starters, backfills } = filter;
  const runs = numberedRuns(tenant, [
    // Once by all days, for the index; then by the day of its own task.
    sql`${scheduled} >= ${earliest(days)} and ${scheduled} < ${latest(days)}`,
    sql`exists (select from json_to_recordset(${JSON.stringify(days)}::json)
      as day (timezone text, "from" timestamptz, "to" timestamptz)
      where day.timezone = ${view('timezone')}
        and ${scheduled} >= day."from" and ${scheduled} < day."to")`,
    ...ofTask(filter),
  ]);
  const chosen = sql`from (${runs}) as chosen where ${all([
    sql`place = 1`,
    instanceNumbers && sql`chosen.instance_number = any(${instanceNumbers}::bigint[])`,
    statuses && sql`chosen.status = any(${statuses}::text[])`,
    starters && sql`chosen.started_by = any(${starters}::text[])`,
    ...backfills.map(broughtAboutBy),
  ])}`;
  const direction = sql.raw(descending ? 'desc nulls last' : 'asc nulls last');
  const { rows } = await sql<Row>`select chosen.* ${chosen}
    order by ${instanceOrders[by]} ${direction}, chosen.id limit ${limit} offset ${offset}`.execute(
    db,
  );
  return { items: rows.map(toInstance), total: await count(db, chosen) };
}

async function attempts(db: Database, tenant: string, number: string): Promise<NumberedInstance[]> {
  const runs = numberedRuns(tenant, [
    sql`(run.task_id, coalesce(run.schedule_time::text, run.id)) in (
      select named.task_id, coalesce(named.schedule_time::text, named.id)
      from tablegate.runs as named
      where named.tenant = ${tenant} and named.number = ${number}::bigint
    )`,
  ]);
  const { rows } = await sql<Row>`select * from (${runs}) as chosen order by place`.execute(db);
  return rows.map(toInstance);
}

async function backfills(
  db: Database,
  tenant: string,
  ids: readonly string[],
): ReturnType<NumberedStore['backfills']> {
  const made = await db
    .selectFrom('backfills')
    .select(['nr', 'id'])
    .where('tenant', '=', tenant)
    .where('id', 'in', ids)
    .orderBy('nr')
    .execute();
  const numbers = made.map(({ nr }) => nr);
  const { rows } = await sql<{ number: string }>`select min(run.number) as number
    from tablegate.backfill_cells as cell join tablegate.runs as run
      on run.tenant = cell.tenant and run.task_id = cell.task_id
        and run.schedule_time = cell.schedule_time
    where cell.backfill = any(${numbers}::bigint[]) and cell.run_id is not null
    group by cell.task_id, cell.schedule_time order by 1 limit ${namedInstances}`.execute(db);
  return {
    backfills: made.map(({ id, nr }) => ({ id, number: nr })),
    instances: rows.map(({ number }) => number),
  };
}
