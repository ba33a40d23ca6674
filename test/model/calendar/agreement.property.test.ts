/**
 * The ways to ask a calendar agree with each other, on all days; and where the clocks do not change,
 * with a walk that looks at every minute and second.
 */
import fc from 'fast-check';
import { calendarsOf, openCalendar, type CalendarSpec, type Range } from '../../../model/calendar';
import type { Recurrence } from '../../../model/recurrence';
import { cron, daily, hourly } from './support/recurrences';

const hour = 3_600_000;
const day = 24 * hour;

const zone = fc.constantFrom(
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'],
  ...['America/Sao_Paulo', 'Africa/Cairo', 'Asia/Beirut', 'Pacific/Apia', 'America/St_Johns'],
  ...['Antarctica/Troll', 'Africa/Casablanca', 'Pacific/Chatham', 'America/Caracas'],
);
const clock = fc.constantFrom('0 0', '0 30', '15 0/20', '0 5,45', '0 0/10');
const hours = fc.constantFrom('*', '2', '0-3', '22-2', '1,3', '0', '*/7');
const days = fc.constantFrom(
  ...['* * ?', 'L * ?', '? * SUN', '? * SAT-MON', '15W * ?', '1,15 * ?', '? * 6L', '28-3 * ?'],
  ...['? * 1#1', '*/2 3,10,11 ?', '29 2 ?', '? 1-6 MON-FRI'],
);
const recurrence: fc.Arbitrary<Recurrence> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(clock, hours, days).map((parts) => cron(parts.join(' '))) },
  fc.constantFrom('02:30', '00:00', '23:59:59').map((at) => daily(at)),
  fc.integer({ min: 1, max: 24 }).map((interval) => hourly('00:15', interval)),
);

/** The weeks of most changes, and any other. */
const from = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 2005, max: 2040 }),
      fc.constantFrom([2, 24], [3, 1], [9, 1], [9, 22], [10, 1], [11, 28]),
      fc.integer({ min: 0, max: 6 * day }),
    )
    .map(([year, [month, date], ms]) => Date.UTC(year, month!, date) + ms),
  fc.integer({ min: 0, max: Date.UTC(2099, 0) }),
);

function chain(step: (at: number) => number | null, start: number, count: number): number[] {
  const found: number[] = [];
  for (let at = step(start); at !== null && found.length < count; at = step(at)) found.push(at);
  return found;
}

test('next, previous, between and includes tell of the same times', () => {
  fc.assert(
    fc.property(recurrence, zone, from, (what, timezone, start) => {
      const calendar = openCalendar(what, timezone);
      const end = start + 9 * day;
      const times = calendar.between(start, end);
      expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other));
      const next = chain((at) => calendar.next(at), start - 1, times.length + 1);
      expect(next.slice(0, times.length)).toEqual(times);
      expect(next[times.length] ?? end + 1).toBeGreaterThan(end);
      const previous = chain((at) => calendar.previous(at), end + 1, times.length + 1);
      expect(previous.slice(0, times.length)).toEqual(times.toReversed());
      expect(previous[times.length] ?? start - 1).toBeLessThan(start);
      expect(times.every((time) => calendar.includes(time))).toBe(true);
      for (const time of times.slice(0, 5)) {
        expect(calendar.includes(time + 1000)).toBe(times.includes(time + 1000));
        expect(calendar.between(time, time)).toEqual([time]);
      }
    }),
    { numRuns: 300 },
  );
});

test('a range is the same in one and in two', () => {
  fc.assert(
    fc.property(recurrence, zone, from, fc.nat(9 * day), (what, timezone, start, length) => {
      const middle = start + length;
      const end = start + 9 * day;
      const parts = openCalendar(what, timezone);
      expect([...parts.between(start, middle), ...parts.between(middle + 1, end)]).toEqual(
        openCalendar(what, timezone).between(start, end),
      );
    }),
  );
});

