/** Rule 7: an instance is run again as its next attempt, and only where the run policy allows it. */
import { one, two, listed } from '../support/workflows/definition';
import { hour, hourly, TimeMachine, withPolicy } from '../support/workflows/time-machine';

const triggered = { kind: 'triggered', recurrence: null, tables: listed(one, two) } as const;

/** A task whose oldest instances are forgotten. */
function forgetful(given: ConstructorParameters<typeof TimeMachine>[0] = {}): TimeMachine {
  const machine = new TimeMachine({ ...triggered, ...given });
  machine.state.instancesForgotten = true;
  return machine;
}

const fill = (machine: TimeMachine, time: string) => machine.calls([one, two], { time });

describe('a dated gate that fills again', () => {
  it('is the next attempt of its instance, in a record of its own', () => {
    const machine = new TimeMachine(triggered);
    for (const status of ['failed', 'succeeded', 'cancelled'] as const) {
      expect(fill(machine, hour(1))).toEqual(['counted', 'started']);
      machine.end(status);
    }
    expect(machine.records(hour(1))).toMatchObject([
      { attempt: 1, status: 'failed' },
      { attempt: 2, status: 'succeeded' },
      { attempt: 3, status: 'cancelled' },
    ]);
  });

  it.each([
    ['AllDenied', 'succeeded', 'its run policy allows no rerun'],
    ['AllDenied', 'failed', 'its run policy allows no rerun'],
    [
      'FailureAllowed',
      'succeeded',
      'it has succeeded, and its run policy allows reruns only after a failure',
    ],
  ] as const)('leads to no run with %s after it %s', (rerunMode, status, reason) => {
    const machine = new TimeMachine({ ...triggered, ...withPolicy({ rerunMode }) });
    fill(machine, hour(1));
    machine.end(status);
    expect(fill(machine, hour(1))).toEqual(['counted', 'counted']);
    expect(machine.state).toMatchObject({ live: null, dated: [], runCount: 1 });
    expect(machine.records(hour(1))).toMatchObject([
      { attempt: 1, status },
      { attempt: 0, status: 'skipped', startedBy: 'triggers', failureReason: reason },
    ]);
  });

  it.each([
    ['FailureAllowed', 'failed'],
    ['FailureAllowed', 'timedOut'],
    ['FailureAllowed', 'cancelled'],
    ['AllAllowed', 'succeeded'],
  ] as const)('runs again with %s after it %s', (rerunMode, status) => {
    const machine = new TimeMachine({ ...triggered, ...withPolicy({ rerunMode }) });
    fill(machine, hour(1));
    machine.end(status);
    expect(fill(machine, hour(1))).toEqual(['counted', 'started']);
  });

  it('and must not run again lets the next full gate start', () => {
    const machine = new TimeMachine({ ...triggered, ...withPolicy({ rerunMode: 'AllDenied' }) });
    fill(machine, hour(1));
    machine.end();
    machine.start();
    fill(machine, hour(1));
    fill(machine, hour(2));
    machine.end();
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(2), attempt: 1 });
    expect(machine.gates()).toEqual([hour(2)]);
  });
});

it('counts as the first attempt what follows a due time that did not run', () => {
  const machine = new TimeMachine(withPolicy({ rerunMode: 'AllDenied' }));
  machine.start();
  machine.tick(hour(1));
  machine.end();
  machine.request(hour(1));
  machine.endCell(hour(1));
  expect(machine.records(hour(1))).toMatchObject([
    { attempt: 0, status: 'skipped' },
    { attempt: 1, status: 'succeeded' },
  ]);
});

it('counts attempts of cells, gates and due times of one instance together', () => {
  const machine = new TimeMachine();
  machine.due(hour(1));
  machine.end('failed');
  machine.request(hour(1));
  machine.endCell(hour(1), 'failed');
  machine.edit(triggered);
  fill(machine, hour(1));
  expect(machine.state.live).toMatchObject({ scheduleTime: hour(1), attempt: 3 });
});

