/** Rule 2: a task is busy from the moment a run was asked for until its end. */
import { whyNotStart } from '../../model/task-steps';
import { one, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

const jan = (day: number) => `2026-01-0${day}T00:00:00.000Z`;

it('ignores undated calls from the moment a run was asked for until its end', () => {
  const machine = new Machine();
  machine.calls([one, two]);
  expect(machine.state.live?.definition).not.toBeNull();
  expect(machine.call(one)).toMatchObject({ outcome: 'ignored', reason: 'a run is in progress' });
  machine.end();
  expect(machine.marked()).toEqual([]);
  expect(machine.call(one).outcome).toBe('counted');
});

it('ignores undated calls while a run started by hand is in progress', () => {
  const machine = new Machine();
  machine.start();
  expect(machine.calls([one, two])).toEqual(['ignored', 'ignored']);
});

it('refuses a start by hand while busy, and names the run', () => {
  const machine = new Machine();
  const runId = machine.start();
  expect(whyNotStart(machine.state)).toEqual({
    code: 'runInProgress',
    detail: `run ${runId} is in progress; wait for its end`,
  });
  machine.end();
  expect(whyNotStart(machine.state)).toBeNull();
});

describe('with whileRunning: latch', () => {
  it('marks the next round while the run of the open round is asked for or live', () => {
    const machine = new Machine({ whileRunning: 'latch' });
    machine.calls([one, two]);
    expect(machine.calls([two, two])).toEqual(['counted', 'duplicate']);
    expect(machine.marked()).toEqual([one, two]);
    expect(machine.marked(machine.state.nextRound!)).toEqual([two]);
  });

  it('leaves the next round half full at the end of the run', () => {
    const machine = new Machine({ whileRunning: 'latch' });
    machine.calls([one, two, two]);
    machine.end();
    expect(machine.state.live).toBeNull();
    expect(machine.marked()).toEqual([two]);
    expect(machine.call(one).outcome).toBe('started');
  });

  it('starts the next round at the end of the run where it is full by then', () => {
    const machine = new Machine({ whileRunning: 'latch' });
    machine.calls([one, two, two, one]);
    expect(machine.state.runCount).toBe(1);
    const first = machine.end();
    expect(machine.state.live).toMatchObject({ gate: 'round', startedBy: 'triggers' });
    expect(machine.state.live?.runId).not.toBe(first);
    machine.end();
    expect(machine.marked()).toEqual([]);
    expect(machine.state.live).toBeNull();
  });

  it('marks the open round itself while a run started by hand is live', () => {
    const machine = new Machine({ whileRunning: 'latch' });
    machine.call(one);
    const manual = machine.start();
    expect(machine.calls([one, two])).toEqual(['duplicate', 'counted']);
    expect(machine.marked()).toEqual([one, two]);
    expect(machine.state.live?.runId).toBe(manual);
    machine.end();
    expect(machine.state.live).toMatchObject({ gate: 'round' });
  });

  it('marks the open round itself while the run of a dated gate is live', () => {
    const machine = new Machine({ whileRunning: 'latch' });
    machine.calls([one, two], { time: jan(1) });
    expect(machine.call(one).outcome).toBe('counted');
    expect(machine.marked()).toEqual([one]);
    machine.end();
    expect(machine.marked()).toEqual([one]);
  });

  it('keeps what was marked for the next round across a roll-over', () => {
    const machine = new Machine({ whileRunning: 'latch' });
    machine.calls([one, two, two]);
    machine.state.live!.definition = null;
    machine.rollOver();
    expect(machine.call(one).outcome).toBe('counted');
    machine.end();
    expect(machine.state.live).toMatchObject({ gate: 'round' });
  });
});
