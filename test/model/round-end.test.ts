/** Rule 3: which marks the end of a run resets. */
import { endedStatuses } from '../../model/run';
import { describeTask } from '../../model/task-state';
import { endLostRun, endRun, whyNotReset } from '../../model/task-steps';
import { one, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

const time = '2026-01-01T00:00:00.000Z';

it('shows the tables as triggered until the run ends', () => {
  const machine = new Machine();
  machine.calls([one, two]);
  const statuses = () =>
    describeTask(machine.state).gate?.tables.map((table) => table.status) ?? [];
  expect(statuses()).toEqual(['Triggered', 'Triggered']);
  machine.end();
  expect(statuses()).toEqual(['Not Triggered', 'Not Triggered']);
});

it.each(endedStatuses)('resets the round when its run ends as %s', (status) => {
  const machine = new Machine();
  machine.calls([one, two]);
  machine.end(status);
  expect(machine.marked()).toEqual([]);
  expect(machine.state.live).toBeNull();
  expect(machine.state.latestRun).toMatchObject({ status });
});

it('resets the gate of a run that was lost, and writes its record', () => {
  const machine = new Machine();
  machine.calls([one, two]);
  const { runId } = machine.state.live!;
  endLostRun(machine.state, machine.endOf(runId, 'failed'), machine.context());
  expect(machine.marked()).toEqual([]);
  const record = machine.state.outbox.runs.at(-1);
  expect(record).toMatchObject({ id: runId, status: 'failed', failureReason: 'it went wrong' });
  expect(record!.version).toBeGreaterThan(1000);
});

it('takes neither a late nor a repeated end for that of the live run', () => {
  const machine = new Machine();
  machine.calls([one, two]);
  const first = machine.end();
  machine.calls([one, two]);
  const before = structuredClone(machine.state);
  expect(endRun(machine.state, machine.endOf(first), machine.context())).toBe(false);
  endLostRun(machine.state, machine.endOf(first, 'failed'), machine.context());
  expect(machine.state).toEqual(before);
});

it('leaves all marks when a run started by hand begins and ends', () => {
  const machine = new Machine();
  machine.call(one);
  machine.call(two, { time });
  machine.start();
  machine.end();
  expect(machine.marked()).toEqual([one]);
  expect(machine.marked(machine.state.dated[0]!)).toEqual([two]);
  expect(machine.call(two).outcome).toBe('started');
});

it('leaves the open round when the run of a dated gate ends, and the other way round', () => {
  const machine = new Machine();
  machine.call(one);
  machine.calls([one, two], { time });
  machine.end();
  expect(machine.marked()).toEqual([one]);
  machine.call(one, { time });
  machine.call(two);
  machine.end();
  expect(machine.marked(machine.state.dated[0]!)).toEqual([one]);
});

it('resets a gate by hand', () => {
  const machine = new Machine();
  machine.call(one);
  machine.call(one, { time });
  machine.reset(null);
  expect(machine.marked()).toEqual([]);
  expect(machine.state.dated).toHaveLength(1);
  machine.reset(time);
  expect(machine.state.dated).toEqual([]);
});

it('refuses to reset the gate of the live run, but lets its next round go', () => {
  const machine = new Machine({ whileRunning: 'latch' });
  machine.calls([one, two]);
  expect(whyNotReset(machine.state, null)?.code).toBe('runInProgress');
  machine.call(one);
  expect(whyNotReset(machine.state, null)).toBeNull();
  machine.reset(null);
  expect(machine.marked()).toEqual([one, two]);
  machine.end();
  expect(machine.marked()).toEqual([]);

  machine.calls([one, two], { time });
  expect(whyNotReset(machine.state, time)?.code).toBe('runInProgress');
  expect(whyNotReset(machine.state, null)).toBeNull();
});