it('sees no instance in a run without a schedule time', () => {
  const machine = new TimeMachine(withPolicy({ rerunMode: 'AllDenied' }));
  machine.start();
  machine.end();
  machine.start();
  expect(machine.state.live).toMatchObject({ scheduleTime: null, attempt: 1 });
  expect(machine.state.instances).toEqual([]);
});

describe('an instance that may have been forgotten', () => {
  it('is forgotten after 200 others, and one that ran again is among the latest', () => {
    const machine = new TimeMachine(triggered);
    const run = (number: number) => {
      fill(machine, hour(number));
      machine.end();
    };
    for (let number = 1; number <= 200; number += 1) run(number);
    expect(machine.state.instancesForgotten).toBe(false);
    run(1);
    run(201);
    expect(machine.state.instancesForgotten).toBe(true);
    expect(fill(machine, hour(1))).toEqual(['counted', 'started']);
    expect(machine.state.live).toMatchObject({ attempt: 3 });
    machine.end();
    expect(fill(machine, hour(2))).toEqual(['counted', 'counted']);
    expect(machine.state.live).toBeNull();
  });

  it('is looked up in the records before its gate starts anything', () => {
    const machine = forgetful();
    expect(fill(machine, hour(1))).toEqual(['counted', 'counted']);
    const known = { attempts: 3, status: 'failed' } as const;
    expect(machine.answer('met', { known })).toEqual([hour(1)]);
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1), attempt: 4 });
    expect(machine.gates()).toEqual([hour(1)]);
  });

  it('starts as the first attempt where there is no record, and is not looked up again', () => {
    const machine = forgetful();
    machine.start();
    fill(machine, hour(1));
    machine.end();
    expect(machine.answer('met')).toEqual([hour(1)]);
    expect(machine.state.live).toMatchObject({ attempt: 1 });
    machine.end();
    fill(machine, hour(1));
    expect(machine.state.live).toMatchObject({ attempt: 2 });
  });

  it('is looked up whatever its gate waits for otherwise: the answer on upstream tasks is no matter', () => {
    const machine = forgetful();
    fill(machine, hour(1));
    machine.answer('blocked');
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1) });
    expect(machine.records(hour(1))).toMatchObject([{ status: 'queued' }]);
  });

  it('is not run where the records and the run policy forbid it', () => {
    const machine = forgetful(withPolicy({ rerunMode: 'AllDenied' }));
    fill(machine, hour(1));
    machine.answer('met', { known: { attempts: 1, status: 'failed' } });
    expect(machine.state).toMatchObject({ live: null, dated: [] });
    expect(machine.records(hour(1))).toMatchObject([{ status: 'skipped', attempt: 0 }]);
  });

  it('holds up neither other gates nor the round', () => {
    const machine = forgetful();
    machine.request(hour(2), { attempts: 1, status: 'failed' });
    machine.endCell(hour(2));
    fill(machine, hour(1));
    expect(fill(machine, hour(2))).toEqual(['counted', 'started']);
    machine.end();
    expect(machine.calls([one, two])).toEqual(['counted', 'started']);
  });

  it('is looked up again where the answer was lost with the history', () => {
    const machine = forgetful();
    fill(machine, hour(1));
    machine.rollOver();
    machine.pause(true);
    machine.pause(false);
    expect(machine.answer('met', { known: { attempts: 1, status: 'failed' } })).toEqual([hour(1)]);
    expect(machine.state.live).toMatchObject({ attempt: 2 });
  });

  it('waits for the answer that comes while the task is busy, and then runs once', () => {
    const machine = forgetful();
    fill(machine, hour(1));
    machine.start();
    machine.answer('met');
    expect(machine.state.live).toMatchObject({ startedBy: 'manual' });
    machine.end();
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1), attempt: 1 });
  });

  it('does not keep a due time of a later kind from being taken', () => {
    const machine = forgetful();
    fill(machine, hour(1));
    machine.start();
    machine.answer('met');
    machine.edit({ kind: 'recurring', recurrence: hourly({ catchUp: 'all' }) });
    machine.tick(hour(1));
    expect(machine.gates()).toEqual([hour(1)]);
  });
});
