/** Rules 8, 11 and 12: the plan of a backfill. */
import type { Plan } from '../../model/backfill';
import { makePlan, type PlanDetails } from '../../model/plan';
import { planTimes, type PlanScope } from '../../model/plan-times';
import { timesInRange } from '../../model/task-times';
import { inOneGo } from '../support/in-one-go';
import { cron, daily, hourly, texts, timesOf, utc } from '../support/lineage-tasks';

const now = utc('2026-06-01T12:00');

function plan(request: Partial<PlanScope & PlanDetails>): Plan {
  const scope: PlanScope = { roots: [], tasks: [], downstream: 'matching', now, ...request };
  const planned = inOneGo(planTimes(scope));
  return inOneGo(
    makePlan(planned, { marks: [], existing: 'rerun', known: () => null, ...request }),
  );
}

/** Cells as `task time`, each with the cells that it waits for. */
function shown({ cells }: Plan): Record<string, string[]> {
  const names = cells.map((cell) => `${cell.taskId} ${cell.scheduleTime.slice(0, 16)}`);
  return Object.fromEntries(
    cells.map((cell, index) => [names[index]!, cell.needs.map((need) => names[need]!)]),
  );
}

const root = (taskId: string, ...at: string[]) => ({ taskId, times: at.map(utc) });

describe('the times of a range', () => {
  const days = timesOf('days', { recurrence: daily('02:00') });

  it('are those of the recurrence, both ends among them', () => {
    const found = timesInRange(days, utc('2026-03-01T02:00'), utc('2026-03-03T02:00'), now);
    expect(texts(found)).toEqual(['2026-03-01T02:00', '2026-03-02T02:00', '2026-03-03T02:00']);
  });

  it('are those of its instances and open gates where it has none', () => {
    const instances = ['2026-03-04T00:00', '2026-03-01T00:00', '2026-03-02T07:30'].map(utc);
    const task = timesOf('task', {}, instances);
    const found = timesInRange(task, utc('2026-03-01T00:00'), utc('2026-03-03T00:00'), now);
    expect(texts(found)).toEqual(['2026-03-01T00:00', '2026-03-02T07:30']);
  });

  it('stop now', () => {
    const found = timesInRange(days, utc('2026-05-31T00:00'), utc('2026-12-31T00:00'), now);
    expect(texts(found)).toEqual(['2026-05-31T02:00', '2026-06-01T02:00']);
    expect(timesInRange(days, now + 1, now + 2, now)).toEqual([]);
  });
});

it('follows a chain to its end, and orders each time from top to bottom', () => {
  const recurrence = daily('00:00');
  const tasks = [
    timesOf('c', { recurrence, dependsOn: ['b'] }),
    timesOf('b', { recurrence, dependsOn: ['a'] }),
    timesOf('a', { recurrence }),
    timesOf('other', { recurrence }),
  ];
  const made = plan({ tasks, roots: [root('a', '2026-03-02T00:00', '2026-03-01T00:00')] });
  expect(shown(made)).toEqual({
    'a 2026-03-01T00:00': [],
    'b 2026-03-01T00:00': ['a 2026-03-01T00:00'],
    'c 2026-03-01T00:00': ['b 2026-03-01T00:00'],
    'a 2026-03-02T00:00': [],
    'b 2026-03-02T00:00': ['a 2026-03-02T00:00'],
    'c 2026-03-02T00:00': ['b 2026-03-02T00:00'],
  });
  expect(made.cells.map((cell) => cell.taskId).join('')).toBe('abcabc');
});

it('has the bottom of a diamond once, after both sides', () => {
  const recurrence = daily('00:00');
  const tasks = [
    timesOf('top', { recurrence }),
    timesOf('bottom', { recurrence, dependsOn: ['left', 'right'] }),
    timesOf('left', { recurrence, dependsOn: ['top'] }),
    timesOf('right', { recurrence, dependsOn: ['top'] }),
  ];
  const made = shown(plan({ tasks, roots: [root('top', '2026-03-01T00:00')] }));
  expect(Object.keys(made)).toHaveLength(4);
  expect(made['bottom 2026-03-01T00:00']!.toSorted()).toEqual([
    'left 2026-03-01T00:00',
    'right 2026-03-01T00:00',
  ]);
});

