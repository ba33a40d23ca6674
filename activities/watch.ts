/** The watchdog's look around: nothing that was due stays undone because nobody delivered it. */
import { Context } from '@temporalio/activity';
import { openCalendar, type Calendar } from '../model/calendar';
import type { LineageTask } from '../model/lineage';
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';

type Deps = Pick<ActivityDeps, 'store' | 'temporal' | 'log'>;

/** How many tasks are read at once. */
const pageSize = 500;
/** Most due times of one task that one look ticks; the next look goes on. */
const maxTicks = 1_000;

interface Watched {
  tenant: string;
  task: LineageTask;
}

export function makeWatch(deps: Deps): Activities['watch'] {
  return async ({ from, to }) => {
    const scheduled = new Set<string>();
    for await (const { tenant, taskId } of deps.temporal.listSchedules()) {
      scheduled.add(keyOf(tenant, taskId));
    }
    let ticked = 0;
    let repaired = 0;
    for await (const watched of recurringTasks(deps)) {
      const isScheduled = scheduled.delete(keyOf(watched.tenant, watched.task.id));
      ticked += await guarded(deps, watched, () => tickMissing(deps, watched, from, to));
      if (!isScheduled) repaired += await guarded(deps, watched, () => schedule(deps, watched));
    }
    repaired += await dropOrphans(deps, scheduled);
    await startDrivers(deps);
    return { ticked, repaired };
  };
}

function keyOf(tenant: string, taskId: string): string {
  return `${tenant}/${taskId}`;
}

async function* recurringTasks({ store }: Deps): AsyncGenerator<Watched, void> {
  let after: { tenant: string; id: string } | null = null;
  for (;;) {
    const page: Watched[] = await store.tasks.recurring(after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = { tenant: last.tenant, id: last.task.id };
  }
}

/** One task that cannot be looked at does not keep the others from it. */
async function guarded(
  { log }: Deps,
  { tenant, task }: Watched,
  look: () => Promise<number>,
): Promise<number> {
  Context.current().heartbeat();
  try {
    return await look();
  } catch (error) {
    log.warn({ err: error, tenant, taskId: task.id }, 'the watchdog could not look at a task');
    return 0;
  }
}

async function tickMissing(
  { store, temporal, log }: Deps,
  { tenant, task }: Watched,
  from: string,
  to: string,
): Promise<number> {
  const calendar = openCalendar(task.recurrence!, task.timezone);
  const first = Math.max(Date.parse(from), Date.parse(task.createdAt)) + 1;
  const due = calendar.between(first, Date.parse(to), maxTicks);
  if (due.length === 0) return 0;
  const range = { from: iso(due[0]!), to: iso(due.at(-1)!) };
  const known = new Set(
    (await store.runs.knownInstances(tenant, task.id, range)).map((one) => one.scheduleTime),
  );
  const missing = due.map(iso).filter((time) => !known.has(time));
  for (const scheduleTime of missing) {
    // A time that has a gate, or that the task knows of in another way, is left alone by the task.
    await temporal.tick(tenant, task.id, { scheduleTime, nextTime: after(calendar, scheduleTime) });
  }
  if (missing.length > 0) {
    log.info({ tenant, taskId: task.id, times: missing.length }, 'due times without a record');
  }
  return missing.length;
}

function after(calendar: Calendar, time: string): string | null {
  const next = calendar.next(Date.parse(time));
  return next === null ? null : iso(next);
}

async function schedule({ temporal, log }: Deps, { tenant, task }: Watched): Promise<number> {
  const { id: taskId, name, recurrence, timezone } = task;
  await temporal.putSchedule({ tenant, taskId, name, recurrence: recurrence!, timezone });
  log.warn({ tenant, taskId }, 'a Schedule was missing and has been made again');
  return 1;
}

/** Schedules that belong to no recurring task. */
async function dropOrphans({ store, temporal, log }: Deps, keys: Set<string>): Promise<number> {
  let dropped = 0;
  for (const key of keys) {
    Context.current().heartbeat();
    const [tenant = '', taskId = ''] = key.split('/');
    const task = await store.tasks.find(tenant, taskId);
    // One that has become recurring since the list was read has its Schedule by right.
    if (task?.kind === 'recurring') continue;
    // A task that is not in the store at all may be on its way there.
    if (!task && !(await store.tasks.exists(tenant, taskId))) continue;
    await temporal.deleteSchedule(tenant, taskId);
    log.warn({ tenant, taskId }, 'a Schedule without a recurring task has been deleted');
    dropped += 1;
  }
  return dropped;
}

async function startDrivers({ store, temporal }: Deps): Promise<void> {
  for (const { tenant, id } of await store.backfills.live()) {
    Context.current().heartbeat();
    await temporal.ensureBackfill(tenant, id);
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
