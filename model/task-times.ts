/** The schedule times of a task, as planning and needs ask for them (rule 8). */
import { openCalendar, type Calendar } from './calendar';
import type { LineageTask } from './lineage';
import { firstFrom, positionOf, sliceBetween, sortedTimes } from './sorted-times';

export interface TaskTimes {
  task: LineageTask;
  /** Of its recurrence; null where it has none. */
  calendar: Calendar | null;
  /** ms, ascending: times of its instances and open gates, where it has no recurrence. */
  instances: number[];
}

/**
 * Makes it of a task.
 * @param instances in any order, repeats allowed
 */
export function taskTimes(task: LineageTask, instances: readonly number[] = []): TaskTimes {
  const { recurrence, timezone } = task;
  return {
    task,
    calendar: recurrence === null ? null : openCalendar(recurrence, timezone),
    instances: sortedTimes(instances),
  };
}

/**
 * The times of a task in a closed range: those of its recurrence; without one, those of its
 * instances and open gates. A range stops at `now`: what is yet to come is named, or waited for.
 */
export function timesInRange(
  { calendar, instances }: TaskTimes,
  from: number,
  to: number,
  now: number,
): number[] {
  const end = Math.min(to, now);
  if (end < from) return [];
  return calendar ? calendar.between(from, end) : sliceBetween(instances, from, end);
}

/** All times from `from` to `to`, both included; instances off the schedule are among them. */
export function timesBetween(
  { calendar, instances }: TaskTimes,
  from: number,
  to: number,
): number[] {
  if (to < from) return [];
  const extra = sliceBetween(instances, from, to);
  if (calendar === null) return extra;
  const regular = calendar.between(from, to);
  return extra.length === 0 ? regular : sortedTimes([...regular, ...extra]);
}

/** The latest time at or before `at`; null where there is none. */
export function latestTime({ calendar, instances }: TaskTimes, at: number): number | null {
  const extra = instances[firstFrom(instances, at + 1) - 1] ?? null;
  if (calendar === null) return extra;
  const regular = calendar.includes(at) ? at : calendar.previous(at);
  return later(regular, extra);
}

/** The first time after `at`; null where there is none. */
export function nextTime({ calendar, instances }: TaskTimes, at: number): number | null {
  const extra = instances[firstFrom(instances, at + 1)] ?? null;
  const regular = calendar?.next(at) ?? null;
  if (regular === null || extra === null) return regular ?? extra;
  return Math.min(regular, extra);
}

/** True for a time of the recurrence, or of an instance. */
export function hasTime({ calendar, instances }: TaskTimes, at: number): boolean {
  return positionOf(instances, at) !== -1 || (calendar?.includes(at) ?? false);
}

function later(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
