/** Rules 5 to 7 and 11: cells of backfills, from the request to the end that is reported. */
import { describeTask } from '../../model/task-state';
import {
  confirmReports,
  endRun,
  runHandedOver,
  runsToStart,
  takeReports,
} from '../../model/task-steps';
import { one, two, listed } from '../support/workflows/definition';
import { hour, hourly, TimeMachine, withPolicy } from '../support/workflows/time-machine';

const triggered = { kind: 'triggered', recurrence: null, tables: listed(one, two) } as const;
const slots = (maxParallel: number) => withPolicy({ maxParallel });
const hours = (...numbers: number[]) => numbers.map((number) => hour(number));

/** The workflow gives every run that may start its own. */
function startRuns(machine: TimeMachine): string[] {
  const started = runsToStart(machine.state).map(({ runId }) => runId);
  for (const runId of started) runHandedOver(machine.state, runId);
  return started;
}

describe('slots', () => {
  it('are one unless maxParallel says more; the oldest time goes first', () => {
    const machine = new TimeMachine();
    machine.request(hours(3, 1, 2));
    expect(machine.running()).toEqual([hour(1)]);
    machine.endCell(hour(1));
    expect(machine.running()).toEqual([hour(2)]);
    expect(machine.waiting()).toEqual([hour(3)]);
  });

  it('are as many as maxParallel', () => {
    const machine = new TimeMachine(slots(3));
    machine.request(hours(5, 4, 3, 2, 1));
    expect(machine.running()).toEqual(hours(1, 2, 3));
    machine.endCell(hour(2), 'failed');
    expect(machine.running()).toEqual(hours(1, 3, 4));
  });

  it('follow an edit: more are filled at once, fewer leave what runs alone', () => {
    const machine = new TimeMachine();
    machine.request(hours(1, 2, 3, 4));
    machine.policy({ maxParallel: 3 });
    expect(machine.running()).toEqual(hours(1, 2, 3));
    machine.policy({ maxParallel: 1 });
    expect(machine.running()).toEqual(hours(1, 2, 3));
    machine.endCell(hour(1));
    machine.endCell(hour(2));
    expect(machine.running()).toEqual([hour(3)]);
    machine.endCell(hour(3));
    expect(machine.running()).toEqual([hour(4)]);
  });

  it.each(['a person', 'a due time', 'a gate'])('go to the run that %s asks for first', (who) => {
    const machine = new TimeMachine(who === 'a gate' ? triggered : {});
    machine.request(hours(1, 2));
    startRuns(machine);
    if (who === 'a person') machine.start();
    else if (who === 'a gate') machine.calls([one, two]);
    else machine.due(hour(9));
    expect(startRuns(machine)).toEqual([]);
    machine.endCell(hour(1));
    expect(machine.running()).toEqual([]);
    expect(startRuns(machine)).toEqual([machine.state.live?.runId]);
    machine.end();
    expect(machine.running()).toEqual([hour(2)]);
  });

  it('make a run wait that then begins with the definition of that moment', () => {
    const machine = new TimeMachine();
    machine.request(hour(1));
    startRuns(machine);
    machine.start();
    machine.edit({ name: 'Other' });
    expect(machine.state.live?.definition?.name).toBe('Other');
    machine.endCell(hour(1));
    machine.edit({ name: 'Third' });
    expect(machine.state.live?.definition?.name).toBe('Other');
  });

  it('are held by a live run, and one of several is enough for it', () => {
    const machine = new TimeMachine(slots(2));
    machine.start();
    machine.request(hours(1, 2));
    expect(machine.running()).toEqual([hour(1)]);
    expect(startRuns(machine)).toHaveLength(2);
    machine.end();
    expect(machine.running()).toEqual(hours(1, 2));
  });

  it('are not handed out while the history rolls over, but by the next', () => {
    const machine = new TimeMachine();
    machine.closing = true;
    machine.request(hour(1));
    expect(machine.running()).toEqual([]);
    machine.closing = false;
    machine.request([]);
    expect(machine.running()).toEqual([hour(1)]);
  });
});

