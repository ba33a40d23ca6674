/** Due times that neither Schedule nor task has dealt with. */
import { Context } from '@temporalio/activity';
import { openCalendar, type Calendar } from '../model/calendar';
import type { LineageTask } from '../model/lineage';
import { knownByTime } from '../store/known-by-time';
import type { ActivityDeps } from './deps';

type Deps = Pick<ActivityDeps, 'store' | 'temporal' | 'log'>;

/** How many due times are looked up at once. */
const atOnce = 1_000;

/**
 * Delivers the due times after `from` up to `to` that have neither a record nor a gate. Times from
 * before the task was made or last edited are not among them: they were not due then.
 * @returns how many were delivered
 */
export async function tickMissing(
  deps: Deps,
  tenant: string,
  task: LineageTask,
  { from, to }: { from: number; to: number },
): Promise<number> {
  const calendar = openCalendar(task.recurrence!, task.timezone);
  let next = Math.max(from + 1, Date.parse(task.createdAt));
  let ticked = 0;
  for (;;) {
    const due = calendar.between(next, to, atOnce);
    ticked += await tickUnknown(deps, tenant, task, { calendar, due });
    if (due.length < atOnce) return ticked;
    next = due.at(-1)! + 1;
    Context.current().heartbeat();
  }
}

async function tickUnknown(
  { store, temporal, log }: Deps,
  tenant: string,
  { id: taskId }: LineageTask,
  { calendar, due }: { calendar: Calendar; due: number[] },
): Promise<number> {
  const known = await knownByTime(store, tenant, taskId, due);
  const unknown = due.filter((time) => !known.has(time));
  const view = unknown.length > 0 ? await store.tasks.find(tenant, taskId) : null;
  if (view === null) return 0;
  const open = new Set((view.gate?.dated ?? []).map((gate) => Date.parse(gate.scheduleTime)));
  const dueSince = Date.parse(view.updatedAt);
  const missing = unknown.filter((time) => time >= dueSince && !open.has(time));
  for (const time of missing) {
    const following = calendar.next(time);
    const nextTime = following === null ? null : isoOf(following);
    await temporal.tick(tenant, taskId, { scheduleTime: isoOf(time), nextTime });
  }
  if (missing.length > 0) {
    log.info({ tenant, taskId, times: missing.length }, 'due times without a record');
  }
  return missing.length;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
