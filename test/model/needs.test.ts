/** Rule 9: which instances an instance waits for. */
import { inverseOf, needsOf } from '../../model/needs';
import { cron, daily, hourly, texts, timesOf, utc } from '../support/lineage-tasks';

const hours = timesOf('hours', { recurrence: hourly() });
const days = timesOf('days', { recurrence: daily('00:00') });

it('lets a daily task at 03:00 wait for the same day at 02:00', () => {
  const up = timesOf('up', { recurrence: daily('02:00') });
  const down = timesOf('down', { recurrence: daily('03:00') });
  expect(texts(needsOf(down, utc('2026-03-10T03:00'), up))).toEqual(['2026-03-10T02:00']);
});

it('lets a daily task at 02:00 wait for the day before at 03:00', () => {
  const up = timesOf('up', { recurrence: daily('03:00') });
  const down = timesOf('down', { recurrence: daily('02:00') });
  expect(texts(needsOf(down, utc('2026-03-10T02:00'), up))).toEqual(['2026-03-09T03:00']);
});

it('lets two tasks of the same times go in step', () => {
  const down = timesOf('down', { recurrence: daily('00:00') });
  expect(texts(needsOf(down, utc('2026-03-10T00:00'), days))).toEqual(['2026-03-10T00:00']);
});

it('lets a daily task wait for its 24 hours', () => {
  const needed = texts(needsOf(days, utc('2026-03-10T00:00'), hours));
  expect(needed).toHaveLength(24);
  expect([needed[0], needed.at(-1)]).toEqual(['2026-03-09T01:00', '2026-03-10T00:00']);
});

it.each([
  ['23 hours of a day on which the clocks go forward', '2026-03-30T00:00', 23, '2026-03-28T24:00'],
  ['25 hours of a day on which they go back', '2026-10-26T00:00', 25, '2026-10-24T24:00'],
])('lets a daily task wait for the %s', (_title, localEnd, count, localStart) => {
  const timezone = 'Europe/Berlin';
  const berlin = timesOf('berlin', { recurrence: daily('00:00'), timezone });
  const end = berlin.calendar!.next(utc(localEnd) - 3 * 3_600_000)!;
  const needed = needsOf(berlin, end, hours);
  expect(needed).toHaveLength(count);
  expect(needed.at(-1)).toBe(end);
  const start = berlin.calendar!.previous(end)!;
  expect(needed[0]).toBe(start + 3_600_000);
  expect(Math.abs(start - utc(localStart))).toBeLessThanOrEqual(2 * 3_600_000);
});

it('lets an hourly task wait for the latest day', () => {
  const up = timesOf('up', { recurrence: daily('02:00') });
  expect(texts(needsOf(hours, utc('2026-03-10T10:00'), up))).toEqual(['2026-03-10T02:00']);
  expect(texts(needsOf(hours, utc('2026-03-10T02:00'), up))).toEqual(['2026-03-10T02:00']);
  expect(texts(needsOf(hours, utc('2026-03-10T01:00'), up))).toEqual(['2026-03-09T02:00']);
});

it('has the interval of one instant where the task downstream has no recurrence', () => {
  const down = timesOf('down');
  expect(texts(needsOf(down, utc('2026-03-10T10:00'), hours))).toEqual(['2026-03-10T10:00']);
  expect(texts(needsOf(down, utc('2026-03-10T10:20'), hours))).toEqual(['2026-03-10T10:00']);
});

it('takes the instances of a task upstream that has no recurrence', () => {
  const instances = ['2026-03-08T12:00', '2026-03-09T07:15', '2026-03-09T23:59'].map(utc);
  const up = timesOf('up', {}, instances);
  expect(texts(needsOf(days, utc('2026-03-10T00:00'), up))).toEqual([
    '2026-03-09T07:15',
    '2026-03-09T23:59',
  ]);
  expect(texts(needsOf(days, utc('2026-03-12T00:00'), up))).toEqual(['2026-03-09T23:59']);
  expect(needsOf(days, utc('2026-03-08T00:00'), up)).toEqual([]);
});

