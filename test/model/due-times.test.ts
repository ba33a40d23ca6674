/** Rules 2, 5 and 13: what becomes of each due time of a recurring task. */
import { dueGateLimit } from '../../model/gate';
import { isProjected } from '../../model/task-state';
import { one } from '../support/workflows/definition';
import { hour, hourly, TimeMachine } from '../support/workflows/time-machine';

describe('a due time', () => {
  it('opens a gate that is asked about before anything starts', () => {
    const machine = new TimeMachine();
    machine.tick(hour(1), hour(2));
    expect(machine.gates()).toEqual([hour(1)]);
    expect(machine.state.live).toBeNull();
    expect(machine.answer('met')).toEqual([hour(1)]);
    expect(machine.state.live).toMatchObject({
      ...{ gate: 'dated', startedBy: 'schedule', scheduleTime: hour(1), attempt: 1 },
    });
  });

  it('is shown, and stored anew, from the moment it has come', () => {
    const machine = new TimeMachine();
    machine.state.projected = machine.state.revision;
    machine.tick(hour(1));
    expect(isProjected(machine.state)).toBe(false);
  });

  it('DW-21: Normal: is a run of the job, recorded as it ends', () => {
    const machine = new TimeMachine({ recurrence: hourly({ mode: 'normal' }) });
    machine.due(hour(1));
    expect(machine.state.live?.definition).not.toBeNull();
    machine.end('failed');
    expect(machine.gates()).toEqual([]);
    expect(machine.records(hour(1))).toMatchObject([{ status: 'failed', attempt: 1 }]);
  });

  it('DW-21: Pause: leads to no run at the scheduled time, and to none on resume', () => {
    const machine = new TimeMachine();
    machine.pause(true);
    machine.tick(hour(1));
    machine.pause(false);
    expect(machine.answer('met')).toEqual([]);
    expect(machine.state).toMatchObject({ live: null, dated: [], runCount: 0 });
    expect(machine.records(hour(1))).toMatchObject([
      { status: 'skipped', attempt: 0, failureReason: 'the task was paused' },
    ]);
  });

  it('DW-21: Skip: is recorded as succeeded without work', () => {
    const machine = new TimeMachine({ recurrence: hourly({ mode: 'skip' }) });
    machine.due(hour(1));
    expect(machine.state).toMatchObject({ live: null, dated: [] });
    expect(machine.records(hour(1))).toMatchObject([
      { status: 'succeeded', attempt: 1, tries: 0, startedBy: 'schedule' },
    ]);
    expect(machine.records(hour(1))[0]?.finishedAt).not.toBeNull();
  });

  it('waits for what comes before it also where the mode is skip', () => {
    const machine = new TimeMachine({ recurrence: hourly({ mode: 'skip' }) });
    machine.tick(hour(1));
    machine.answer('waiting');
    expect(machine.records(hour(1))).toEqual([]);
  });

  it('succeeds without work for hundreds of times that had waited for the resume', () => {
    const machine = new TimeMachine({ recurrence: hourly({ mode: 'skip' }) });
    for (let number = 1; number <= dueGateLimit; number += 1) machine.tick(hour(number));
    machine.pause(true);
    while (machine.answer('met').length > 0);
    machine.pause(false);
    expect(machine.gates()).toEqual([]);
    expect(machine.state.runCount).toBe(dueGateLimit);
  });
});

describe('a second tick of the same time does nothing', () => {
  const whatWas: [string, (machine: TimeMachine) => void][] = [
    ['its gate is open', (machine) => machine.tick(hour(1))],
    ['its run is live', (machine) => machine.due(hour(1))],
    [
      'its run has ended',
      (machine) => {
        machine.due(hour(1));
        machine.end();
      },
    ],
    [
      'it was skipped',
      (machine) => {
        machine.pause(true);
        machine.tick(hour(1));
        machine.pause(false);
      },
    ],
    ['a backfill runs it', (machine) => machine.request(hour(1))],
    [
      'a backfill has run it',
      (machine) => {
        machine.request(hour(1));
        machine.endCell(hour(1), 'failed');
      },
    ],
    [
      'its gate has expired',
      (machine) => {
        machine.tick(hour(1));
        machine.answer('waiting');
        machine.later(31 * 86_400_000);
        machine.passTime();
      },
    ],
  ];

  it.each(whatWas)('where %s', (_what, before) => {
    const machine = new TimeMachine();
    before(machine);
    // Only the latest due times are remembered as such; the instance tells it too.
    machine.state.ticks = [];
    const was = structuredClone(machine.state);
    machine.tick(hour(1));
    expect(machine.state).toEqual(was);
  });

  it('also where only the due time itself is remembered', () => {
    const machine = new TimeMachine();
    machine.due(hour(1));
    machine.end();
    machine.state.instances = [];
    machine.tick(hour(1));
    expect(machine.gates()).toEqual([]);
  });

  it('and where everything of it is forgotten, the records tell it', () => {
    const machine = new TimeMachine();
    machine.due(hour(1));
    machine.end();
    Object.assign(machine.state, { instances: [], ticks: [], instancesForgotten: true });
    machine.tick(hour(1));
    machine.answer('met', { known: { attempts: 1, status: 'succeeded' } });
    expect(machine.state).toMatchObject({ live: null, dated: [], runCount: 1 });
  });
});

