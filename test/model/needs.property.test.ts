/** Rule 9 against a model that walks from minute to minute. */
import fc from 'fast-check';
import { inverseOf, matchingTimes, needsOf } from '../../model/needs';
import type { LineageTask } from '../../model/lineage';
import type { TaskTimes } from '../../model/task-times';
import { cron, daily, hourly, timesOf } from '../support/lineage-tasks';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Days with a change of the clocks in all of the zones that have one. */
const windows = ['2026-03-06', '2026-03-27', '2026-04-03', '2026-10-23', '2026-10-30'].map(
  (day) => ({ from: Date.parse(day), to: Date.parse(day) + 4 * dayMs }),
);
/** So far back the model walks: further than any of the recurrences has its gaps. */
const backMs = 9 * dayMs;

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));

const recurrences = fc.oneof(
  clock.map((at) => daily(at)),
  fc
    .record({ from: clock, interval: fc.integer({ min: 1, max: 12 }) })
    .map((change) => hourly(change)),
  fc.constantFrom('0 */20 * * * ?', '0 0 3 ? * MON,THU', '0 30 2,14 * * ?').map((it) => cron(it)),
);

interface Drawn {
  times: TaskTimes;
  /** Whether a minute is one of its times. */
  has(at: number): boolean;
  /** Whether an interval begins there: before its first time, also where it would without a start. */
  begins(at: number): boolean;
}

function drawnTask(id: string, window: { from: number; to: number }): fc.Arbitrary<Drawn> {
  const edge = fc.option(fc.integer({ min: 0, max: 4 * 24 * 60 }), { nil: null, freq: 3 });
  const iso = (minute: number | null): string | null =>
    minute === null ? null : new Date(window.from + minute * minuteMs).toISOString();
  return fc
    .record({
      recurrence: fc.option(recurrences, { nil: null, freq: 5 }),
      timezone: fc.constantFrom(...zones),
      start: edge,
      end: edge,
      createdAt: fc.option(edge, { nil: null }),
      instances: fc.uniqueArray(fc.integer({ min: 0, max: 4 * 24 * 60 }), { maxLength: 8 }),
    })
    .map(({ recurrence, timezone, start, end, createdAt, instances }): Drawn => {
      const bounded = recurrence && { ...recurrence, startTime: iso(start), endTime: iso(end) };
      const change: Partial<LineageTask> = {
        recurrence: bounded,
        timezone,
        ...(createdAt !== null && { createdAt: iso(createdAt)! }),
      };
      const own = recurrence ? [] : instances.map((minute) => window.from + minute * minuteMs);
      const times = timesOf(id, change, own);
      const unbounded = timesOf(`${id} without bounds`, { recurrence, timezone });
      const minutes = minutesOf(times, window);
      const allMinutes = minutesOf(unbounded, window);
      const first = Math.min(...minutes);
      return {
        times,
        has: (at) => minutes.has(at),
        begins: (at) => minutes.has(at) || (at < first && allMinutes.has(at)),
      };
    });
}

function minutesOf({ calendar, instances }: TaskTimes, window: { from: number; to: number }) {
  return new Set(calendar?.between(window.from - backMs, window.to) ?? instances);
}

/** Walks back from `at` to where the interval begins, and on to the first time upstream. */
function naiveMatches(down: Drawn, at: number, up: Drawn, window: { from: number }): number[] {
  const found: number[] = [];
  let isWithin = true;
  for (let minute = at; minute >= window.from - backMs; minute -= minuteMs) {
    if (minute < at && isWithin) {
      isWithin = down.times.calendar !== null && !down.begins(minute);
      if (!isWithin && found.length > 0) break;
    }
    if (!up.has(minute)) continue;
    found.push(minute);
    if (!isWithin) break;
  }
  return found.reverse();
}

const drawn = fc.constantFrom(...windows).chain((window) =>
  fc.record({
    window: fc.constant(window),
    down: drawnTask('down', window),
    up: drawnTask('up', window),
  }),
);

it('needs what a walk over the minutes finds', () => {
  fc.assert(
    fc.property(drawn, fc.integer({ min: 0, max: 4 * 24 * 60 }), (tasks, minute) => {
      const { window, down, up } = tasks;
      const named = window.from + minute * minuteMs;
      const next = down.times.calendar?.next(named) ?? named;
      for (const at of [named, Math.min(next, window.to)]) {
        const expected = naiveMatches(down, at, up, window);
        expect(matchingTimes(down.times, at, up.times)).toEqual(expected);
        const since = Date.parse(up.times.task.createdAt);
        expect(needsOf(down.times, at, up.times)).toEqual(expected.filter((it) => it >= since));
      }
    }),
    { numRuns: 100 },
  );
});

it('inverts that exactly: a time downstream is found where it needs the time upstream', () => {
  fc.assert(
    fc.property(drawn, ({ window, down, up }) => {
      if (down.times.calendar === null) return;
      const downTimes = down.times.calendar.between(window.from, window.to);
      const needed = new Map(
        downTimes.map((time) => [time, naiveMatches(down, time, up, window)] as const),
      );
      const upTimes = up.times.calendar?.between(window.from, window.to) ?? up.times.instances;
      for (const at of upTimes.filter((_, index) => index % 7 === 0)) {
        const expected = downTimes.filter((time) => needed.get(time)!.includes(at));
        const found = inverseOf(up.times, at, down.times, window.to);
        expect(found.filter((time) => time <= window.to)).toEqual(expected);
      }
    }),
    { numRuns: 100 },
  );
});