describe('a cell', () => {
  it('is recorded as a run of its time, started by the backfill', () => {
    const machine = new TimeMachine();
    machine.request(hour(1), { by: 'Ada' });
    expect(machine.records(hour(1))).toMatchObject([
      { status: 'queued', attempt: 1, startedBy: 'backfill', startedByUser: 'Ada' },
    ]);
  });

  it('runs with the definition of now, not of when it was asked for', () => {
    const machine = new TimeMachine();
    machine.request(hours(1, 2));
    machine.edit({ name: 'Other' });
    machine.endCell(hour(1));
    expect(machine.state.cellRuns[0]?.definition?.name).toBe('Other');
  });

  it('does not make the task busy', () => {
    const machine = new TimeMachine({ ...triggered, ...slots(2) });
    machine.request(hour(1));
    expect(machine.calls([one, two])).toEqual(['counted', 'started']);
  });

  it('leaves all marks', () => {
    const machine = new TimeMachine(triggered);
    machine.call(one);
    machine.call(two, { time: hour(1) });
    machine.request(hour(1));
    machine.endCell(hour(1));
    expect(machine.marked()).toEqual([one]);
    expect(machine.marked(machine.state.dated[0])).toEqual([two]);
  });

  it('is reported as it ends, with its run and the reason', () => {
    const machine = new TimeMachine();
    machine.request(hour(1));
    const runId = machine.endCell(hour(1), 'failed');
    expect(machine.ends()).toEqual([
      { scheduleTime: hour(1), status: 'failed', runId, reason: 'it went wrong' },
    ]);
  });

  it('is reported with no more than the beginning of a long reason', () => {
    const machine = new TimeMachine();
    machine.request(hour(1));
    const { runId } = machine.state.cellRuns[0]!;
    const end = { ...machine.endOf(runId, 'failed'), failureReason: 'x'.repeat(100_000) };
    endRun(machine.state, end, machine.context());
    expect(machine.ends()[0]?.reason).toHaveLength(1000);
  });

  it('runs while the task is paused, and a pause leaves it running', () => {
    const machine = new TimeMachine();
    machine.request(hours(1, 2));
    machine.pause(true);
    expect(machine.running()).toEqual([hour(1)]);
    machine.endCell(hour(1));
    expect(machine.running()).toEqual([hour(2)]);
  });

  it('is not shown as the latest run once another has begun after it', () => {
    const machine = new TimeMachine(slots(2));
    machine.request(hour(1));
    const runId = machine.start();
    startRuns(machine);
    machine.endCell(hour(1), 'failed');
    expect(describeTask(machine.state).latestRun).toMatchObject({ id: runId, status: 'running' });
  });
});

describe('a cell that was asked for before', () => {
  it('is joined while it waits: one run reports to all', () => {
    const machine = new TimeMachine();
    machine.start();
    machine.request(hour(1), { backfills: ['b1'] });
    machine.request(hour(1), { backfills: ['b2', 'b3'] });
    machine.request(hour(1), { backfills: ['b1'] });
    expect(machine.state.cells).toMatchObject([{ backfills: ['b1', 'b2', 'b3'] }]);
    machine.end();
    const runId = machine.endCell(hour(1));
    for (const backfill of ['b1', 'b2', 'b3']) {
      expect(machine.ends(backfill)).toMatchObject([{ status: 'succeeded', runId }]);
    }
    expect(machine.state.runCount).toBe(2);
  });

  it.each([
    ['skip', 'failed', 'failed'],
    ['failed', 'rerun', 'rerun'],
    ['rerun', 'skip', 'rerun'],
  ] as const)('as %s, then as %s, is done as %s', (first, second, both) => {
    const machine = new TimeMachine();
    machine.start();
    machine.request(hour(1), { existing: first });
    machine.request(hour(1), { existing: second, backfills: ['b2'] });
    expect(machine.state.cells).toMatchObject([{ existing: both }]);
  });

  it('is nothing new for a backfill that waits for its run already', () => {
    const machine = new TimeMachine();
    machine.request(hour(1));
    machine.request(hour(1));
    expect(machine.waiting()).toEqual([]);
    machine.request(hour(1), { backfills: ['b1', 'b2'] });
    expect(machine.state.cells).toMatchObject([{ backfills: ['b2'] }]);
  });

  it('follows the live run for another backfill, as the next attempt', () => {
    const machine = new TimeMachine(slots(2));
    machine.request(hour(1), { backfills: ['b1'] });
    machine.request(hour(1), { backfills: ['b2'] });
    expect(machine.running()).toEqual([hour(1)]);
    machine.endCell(hour(1), 'failed');
    expect(machine.state.cellRuns).toMatchObject([{ attempt: 2, backfills: ['b2'] }]);
    machine.endCell(hour(1));
    expect(machine.ends('b1')).toMatchObject([{ status: 'failed' }]);
    expect(machine.ends('b2')).toMatchObject([{ status: 'succeeded' }]);
  });

  it('lets others pass while it follows', () => {
    const machine = new TimeMachine(slots(2));
    machine.request(hour(1), { backfills: ['b1'] });
    machine.request(hours(1, 2), { backfills: ['b2'] });
    expect(machine.running()).toEqual(hours(1, 2));
    expect(machine.waiting()).toEqual([hour(1)]);
  });
});

