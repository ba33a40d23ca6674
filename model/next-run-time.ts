import { calendarOf } from './calendar';
import type { TaskView } from './task';

/**
 * When a task starts by itself next.
 * @param after in milliseconds
 * @returns ISO 8601 in UTC; null where it does not
 */
export function nextRunTime(
  { kind, paused, recurrence, timezone }: TaskView,
  after: number,
): string | null {
  if (kind !== 'recurring' || paused || recurrence === null) return null;
  const next = calendarOf(recurrence, timezone).next(after);
  return next === null ? null : new Date(next).toISOString();
}

/** The task with its next time, as from now. */
export function withNextRunTime<Task extends TaskView>(task: Task): Task {
  return { ...task, nextRunTime: nextRunTime(task, Date.now()) };
}
