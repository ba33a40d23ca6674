/** When a missing table usually comes, and how late it is against that. */
import { usualArrival, type Arrival, type AwaitedGate } from '../../model/usual-arrival';

const day = 24 * 60;
const minutes = (of: number) => of * 60_000;
const iso = (ms: number) => new Date(ms).toISOString();
const start = Date.parse('2026-03-02T00:00:00.000Z');

/** Undated marks so many minutes after the start. */
const marks = (...after: number[]): Arrival[] =>
  after.map((one) => ({ at: iso(start + minutes(one)), scheduleTime: null }));

const round = (since: number, timezone = 'UTC'): AwaitedGate => ({
  ...{ scheduleTime: null, since: iso(start + minutes(since)), timezone },
});

const now = (after: number) => start + minutes(after);
const unknown = { usualAt: null, basis: null, samples: 0, lateSeconds: null };

describe('a table that comes once a day', () => {
  const daily = (count: number, at = 6 * 60) =>
    marks(...Array.from({ length: count }, (_, nr) => nr * day + at + (nr % 3)));

  test('is awaited at its usual time of the day', () => {
    const opened = 7 * day + 120;
    const usual = usualArrival(daily(7), round(opened), now(7 * day + 7 * 60));
    expect(usual).toEqual({
      ...{ basis: 'timeOfDay', samples: 7, usualAt: iso(now(7 * day + 361)) },
      lateSeconds: 59 * 60,
    });
  });

  test('is not late before that', () => {
    const usual = usualArrival(daily(7), round(7 * day + 120), now(7 * day + 180));
    expect(usual).toMatchObject({ usualAt: iso(now(7 * day + 361)), lateSeconds: 0 });
  });

  test('is late since before the round opened, where the others came later than it does', () => {
    const usual = usualArrival(daily(7), round(7 * day + 8 * 60), now(7 * day + 9 * 60));
    expect(usual).toMatchObject({ usualAt: iso(now(7 * day + 361)), lateSeconds: 179 * 60 });
  });

  test('is not awaited for the days on which no round was opened', () => {
    const usual = usualArrival(daily(5), round(7 * day + 120), now(7 * day + 180));
    expect(usual).toMatchObject({ usualAt: iso(now(7 * day + 361)), lateSeconds: 0 });
  });

  test('is awaited tomorrow, where it has come today for the round before', () => {
    const usual = usualArrival(daily(7), round(6 * day + 7 * 60), now(6 * day + 8 * 60));
    expect(usual).toMatchObject({ usualAt: iso(now(7 * day + 361)), lateSeconds: 0 });
  });

  test('may come around midnight', () => {
    const around = marks(...[-10, 5, -5, 10, 0, -8].map((off, nr) => (nr + 1) * day + off));
    const usual = usualArrival(around, round(7 * day - 60), now(7 * day + 10));
    expect(usual.usualAt).toBe(iso(now(7 * day) - minutes(2.5)));
  });

  test('comes at the same time of the clock before and after it changes', () => {
    const berlin = (date: string) => ({ at: `${date}.000Z`, scheduleTime: null });
    const before = ['25', '26', '27', '28'].map((date) => berlin(`2026-03-${date}T05:00:00`));
    const after = ['29', '30'].map((date) => berlin(`2026-03-${date}T04:00:00`));
    const gate = {
      scheduleTime: null,
      since: '2026-03-31T02:00:00.000Z',
      timezone: 'Europe/Berlin',
    };
    const usual = usualArrival([...before, ...after], gate, Date.parse('2026-03-31T05:00:00Z'));
    expect(usual).toMatchObject({ usualAt: '2026-03-31T04:00:00.000Z', lateSeconds: 3600 });
  });

  test('is known only after five days, and not where its times are all over the day', () => {
    expect(usualArrival(daily(4), round(5 * day), now(5 * day))).toEqual(unknown);
    const scattered = marks(
      ...[0, 11, 4, 20, 8, 15, 1, 18].map((hour, nr) => nr * 2 * day + hour * 60),
    );
    expect(usualArrival(scattered, round(17 * day), now(17 * day))).toEqual(unknown);
  });
});

describe('a table that comes several times a day', () => {
  const hourly = (count: number) => marks(...Array.from({ length: count }, (_, nr) => nr * 60));

  test('is awaited as long after the one before as usual', () => {
    const usual = usualArrival(hourly(9), round(8 * 60 + 30), now(9 * 60 + 20));
    expect(usual).toEqual({
      ...{ basis: 'interval', samples: 9, usualAt: iso(now(9 * 60)), lateSeconds: 20 * 60 },
    });
  });

  test('is awaited no sooner than the round was opened', () => {
    const usual = usualArrival(hourly(9), round(day), now(day + 10));
    expect(usual).toMatchObject({ usualAt: iso(now(day)), lateSeconds: 600 });
  });

  test('is unknown where its intervals are of all lengths', () => {
    const irregular = marks(0, 10, 130, 150, 400, 410, 700);
    expect(usualArrival(irregular, round(800), now(900))).toEqual(unknown);
  });
});

describe('a table of a schedule time', () => {
  const time = (nr: number) => iso(start + minutes(nr * day));
  const dated = (offsets: number[]): Arrival[] =>
    offsets.map((offset, nr) => ({
      ...{ at: iso(start + minutes(nr * day + offset)), scheduleTime: time(nr) },
    }));
  const gate = { scheduleTime: time(9), since: iso(now(9 * day + 30)), timezone: 'UTC' };

  test('is awaited as long after that as usual', () => {
    const usual = usualArrival(dated([70, 75, 65, 70, 900, 72]), gate, now(9 * day + 100));
    expect(usual).toEqual({
      ...{ basis: 'offset', samples: 6, usualAt: iso(now(9 * day + 71)), lateSeconds: 29 * 60 },
    });
  });

  test('counts the first mark of each time, and none of an open round or of this time', () => {
    const repeated = dated([70, 70, 70, 70]).flatMap((one) => [
      { ...one, at: iso(Date.parse(one.at) + minutes(500)) },
      one,
    ]);
    const others = [
      ...marks(1, 2, 3),
      { at: iso(now(9 * day + 5)), scheduleTime: gate.scheduleTime },
    ];
    expect(usualArrival([...repeated, ...others], gate, now(10 * day))).toEqual(unknown);
    const fifth = { at: iso(now(5 * day + 70)), scheduleTime: time(5) };
    expect(usualArrival([...repeated, ...others, fifth], gate, now(10 * day))).toMatchObject({
      ...{ samples: 5, usualAt: iso(now(9 * day + 70)) },
    });
  });
});

test('what has never come is not known', () => {
  expect(usualArrival([], round(0), now(5))).toEqual(unknown);
});
