/**
 * Days as unions of rules that a calendar of Temporal can hold: in a rule all fields must match.
 * What depends on the length of a month is written out for each length.
 */
import { upTo, sorted } from './ranges';
import { daysInMonth, dayNumber, firstYear, isLeapYear, lastYear, weekdayOf } from './wall';

/** All lists ascending; `years` null means every year. */
export interface DayRule {
  daysOfMonth: number[];
  months: number[];
  years: number[] | null;
  /** 0 is Sunday. */
  daysOfWeek: number[];
}

/** The months and years within which a rule is asked for. */
export interface Within {
  months: number[];
  years: number[] | null;
}

const everyDayOfMonth = upTo(1, 31);
export const everyMonth = upTo(1, 12);
const everyDayOfWeek = upTo(0, 6);
const mondayToFriday = upTo(1, 5);
const monday = [1];
const friday = [5];

/** Days that match both lists. */
export function plainDays(within: Within, days: Partial<DayRule>): DayRule[] {
  return [{ daysOfMonth: everyDayOfMonth, daysOfWeek: everyDayOfWeek, ...within, ...days }];
}

/** The day `back` days before the last of the month; none in a month that is too short. */
export function dayFromEnd(within: Within, back: number): DayRule[] {
  return byLength(within, (length) => [{ daysOfMonth: existing(length - back) }]);
}

/**
 * The day from Monday to Friday that is nearest to a day of the month, never in another month; none
 * in a month without that day.
 */
export function nearestWeekday(within: Within, day: number): DayRule[] {
  const all = { ...within, length: 31 };
  // Up to the 27th the day after it exists in every month.
  return day < 28 ? inMonth(all, nearestTo(day, 31)) : byLength(within, (it) => nearestTo(day, it));
}

/** As `nearestWeekday`, for the day `back` days before the last of the month. */
export function nearestWeekdayFromEnd(within: Within, back: number): DayRule[] {
  return byLength(within, (length) => nearestTo(length - back, length));
}

/** The last of a day of the week in the month. */
export function lastOfWeek(within: Within, dayOfWeek: number): DayRule[] {
  return byLength(within, (length) => [
    { daysOfMonth: upTo(length - 6, length), daysOfWeek: [dayOfWeek] },
  ]);
}

/** The `nth` of a day of the week in the month, from 1 to 5. */
export function nthOfWeek(within: Within, dayOfWeek: number, nth: number): DayRule[] {
  const daysOfMonth = upTo(nth * 7 - 6, Math.min(nth * 7, 31));
  return plainDays(within, { daysOfMonth, daysOfWeek: [dayOfWeek] });
}

/** The same days in as few rules; what no year between 2000 and 2100 has is left out. */
export function simplify(rules: readonly DayRule[]): DayRule[] {
  const byDays = joinBy(rules, 'daysOfMonth', ({ months, years, daysOfWeek }) =>
    JSON.stringify([months, years, daysOfWeek]),
  );
  const byMonths = joinBy(byDays, 'months', ({ daysOfMonth, years, daysOfWeek }) =>
    JSON.stringify([daysOfMonth, years, daysOfWeek]),
  );
  return byMonths.filter(everComes);
}

/** Whether a date matches a rule; the day of the week is asked for apart. */
export function hasDate(rule: DayRule, year: number, month: number, day: number): boolean {
  return (
    rule.daysOfMonth.includes(day) &&
    rule.months.includes(month) &&
    (rule.years === null || rule.years.includes(year))
  );
}

/** The days of a year that match one of the rules, ascending. */
export function daysOfYear(rules: readonly DayRule[], year: number): number[] {
  const days = new Set<number>();
  for (const { years, months, daysOfMonth, daysOfWeek } of rules) {
    if (years !== null && !years.includes(year)) continue;
    for (const month of months) {
      const first = dayNumber(year, month, 1);
      const length = daysInMonth(year, month);
      for (const dayOfMonth of daysOfMonth) {
        const day = first + dayOfMonth - 1;
        if (dayOfMonth <= length && daysOfWeek.includes(weekdayOf(day))) days.add(day);
      }
    }
  }
  return sorted(days);
}

interface MonthsOfLength extends Within {
  length: number;
}

function byLength(within: Within, days: (length: number) => Partial<DayRule>[]): DayRule[] {
  return monthsByLength(within).flatMap((months) => inMonth(months, days(months.length)));
}

function inMonth({ months, years }: MonthsOfLength, days: Partial<DayRule>[]): DayRule[] {
  return days.flatMap((part) => plainDays({ months, years }, part)).filter(hasDays);
}

function hasDays({ daysOfMonth, months, years }: DayRule): boolean {
  return daysOfMonth.length > 0 && months.length > 0 && years?.length !== 0;
}

function monthsByLength({ months, years }: Within): MonthsOfLength[] {
  const ofLength = (length: number) => months.filter((it) => daysInMonth(2001, it) === length);
  const all = years ?? upTo(firstYear, lastYear);
  const groups = [
    { length: 31, months: ofLength(31), years },
    { length: 30, months: ofLength(30), years },
    { length: 29, months: ofLength(28), years: all.filter(isLeapYear) },
    { length: 28, months: ofLength(28), years: all.filter((year) => !isLeapYear(year)) },
  ];
  return groups.filter((group) => group.months.length > 0);
}

function nearestTo(day: number, length: number): Partial<DayRule>[] {
  if (day < 1 || day > length) return [];
  const onSaturday =
    day > 1
      ? { daysOfMonth: [day - 1], daysOfWeek: friday }
      : { daysOfMonth: [day + 2], daysOfWeek: monday };
  const onSunday =
    day < length
      ? { daysOfMonth: [day + 1], daysOfWeek: monday }
      : { daysOfMonth: [day - 2], daysOfWeek: friday };
  return [{ daysOfMonth: [day], daysOfWeek: mondayToFriday }, onSaturday, onSunday];
}

function existing(day: number): number[] {
  return day < 1 ? [] : [day];
}

/** Rules with the same key are one, with the values of the field of all. */
function joinBy(
  rules: readonly DayRule[],
  field: 'daysOfMonth' | 'months',
  keyOf: (rule: DayRule) => string,
): DayRule[] {
  const joined = new Map<string, DayRule>();
  for (const rule of rules) {
    const known = joined.get(keyOf(rule));
    const values = known ? sorted([...known[field], ...rule[field]]) : rule[field];
    joined.set(keyOf(rule), { ...rule, [field]: values });
  }
  return [...joined.values()];
}

function everComes(rule: DayRule): boolean {
  const years = rule.years ?? upTo(firstYear, lastYear);
  return years.some((year) => daysOfYear([rule], year).length > 0);
}