it('runs a day once for all of its hours, after those that are in the plan', () => {
  const tasks = [
    timesOf('hours', { recurrence: hourly() }),
    timesOf('days', { recurrence: daily('00:00'), dependsOn: ['hours'] }),
  ];
  const roots = [root('hours', '2026-03-01T22:00', '2026-03-01T23:00', '2026-03-02T01:00')];
  expect(shown(plan({ tasks, roots }))).toEqual({
    'hours 2026-03-01T22:00': [],
    'hours 2026-03-01T23:00': [],
    'days 2026-03-02T00:00': ['hours 2026-03-01T22:00', 'hours 2026-03-01T23:00'],
    'hours 2026-03-02T01:00': [],
    'days 2026-03-03T00:00': ['hours 2026-03-02T01:00'],
  });
});

it('does not bring a day about before it is over, because one of its hours is run again', () => {
  const tasks = [
    timesOf('hours', { recurrence: hourly() }),
    timesOf('days', { recurrence: daily('00:00'), dependsOn: ['hours'] }),
  ];
  expect(shown(plan({ tasks, roots: [root('hours', '2026-06-01T03:00')] }))).toEqual({
    'hours 2026-06-01T03:00': [],
  });
});

it('runs the hours after a day that have come by now', () => {
  const tasks = [
    timesOf('days', { recurrence: daily('10:00') }),
    timesOf('hours', { recurrence: hourly(), dependsOn: ['days'] }),
  ];
  expect(shown(plan({ tasks, roots: [root('days', '2026-06-01T10:00')] }))).toEqual({
    'days 2026-06-01T10:00': [],
    'hours 2026-06-01T10:00': ['days 2026-06-01T10:00'],
    'hours 2026-06-01T11:00': ['days 2026-06-01T10:00'],
    'hours 2026-06-01T12:00': ['days 2026-06-01T10:00'],
  });
});

it('gives a task without recurrence the same times', () => {
  const tasks = [
    timesOf('hours', { recurrence: hourly(), writes: ['w.main.a'] }),
    timesOf('listens', { kind: 'triggered', lists: ['w.main.a'], byTask: ['w.main.a'] }),
    timesOf('days', { recurrence: daily('00:00'), dependsOn: ['listens'] }),
  ];
  const roots = [root('hours', '2026-03-01T22:00', '2026-03-01T23:00')];
  expect(shown(plan({ tasks, roots }))).toEqual({
    'hours 2026-03-01T22:00': [],
    'listens 2026-03-01T22:00': ['hours 2026-03-01T22:00'],
    'hours 2026-03-01T23:00': [],
    'listens 2026-03-01T23:00': ['hours 2026-03-01T23:00'],
    'days 2026-03-02T00:00': ['listens 2026-03-01T22:00', 'listens 2026-03-01T23:00'],
  });
});

it('takes a time that is off the schedule as named, with what covers it downstream', () => {
  const tasks = [
    timesOf('hours', { recurrence: hourly() }),
    timesOf('days', { recurrence: daily('00:00'), dependsOn: ['hours'] }),
  ];
  expect(shown(plan({ tasks, roots: [root('hours', '2026-03-01T03:17')] }))).toEqual({
    'hours 2026-03-01T03:17': [],
    'days 2026-03-02T00:00': ['hours 2026-03-01T03:17'],
  });
});

it('orders times before the tasks were made like all others', () => {
  const change = { recurrence: daily('00:00'), createdAt: '2026-05-31T00:00:00.000Z' };
  const tasks = [timesOf('down', { ...change, dependsOn: ['up'] }), timesOf('up', change)];
  expect(shown(plan({ tasks, roots: [root('up', '2026-03-01T00:00')] }))).toEqual({
    'up 2026-03-01T00:00': [],
    'down 2026-03-01T00:00': ['up 2026-03-01T00:00'],
  });
});