describe('what exists already is judged at the moment the cell would start', () => {
  const after = (status: 'succeeded' | 'failed', existing: 'rerun' | 'failed' | 'skip') => {
    const machine = new TimeMachine();
    machine.due(hour(1));
    machine.request(hour(1), { existing, attempts: 0, status: null });
    expect(machine.waiting()).toEqual([hour(1)]);
    machine.end(status);
    return machine;
  };

  it.each([
    ['succeeded', 'rerun'],
    ['failed', 'rerun'],
    ['failed', 'failed'],
  ] as const)('after %s: with %s it is run again', (status, existing) => {
    const machine = after(status, existing);
    expect(machine.state.cellRuns).toMatchObject([{ scheduleTime: hour(1), attempt: 2 }]);
  });

  it.each([
    ['succeeded', 'failed', 'it has succeeded'],
    ['succeeded', 'skip', 'it has been run'],
    ['failed', 'skip', 'it has been run'],
  ] as const)('after %s: with %s it is skipped, since %s', (status, existing, reason) => {
    const machine = after(status, existing);
    expect(machine.running()).toEqual([]);
    const skipped = { scheduleTime: hour(1), status: 'skipped', runId: null, reason };
    expect(machine.ends()).toEqual([skipped]);
  });

  it('by what the store knew where the task itself has forgotten', () => {
    const machine = new TimeMachine(slots(2));
    machine.request(hour(1), { existing: 'rerun', attempts: 7, status: 'failed' });
    machine.request(hour(2), { existing: 'failed', attempts: 1, status: 'succeeded' });
    expect(machine.state.cellRuns).toMatchObject([{ scheduleTime: hour(1), attempt: 8 }]);
    expect(machine.ends()).toMatchObject([{ scheduleTime: hour(2), status: 'skipped' }]);
  });

  it('by what became of it while the cell waited, also where that is forgotten since', () => {
    const machine = new TimeMachine();
    machine.due(hour(1));
    machine.request(hour(1));
    machine.state.paused = true;
    machine.closing = true;
    machine.end('failed');
    Object.assign(machine.state, { instances: [], instancesForgotten: true });
    machine.closing = false;
    machine.request([]);
    expect(machine.state.cellRuns).toMatchObject([{ scheduleTime: hour(1), attempt: 2 }]);
  });

  it('by what the task knew when it was asked for, where the store was behind', () => {
    const machine = new TimeMachine();
    machine.due(hour(1));
    machine.end();
    machine.start();
    machine.request(hour(1), { attempts: 0, status: null });
    Object.assign(machine.state, { instances: [], instancesForgotten: true });
    machine.end();
    expect(machine.state.cellRuns).toMatchObject([{ scheduleTime: hour(1), attempt: 2 }]);
  });

  it.each([
    ['AllDenied', 'failed', 'its run policy allows no rerun'],
    [
      'FailureAllowed',
      'succeeded',
      'it has succeeded, and its run policy allows reruns only after a failure',
    ],
  ] as const)('by the run policy: %s after %s', (rerunMode, status, reason) => {
    const machine = new TimeMachine(withPolicy({ rerunMode }));
    machine.request(hour(1), { attempts: 1, status });
    expect(machine.running()).toEqual([]);
    expect(machine.ends()).toMatchObject([{ status: 'skipped', reason }]);
  });

  it.each(['skipped', 'missed', 'blocked'] as const)(
    'where nothing ran (%s) it is its first attempt',
    (status) => {
      const machine = new TimeMachine(withPolicy({ rerunMode: 'AllDenied' }));
      machine.request(hour(1), { attempts: 0, status, existing: 'skip' });
      expect(machine.state.cellRuns).toMatchObject([{ attempt: 1 }]);
    },
  );

  it('a cell that is skipped gives its slot to the next', () => {
    const machine = new TimeMachine();
    machine.request([hour(1)], { existing: 'skip', attempts: 1, status: 'failed' });
    machine.request(hour(2));
    expect(machine.running()).toEqual([hour(2)]);
  });
});

