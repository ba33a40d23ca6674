/** The next times of a recurrence, with what the changes of the clocks do to them. */
import type { Recurrence } from '../recurrence';
import { dstNote } from './dst-note';
import { zoneTimesOf } from './open-calendar';
import { planOf } from './plan-of';
import { isoInZone } from './read-time';
import { WallTimes } from './wall-times';
import { zoneOf } from './zone';

/** The rule as people are shown it; what the server does in full stands in `server-walk.ts`. */
export const dstRule =
  'When the clocks go forward, times that they skip do not run that day (where they go forward by ' +
  'less than an hour, such a time may run right after it); when they go back, times around the ' +
  'hour that comes twice run once, twice or not at all, as Temporal has it in that zone, and the ' +
  'preview says which.';

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
  const times = zoneTimesOf(recurrence, timezone);
  const look = { times, wallTimes: new WallTimes(planOf(recurrence)), zone: zoneOf(timezone) };
  const after = Math.floor(from / 1000);
  return times.between(after + 1, Number.POSITIVE_INFINITY, count).map((at) => ({
    time: isoInZone(at * 1000, timezone),
    note: dstNote(look, times.upTo(at - 1) ?? after, at),
  }));
}