it('leaves out what is downstream unless asked, and still orders what was named', () => {
  const recurrence = daily('00:00');
  const tasks = [
    timesOf('c', { recurrence, dependsOn: ['b'] }),
    timesOf('b', { recurrence, dependsOn: ['a'] }),
    timesOf('a', { recurrence }),
  ];
  const roots = [root('b', '2026-03-01T00:00'), root('a', '2026-03-01T00:00')];
  expect(shown(plan({ tasks, roots, downstream: 'none' }))).toEqual({
    'a 2026-03-01T00:00': [],
    'b 2026-03-01T00:00': ['a 2026-03-01T00:00'],
  });
});

it('has each instance once, however often it was named or is reached', () => {
  const recurrence = daily('00:00');
  const tasks = [timesOf('a', { recurrence }), timesOf('b', { recurrence, dependsOn: ['a'] })];
  const roots = [
    root('a', '2026-03-01T00:00', '2026-03-01T00:00'),
    root('b', '2026-03-01T00:00'),
    root('a', '2026-03-01T00:00'),
  ];
  expect(plan({ tasks, roots }).cells).toHaveLength(2);
});

it('ends where tasks come after one another in a round', () => {
  const recurrence = hourly();
  const tasks = [
    timesOf('a', { recurrence, dependsOn: ['c'] }),
    timesOf('b', { recurrence, dependsOn: ['a'] }),
    timesOf('c', { recurrence: daily('00:00'), dependsOn: ['b'] }),
  ];
  expect(shown(plan({ tasks, roots: [root('a', '2026-03-01T10:00')] }))).toEqual({
    'a 2026-03-01T10:00': [],
    'b 2026-03-01T10:00': ['a 2026-03-01T10:00'],
    'c 2026-03-02T00:00': ['b 2026-03-01T10:00'],
  });
});

it('does not take a task that reads what it writes for its own need', () => {
  const own = ['w.main.a'];
  const task = timesOf('task', { recurrence: hourly(), reads: own, lists: own, writes: own });
  const roots = [root('task', '2026-03-01T10:00', '2026-03-01T11:00')];
  expect(plan({ tasks: [task], roots }).cells.map((cell) => cell.needs)).toEqual([[], []]);
});

it('lets one old instance of a task without recurrence bring about no more than what covers it', () => {
  const tasks = [
    timesOf('byHand', {}),
    timesOf('days', { recurrence: daily('00:00'), dependsOn: ['byHand'] }),
  ];
  expect(shown(plan({ tasks, roots: [root('byHand', '2025-03-01T10:00')] }))).toEqual({
    'byHand 2025-03-01T10:00': [],
    'days 2025-03-02T00:00': ['byHand 2025-03-01T10:00'],
  });
});

it('lets the last instance of a task that has ended stand no longer than the others', () => {
  const recurrence = daily('10:00', { endTime: '2026-03-01T10:00:00Z' });
  const tasks = [
    timesOf('ended', { recurrence }),
    timesOf('hours', { recurrence: hourly(), dependsOn: ['ended'] }),
  ];
  const { cells } = plan({ tasks, roots: [root('ended', '2026-03-01T10:00')] });
  expect(cells).toHaveLength(25);
  expect(cells.at(-1)!.scheduleTime).toBe('2026-03-02T09:00:00.000Z');
});

