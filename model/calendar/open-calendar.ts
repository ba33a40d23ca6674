/** Compiled calendars: the times of a recurrence as the server fires them. */
import type { Recurrence } from '../recurrence';
import { planOf } from './plan-of';
import { readScheduleTime } from './read-time';
import { zoneOf } from './zone';
import { ZoneTimes } from './zone-times';

/** All times are milliseconds since the epoch, and whole seconds. */
export interface Calendar {
  /** The first time strictly after an instant; null where there is none. */
  next(after: number): number | null;
  /** The last time strictly before an instant; null where there is none. */
  previous(before: number): number | null;
  /** The times from one instant to another, both of which belong to it, ascending. */
  between(from: number, to: number, limit?: number): number[];
  includes(at: number): boolean;
}

/**
 * Compiles a recurrence. Its times are those that Temporal fires for `calendarsOf` in that zone,
 * changes of the clocks included (`server-walk.ts` has the rule), from its start to its end, both of
 * which belong to it; without a start they begin with 1970, and they end with 2100.
 * @throws TablegateError invalidInput where the recurrence or the zone is wrong
 */
export function openCalendar(recurrence: Recurrence, timezone: string): Calendar {
  const times = zoneTimesOf(recurrence, timezone);
  return {
    next: (after) => inMs(times.from(Math.floor(after / 1000) + 1)),
    previous: (before) => inMs(times.upTo(Math.ceil(before / 1000) - 1)),
    between: (from, to, limit = Number.POSITIVE_INFINITY) => {
      const found = times.between(Math.ceil(from / 1000), Math.floor(to / 1000), limit);
      return found.map((second) => second * 1000);
    },
    includes: (at) => at % 1000 === 0 && times.between(at / 1000, at / 1000, 1).length > 0,
  };
}

/** The same, counted in seconds. */
export function zoneTimesOf(recurrence: Recurrence, timezone: string): ZoneTimes {
  const { startTime, endTime } = recurrence;
  const secondOf = (text: string, field: string): number =>
    Date.parse(readScheduleTime(text, timezone, `recurrence.${field}`)) / 1000;
  const first = startTime === null ? 0 : secondOf(startTime, 'startTime');
  const last = endTime === null ? Number.POSITIVE_INFINITY : secondOf(endTime, 'endTime');
  return new ZoneTimes(planOf(recurrence), zoneOf(timezone), first, last);
}

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