it('counts times before the task upstream existed as met', () => {
  const change = { recurrence: hourly(), createdAt: '2026-03-09T20:30:00.000Z' };
  const young = timesOf('young', change);
  expect(texts(needsOf(days, utc('2026-03-10T00:00'), young))).toEqual([
    '2026-03-09T21:00',
    '2026-03-09T22:00',
    '2026-03-09T23:00',
    '2026-03-10T00:00',
  ]);
  expect(needsOf(days, utc('2026-03-09T00:00'), young)).toEqual([]);
  const latest = timesOf('latest', { recurrence: daily('02:00'), createdAt: change.createdAt });
  expect(needsOf(hours, utc('2026-03-09T21:00'), latest)).toEqual([]);
});

it('needs nothing of a task that has not begun', () => {
  const recurrence = daily('02:00', { startTime: '2026-06-01T00:00:00Z' });
  const later = timesOf('later', { recurrence });
  expect(needsOf(days, utc('2026-03-10T00:00'), later)).toEqual([]);
});

it('goes on with the last time of a task that has ended', () => {
  const recurrence = daily('02:00', { endTime: '2026-02-01T00:00:00Z' });
  const ended = timesOf('ended', { recurrence });
  expect(texts(needsOf(days, utc('2026-03-10T00:00'), ended))).toEqual(['2026-01-31T02:00']);
});

it('lets the first time after a start cover as much as any other', () => {
  const recurrence = daily('00:00', { startTime: '2026-03-10T00:00:00Z' });
  const down = timesOf('down', { recurrence });
  expect(needsOf(down, utc('2026-03-10T00:00'), hours)).toHaveLength(24);
});

it('lets a time that comes once wait for the latest', () => {
  const once = timesOf('once', { recurrence: cron('0 30 10 10 3 ? 2026') });
  expect(texts(needsOf(once, utc('2026-03-10T10:30'), hours))).toEqual(['2026-03-10T10:00']);
});

it('never lets a task need itself', () => {
  expect(needsOf(hours, utc('2026-03-10T10:00'), hours)).toEqual([]);
  expect(inverseOf(hours, utc('2026-03-10T10:00'), hours, Infinity)).toEqual([]);
});

describe('the inverse', () => {
  const until = utc('2026-04-01T00:00');

  it('finds the day of an hour', () => {
    const day = (at: string): string[] => texts(inverseOf(hours, utc(at), days, until));
    expect(day('2026-03-10T00:00')).toEqual(['2026-03-10T00:00']);
    expect(day('2026-03-10T01:00')).toEqual(['2026-03-11T00:00']);
    expect(day('2026-03-10T23:00')).toEqual(['2026-03-11T00:00']);
  });

  it('finds the hours up to the next day', () => {
    const up = timesOf('up', { recurrence: daily('02:00') });
    const found = texts(inverseOf(up, utc('2026-03-10T02:00'), hours, until));
    expect(found).toHaveLength(24);
    expect([found[0], found.at(-1)]).toEqual(['2026-03-10T02:00', '2026-03-11T01:00']);
  });

  it('ends where it is told to, but for the instance that covers the time', () => {
    const up = timesOf('up', { recurrence: daily('02:00') });
    const short = texts(inverseOf(up, utc('2026-03-10T02:00'), hours, utc('2026-03-10T04:30')));
    expect(short).toEqual(['2026-03-10T02:00', '2026-03-10T03:00', '2026-03-10T04:00']);
    const early = texts(inverseOf(hours, utc('2026-03-10T01:00'), days, utc('2026-03-10T01:00')));
    expect(early).toEqual(['2026-03-11T00:00']);
  });

  it('is the same time for a task without recurrence', () => {
    const at = utc('2026-03-10T01:00');
    expect(inverseOf(hours, at, timesOf('down'), until)).toEqual([at]);
  });

  it('is nothing after the end of the task downstream, nor off the schedule', () => {
    const recurrence = daily('00:00', { endTime: '2026-03-01T00:00:00Z' });
    const ended = timesOf('ended', { recurrence });
    expect(inverseOf(hours, utc('2026-03-10T01:00'), ended, until)).toEqual([]);
    expect(inverseOf(hours, utc('2026-03-10T01:30'), days, until)).toEqual([]);
  });

  it('counts times before the task upstream existed: a backfill brings them about', () => {
    const young = timesOf('young', {
      recurrence: hourly(),
      createdAt: '2026-03-20T00:00:00.000Z',
    });
    expect(texts(inverseOf(young, utc('2026-03-10T01:00'), days, until))).toEqual([
      '2026-03-11T00:00',
    ]);
  });
});