describe('what is done about a cell', () => {
  const stands = {
    '2026-03-02': { attempts: 1, status: 'succeeded' },
    '2026-03-03': { attempts: 2, status: 'failed' },
    '2026-03-04': { attempts: 1, status: 'running' },
    '2026-03-05': { attempts: 0, status: 'missed' },
    '2026-03-06': { attempts: 1, status: 'cancelled' },
  } as const;
  const days = ['2026-03-01', ...Object.keys(stands)];

  function actions(
    existing: PlanDetails['existing'],
    rerunMode: 'AllAllowed' | 'FailureAllowed' | 'AllDenied' = 'AllAllowed',
  ): (string | null)[] {
    const { cells } = plan({
      ...{ existing, roots: [root('a', ...days.map((day) => `${day}T00:00`))] },
      tasks: [timesOf('a', { recurrence: daily('00:00'), rerunMode })],
      known: (_task, at) =>
        stands[new Date(at).toISOString().slice(0, 10) as keyof typeof stands] ?? null,
    });
    return cells.map(({ action, reason }) => (reason === null ? action : `${action}: ${reason}`));
  }

  const ran = 'skip: it has been run';
  const denied = 'skip: its run policy allows no rerun';
  it.each([
    ['rerun', 'rerun', 'rerun', 'rerun: it is running; this follows it', 'rerun'],
    ['failed', 'skip: it has succeeded', 'rerun', 'rerun: it is running; this follows it', 'rerun'],
    ['skip', ran, ran, 'skip: it is running', ran],
  ] as const)('is, with existing %s', (existing, succeeded, failed, running, cancelled) => {
    const made = actions(existing);
    expect(made).toEqual([
      'create',
      succeeded,
      failed,
      running,
      'create: it was missed',
      cancelled,
    ]);
  });

  it('heeds the rerun mode, which also says why', () => {
    expect(actions('rerun', 'AllDenied')).toEqual([
      ...['create', denied, denied, denied, 'create: it was missed', denied],
    ]);
    const made = actions('rerun', 'FailureAllowed');
    expect(made[1]).toBe(
      'skip: it has succeeded, and its run policy allows reruns only after a failure',
    );
    expect(made[2]).toBe('rerun');
  });
});

it('marks no table for an instance that the plan runs', () => {
  const tasks = [
    timesOf('a', { recurrence: hourly() }),
    timesOf('b', { kind: 'triggered', lists: ['x.main.t'], dependsOn: ['a'] }),
  ];
  const mark = (day: string) => ({
    ...{ taskId: 'b', table: 'x.main.t' },
    scheduleTime: new Date(utc(day)).toISOString(),
  });
  const marks = [mark('2026-03-01T10:00'), mark('2026-03-02T10:00'), mark('2026-03-02T10:00')];
  const made = plan({ tasks, marks, roots: [root('a', '2026-03-01T10:00')] });
  expect(made.marks).toEqual([mark('2026-03-02T10:00')]);
});

it('is empty where nothing was asked for', () => {
  expect(plan({ tasks: [timesOf('a', { recurrence: hourly() })] })).toEqual({
    ...{ cells: [], marks: [] },
  });
});

it('takes a named time up to a year ahead, with nothing after it that is later', () => {
  const tasks = [
    timesOf('hours', { recurrence: hourly() }),
    timesOf('days', { recurrence: daily('00:00'), dependsOn: ['hours'] }),
  ];
  const roots = [root('hours', '2027-05-30T00:00', '2027-05-30T01:00')];
  expect(shown(plan({ tasks, roots }))).toEqual({
    'hours 2027-05-30T00:00': [],
    'days 2027-05-30T00:00': ['hours 2027-05-30T00:00'],
    'hours 2027-05-30T01:00': [],
  });
  expect(() => plan({ tasks, roots: [root('hours', '2027-06-10T00:00')] })).toThrow(
    '2027-06-10T00:00:00.000Z is more than a year ahead.',
  );
});

it('refuses more cells than a plan may have, naming the range', () => {
  const tasks = [
    timesOf('days', { recurrence: daily('00:00') }),
    timesOf('seconds', { recurrence: cron('* * * * * ?'), dependsOn: ['days'] }),
  ];
  const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06'];
  const roots = [root('days', ...days.map((day) => `${day}T00:00`))];
  expect(() => plan({ tasks, roots })).toThrow(
    'The plan from 2026-03-01T00:00:00.000Z to 2026-03-06T00:00:00.000Z has more than 500,000 instances; ask for a shorter range.',
  );
});
