/** Which instances an instance waits for, and which wait for it (rule 9). */
import { maxCells } from './backfill';
import { openCalendar, type Calendar } from './calendar';
import type { LineageTask } from './lineage';
import { hasTime, latestTime, nextTime, timesBetween, type TaskTimes } from './task-times';

export type { TaskTimes };

/**
 * The times of `up` that `down`'s instance at `at` needs: all of `up`'s times after `down`'s
 * previous time up to `at`; if there are none, `up`'s latest time at or before `at`. Times before
 * `up` existed count as met and are left out. No task needs itself.
 * @param at ms
 * @returns ms, ascending
 */
export function needsOf(down: TaskTimes, at: number, up: TaskTimes): number[] {
  const existedSince = Date.parse(up.task.createdAt);
  return matchingTimes(down, at, up).filter((time) => time >= existedSince);
}

/** As `needsOf`, also for times before `up` existed: a backfill makes the instances of those too. */
export function matchingTimes(down: TaskTimes, at: number, up: TaskTimes): number[] {
  if (up.task.id === down.task.id) return [];
  const within = timesBetween(up, intervalStart(down, at) + 1, at);
  if (within.length > 0) return within;
  const latest = latestTime(up, at);
  return latest === null ? [] : [latest];
}

/**
 * The inverse of `matchingTimes`: the times of `down` that need `up` at `at`. A `down` without
 * recurrence has an instance at the same time, and no other.
 * @param until the last of the times that only fall back on `at`, as `up` has no time of its own in
 * their interval; where `at` is the latest time of `up` there is no end to them
 * @returns ms, ascending; one more than a plan may have at most
 */
export function inverseOf(up: TaskTimes, at: number, down: TaskTimes, until: number): number[] {
  if (up.task.id === down.task.id) return [];
  if (down.calendar === null) return [at];
  if (!hasTime(up, at)) return [];
  const following = nextTime(up, at) ?? Infinity;
  const last = Math.min(following - 1, Math.max(until, at));
  const latestOf = down.calendar.between(at, last, maxCells + 1);
  if (latestOf.length > 0) return latestOf;
  const first = down.calendar.next(at - 1);
  return first !== null && intervalStart(down, first) < at ? [first] : [];
}

/**
 * Up to when an instance of `up` stands in for times that `up` does not have: until its next time,
 * an end of its recurrence not heeded. Without a recurrence that is no longer than `at`, or one old
 * instance would have everything after it.
 */
export function standsUntil({ task, calendar }: TaskTimes, at: number): number {
  if (calendar === null) return at;
  const following = calendar.next(at) ?? cadenceOf(task)?.next(at) ?? null;
  return following === null ? at : following - 1;
}

/** Before the interval that an instance covers: its task's previous time. */
export function intervalStart({ task, calendar }: TaskTimes, at: number): number {
  if (calendar === null) return at - 1;
  return calendar.previous(at) ?? cadenceOf(task)?.previous(at) ?? at - 1;
}

const cadences = new WeakMap<LineageTask, Calendar>();

/** The recurrence without start and end: its first time covers as much as any other. */
function cadenceOf(task: LineageTask): Calendar | null {
  if (task.recurrence === null) return null;
  const known = cadences.get(task);
  if (known) return known;
  const unbounded = { ...task.recurrence, startTime: null, endTime: null };
  const cadence = openCalendar(unbounded, task.timezone);
  cadences.set(task, cadence);
  return cadence;
}
