/** Unix cron: 5 fields, minutes first, as crontab(5) of Debian has it. */
import { hours, minutes, months, parseList, unixDaysOfMonth, unixDaysOfWeek } from './cron-field';
import { plainDays, type DayRule } from './day-rules';
import type { Plan } from './plan';
import { refuseCron } from './refuse';

/**
 * @param fields in capitals
 * @throws TablegateError invalidInput where they are wrong
 */
export function readUnixCron(fields: readonly string[]): Plan {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  if (isQuartz(dayOfMonth) || isQuartz(dayOfWeek)) {
    refuseCron(
      '?, L, W and # belong to Quartz, whose expressions have 6 or 7 fields with the seconds ' +
        'first; with 5 fields this is Unix cron',
    );
  }
  return {
    seconds: [0],
    minutes: parseList(minutes, minute),
    hours: parseList(hours, hour),
    days: readDays(parseList(months, month), dayOfMonth, dayOfWeek),
  };
}

function isQuartz(text: string): boolean {
  return /[?#]|\bL|L\b|\dW\b/.test(text);
}

/** Where both are restricted, either will do; a field that begins with * does not count as such. */
function readDays(inMonths: number[], dayOfMonth: string, dayOfWeek: string): DayRule[] {
  const within = { months: inMonths, years: null };
  const daysOfMonth = parseList(unixDaysOfMonth, dayOfMonth);
  const daysOfWeek = parseList(unixDaysOfWeek, dayOfWeek);
  if (dayOfMonth.startsWith('*') || dayOfWeek.startsWith('*')) {
    return plainDays(within, { daysOfMonth, daysOfWeek });
  }
  return [...plainDays(within, { daysOfMonth }), ...plainDays(within, { daysOfWeek })];
}
