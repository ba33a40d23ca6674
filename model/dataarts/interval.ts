/** Intervals such as `15 minutes`, as cron expressions that hold them exactly. */
import { refuse } from '../calendar/refuse';

const path = 'schedule_config.interval';
const pattern = /^(?<count>[1-9]\d{0,5}) ?(?<unit>minute|hour|day|week)s?$/i;

const minutesOf: Record<string, number> = { minute: 1, hour: 60, day: 1440, week: 10_080 };

/**
 * @param from a time that belongs to it; the others are counted from there
 * @returns a Quartz expression, to be read in UTC, where no clock is ever changed
 * @throws TablegateError invalidInput for what is no interval, or one that a calendar cannot hold
 */
export function cronOfInterval(interval: string, from: Date): string {
  const { count, unit } = pattern.exec(interval.trim())?.groups ?? {};
  if (count === undefined || unit === undefined) {
    refuse(path, 'it must be a number with minutes, hours, days or weeks, as in 15 minutes');
  }
  const minutes = Number(count) * minutesOf[unit.toLowerCase()]!;
  const [second, minute, hour] = [from.getUTCSeconds(), from.getUTCMinutes(), from.getUTCHours()];
  if (60 % minutes === 0) return `${second} ${every(minutes, minute, 60)} * * * ?`;
  const hours = minutes / 60;
  if (Number.isInteger(hours) && 24 % hours === 0) {
    return `${second} ${minute} ${every(hours, hour, 24)} * * ?`;
  }
  // Quartz counts the days of a week from 1, Sunday.
  if (hours === 7 * 24) return `${second} ${minute} ${hour} ? * ${from.getUTCDay() + 1}`;
  refuse(
    path,
    'a calendar cannot hold it exactly; it can hold minutes that divide an hour (such as 15), hours ' +
      'that divide a day (such as 6), 1 day and 1 week',
  );
}

/** A field of an expression: each `step` of a circle, by way of `at`. */
function every(step: number, at: number, circle: number): string {
  return step === circle ? String(at) : `${at % step}/${step}`;
}
