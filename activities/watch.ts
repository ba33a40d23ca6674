/** The watchdog's look around: nothing that was due stays undone because nobody delivered it. */
import { Context } from '@temporalio/activity';
import { isOutdated, type FoundSchedule } from '../model/schedule-note';
import type { RecurringTask } from '../store/store';
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';
import { recurringPages } from './recurring-pages';
import { tickMissing } from './tick-missing';

type Deps = Pick<ActivityDeps, 'store' | 'temporal' | 'log'>;

export function makeWatch(deps: Deps): Activities['watch'] {
  return async function watch(window) {
    const range = { from: Date.parse(window.from), to: Date.parse(window.to) };
    // Read first: a task that becomes recurring meanwhile is not taken for one without a Schedule.
    const schedules = await readSchedules(deps);
    let ticked = 0;
    let repaired = 0;
    for await (const watched of recurringTasks(deps)) {
      const { tenant, task } = watched;
      const key = keyOf(tenant, task.id);
      const schedule = schedules.get(key);
      schedules.delete(key);
      await guarded(deps, { tenant, taskId: task.id }, async () => {
        if (isAstray(schedule, watched, range.to)) repaired += await putSchedule(deps, watched);
        // Who pauses a Schedule by hand wants nothing to be due.
        if (!schedule?.paused) ticked += await tickMissing(deps, tenant, task, range);
      });
    }
    for (const orphan of schedules.values()) {
      await guarded(deps, orphan, async () => {
        repaired += await dropOrphan(deps, orphan);
      });
    }
    await startDrivers(deps);
    return { ticked, repaired };
  };
}

/** Of what was edited shortly ago the task itself is putting the Schedule just now. */
function isAstray(
  schedule: FoundSchedule | undefined,
  { task: { recurrence, timezone }, version, updatedAt }: RecurringTask,
  settledMs: number,
): boolean {
  if (!schedule) return true;
  const isSettled = Date.parse(updatedAt) <= settledMs;
  return isSettled && isOutdated(schedule.note, { version, recurrence: recurrence!, timezone });
}

async function readSchedules({ temporal }: Deps): Promise<Map<string, FoundSchedule>> {
  const schedules = new Map<string, FoundSchedule>();
  for await (const schedule of temporal.listSchedules()) {
    schedules.set(keyOf(schedule.tenant, schedule.taskId), schedule);
  }
  return schedules;
}

function keyOf(tenant: string, taskId: string): string {
  return `${tenant}/${taskId}`;
}

async function* recurringTasks({ store }: Deps): AsyncGenerator<RecurringTask, void> {
  for await (const page of recurringPages(store.tasks)) yield* page;
}

/** What cannot be done for one does not keep the others from it. */
async function guarded(
  { log }: Deps,
  about: { tenant: string; taskId?: string; id?: string },
  look: () => Promise<void>,
): Promise<void> {
  Context.current().heartbeat();
  try {
    await look();
  } catch (error) {
    const { tenant, taskId, id } = about;
    log.warn({ err: error, tenant, taskId, id }, 'the watchdog could not look at this one');
  }
}

async function putSchedule(
  { temporal, log }: Deps,
  { tenant, task, version }: RecurringTask,
): Promise<number> {
  const { id: taskId, name, recurrence, timezone } = task;
  await temporal.putSchedule({ tenant, taskId, name, version, recurrence: recurrence!, timezone });
  log.warn({ tenant, taskId }, 'a Schedule was missing or out of date and has been put again');
  return 1;
}

/** Deletes a Schedule that belongs to no recurring task. */
async function dropOrphan(
  { store, temporal, log }: Deps,
  { tenant, taskId }: FoundSchedule,
): Promise<number> {
  const task = await store.tasks.find(tenant, taskId);
  // One that has become recurring since the tasks were read has its Schedule by right.
  if (task?.kind === 'recurring') return 0;
  // A task that is not in the store at all may be on its way there.
  if (!task && !(await store.tasks.exists(tenant, taskId))) return 0;
  await temporal.deleteSchedule(tenant, taskId);
  log.warn({ tenant, taskId }, 'a Schedule without a recurring task has been deleted');
  return 1;
}

async function startDrivers(deps: Deps): Promise<void> {
  for (const backfill of await deps.store.backfills.live()) {
    const { tenant, id } = backfill;
    await guarded(deps, backfill, () => deps.temporal.ensureBackfill(tenant, id));
  }
}
