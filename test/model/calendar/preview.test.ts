/** The next times with what the clocks do to them. */
import { dstRule, openCalendar, preview } from '../../../model/calendar';
import type { Recurrence } from '../../../model/recurrence';
import { cron, daily, hourly } from './support/recurrences';

function previewed(what: Recurrence, timezone: string, from: string, count: number): string[] {
  return preview(what, timezone, Date.parse(from), count).map(({ time, note }) =>
    note === null ? time : `${time} ${note}`,
  );
}

test('DW-22: the example of the API comes at midnight, ten times in ten days', () => {
  const times = preview(cron('00 00 00 * * ?'), 'UTC', Date.parse('2026-01-01T00:00:00Z'), 10);
  expect(times).toHaveLength(10);
  expect(times[0]).toEqual({ time: '2026-01-02T00:00:00+00:00', note: null });
  expect(times[9]).toEqual({ time: '2026-01-11T00:00:00+00:00', note: null });
});

test('times are after the instant asked for, in the zone, with the offset of their day', () => {
  expect(previewed(daily('12:00'), 'Europe/Berlin', '2026-03-27T11:00:00Z', 2)).toEqual([
    '2026-03-28T12:00:00+01:00',
    '2026-03-29T12:00:00+02:00',
  ]);
});

test('the first time after a gap says what was left out', () => {
  expect(previewed(daily('02:30'), 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual([
    '2026-03-28T02:30:00+01:00',
    '2026-03-30T02:30:00+02:00 The clocks go forward on 2026-03-29; left out: 02:30.',
    '2026-03-31T02:30:00+02:00',
  ]);
});

test('the first of all times says so too', () => {
  const [first] = previewed(daily('02:30'), 'Europe/Berlin', '2026-03-28T12:00:00Z', 1);
  expect(first).toMatch(/^2026-03-30T02:30:00\+02:00 The clocks go forward on 2026-03-29/);
});

test('of many that were left out three are shown', () => {
  const [first] = previewed(cron('0 0/10 * * * ?'), 'Europe/Berlin', '2026-03-29T00:50:00Z', 1);
  expect(first).toBe(
    '2026-03-29T03:00:00+02:00 The clocks go forward on 2026-03-29; left out: 02:00, 02:10, 02:20 ' +
      'and 3 more.',
  );
});

test('a time that comes twice says which of the two runs', () => {
  expect(previewed(hourly('00:00', 1), 'Europe/Berlin', '2026-10-24T22:30:00Z', 3)).toEqual([
    '2026-10-25T01:00:00+02:00',
    '2026-10-25T02:00:00+02:00 The clocks go back and 02:00 comes twice; it runs once, at the first.',
    '2026-10-25T03:00:00+01:00',
  ]);
  const [second] = previewed(daily('02:30:30'), 'Europe/Berlin', '2026-10-24T22:30:00Z', 1);
  expect(second).toBe(
    '2026-10-25T02:30:30+01:00 The clocks go back and 02:30:30 comes twice; it runs once, at the ' +
      'second.',
  );
});

test('a time that runs twice says so at both', () => {
  expect(previewed(daily('01:30'), 'America/New_York', '2026-11-01T00:00:00Z', 3)).toEqual([
    '2026-11-01T01:30:00-04:00 The clocks go back and 01:30 comes twice; it runs both times, here the first.',
    '2026-11-01T01:30:00-05:00 The clocks go back and 01:30 comes twice; it runs both times, here the second.',
    '2026-11-02T01:30:00-05:00',
  ]);
});

test('times around the repeated hour that the server loses are named', () => {
  const times = previewed(cron('0 0/15 * * * ?'), 'Europe/Berlin', '2026-10-25T01:10:00Z', 3);
  expect(times.map((time) => time.slice(26))).toEqual([
    'The clocks go back and 02:15 comes twice; it runs once, at the second.',
    'The clocks go back on 2026-10-25; left out: 02:30, 02:45, 03:00 and 1 more.',
    '',
  ]);
});

test('a time that is moved says from where', () => {
  expect(previewed(daily('02:15'), 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 1)).toEqual([
    '2026-10-04T02:45:00+11:00 The clocks go forward and skip 02:15; it runs at 02:45 instead.',
  ]);
});

test('a run on a day that is not its own says so, and one that was lost by it', () => {
  const zone = 'America/Sao_Paulo';
  expect(previewed(cron('0 0 12 ? * SAT'), zone, '2018-11-04T00:00:00Z', 1)).toEqual([
    '2018-11-04T12:00:00-02:00 The clocks change and Temporal runs it at 12:00, which is none of ' +
      'its usual times.',
  ]);
  expect(previewed(cron('0 0 12 ? * SUN'), zone, '2018-11-04T00:00:00Z', 1)).toEqual([
    '2018-11-11T12:00:00-02:00 The clocks go forward on 2018-11-04; left out: 12:00.',
  ]);
});

test('every second of a night of change is told of, and ends', () => {
  const times = previewed(cron('* * * * * ?'), 'Europe/Berlin', '2026-10-25T00:59:59Z', 3);
  expect(times).toHaveLength(3);
  expect(times.join()).toContain('3597 more');
});

test('what ends has fewer times than were asked for', () => {
  const what = daily('02:30', { endTime: '2026-01-02 02:30:00' });
  expect(previewed(what, 'UTC', '2026-01-01T00:00:00Z', 10)).toEqual([
    '2026-01-01T02:30:00+00:00',
    '2026-01-02T02:30:00+00:00',
  ]);
});

test('the preview has the times of the calendar', () => {
  const what = cron('0 0/20 0-4 * * ?');
  const from = Date.parse('2026-10-24T12:00:00Z');
  const times = preview(what, 'Europe/Berlin', from, 30).map(({ time }) => Date.parse(time));
  const calendar = openCalendar(what, 'Europe/Berlin');
  expect(times).toEqual(calendar.between(from + 1, Number.POSITIVE_INFINITY, 30));
});

test('the rule is one sentence', () => {
  expect(dstRule).toMatch(/^When the clocks go forward, [^.]*\.$/);
});
