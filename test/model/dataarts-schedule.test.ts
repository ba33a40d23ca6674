/** What becomes of DataArts' schedules: HW-26, HW-27, HW-29 to HW-31, HW-34. */
import fc from 'fast-check';
import { calendarOf } from '../../model/calendar';
import { cronOfInterval } from '../../model/dataarts/interval';
import { scheduleOf } from '../../model/dataarts/schedule';
import { readVendorMoment, readVendorTime } from '../../model/dataarts/times';
import type { TablegateError } from '../../model/errors';

const timezone = 'Asia/Shanghai';
const now = new Date('2026-04-14T03:21:00Z');
const at = { timezone, now };
const ends = { startTime: null, endTime: null };

function fieldOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return (error as TablegateError).fields[0]?.path;
  }
  return undefined;
}

/** Schedule times after an instant, as those of a task with that expression in UTC. */
function timesOf(cron: string, after: number, count: number): number[] {
  const recurrence = { cron, ...ends, mode: 'normal', catchUp: 'latest' } as const;
  const calendar = calendarOf(recurrence, 'UTC');
  const times: number[] = [];
  for (let time = after; times.length < count; times.push(time)) time = calendar.next(time)!;
  return times;
}

const exact: [string, number][] = [
  ...[1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30].map((n): [string, number] => [`${n} minutes`, n]),
  ...[1, 2, 3, 4, 6, 8, 12].map((n): [string, number] => [`${n} hours`, n * 60]),
  ['60 minutes', 60],
  ['120 MINUTES', 120],
  ['24 hours', 1440],
  ['1 day', 1440],
  ['1440 minutes', 1440],
  ['7 days', 10_080],
  ['1week', 10_080],
];

test('HW-29: an interval that a calendar holds comes exactly so often, counted from its start', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...exact),
      fc.integer({ min: Date.UTC(2026, 0) / 1000, max: Date.UTC(2030, 0) / 1000 }),
      ([interval, minutes], second) => {
        const start = second * 1000;
        const times = timesOf(cronOfInterval(interval, new Date(start)), start - 1, 60);
        expect(times).toEqual(times.map((_, index) => start + index * minutes * 60_000));
      },
    ),
  );
});

test.each([
  ...['7 minutes', '90 minutes', '5 hours', '36 hours', '2 days', '2 weeks', '14 days'],
  ...[
    '',
    '15',
    'minutes',
    '0 minutes',
    '1.5 hours',
    '-1 days',
    '15 seconds',
    '1 months',
    '1e3 hours',
  ],
])('HW-29: "%s" is refused, naming the field', (interval) => {
  expect(fieldOf(() => cronOfInterval(interval, now))).toBe('schedule_config.interval');
});

test('HW-30, HW-31, HW-27: RUN_ONCE runs at once, at a start to come, or never after its end', () => {
  const once = { schedule_type: 'RUN_ONCE', cron_expression: '0 0 1 * * ?', interval: '7 minutes' };
  const byHand = { kind: 'manual', recurrence: null, timezone };
  expect(scheduleOf(once, at)).toEqual({ ...byHand, startNow: true });
  const past = '2026-04-14T00:00:00 +08';
  expect(scheduleOf({ ...once, start_time: past }, at)).toEqual({ ...byHand, startNow: true });
  expect(scheduleOf({ ...once, end_time: past }, at)).toEqual({ ...byHand, startNow: false });
  const later = scheduleOf({ ...once, start_time: '2026-04-15 07:30:09' }, at);
  expect(later).toMatchObject({ kind: 'recurring', startNow: false, timezone: 'UTC' });
  const calendar = calendarOf(later.recurrence!, 'UTC');
  const first = Date.parse('2026-04-14T23:30:09Z');
  expect([calendar.next(now.getTime()), calendar.next(first)]).toEqual([first, null]);
});

test('HW-26, HW-34: the expression decides over the interval; without either, people start it', () => {
  const cron = '0 30 2 * * ?';
  expect(scheduleOf({ cron_expression: cron, interval: '7 minutes' }, at)).toEqual({
    ...{ kind: 'recurring', timezone, startNow: false },
    recurrence: { cron, ...ends, mode: 'normal', catchUp: 'latest' },
  });
  const none = { cron_expression: '', interval: null, schedule_type: '', start_time: '' };
  for (const config of [{}, none]) {
    const byHand = { kind: 'manual', recurrence: null, timezone, startNow: false };
    expect(scheduleOf(config, at)).toEqual(byHand);
  }
});

test('HW-29: without a start, an interval is counted from midnight by the clocks of the installation', () => {
  expect(scheduleOf({ interval: '1 days' }, at)).toMatchObject({
    timezone: 'UTC',
    recurrence: { cron: '0 0 16 * * ?' },
  });
  const { recurrence } = scheduleOf(
    { interval: '15 minutes' },
    { timezone: 'Asia/Kathmandu', now },
  );
  expect(recurrence).toMatchObject({ cron: '0 0/15 * * * ?' });
});

test('times are read with a blank before the offset, too, and refused by their field', () => {
  const read = (text: string) => readVendorTime(text, timezone, 'f');
  for (const text of [
    ...['2026-04-14T00:00:00 +08', '2026-04-14T00:00:00+08:00', '2026-04-14 00:00:00 +0800'],
    ...['2026-04-14T00:00:00', '2026-04-13T16:00:00Z', ' 2026-04-14 '],
  ]) {
    expect(read(text)).toBe('2026-04-13T16:00:00.000Z');
  }
  expect(readVendorMoment('2026-04-13T16:00:00.123Z', timezone, 'f')).toBe(
    '2026-04-13T16:00:00.123Z',
  );
  expect(readVendorMoment('2026-04-14', timezone, 'f')).toBe('2026-04-13T16:00:00.000Z');
  expect(fieldOf(() => read('1776096000000'))).toBe('f');
  const late = { schedule_type: 'CRON', start_time: 'soon' };
  expect(fieldOf(() => scheduleOf(late, at))).toBe('schedule_config.start_time');
  expect(fieldOf(() => scheduleOf({ schedule_type: 'CRON' }, at))).toBe(
    'schedule_config.cron_expression',
  );
});
