import type { Recurrence } from '../recurrence';
import { planOf } from './plan-of';
import { toRanges, type Range } from './ranges';

/** One calendar of Temporal's form: a time matches when every field does. */
export interface CalendarSpec {
  second: Range[];
  minute: Range[];
  hour: Range[];
  dayOfMonth: Range[];
  month: Range[];
  /** Empty for every year. */
  year: Range[];
  /** 0 is Sunday. */
  dayOfWeek: Range[];
}

/**
 * Translates a recurrence into an exact union of calendars, never many: rules of days that differ in
 * one field only are one calendar.
 * @throws TablegateError invalidInput with the reason, for the field `recurrence.cron`, where the
 * expression is wrong, cannot be held exactly, or never comes
 */
export function calendarsOf(recurrence: Recurrence): CalendarSpec[] {
  const { seconds, minutes, hours, days } = planOf(recurrence);
  const clock = { second: toRanges(seconds), minute: toRanges(minutes), hour: toRanges(hours) };
  return days.map((rule) => ({
    ...clock,
    dayOfMonth: toRanges(rule.daysOfMonth),
    month: toRanges(rule.months),
    year: toRanges(rule.years ?? []),
    dayOfWeek: toRanges(rule.daysOfWeek),
  }));
}
