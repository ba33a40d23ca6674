/** Business days, as vendors have them: of a schedule time the day before, in the task's timezone. */
import { isoInZone, readRangeEnd } from './calendar';

const dayMs = 86_400_000;

/**
 * The business day of a schedule time.
 * @param scheduleTime ISO 8601 in UTC
 * @returns its first moment, in ms
 */
export function businessDay(scheduleTime: string, timezone: string): number {
  return beginOf(dateIn(Date.parse(scheduleTime), timezone), -1, timezone);
}

/**
 * When the schedule times of a business day are.
 * @param at any moment of the business day, in ms
 * @returns the first moment of the day after it, and the first that is no more of that day
 */
export function scheduleDay(at: number, timezone: string): { from: Date; to: Date } {
  const date = dateIn(at, timezone);
  return {
    from: new Date(beginOf(date, 1, timezone)),
    to: new Date(beginOf(date, 2, timezone)),
  };
}

function dateIn(ms: number, timezone: string): string {
  return isoInZone(ms, timezone).slice(0, 10);
}

/** The first moment of the day that is so many days after the date; the clocks may skip midnight. */
function beginOf(date: string, days: number, timezone: string): number {
  const day = new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
  return readRangeEnd(`${day} 00:00:00`, 'plain', timezone, 'startTime');
}
