/** Compiled calendars that are kept: many look at the same recurrences again and again. */
import type { Recurrence } from '../recurrence';
import { openCalendar, type Calendar } from './open-calendar';

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