describe('a gate of the same time', () => {
  it('that a due time opened is taken over while it waits, and leads to no second run', () => {
    const machine = new TimeMachine();
    machine.tick(hour(1));
    machine.answer('waiting');
    machine.request(hour(1));
    expect(machine.gates()).toEqual([]);
    expect(machine.state.cellRuns).toMatchObject([{ attempt: 1 }]);
    machine.tick(hour(1));
    expect(machine.gates()).toEqual([]);
  });

  it('gives its record to the cell where it was blocked', () => {
    const machine = new TimeMachine();
    machine.tick(hour(1));
    machine.answer('blocked');
    const [{ id } = { id: '' }] = machine.records(hour(1));
    machine.request(hour(1));
    expect(machine.state.cellRuns).toMatchObject([{ runId: id, attempt: 1 }]);
    machine.endCell(hour(1));
    expect(machine.records(hour(1))).toMatchObject([{ id, status: 'succeeded' }]);
  });

  it('that a due time filled serves the cell that waits', () => {
    const machine = new TimeMachine({ recurrence: hourly({ catchUp: 'all' }) });
    machine.start();
    machine.due(hour(1));
    machine.request(hour(1));
    machine.end();
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1), backfills: ['b1'] });
    expect(machine.waiting()).toEqual([]);
    const runId = machine.end();
    expect(machine.ends()).toMatchObject([{ runId, status: 'succeeded' }]);
    expect(machine.records(hour(1))).toHaveLength(1);
  });

  it('that tables have filled serves the cell, which waits for it', () => {
    const machine = new TimeMachine({ ...triggered, ...slots(2) });
    machine.start();
    machine.calls([one, two], { time: hour(1) });
    machine.request(hours(1, 2));
    expect(machine.running()).toEqual([hour(2)]);
    machine.end();
    expect(machine.state.live).toMatchObject({
      ...{ gate: 'dated', scheduleTime: hour(1), backfills: ['b1'] },
    });
    expect(machine.waiting()).toEqual([]);
  });

  it('that tables have filled does not hold the cell up while the task is paused', () => {
    const machine = new TimeMachine(triggered);
    machine.pause(true);
    machine.calls([one, two], { time: hour(1) });
    machine.request(hour(1));
    expect(machine.running()).toEqual([hour(1)]);
    expect(machine.gates()).toEqual([hour(1)]);
  });

  it('holds the cell up no longer once the task is paused', () => {
    const machine = new TimeMachine({ ...triggered, ...slots(2) });
    machine.start();
    machine.calls([one, two], { time: hour(1) });
    machine.request(hour(1));
    expect(machine.running()).toEqual([]);
    machine.pause(true);
    expect(machine.running()).toEqual([hour(1)]);
  });

  it('holds the cell up no longer once the gate is reset', () => {
    const machine = new TimeMachine({ ...triggered, ...slots(2) });
    machine.start();
    machine.calls([one, two], { time: hour(1) });
    machine.request(hour(1));
    machine.reset(hour(1));
    expect(machine.running()).toEqual([hour(1)]);
  });

  it('that fills while the cell runs waits for its end: an instance runs once at a time', () => {
    const machine = new TimeMachine({ ...triggered, ...slots(2) });
    machine.request(hour(1));
    expect(machine.calls([one, two], { time: hour(1) })).toEqual(['counted', 'counted']);
    expect(machine.state.live).toBeNull();
    expect(machine.calls([one, two], { time: hour(2) })).toEqual(['counted', 'started']);
    machine.end();
    expect(machine.state.live).toBeNull();
    machine.endCell(hour(1));
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1), attempt: 2 });
  });
});