test('a start and an end cut off what lies beyond them, and nothing else', () => {
  const noChange = fc.constantFrom('UTC', 'Asia/Kolkata', 'Asia/Shanghai');
  fc.assert(
    fc.property(recurrence, noChange, from, fc.nat(9 * day), (what, timezone, begin, length) => {
      const [first, last] = [begin, begin + length].map((ms) => Math.floor(ms / 1000) * 1000) as [
        number,
        number,
      ];
      const bounds = {
        startTime: new Date(first).toISOString(),
        endTime: new Date(last).toISOString(),
      };
      const bounded = openCalendar({ ...what, ...bounds }, timezone);
      const free = openCalendar(what, timezone);
      expect(bounded.between(first - day, last + day)).toEqual(free.between(first, last));
    }),
  );
});

/** Reads the clocks of a zone as the platform shows them, past our own arithmetic. */
function wallReader(timezone: string): (ms: number) => number[] {
  const format = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' },
  });
  return (ms) => format.format(ms).split(/\D/).map(Number);
}

function isIn(ranges: readonly Range[], value: number): boolean {
  return ranges.some(
    ({ start, end, step }) => value >= start && value <= end && (value - start) % step === 0,
  );
}

function matches(spec: CalendarSpec, [year, month, date, ...time]: number[]): boolean {
  const weekday = new Date(Date.UTC(year!, month! - 1, date)).getUTCDay();
  return (
    (spec.year.length === 0 || isIn(spec.year, year!)) &&
    isIn(spec.month, month!) &&
    isIn(spec.dayOfMonth, date!) &&
    isIn(spec.dayOfWeek, weekday) &&
    [spec.hour, spec.minute, spec.second].every((ranges, index) => isIn(ranges, time[index]!))
  );
}

function walk(what: Recurrence, timezone: string, start: number, end: number, step: number) {
  const read = wallReader(timezone);
  const calendars = calendarsOf(what);
  const found: number[] = [];
  for (let at = Math.ceil(start / step) * step; at <= end; at += step) {
    const wall = read(at);
    if (calendars.some((calendar) => matches(calendar, wall))) found.push(at);
  }
  return found;
}

/** Whether a zone's clocks differ from the even run of time anywhere around. */
function isEven(timezone: string, start: number, end: number): boolean {
  const read = wallReader(timezone);
  const ahead = (ms: number) => {
    const [year, month, date, ...time] = read(ms);
    return Date.UTC(year!, month! - 1, date, ...time) - Math.floor(ms / 1000) * 1000;
  };
  for (let at = start - day; at <= end + day; at += 12 * hour) {
    if (ahead(at) !== ahead(end + day)) return false;
  }
  return true;
}

test('away from changes the times are those of a walk over every minute', () => {
  fc.assert(
    fc.property(clock, hours, days, zone, from, (atClock, atHours, onDays, timezone, start) => {
      const what = cron(`${atClock.replace(/^15/, '0')} ${atHours} ${onDays}`);
      const end = start + 2 * day;
      fc.pre(isEven(timezone, start, end));
      const found = openCalendar(what, timezone).between(start, end);
      expect(found).toEqual(walk(what, timezone, start, end, 60_000));
    }),
    { numRuns: 150 },
  );
});

test('away from changes the times are those of a walk over every second', () => {
  const seconds = fc.constantFrom('*', '0/7', '58-2', '1,30');
  const minutes = fc.constantFrom('*', '59-1', '0/20');
  fc.assert(
    fc.property(seconds, minutes, hours, zone, from, (second, minute, atHours, timezone, start) => {
      const what = cron(`${second} ${minute} ${atHours} * * ?`);
      const end = start + hour;
      fc.pre(isEven(timezone, start, end));
      const found = openCalendar(what, timezone).between(start, end);
      expect(found).toEqual(walk(what, timezone, start, end, 1000));
    }),
  );
});
