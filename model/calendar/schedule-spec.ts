/** A recurrence in the words of the Temporal client. */
import type { Recurrence } from '../recurrence';
import { calendarsOf, type CalendarSpec } from './calendar-spec';
import type { Range } from './ranges';
import { readScheduleTime } from './read-time';

const monthNames = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
] as const;
const dayNames = [
  ...(['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const),
] as const;

interface NamedRange<Name> {
  start: Name;
  end: Name;
  step: number;
}

/** As the client's `CalendarSpec`, with months and days by name. */
export interface ClientCalendar {
  second: Range[];
  minute: Range[];
  hour: Range[];
  dayOfMonth: Range[];
  month: NamedRange<(typeof monthNames)[number]>[];
  year: Range[] | '*';
  dayOfWeek: NamedRange<(typeof dayNames)[number]>[];
}

/** As the client's `ScheduleSpec`. */
export interface ClientScheduleSpec {
  calendars: ClientCalendar[];
  timezone: string;
  startAt?: Date;
  endAt?: Date;
}

/**
 * What a Schedule is made from so that it fires at the times of `openCalendar`.
 * @throws TablegateError invalidInput where the recurrence is wrong
 */
export function toScheduleSpec(recurrence: Recurrence, timezone: string): ClientScheduleSpec {
  const { startTime, endTime } = recurrence;
  const dateOf = (text: string, field: string): Date =>
    new Date(readScheduleTime(text, timezone, `recurrence.${field}`));
  return {
    calendars: calendarsOf(recurrence).map(toClientCalendar),
    timezone,
    ...(startTime === null ? {} : { startAt: dateOf(startTime, 'startTime') }),
    ...(endTime === null ? {} : { endAt: dateOf(endTime, 'endTime') }),
  };
}

function toClientCalendar({ month, dayOfWeek, year, ...rest }: CalendarSpec): ClientCalendar {
  return {
    ...rest,
    month: month.map((range) => named(range, monthNames, 1)),
    dayOfWeek: dayOfWeek.map((range) => named(range, dayNames, 0)),
    year: year.length === 0 ? '*' : year,
  };
}

function named<Name>({ start, end, step }: Range, names: readonly Name[], first: number) {
  return { start: names[start - first]!, end: names[end - first]!, step };
}