describe('a backfill that stops', () => {
  it('gets back what has not begun, and the end of what has', () => {
    const machine = new TimeMachine();
    machine.request(hours(1, 2, 3));
    machine.stop('b1');
    expect(machine.ends()).toEqual(
      hours(2, 3).map((scheduleTime) => ({
        ...{ scheduleTime, status: 'withdrawn', runId: null },
        reason: 'the backfill was stopped',
      })),
    );
    machine.endCell(hour(1));
    expect(machine.ends()).toMatchObject([{ scheduleTime: hour(1), status: 'succeeded' }]);
    expect(machine.running()).toEqual([]);
  });

  it('leaves cells that others wait for too', () => {
    const machine = new TimeMachine();
    machine.start();
    machine.request(hour(1), { backfills: ['b1', 'b2'] });
    machine.stop('b1');
    expect(machine.ends('b1')).toMatchObject([{ status: 'withdrawn' }]);
    expect(machine.ends('b2')).toEqual([]);
    expect(machine.state.cells).toMatchObject([{ backfills: ['b2'] }]);
  });

  it('cancels its runs only where it is to kill them', () => {
    const machine = new TimeMachine(slots(2));
    machine.request(hour(1));
    machine.request(hour(2), { backfills: ['b2'] });
    machine.stop('b1');
    expect(machine.state.cellRuns.map((run) => run.cancelReason)).toEqual([null, null]);
    machine.stop('b1', true);
    expect(machine.state.cellRuns.map((run) => run.cancelReason)).toEqual([
      'backfill cancelled',
      null,
    ]);
    machine.endCell(hour(1), 'cancelled');
    expect(machine.ends()).toMatchObject([{ scheduleTime: hour(1), status: 'cancelled' }]);
  });

  it('is let go at once where others wait for the run, which is cancelled for the last of them', () => {
    const machine = new TimeMachine();
    machine.request(hour(1), { backfills: ['b1', 'b2'] });
    machine.stop('b1', true);
    expect(machine.state.cellRuns[0]?.cancelReason).toBeNull();
    expect(machine.ends('b1')).toMatchObject([{ scheduleTime: hour(1), status: 'withdrawn' }]);
    machine.stop('b2', true);
    expect(machine.state.cellRuns[0]?.cancelReason).toBe('backfill cancelled');
    machine.endCell(hour(1), 'cancelled');
    expect(machine.ends('b1')).toEqual([]);
    expect(machine.ends('b2')).toMatchObject([{ status: 'cancelled' }]);
  });

  it('never cancels what a gate, a due time or a person has started', () => {
    const machine = new TimeMachine({ recurrence: hourly({ catchUp: 'all' }) });
    machine.start();
    machine.due(hour(1));
    machine.request(hour(1));
    machine.end();
    machine.stop('b1', true);
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1), cancelReason: null });
    expect(machine.ends()).toMatchObject([{ status: 'withdrawn' }]);
  });
});

