/** What 5-field cron expressions mean. */
import { cron, firstDays, firstTimes } from './support/recurrences';

test('five fields begin with the minutes', () => {
  expect(firstTimes(cron('30 2 * * *'), '2026-01-01T00:00:00Z', 2)).toEqual([
    '2026-01-01T02:30:00Z',
    '2026-01-02T02:30:00Z',
  ]);
});

test('steps, ranges and lists', () => {
  const hours = firstTimes(cron('*/30 1,22-23 * * *'), '2026-01-01T00:00:00Z', 6);
  expect(hours.map((time) => time.slice(11, 16))).toEqual([
    ...['01:00', '01:30', '22:00', '22:30', '23:00', '23:30'],
  ]);
});

// 2026-01-01 is a Thursday.
test.each([
  ['0', ['2026-01-04', '2026-01-11']],
  ['7', ['2026-01-04', '2026-01-11']],
  ['sun', ['2026-01-04', '2026-01-11']],
  ['5-7', ['2026-01-02', '2026-01-03', '2026-01-04', '2026-01-09']],
  ['0-7', ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04']],
  ['SAT-SUN', ['2026-01-03', '2026-01-04', '2026-01-10']],
  ['*/2', ['2026-01-01', '2026-01-03', '2026-01-04', '2026-01-06']],
  ['mon,Wed', ['2026-01-05', '2026-01-07']],
])('day of week %s counts from Sunday as 0 or 7', (dayOfWeek, expected) => {
  expect(firstDays(`0 0 * * ${dayOfWeek}`, '2026-01-01', expected.length)).toEqual(expected);
});

test('where both days are restricted, either will do', () => {
  expect(firstDays('0 0 15 * MON', '2026-01-01', 5)).toEqual([
    '2026-01-05',
    '2026-01-12',
    '2026-01-15',
    '2026-01-19',
    '2026-01-26',
  ]);
});

test('a day field that begins with * does not restrict: both must match', () => {
  expect(firstDays('0 0 */2 * MON', '2026-01-01', 3)).toEqual([
    '2026-01-05',
    '2026-01-19',
    '2026-02-09',
  ]);
  expect(firstDays('0 0 1-7 * */6', '2026-01-01', 3)).toEqual([
    '2026-01-03',
    '2026-01-04',
    '2026-02-01',
  ]);
});

test('of two restricted days one may never come', () => {
  expect(firstDays('0 0 31 2 MON', '2026-01-01', 2)).toEqual(['2026-02-02', '2026-02-09']);
});
