/** The two recurrences that need no expression. */
import { daily, firstTimes, hourly } from './support/recurrences';

const from = '2026-01-01T00:00:00Z';

test('QA-20: a daily recurrence comes at its time of each day, in its zone', () => {
  expect(firstTimes(daily('02:30'), from, 2)).toEqual([
    '2026-01-01T02:30:00Z',
    '2026-01-02T02:30:00Z',
  ]);
  expect(firstTimes(daily('02:30:15'), from, 1, 'Asia/Shanghai')).toEqual(['2026-01-01T18:30:15Z']);
});

test('QA-21: an hourly recurrence comes each hour from its first of the day on', () => {
  const times = firstTimes(hourly('00:15', 1), from, 25);
  expect(times.slice(0, 2)).toEqual(['2026-01-01T00:15:00Z', '2026-01-01T01:15:00Z']);
  expect(times.slice(-2)).toEqual(['2026-01-01T23:15:00Z', '2026-01-02T00:15:00Z']);
});

test('QA-21: an interval of hours begins again each day', () => {
  const times = firstTimes(hourly('09:00:05', 5), from, 4);
  expect(times).toEqual([
    '2026-01-01T09:00:05Z',
    '2026-01-01T14:00:05Z',
    '2026-01-01T19:00:05Z',
    '2026-01-02T09:00:05Z',
  ]);
});

test('an interval of a day comes once a day', () => {
  expect(firstTimes(hourly('23:00', 24), from, 2)).toEqual([
    '2026-01-01T23:00:00Z',
    '2026-01-02T23:00:00Z',
  ]);
});
