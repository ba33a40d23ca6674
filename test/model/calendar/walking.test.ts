/** Next, previous and between: bounds, ends, and what comes seldom. */
import { openCalendar } from '../../../model/calendar';
import { cron, daily, hourly, inUtc } from './support/recurrences';

const at = (text: string) => Date.parse(text);
const shown = (ms: number | null) => (ms === null ? null : inUtc(ms));

test('next is strictly after and previous strictly before', () => {
  const calendar = openCalendar(daily('02:30'), 'UTC');
  expect(shown(calendar.next(at('2026-01-01T02:30:00Z')))).toBe('2026-01-02T02:30:00Z');
  expect(shown(calendar.next(at('2026-01-01T02:29:59.999Z')))).toBe('2026-01-01T02:30:00Z');
  expect(shown(calendar.previous(at('2026-01-01T02:30:00Z')))).toBe('2025-12-31T02:30:00Z');
  expect(shown(calendar.previous(at('2026-01-01T02:30:00.001Z')))).toBe('2026-01-01T02:30:00Z');
});

test('both ends of a range belong to it', () => {
  const calendar = openCalendar(hourly('00:00', 1), 'UTC');
  const found = calendar.between(at('2026-01-01T00:00:00Z'), at('2026-01-01T02:00:00Z'));
  expect(found.map(inUtc)).toEqual([
    '2026-01-01T00:00:00Z',
    '2026-01-01T01:00:00Z',
    '2026-01-01T02:00:00Z',
  ]);
});

test('a range holds no more than its limit, and one that is upside down nothing', () => {
  const calendar = openCalendar(hourly('00:00', 1), 'UTC');
  const [from, to] = [at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z')];
  expect(calendar.between(from, to, 2).map(inUtc)).toEqual([
    '2026-01-01T00:00:00Z',
    '2026-01-01T01:00:00Z',
  ]);
  expect(calendar.between(from, to, 0)).toEqual([]);
  expect(calendar.between(to, from)).toEqual([]);
});

test('includes knows a time from its neighbours', () => {
  const calendar = openCalendar(cron('15 30 2 * * ?'), 'Asia/Kolkata');
  expect(calendar.includes(at('2026-01-01T21:00:15Z'))).toBe(true);
  expect(calendar.includes(at('2026-01-01T21:00:14Z'))).toBe(false);
  expect(calendar.includes(at('2026-01-01T21:00:15.5Z'))).toBe(false);
});

test('DW-24, DW-25: the start and the end belong to the recurrence, and nothing beyond them', () => {
  const bounds = { startTime: '2026-01-02 02:30:00', endTime: '2026-01-04 02:30:00' };
  const calendar = openCalendar(daily('02:30', bounds), 'Asia/Shanghai');
  expect(calendar.between(0, at('2100-01-01T00:00:00Z')).map(inUtc)).toEqual([
    '2026-01-01T18:30:00Z',
    '2026-01-02T18:30:00Z',
    '2026-01-03T18:30:00Z',
  ]);
  expect(shown(calendar.next(0))).toBe('2026-01-01T18:30:00Z');
  expect(calendar.previous(at('2026-01-01T18:30:00Z'))).toBeNull();
  expect(calendar.next(at('2026-01-03T18:30:00Z'))).toBeNull();
  expect(shown(calendar.previous(at('2050-01-01T00:00:00Z')))).toBe('2026-01-03T18:30:00Z');
});

test('DW-24, DW-25: a start in 1970 and an end in 9999 bind nothing', () => {
  const bounds = { startTime: '1970-01-01 00:00:00', endTime: '9999-01-01 00:00:00' };
  const calendar = openCalendar(daily('00:00', bounds), 'Asia/Shanghai');
  expect(shown(calendar.next(at('2026-01-01T00:00:00Z')))).toBe('2026-01-01T16:00:00Z');
  expect(shown(calendar.next(0 - 365 * 86_400_000))).toBe('1969-12-31T16:00:00Z');
});

test('an end before the start leaves nothing', () => {
  const bounds = { startTime: '2026-01-02 00:00:00', endTime: '2026-01-01 00:00:00' };
  const calendar = openCalendar(daily('02:30', bounds), 'UTC');
  expect(calendar.next(0)).toBeNull();
  expect(calendar.previous(at('2030-01-01T00:00:00Z'))).toBeNull();
});

test('without bounds times begin with 1970 and end with 2100', () => {
  const calendar = openCalendar(daily('00:00'), 'UTC');
  expect(shown(calendar.next(Number.NEGATIVE_INFINITY))).toBe('1970-01-01T00:00:00Z');
  expect(shown(calendar.previous(Number.POSITIVE_INFINITY))).toBe('2100-12-31T00:00:00Z');
  expect(calendar.next(at('2100-12-31T00:00:00Z'))).toBeNull();
});

test('what comes once in decades is found in both directions', () => {
  const sundays = openCalendar(cron('0 0 0 ? 2 1#5'), 'Europe/Berlin');
  expect(shown(sundays.next(at('2005-01-01T00:00:00Z')))).toBe('2032-02-28T23:00:00Z');
  expect(shown(sundays.previous(at('2031-01-01T00:00:00Z')))).toBe('2004-02-28T23:00:00Z');
  const once = openCalendar(cron('0 0 0 1 1 ? 2099'), 'Europe/Berlin');
  expect(shown(once.next(0))).toBe('2098-12-31T23:00:00Z');
  expect(once.next(at('2099-01-01T00:00:00Z'))).toBeNull();
});

test('a year of hours is as long as it is', () => {
  const calendar = openCalendar(hourly('00:00', 1), 'UTC');
  const year = calendar.between(at('2026-01-01T00:00:00Z'), at('2026-12-31T23:59:59Z'));
  expect(year).toHaveLength(8760);
});
