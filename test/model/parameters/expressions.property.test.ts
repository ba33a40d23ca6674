/** Expressions of time against plain arithmetic of dates. */
import fc from 'fast-check';
import { problemOfValue, resolveParameters } from '../../../model/schedule-parameters';

const timezone = fc.constantFrom(
  ...['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'],
);
const at = fc.record({
  scheduleTime: fc.date({
    ...{ min: new Date('2001-01-01'), max: new Date('2090-01-01'), noInvalidDate: true },
  }),
  timezone,
});
type At = { scheduleTime: Date; timezone: string };

const valueOf = (value: string, time: At) =>
  resolveParameters('', [{ name: 'p', value }], time).values.p!;

/** The clock on the wall, as the platform shows it. */
function wallOf({ scheduleTime, timezone: timeZone }: At): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...({ timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' } as const),
    ...({ minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const),
  }).formatToParts(scheduleTime);
  const of = (type: string) => parts.find((part) => part.type === type)!.value;
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}:${of('second')}`;
}

test('the schedule time is what the platform’s clock shows', () => {
  fc.assert(
    fc.property(at, (time) => {
      expect(valueOf('$[yyyy-MM-dd HH:mm:ss]', time)).toBe(wallOf(time));
      expect(valueOf('$cyctime', time)).toBe(wallOf(time).replace(/\D/g, ''));
    }),
  );
});

test('an offset of hours is the time so many seconds away, and one of days keeps the time of day', () => {
  fc.assert(
    fc.property(at, fc.integer({ min: -500, max: 500 }), (time, count) => {
      const sign = count < 0 ? '-' : '+';
      const size = Math.abs(count);
      const moved = new Date(time.scheduleTime.getTime() + count * 3_600_000);
      const byHours = valueOf(`$[yyyy-MM-dd HH:mm:ss ${sign}${size}/24]`, time);
      expect(byHours).toBe(wallOf({ ...time, scheduleTime: moved }));
      const [day, clock] = wallOf(time).split(' ') as [string, string];
      const other = new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10);
      expect(valueOf(`$[yyyy-MM-dd HH:mm:ss${sign}${size}]`, time)).toBe(`${other} ${clock}`);
      const before = new Date(Date.parse(day) + (count - 1) * 86_400_000).toISOString();
      expect(valueOf(`\${yyyy-MM-dd ${sign}${size}}`, time)).toBe(before.slice(0, 10));
    }),
  );
});

test('months that are added and taken away again lead to the same month, and never past its end', () => {
  fc.assert(
    fc.property(at, fc.integer({ min: -240, max: 240 }), (time, months) => {
      const [year, month, day] = valueOf('$[yyyy-MM-dd]', time).split('-').map(Number) as [
        ...[number, number, number],
      ];
      const first = new Date(Date.UTC(year, month - 1 + months, 1));
      const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
      const expected = `${first.toISOString().slice(0, 8)}${String(Math.min(day, last)).padStart(2, '0')}`;
      expect(valueOf(`$[add_months(yyyy-MM-dd,${months})]`, time)).toBe(expected);
    }),
  );
});

test('whatever is written is read or refused with a reason, never anything else', () => {
  const piece = fc.constantFrom(
    ...['$', '{', '}', '[', ']', 'yyyy', 'MM', 'mm', 'dd', 'HH', 'hh24', 'mi', 'ss', '-', '+'],
    ...['1', '/24', '*7', ' ', 'N', 'add_months(', ',', ')', 'bizdate', 'T', '0', 'x'],
  );
  const written = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 8 }).map((pieces) => `$[${pieces.join('')}]`),
    fc.array(piece, { maxLength: 8 }).map((pieces) => `\${${pieces.join('')}}`),
  );
  fc.assert(
    fc.property(written, at, (value, time) => {
      const problem = problemOfValue(value);
      const shown = problem ?? `it is read: ${valueOf(value, time)}`;
      expect(shown.length).toBeGreaterThan(10);
      expect(problem === null ? shown : '').not.toMatch(/NaN|undefined|\$\[|\$\{/);
    }),
    { numRuns: 1000 },
  );
});
