/** The next times of a recurrence, with what the changes of the clocks do to them. */
import type { Recurrence } from '../recurrence';
import { dstNote } from './dst-note';
import { openCalendar } from './open-calendar';
import { planOf } from './plan-of';
import { isoInZone } from './read-time';
import { zoneOf } from './zone';

/** The rule as people are shown it. */
export const dstRule =
  'When the clocks go forward, times in the hour that is left out do not run that day; when they ' +
  'go back, times in the hour that comes twice run as Temporal has it in that zone, once or both ' +
  'times, and the preview says which.';

/**
 * The first `count` times after an instant.
 * @param from milliseconds since the epoch
 * @returns each time with its offset, and what is special about it where the clocks change
 * @throws TablegateError invalidInput where the recurrence or the zone is wrong
 */
export function preview(
  recurrence: Recurrence,
  timezone: string,
  from: number,
  count: number,
): { time: string; note: string | null }[] {
  const calendar = openCalendar(recurrence, timezone);
  const look = { calendar, plan: planOf(recurrence), zone: zoneOf(timezone) };
  const times = calendar.between(from + 1, Number.POSITIVE_INFINITY, count);
  return times.map((at) => ({
    time: isoInZone(at, timezone),
    note: dstNote(look, calendar.previous(at) ?? from, at),
  }));
}
