/** The calendars of Temporal that a recurrence becomes. */
import fc from 'fast-check';
import { calendarsOf, toScheduleSpec } from '../../../model/calendar';
import { sorted, upTo, type Range } from '../../../model/calendar/ranges';
import { cron, daily, hourly } from './support/recurrences';

/** All values of ranges, ascending. */
const fromRanges = (ranges: readonly Range[]) =>
  sorted(ranges.flatMap(({ start, end, step }) => upTo(start, end, step)));
const every = { month: [{ start: 1, end: 12, step: 1 }], year: [] };
const everyDay = {
  ...{ dayOfMonth: [{ start: 1, end: 31, step: 1 }], dayOfWeek: [{ start: 0, end: 6, step: 1 }] },
  ...every,
};
const only = (value: number) => [{ start: value, end: value, step: 1 }];

test('a daily recurrence is one calendar', () => {
  expect(calendarsOf(daily('02:30:15'))).toEqual([
    { second: only(15), minute: only(30), hour: only(2), ...everyDay },
  ]);
});

test('an hourly recurrence is one calendar, with its interval as the step', () => {
  expect(calendarsOf(hourly('01:15', 6))).toEqual([
    {
      ...{ second: only(0), minute: only(15), hour: [{ start: 1, end: 19, step: 6 }] },
      ...everyDay,
    },
  ]);
});

test('either of two days in Unix cron is a union of two calendars', () => {
  const clock = { second: only(0), minute: only(0), hour: only(3) };
  expect(calendarsOf(cron('0 3 15 * MON'))).toEqual([
    { ...clock, ...everyDay, dayOfMonth: only(15) },
    { ...clock, ...everyDay, dayOfWeek: only(1) },
  ]);
});

test('the last of a month is a calendar for each length that a month has', () => {
  const calendars = calendarsOf(cron('0 0 0 L * ?'));
  const days = calendars.map(({ dayOfMonth, month, year }) => ({
    days: fromRanges(dayOfMonth),
    months: fromRanges(month),
    years: fromRanges(year).length,
  }));
  expect(days).toEqual([
    { days: [31], months: [1, 3, 5, 7, 8, 10, 12], years: 0 },
    { days: [30], months: [4, 6, 9, 11], years: 0 },
    { days: [29], months: [2], years: 25 },
    { days: [28], months: [2], years: 76 },
  ]);
});

test('the client gets names of months and days, and the bounds as dates', () => {
  const recurrence = cron('0 0 3 ? JAN-MAR MON-FRI 2027', {
    startTime: '2026-01-01 00:00:00',
    endTime: '9999-01-01 00:00:00',
  });
  expect(toScheduleSpec(recurrence, 'Asia/Shanghai')).toEqual({
    calendars: [
      {
        ...{ second: only(0), minute: only(0), hour: only(3) },
        dayOfMonth: [{ start: 1, end: 31, step: 1 }],
        month: [{ start: 'JANUARY', end: 'MARCH', step: 1 }],
        year: only(2027),
        dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY', step: 1 }],
      },
    ],
    timezone: 'Asia/Shanghai',
    startAt: new Date('2025-12-31T16:00:00Z'),
    endAt: new Date('9998-12-31T16:00:00Z'),
  });
});

test('without bounds the client gets none, and every year as *', () => {
  const spec = toScheduleSpec(daily('02:30'), 'UTC');
  expect(Object.keys(spec)).toEqual(['calendars', 'timezone']);
  expect(spec.calendars.map(({ year }) => year)).toEqual(['*']);
});

const dayOfMonth = fc.oneof(
  fc.integer({ min: 1, max: 31 }).map(String),
  fc.integer({ min: 1, max: 31 }).map((day) => `${day}W`),
  fc.integer({ min: 0, max: 30 }).map((back) => `L-${back}`),
  fc.integer({ min: 0, max: 30 }).map((back) => `L-${back}W`),
);
const dayOfWeek = fc.oneof(
  fc.integer({ min: 1, max: 7 }).map((day) => `${day}L`),
  fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }))
    .map(([day, nth]) => `${day}#${nth}`),
);

test('the calendars stay few, however long the lists of days are', () => {
  const days = fc.oneof(
    fc.array(dayOfMonth, { minLength: 1, maxLength: 60 }).map((list) => `${list.join(',')} * ?`),
    fc.array(dayOfWeek, { minLength: 1, maxLength: 60 }).map((list) => `? * ${list.join(',')}`),
  );
  fc.assert(
    fc.property(days, (text) => {
      expect(calendarsOf(cron(`0 0 0 ${text}`)).length).toBeLessThan(50);
    }),
  );
});

test('ranges hold exactly the values that they are made from', () => {
  const text = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(text, (minutes) => {
      const [calendar] = calendarsOf(cron(`0 ${minutes.join(',')} 0 * * ?`));
      expect(fromRanges(calendar!.minute)).toEqual(minutes.toSorted((a, b) => a - b));
    }),
  );
});
