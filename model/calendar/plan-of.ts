/** Reads a recurrence. */
import type { Recurrence } from '../recurrence';
import { everyMonth, plainDays, simplify } from './day-rules';
import type { Plan } from './plan';
import { readQuartz } from './quartz';
import { upTo } from './ranges';
import { refuseCron } from './refuse';
import { readUnixCron } from './unix-cron';

/**
 * @throws TablegateError invalidInput where a cron expression is wrong, cannot be held or never
 * comes
 */
export function planOf(recurrence: Recurrence): Plan {
  if ('cron' in recurrence) return readCron(recurrence.cron);
  const days = plainDays({ months: everyMonth, years: null }, {});
  if (recurrence.every === 'day') {
    const { hour, minute, second } = readClock(recurrence.at);
    return { hours: [hour], minutes: [minute], seconds: [second], days };
  }
  const { hour, minute, second } = readClock(recurrence.from);
  const hours = upTo(hour, 23, recurrence.interval);
  return { hours, minutes: [minute], seconds: [second], days };
}

function readClock(text: string): { hour: number; minute: number; second: number } {
  const [hour = 0, minute = 0, second = 0] = text.split(':').map(Number);
  return { hour, minute, second };
}

function readCron(text: string): Plan {
  const fields = text.trim().toUpperCase().split(/\s+/);
  if (text.trim().startsWith('@')) {
    refuseCron(`"${text.trim()}" is not known; every day at midnight is written 0 0 0 * * ?`);
  }
  const plan = readFields(fields);
  const days = simplify(plan.days);
  if (days.length === 0) refuseCron('it never comes: there is no such day up to the year 2100');
  return { ...plan, days };
}

function readFields(fields: readonly string[]): Plan {
  if (fields.length === 5) return readUnixCron(fields);
  if (fields.length === 6 || fields.length === 7) return readQuartz(fields);
  refuseCron(
    `it has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}; allowed are 6 or 7 ` +
      '(Quartz, seconds first, as in 0 30 2 * * ?) or 5 (Unix cron, as in 30 2 * * *)',
  );
}
