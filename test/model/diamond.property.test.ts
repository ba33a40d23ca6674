/**
 * Rules 9 to 11 over several tasks: what comes after others runs once, after all of them; a failure
 * blocks what comes after it until it is mended. By due times, by backfills, and by both at once.
 */
import fc from 'fast-check';
import type { ExistingChoice, Plan, PlannedCell } from '../../model/backfill';
import { makePlan } from '../../model/plan';
import { planTimes } from '../../model/plan-times';
import type { Recurrence } from '../../model/recurrence';
import type { TaskTimes } from '../../model/task-times';
import { inOneGo } from '../support/in-one-go';
import { hourly, timesOf } from '../support/lineage-tasks';
import { Course, timesUpTo, type CourseScope, type Instance } from '../support/workflows/course';
import { hour } from '../support/workflows/time-machine';

/** Before the first hour of the tests: what comes earlier counts as met. */
const createdAt = '2026-06-01T00:30:00.000Z';

function taskOf(id: string, dependsOn: string[], interval = 1): TaskTimes {
  const recurrence = hourly({ interval } as Partial<Recurrence>);
  return timesOf(id, { recurrence, dependsOn, createdAt });
}

const diamond = [taskOf('a', []), taskOf('b', ['a']), taskOf('c', ['a']), taskOf('d', ['b', 'c'])];

/** Tasks of which each may come after those before it, of every hour or every second one. */
const graphs = fc
  .array(
    fc.record({
      after: fc.uniqueArray(fc.nat(4), { maxLength: 3 }),
      interval: fc.constantFrom(1, 1, 2),
    }),
    { minLength: 2, maxLength: 6, size: 'max' },
  )
  .map((drawn) =>
    drawn.map(({ after, interval }, index) => {
      const dependsOn = after.filter((other) => other < index).map((other) => `t${other}`);
      return taskOf(`t${index}`, dependsOn, interval);
    }),
  );

const scopeOver = (tasks: fc.Arbitrary<TaskTimes[]>, failures: number): fc.Arbitrary<CourseScope> =>
  fc.record({
    tasks,
    maxParallel: fc.integer({ min: 1, max: 3 }),
    lastHour: fc.integer({ min: 2, max: 4 }),
    choices: fc.infiniteStream(fc.nat(10_000)),
    failing: fc.uniqueArray(fc.nat(23), { maxLength: failures }),
  });
const diamonds = scopeOver(fc.constant(diamond), 0);
const any = scopeOver(fc.oneof(fc.constant(diamond), graphs), 0);
const anyWithFailures = scopeOver(fc.oneof(fc.constant(diamond), graphs), 4);

/** The plan of all tasks and times. */
function planOf({ tasks, lastHour }: CourseScope, existing: ExistingChoice): Plan {
  const roots = tasks.map((times) => ({
    taskId: times.task.id,
    times: timesUpTo(times, lastHour).map((time) => Date.parse(time)),
  }));
  const now = Date.parse(hour(lastHour));
  const planned = inOneGo(planTimes({ roots, tasks, downstream: 'matching', now }));
  return inOneGo(makePlan(planned, { marks: [], existing, known: () => null }));
}

function planOfOne({ task, time }: Instance): Plan {
  const cell: PlannedCell = {
    ...{ taskId: task, scheduleTime: time, action: 'rerun', reason: null, needs: [] },
  };
  return { cells: [cell], marks: [] };
}

/** What has failed has run once, what needs it not at all, and everything else once. */
function expectFailures(course: Course): void {
  for (const instance of course.instances) {
    expect(course.count(instance)).toBe(course.cut.includes(instance) ? 0 : 1);
  }
}

/** Everything has succeeded in its order: in one run, or in two where the first has failed. */
function expectAllDone(course: Course): void {
  for (const instance of course.instances) {
    expect(course.count(instance)).toBe(course.failed.includes(instance) ? 2 : 1);
    const { task, time } = instance;
    expect(course.fleet.book(task).known(time)?.status).toBe('succeeded');
  }
  expect(course.early()).toEqual([]);
}

const holds = (scopes: fc.Arbitrary<CourseScope>, check: (scope: CourseScope) => void): void =>
  fc.assert(fc.property(scopes, check), { numRuns: 120 });

describe('a backfill', () => {
  it('runs the bottom of a diamond once, after both middles', () => {
    holds(diamonds, (scope) => {
      const course = new Course(scope);
      const driver = course.drive(planOf(scope, 'rerun'), 'rerun');
      course.run();
      expectAllDone(course);
      expect(new Set(driver.states)).toEqual(new Set(['succeeded']));
    });
  });

  it('blocks all that needs a failure, and runs it once after the retry', () => {
    holds(anyWithFailures, (scope) => {
      const course = new Course(scope);
      const driver = course.drive(planOf(scope, 'rerun'), 'rerun');
      course.run();
      expectFailures(course);
      const blocked = driver.states.filter((state) => state === 'blocked');
      expect(blocked).toHaveLength(course.cut.length);
      course.mend();
      driver.retry();
      course.run();
      expectAllDone(course);
      expect(new Set(driver.states)).toEqual(new Set(['succeeded']));
    });
  });

  it('that two callers ask for at once runs everything once between them', () => {
    holds(any, (scope) => {
      const course = new Course(scope);
      const drivers = [1, 2].map(() => course.drive(planOf(scope, 'failed'), 'failed'));
      course.run();
      expectAllDone(course);
      for (const { states } of drivers) {
        for (const state of states) expect(['succeeded', 'skipped']).toContain(state);
      }
    });
  });
});

describe('due times', () => {
  it('run the bottom of a diamond once, after both middles, in whatever order they come', () => {
    holds(diamonds, (scope) => {
      const course = new Course(scope);
      course.letTicksCome();
      course.run();
      expectAllDone(course);
    });
  });

  it('are blocked by a failure; once it is mended each runs once, in the record that it had', () => {
    holds(anyWithFailures, (scope) => {
      const course = new Course(scope);
      course.letTicksCome();
      course.run();
      expectFailures(course);
      for (const { task, time } of course.cut) {
        expect(course.fleet.book(task).known(time)?.status).toBe('blocked');
      }
      course.mend();
      for (const instance of course.failed) course.drive(planOfOne(instance), 'rerun');
      course.run();
      expectAllDone(course);
      for (const { task, time } of course.cut) {
        expect(course.fleet.book(task).of(time)).toHaveLength(1);
      }
    });
  });

  it('and a backfill of the same times run everything once between them', () => {
    holds(any, (scope) => {
      const course = new Course(scope);
      course.letTicksCome();
      const driver = course.drive(planOf(scope, 'failed'), 'failed');
      course.run();
      expectAllDone(course);
      for (const state of driver.states) expect(['succeeded', 'skipped']).toContain(state);
    });
  });
});
