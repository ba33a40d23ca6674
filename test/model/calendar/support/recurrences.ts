/** Recurrences for tests, and their times as text. */
import { openCalendar } from '../../../../model/calendar';
import { TablegateError } from '../../../../model/errors';
import { recurrenceSchema, type Recurrence } from '../../../../model/recurrence';

type Bounds = { startTime?: string; endTime?: string };

export function cron(text: string, bounds: Bounds = {}): Recurrence {
  return recurrenceSchema.parse({ cron: text, ...bounds });
}

export function daily(at: string, bounds: Bounds = {}): Recurrence {
  return recurrenceSchema.parse({ every: 'day', at, ...bounds });
}

export function hourly(from: string, interval: number, bounds: Bounds = {}): Recurrence {
  return recurrenceSchema.parse({ every: 'hour', from, interval, ...bounds });
}

/** The first times from an instant on, which belongs to it, in UTC without seconds' parts. */
export function firstTimes(
  recurrence: Recurrence,
  from: string,
  count: number,
  timezone = 'UTC',
): string[] {
  const found = openCalendar(recurrence, timezone).between(
    Date.parse(from),
    Number.POSITIVE_INFINITY,
    count,
  );
  return found.map(inUtc);
}

/** The days of the first times from the beginning of a day on, in UTC. */
export function firstDays(text: string, from: string, count: number): string[] {
  return firstTimes(cron(text), `${from}T00:00:00Z`, count).map((time) => time.slice(0, 10));
}

/** As in `2026-01-20T00:00:00Z`. */
export function inUtc(ms: number): string {
  return new Date(ms).toISOString().replace('.000', '');
}

/** What a refusal says of its one field. */
export function refusalOf(work: () => unknown): { path: string; message: string } {
  try {
    work();
  } catch (error) {
    if (!(error instanceof TablegateError) || error.code !== 'invalidInput') throw error;
    const [field, ...more] = error.fields;
    if (field && more.length === 0) return field;
  }
  throw new Error('it was not refused, or not for one field');
}
