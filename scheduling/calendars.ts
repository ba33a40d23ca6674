/** Compiled calendars of recurrences, and what tasks show of them. */
import { openCalendar, type Calendar } from '../model/calendar';
import type { Recurrence } from '../model/recurrence';
import type { TaskView } from '../model/task';

/** A calendar takes some KB at most; a list shows at most 1,000 tasks. */
const mostKept = 2_000;

/** The least recently used is first. */
const kept = new Map<string, Calendar>();

/** The calendar of a recurrence that was checked when it was saved. */
export function calendarOf(recurrence: Recurrence, timezone: string): Calendar {
  const key = JSON.stringify([timezone, recurrence]);
  const calendar = kept.get(key) ?? openCalendar(recurrence, timezone);
  kept.delete(key);
  kept.set(key, calendar);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
  return calendar;
}

/** The task with the next time at which it starts by itself. */
export function withNextRunTime<Task extends TaskView>(task: Task): Task {
  return { ...task, nextRunTime: nextRunTime(task) };
}

function nextRunTime({ kind, paused, recurrence, timezone }: TaskView): string | null {
  if (kind !== 'recurring' || paused || recurrence === null) return null;
  const next = calendarOf(recurrence, timezone).next(Date.now());
  return next === null ? null : new Date(next).toISOString();
}