describe('a due time that comes while the task is busy', () => {
  it.each(['latest', 'none'] as const)('is skipped with catch-up %s', (catchUp) => {
    const machine = new TimeMachine({ recurrence: hourly({ catchUp }) });
    machine.start();
    machine.tick(hour(1), hour(2));
    expect(machine.gates()).toEqual([]);
    expect(machine.records(hour(1))).toMatchObject([
      { status: 'skipped', attempt: 0, failureReason: 'a run was in progress' },
    ]);
  });

  it('waits with catch-up all, the oldest first', () => {
    const machine = new TimeMachine({ recurrence: hourly({ catchUp: 'all' }) });
    machine.start();
    for (const number of [2, 1, 3]) machine.tick(hour(number), hour(number + 1));
    machine.answer('met');
    const started: (string | null | undefined)[] = [];
    for (let runs = 0; runs < 4; runs += 1) {
      machine.end();
      started.push(machine.state.live?.scheduleTime);
    }
    expect(started).toEqual([hour(1), hour(2), hour(3), undefined]);
  });

  it('is not skipped for cells of backfills, which do not make the task busy', () => {
    const machine = new TimeMachine();
    machine.request(hour(1));
    machine.due(hour(2));
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(2) });
  });

  it('is not skipped for an earlier one that still waits for upstream tasks', () => {
    const machine = new TimeMachine();
    machine.tick(hour(1));
    machine.answer('waiting');
    machine.tick(hour(2));
    expect(machine.gates()).toEqual([hour(1), hour(2)]);
  });
});

describe('a due time that comes late', () => {
  it('is missed with catch-up latest if a later one has passed', () => {
    const machine = new TimeMachine();
    machine.until(hour(5));
    machine.tick(hour(1), hour(2));
    expect(machine.gates()).toEqual([]);
    const [record] = machine.records(hour(1));
    expect(record).toMatchObject({ status: 'missed', attempt: 0 });
    expect(record?.failureReason).toContain(hour(2));
  });

  it('is taken with catch-up latest if it is the latest, however late, or the last of all', () => {
    const machine = new TimeMachine();
    machine.until(hour(500));
    machine.tick(hour(1), hour(501));
    machine.tick(hour(2), null);
    expect(machine.gates()).toEqual([hour(1), hour(2)]);
  });

  it('is missed with catch-up none if it is more than 10 minutes late', () => {
    const machine = new TimeMachine({ recurrence: hourly({ catchUp: 'none' }) });
    machine.until(hour(1));
    machine.later(10 * 60_000 - 1);
    machine.tick(hour(1), hour(2));
    expect(machine.gates()).toEqual([hour(1)]);
    machine.until(hour(2));
    machine.later(10 * 60_000);
    machine.tick(hour(2), hour(3));
    expect(machine.gates()).toEqual([hour(1)]);
    expect(machine.records(hour(2))).toMatchObject([{ status: 'missed' }]);
  });

  it('is taken with catch-up all, however late', () => {
    const machine = new TimeMachine({ recurrence: hourly({ catchUp: 'all' }) });
    machine.until(hour(500));
    for (let number = 1; number < 4; number += 1) machine.tick(hour(number), hour(number + 1));
    expect(machine.gates()).toEqual([hour(1), hour(2), hour(3)]);
  });
});

it('records a due time as missed where too many are waiting', () => {
  const machine = new TimeMachine({ recurrence: hourly({ catchUp: 'all' }) });
  for (let number = 1; number <= dueGateLimit + 1; number += 1) machine.tick(hour(number));
  expect(machine.gates()).toHaveLength(dueGateLimit);
  expect(machine.records(hour(dueGateLimit + 1))).toMatchObject([
    { status: 'missed', failureReason: `${dueGateLimit} times are waiting already` },
  ]);
});

it.each(['triggered', 'manual'] as const)('takes no due time where the kind is %s', (kind) => {
  const machine = new TimeMachine({ kind });
  const was = structuredClone(machine.state);
  machine.tick(hour(1));
  expect(machine.state).toEqual(was);
});

it('takes no due time of a task that was removed', () => {
  const machine = new TimeMachine();
  machine.remove();
  const was = structuredClone(machine.state);
  machine.tick(hour(1));
  expect(machine.state).toEqual(was);
});

it('ignores trigger calls for a recurring task, dated or not', () => {
  const machine = new TimeMachine();
  machine.tick(hour(1));
  expect(machine.call(one, { time: hour(1) }).outcome).toBe('ignored');
  expect(machine.call(one).outcome).toBe('ignored');
  expect(machine.state.dated[0]?.marks).toEqual({});
});

it('opens the gate of a due time while the history rolls over; it is asked about in the next', () => {
  const machine = new TimeMachine();
  machine.closing = true;
  machine.tick(hour(1));
  machine.rollOver();
  machine.closing = false;
  expect(machine.answer('met')).toEqual([hour(1)]);
  expect(machine.state.live).toMatchObject({ scheduleTime: hour(1) });
});
