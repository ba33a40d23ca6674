/** Cron expressions of Quartz: 6 or 7 fields, seconds first. */
import {
  daysOfMonth,
  daysOfWeek,
  hours,
  minutes,
  months,
  parseList,
  parsePart,
  parseValue,
  refuseValue,
  seconds,
  years,
} from './cron-field';
import {
  dayFromEnd,
  lastOfWeek,
  nearestWeekday,
  nearestWeekdayFromEnd,
  nthOfWeek,
  plainDays,
  type DayRule,
  type Within,
} from './day-rules';
import type { Plan } from './plan';
import { refuseCron } from './refuse';
import { firstYear } from './wall';

/**
 * @param fields in capitals
 * @throws TablegateError invalidInput where they are wrong or cannot be held
 */
export function readQuartz(fields: readonly string[]): Plan {
  const [second = '', minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  const within = { months: parseList(months, month), years: readYears(fields[6]) };
  return {
    seconds: parseList(seconds, second),
    minutes: parseList(minutes, minute),
    hours: parseList(hours, hour),
    days: readDays(within, dayOfMonth, dayOfWeek),
  };
}

function readDays(within: Within, dayOfMonth: string, dayOfWeek: string): DayRule[] {
  if (dayOfMonth === '?' && dayOfWeek === '?') {
    refuseCron(
      'only one of day of month and day of week may be ?; the other says which days, * all',
    );
  }
  if (isOpen(dayOfWeek)) {
    if (isOpen(dayOfMonth)) return plainDays(within, {});
    return dayOfMonth.split(',').flatMap((part) => readDayOfMonth(within, part));
  }
  if (isOpen(dayOfMonth)) {
    return dayOfWeek.split(',').flatMap((part) => readDayOfWeek(within, part));
  }
  refuseCron(
    'day of month and day of week cannot both be restricted in a Quartz expression; ' +
      'put ? in one of them',
  );
}

function isOpen(text: string): boolean {
  return text === '*' || text === '?';
}

function readDayOfMonth(within: Within, part: string): DayRule[] {
  const fromEnd = /^L(?:-(\d+))?(W)?$/.exec(part);
  if (fromEnd) {
    const back = readBack(fromEnd[1] ?? '0', part);
    return fromEnd[2] ? nearestWeekdayFromEnd(within, back) : dayFromEnd(within, back);
  }
  const weekday = /^(\d+)W$/.exec(part)?.[1];
  if (weekday) return nearestWeekday(within, parseValue(daysOfMonth, weekday, part));
  return plainDays(within, { daysOfMonth: parsePart(daysOfMonth, part).sort(ascending) });
}

function readBack(text: string, part: string): number {
  const back = Number(text);
  if (back <= 30) return back;
  refuseCron(`"${part}" (day of month) goes back too far; allowed are L-1 to L-30`);
}

function readDayOfWeek(within: Within, part: string): DayRule[] {
  // Quartz reads a lone L as Saturday, the last day of its week.
  if (part === 'L') return plainDays(within, { daysOfWeek: [6] });
  const last = /^(\w+)L$/.exec(part)?.[1];
  if (last) return lastOfWeek(within, parseValue(daysOfWeek, last, part) - 1);
  const [, day, nth] = /^(\w+)#(\d+)$/.exec(part) ?? [];
  if (day && nth) {
    if (!/^[1-5]$/.test(nth)) refuseValue(daysOfWeek, part);
    return nthOfWeek(within, parseValue(daysOfWeek, day, part) - 1, Number(nth));
  }
  const values = parsePart(daysOfWeek, part).map((value) => value - 1);
  return plainDays(within, { daysOfWeek: values.sort(ascending) });
}

/** Null for every year. */
function readYears(text: string | undefined): number[] | null {
  if (text === undefined || text === '*') return null;
  const values = text.split(',').flatMap((part) => {
    const found = parsePart(years, part);
    return part.startsWith('*') ? found.filter((year) => year >= firstYear) : found;
  });
  const tooEarly = values.find((year) => year < firstYear);
  if (tooEarly === undefined) return values.sort(ascending);
  refuseCron(`year ${tooEarly} cannot be held: Temporal's calendars begin with ${firstYear}`);
}

function ascending(one: number, other: number): number {
  return one - other;
}
