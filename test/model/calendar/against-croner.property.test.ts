/**
 * The same expressions in an independent library, over years. It knows neither `5/15`, ranges that
 * wrap, `L-3` nor a lone `L` as day of week: the first two are written out for it, the others are
 * held by written-out days. In Unix cron it lets either day do where one of them begins with `*` and
 * a step; crontab(5) wants both then, so no such pair is among these.
 */
import { Cron } from 'croner';
import fc from 'fast-check';
import { openCalendar } from '../../../model/calendar';
import { TablegateError } from '../../../model/errors';
import { cron } from './support/recurrences';

/** One field, as we read it and as croner does. */
interface Pair {
  ours: string;
  theirs: string;
}

const same = (text: string): Pair => ({ ours: text, theirs: text });
const both = (one: Pair[], separator: string): Pair => ({
  ours: one.map(({ ours }) => ours).join(separator),
  theirs: one.map(({ theirs }) => theirs).join(separator),
});

function item(min: number, max: number, wraps: boolean): fc.Arbitrary<Pair> {
  const value = fc.integer({ min, max });
  const step = fc.integer({ min: 1, max: max - min });
  return fc.oneof(
    { weight: 3, arbitrary: value.map((it) => same(String(it))) },
    fc.tuple(value, value).map(([from, to]) => rangeOf(from, to, min, max, wraps)),
    step.map((every) => same(`*/${every}`)),
    fc.tuple(value, step).map(([from, every]) => ({
      ours: `${from}/${every}`,
      theirs: every > max - from ? String(from) : `${from}-${max}/${every}`,
    })),
  );
}

function rangeOf(one: number, other: number, min: number, max: number, wraps: boolean): Pair {
  const [from, to] = wraps ? [one, other] : [Math.min(one, other), Math.max(one, other)];
  if (from <= to) return same(`${from}-${to}`);
  return { ours: `${from}-${to}`, theirs: `${from}-${max},${min}-${to}` };
}

function list(one: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> {
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((items) => both(items, ','));
}

const anything = fc.constant(same('*'));
const clock = (max: number) => fc.oneof(anything, list(item(0, max, true)));
const month = fc.oneof(
  { weight: 3, arbitrary: anything },
  list(item(1, 12, true)),
  fc.constantFrom('JAN', 'feb-Apr', 'SEP,DEC').map(same),
);

const quartzDayOfMonth = fc.oneof(
  list(item(1, 31, true)),
  fc.integer({ min: 1, max: 31 }).map((day) => same(`${day}W`)),
  fc.constantFrom('L', 'LW', '1W,15W', 'L,15').map(same),
);
const day = fc.integer({ min: 1, max: 7 });
const quartzDayOfWeek = fc.oneof(
  list(item(1, 7, true)),
  day.map((it) => same(`${it}L`)),
  fc.tuple(day, fc.integer({ min: 1, max: 5 })).map(([it, nth]) => same(`${it}#${nth}`)),
  fc.constantFrom('MON-FRI', 'SUN,WED', 'THUL', 'FRI#2', '6#2,2L').map(same),
);
const quartzDays = fc.oneof(
  fc.constantFrom(both([same('*'), same('?')], ' '), both([same('?'), same('*')], ' ')),
  quartzDayOfMonth.map((it) => both([it, same('?')], ' ')),
  quartzDayOfWeek.map((it) => both([same('?'), it], ' ')),
);
const quartz = fc
  .tuple(clock(59), clock(59), clock(23), quartzDays, month)
  .map(([second, minute, hour, days, inMonth]) => {
    const [dayOfMonth, dayOfWeek] = [0, 1].map((index) => ({
      ours: days.ours.split(' ')[index]!,
      theirs: days.theirs.split(' ')[index]!,
    })) as [Pair, Pair];
    return both([second, minute, hour, dayOfMonth, inMonth, dayOfWeek], ' ');
  });

const withoutStar = (pair: Pair) => !pair.ours.startsWith('*');
const unixDayOfMonth = list(item(1, 31, true));
const unixDayOfWeek = fc.oneof(
  list(item(0, 6, true)),
  fc.constantFrom('7', '5-7', 'MON-FRI', 'sat,SUN').map(same),
);
const unixDays = fc.oneof(
  fc.tuple(anything, unixDayOfWeek),
  fc.tuple(unixDayOfMonth, anything),
  fc.tuple(unixDayOfMonth.filter(withoutStar), unixDayOfWeek.filter(withoutStar)),
);
const unix = fc
  .tuple(clock(59), clock(23), unixDays, month)
  .map(([minute, hour, [dayOfMonth, dayOfWeek], inMonth]) =>
    both([minute, hour, dayOfMonth, inMonth, dayOfWeek], ' '),
  );

/** Times are compared from anywhere in seventy years: sixty of them, whether minutes or decades. */
const start = fc
  .integer({ min: Date.UTC(2000, 0) / 1000, max: Date.UTC(2070, 0) / 1000 })
  .map((second) => second * 1000);

function ourTimes(text: string, from: number): number[] | null {
  try {
    return openCalendar(cron(text), 'UTC').between(from + 1000, Date.UTC(2090, 0), 60);
  } catch (error) {
    if (error instanceof TablegateError && error.message.includes('it never comes')) return null;
    throw error;
  }
}

function theirTimes(text: string, from: number): number[] {
  const mode = text.split(' ').length === 5 ? '5-part' : '6-part';
  const options = { timezone: 'UTC', mode, alternativeWeekdays: mode === '6-part' } as const;
  const times = new Cron(text, options).nextRuns(60, new Date(from));
  return times.map((time) => time.getTime()).filter((time) => time <= Date.UTC(2090, 0));
}

test.each([
  ['Quartz', quartz],
  ['Unix', unix],
])('%s expressions come at the times that croner finds', (_, expression) => {
  fc.assert(
    fc.property(expression, start, ({ ours, theirs }, from) => {
      const times = ourTimes(ours, from);
      fc.pre(times !== null);
      expect(times).toEqual(theirTimes(theirs, from));
    }),
    { numRuns: 300 },
  );
});
