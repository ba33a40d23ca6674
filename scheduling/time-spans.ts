import { readScheduleTime } from '../model/calendar';
import type { TimeSpan } from '../store/store';

/**
 * Reads the ends of a list by time; both belong to it.
 * @param timezone IANA zone, for texts without offset
 * @throws TablegateError invalidInput for a time that cannot be read
 */
export function readTimeSpan({ from, to }: TimeSpan, timezone: string): TimeSpan {
  return {
    from: from && readScheduleTime(from, timezone, 'from'),
    to: to && readScheduleTime(to, timezone, 'to'),
  };
}
