/** Rules 5 and 6: the pause flag, and the end of a task. */
import { whyNotEdit, whyNotReset, whyNotStart } from '../../model/task-steps';
import { listed, one, three, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

const time = '2026-01-01T00:00:00.000Z';

describe('a paused task', () => {
  it('goes on marking, but starts a full gate on resume only', () => {
    const machine = new Machine();
    machine.pause(true);
    expect(machine.calls([one, two, one])).toEqual(['counted', 'counted', 'duplicate']);
    expect(machine.state.live).toBeNull();
    machine.pause(false);
    expect(machine.state.live).toMatchObject({ gate: 'round' });
  });

  it('is not busy because of a full gate: it can be started by hand', () => {
    const machine = new Machine();
    machine.pause(true);
    machine.calls([one, two]);
    expect(whyNotStart(machine.state)).toBeNull();
    machine.start();
    machine.end();
    expect(machine.state.live).toBeNull();
    expect(machine.marked()).toEqual([one, two]);
  });

  it('lets the live run end and starts none of what waits', () => {
    const machine = new Machine();
    machine.calls([one, two]);
    machine.calls([one, two], { time });
    machine.pause(true);
    machine.end();
    expect(machine.state.live).toBeNull();
    machine.pause(false);
    expect(machine.state.live).toMatchObject({ gate: 'dated', scheduleTime: time });
  });

  it('does not start a gate that an edit fills', () => {
    const machine = new Machine({ tables: listed(one, two, three) });
    machine.pause(true);
    machine.calls([one, two]);
    machine.edit({ tables: listed(one, two) });
    expect(machine.state.live).toBeNull();
  });

  it('changes nothing when it is paused again', () => {
    const machine = new Machine();
    machine.pause(true);
    const before = structuredClone(machine.state);
    machine.pause(true);
    expect(machine.state).toEqual(before);
    expect(before.version).toBe(2);
  });
});

describe('a removed task', () => {
  it('starts nothing more and keeps no gate', () => {
    const machine = new Machine();
    machine.call(one);
    machine.call(one, { time });
    machine.remove();
    expect(machine.state).toMatchObject({ round: { marks: {} }, dated: [], live: null });
    expect(machine.call(two)).toMatchObject({
      outcome: 'ignored',
      reason: 'the task has been removed',
    });
    expect(machine.call(two, { time }).outcome).toBe('ignored');
  });

  it('has its live run cancelled, with the reason, and nothing follows it', () => {
    const machine = new Machine({ whileRunning: 'latch' });
    machine.calls([one, two, one, two]);
    machine.remove();
    expect(machine.state.live).toMatchObject({ cancelReason: 'task removed' });
    machine.end('cancelled');
    expect(machine.state.live).toBeNull();
    expect(machine.state.runCount).toBe(1);
  });

  it('refuses starts, edits and resets', () => {
    const machine = new Machine();
    machine.remove();
    const refusals = [
      whyNotStart(machine.state),
      whyNotEdit(machine.state, null),
      whyNotReset(machine.state, null),
    ];
    expect(refusals.map((refusal) => refusal?.code)).toEqual(Array(3).fill('taskRemoved'));
  });

  it('stays removed by whom it was removed first', () => {
    const machine = new Machine();
    machine.remove();
    const before = structuredClone(machine.state);
    machine.remove();
    expect(machine.state).toEqual(before);
  });
});