describe('a removed task', () => {
  it('drops the cells that wait and cancels those that run', () => {
    const machine = new TimeMachine();
    machine.request(hours(1, 2));
    machine.remove();
    expect(machine.ends()).toMatchObject([{ scheduleTime: hour(2), status: 'dropped' }]);
    expect(machine.state.cellRuns[0]?.cancelReason).toBe('task removed');
    machine.endCell(hour(1), 'cancelled');
    expect(machine.ends()).toMatchObject([{ scheduleTime: hour(1), status: 'cancelled' }]);
    expect(machine.running()).toEqual([]);
  });

  it('drops what is asked for later', () => {
    const machine = new TimeMachine();
    machine.remove();
    machine.request(hours(1, 2));
    expect(machine.ends().map(({ status }) => status)).toEqual(['dropped', 'dropped']);
    expect(machine.running()).toEqual([]);
  });

  it('answers once where a cell that is being cancelled is asked for again', () => {
    const machine = new TimeMachine();
    machine.request(hour(1));
    machine.remove();
    machine.request(hour(1));
    expect(machine.ends()).toEqual([]);
    machine.endCell(hour(1), 'cancelled');
    expect(machine.ends()).toMatchObject([{ scheduleTime: hour(1), status: 'cancelled' }]);
  });

  it('does not start the run that waited for a slot', () => {
    const machine = new TimeMachine();
    machine.request(hour(1));
    startRuns(machine);
    const runId = machine.start();
    machine.remove();
    expect(machine.state.live).toBeNull();
    machine.endCell(hour(1), 'cancelled');
    expect(startRuns(machine)).toEqual([]);
    expect(machine.state.outbox.runs.findLast((record) => record.id === runId)).toMatchObject({
      ...{ status: 'cancelled', failureReason: 'cancelled: task removed' },
    });
  });
});

describe('what is too much to keep', () => {
  const full = () => {
    const machine = new TimeMachine();
    machine.start();
    for (let number = 1; number <= 2000; number += 1) machine.request(hour(number));
    return machine;
  };

  it('is handed back', () => {
    const machine = full();
    const back = machine.ends();
    expect(machine.waiting()).toHaveLength(500);
    expect(back).toHaveLength(1500);
    const reason = 'too many cells wait in the task';
    const end = { scheduleTime: hour(501), status: 'withdrawn', reason, full: true };
    expect(back[0]).toMatchObject(end);
  });

  it('is also a backfill more for a cell that waits, but not the same one again', () => {
    const machine = full();
    machine.ends();
    machine.request(hour(1));
    expect(machine.ends()).toEqual([]);
    machine.request(hour(1), { backfills: ['b1', 'b2'] });
    expect(machine.ends('b1')).toEqual([]);
    expect(machine.ends('b2')).toMatchObject([{ scheduleTime: hour(1), status: 'withdrawn' }]);
    expect(machine.state.cells[0]).toMatchObject({ backfills: ['b1'] });
  });

  it('is asked for again when others have ended', () => {
    const machine = full();
    machine.end();
    machine.endCell(hour(1));
    machine.ends();
    machine.request(hour(501));
    expect(machine.ends()).toEqual([]);
    expect(machine.waiting()).toHaveLength(499);
  });
});

it('tells one backfill many ends at once, and nobody else', () => {
  const machine = new TimeMachine();
  machine.remove();
  const many = Array.from({ length: 600 }, (_, index) => hour(index));
  machine.request(hour(1000), { backfills: ['b2'] });
  machine.request(many);
  expect(takeReports(machine.state)).toMatchObject({ backfill: 'b2', ends: [{}] });
  machine.ends('b2');
  const taken = takeReports(machine.state);
  expect(taken?.backfill).toBe('b1');
  expect(taken?.ends).toHaveLength(500);
});

it('tells the rest of the ends once the first of them have been taken', () => {
  const machine = new TimeMachine();
  machine.remove();
  machine.request(hours(1, 2));
  machine.request(hours(1, 2), { backfills: ['b2'] });
  confirmReports(machine.state, 'b1', 1);
  expect(machine.ends('b1')).toMatchObject([{ scheduleTime: hour(2) }]);
  expect(machine.ends('b2')).toHaveLength(2);
});

it('keeps cells that wait and run across a roll-over', () => {
  const machine = new TimeMachine();
  machine.request(hours(1, 2));
  machine.request(hour(2), { backfills: ['b2'] });
  startRuns(machine);
  machine.rollOver();
  machine.endCell(hour(1));
  machine.endCell(hour(2));
  expect(machine.ends('b1')).toHaveLength(2);
  expect(machine.ends('b2')).toHaveLength(1);
});
