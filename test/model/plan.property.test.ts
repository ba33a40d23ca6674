/** Plans against a model that tries every minute, task by task. */
import fc from 'fast-check';
import { matchingTimes, standsUntil } from '../../model/needs';
import { makePlan, type PlanDetails } from '../../model/plan';
import { planTimes, type PlanScope } from '../../model/plan-times';
import { taskTimes, type TaskTimes } from '../../model/task-times';
import { inOneGo } from '../support/in-one-go';
import { cron, daily, hourly, timesOf } from '../support/lineage-tasks';

const minuteMs = 60_000;
/** Half an hour before the clocks of New York go forward, and back a year later. */
const begins = [Date.UTC(2026, 2, 7, 6, 30), Date.UTC(2026, 9, 31, 6, 30)];
const windowMinutes = 3 * 24 * 60;

const recurrence = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.constantFrom(daily('00:00'), daily('02:30'), daily('13:00')) },
  { weight: 4, arbitrary: fc.constantFrom(hourly(), hourly({ interval: 5 } as never)) },
  { weight: 1, arbitrary: fc.constant(cron('0 0/40 * * * ?')) },
);

/** Tasks of which each may come after those before it; shuffled, so that no order is given. */
const tasks = fc
  .array(
    fc.record({
      recurrence,
      timezone: fc.constantFrom('UTC', 'America/New_York'),
      dependsOn: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((drawn) =>
    drawn.map(({ dependsOn, ...task }, index) =>
      timesOf(`task ${index}`, {
        ...task,
        dependsOn: dependsOn.filter((other) => other < index).map((other) => `task ${other}`),
      }),
    ),
  );

const requests = fc
  .record({
    tasks,
    begin: fc.constantFrom(...begins),
    roots: fc.array(
      fc.record({
        task: fc.nat(4),
        off: fc.boolean(),
        minutes: fc.array(fc.nat(windowMinutes), { minLength: 1, maxLength: 4 }),
      }),
      { maxLength: 3 },
    ),
    nowMinute: fc.nat(windowMinutes),
    downstream: fc.constantFrom('none', 'matching'),
  })
  .map(({ begin, roots, nowMinute, ...drawn }) => ({
    ...{ marks: [], existing: 'rerun', known: () => null, now: begin + nowMinute * minuteMs },
    tasks: drawn.tasks,
    downstream: drawn.downstream,
    roots: roots.map(({ task, off, minutes }) => {
      const times = drawn.tasks[task % drawn.tasks.length]!;
      const named = minutes.map((minute) => begin + minute * minuteMs);
      const onSchedule = named.map((at) => times.calendar?.previous(at + 1) ?? at);
      return { taskId: times.task.id, times: off ? named : onSchedule };
    }),
  })) as fc.Arbitrary<PlanScope & PlanDetails>;

const textOf = (taskId: string, at: number): string => `${taskId} ${new Date(at).toISOString()}`;

/** The cells with what each needs. Goes through the tasks as drawn: upstream before downstream. */
function naivePlan(request: PlanScope): Record<string, string[]> {
  const done: { times: TaskTimes; planned: Set<number> }[] = [];
  const cells: Record<string, string[]> = {};
  for (const times of request.tasks) {
    const { id, dependsOn } = times.task;
    const ups = done.filter((up) => dependsOn.includes(up.times.task.id));
    const planned = new Set(
      request.roots.filter((root) => root.taskId === id).flatMap((root) => root.times),
    );
    for (const up of request.downstream === 'matching' ? ups : []) {
      for (const at of up.planned) {
        for (const time of naiveAfter(up.times, at, times, request.now)) planned.add(time);
      }
    }
    done.push({ times: taskTimes(times.task, [...planned]), planned });
    for (const at of planned) {
      const needs = ups.flatMap((up) =>
        matchingTimes(times, at, up.times)
          .filter((needed) => up.planned.has(needed))
          .map((needed) => textOf(up.times.task.id, needed)),
      );
      cells[textOf(id, at)] = needs.toSorted();
    }
  }
  return cells;
}

function naiveAfter(up: TaskTimes, at: number, down: TaskTimes, now: number): number[] {
  if (down.calendar === null) return [at];
  const found: number[] = [];
  let covers: number | null = null;
  for (let minute = at; minute <= Math.max(now, at); minute += minuteMs) {
    if (!down.calendar.includes(minute)) continue;
    covers ??= minute;
    if (minute !== covers && minute > standsUntil(up, at)) break;
    if (matchingTimes(down, minute, up).includes(at)) found.push(minute);
  }
  return found;
}

it('has exactly the cells and needs of the naive model, what is needed first', () => {
  fc.assert(
    fc.property(requests, fc.boolean(), (request, backwards) => {
      const tasks = backwards ? request.tasks.toReversed() : request.tasks;
      const planned = inOneGo(planTimes({ ...request, tasks }));
      const { cells } = inOneGo(makePlan(planned, request));
      const names = cells.map((cell) => textOf(cell.taskId, Date.parse(cell.scheduleTime)));
      expect(new Set(names).size).toBe(names.length);
      const made = cells.map((cell, index) => {
        for (const need of cell.needs) expect(need).toBeLessThan(index);
        return [names[index]!, cell.needs.map((need) => names[need]!).toSorted()];
      });
      expect(Object.fromEntries(made)).toEqual(naivePlan(request));
      const times = cells.map((cell) => cell.scheduleTime);
      expect(times).toEqual(times.toSorted());
    }),
    { numRuns: 150 },
  );
});
