/** A person lets a gate run with the tables that it has: what starts, and what its end resets. */
import { describeTask } from '../../model/task-state';
import { whyNotWithPresent, type PresentAsk } from '../../model/task-steps';
import { listed, one, three, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

const time = '2026-01-01T00:00:00.000Z';

const refusal = (
  { state }: Machine,
  scheduleTime: string | null = null,
  known: PresentAsk['known'] = null,
) => whyNotWithPresent(state, { scheduleTime, by: 'somebody', known })?.code ?? null;

describe.each([
  ['the open round', null],
  ['the gate of a time', time],
])('%s', (_what, at) => {
  const gateOf = ({ state }: Machine) => (at === null ? state.round : state.dated[0]!);

  it('starts one run with the whole definition, and is reset when that ends', () => {
    const machine = new Machine();
    machine.call(one, { time: at });
    expect(refusal(machine, at)).toBeNull();
    const runId = machine.startWithPresent(at);
    const { live, latestRun, definition, outbox } = machine.state;
    expect(live).toMatchObject({
      ...{ runId, startedBy: 'triggers', startedByUser: 'somebody', scheduleTime: at, definition },
      gate: at === null ? 'round' : 'dated',
    });
    expect(latestRun).toMatchObject({ id: runId, status: 'queued' });
    expect(outbox.runs).toMatchObject([{ id: runId, status: 'queued', attempt: 1 }]);
    expect(machine.marked(gateOf(machine))).toEqual([one]);
    machine.end();
    expect(machine.marked()).toEqual([]);
    expect(machine.state.dated).toEqual([]);
    expect(machine.state.live).toBeNull();
    expect(machine.calls([two], { time: at })).toEqual(['counted']);
  });

  it('is refused where nothing has arrived in it', () => {
    const machine = new Machine();
    machine.call(one, { time: at === null ? time : null });
    expect(refusal(machine, at)).toBe('gateEmpty');
  });

  it('is refused while a run is in progress', () => {
    const machine = new Machine();
    machine.call(one, { time: at });
    machine.start();
    expect(refusal(machine, at)).toBe('runInProgress');
    machine.end();
    expect(refusal(machine, at)).toBeNull();
  });

  it('runs while the task is paused, as what a person starts does', () => {
    const machine = new Machine();
    machine.pause(true);
    machine.calls([one, two], { time: at });
    expect(refusal(machine, at)).toBeNull();
    machine.startWithPresent(at);
    machine.end();
    machine.pause(false);
    expect(machine.state.live).toBeNull();
  });

  it('outlives a roll-over', () => {
    const machine = new Machine();
    machine.call(one, { time: at });
    machine.startWithPresent(at);
    machine.state.live!.definition = null;
    machine.call(two, { time: at });
    const before = structuredClone(machine.state);
    machine.rollOver();
    expect(machine.state).toEqual(before);
    machine.end();
    expect(machine.marked()).toEqual([]);
    expect(machine.state.dated.map((gate) => machine.marked(gate))).toEqual(
      at === null ? [] : [[two]],
    );
  });
});

it('is refused for a task that is not triggered, or is removed', () => {
  const manual = new Machine({ kind: 'manual' });
  expect(refusal(manual)).toBe('taskKindMismatch');
  const machine = new Machine();
  machine.call(one);
  machine.remove();
  expect(refusal(machine)).toBe('taskRemoved');
});

it('ignores, and keeps in the ledger, what comes for the round meanwhile', () => {
  const machine = new Machine();
  machine.call(one);
  machine.startWithPresent(null);
  const late = machine.call(two);
  expect(late.outcome).toBe('ignored');
  machine.end();
  expect(machine.apply(late).outcome).toBe('counted');
  expect(machine.marked()).toEqual([two]);
});

it('lets what comes meanwhile mark the next round, where the task latches', () => {
  const machine = new Machine({ whileRunning: 'latch' });
  machine.call(one);
  machine.startWithPresent(null);
  expect(machine.calls([two, one])).toEqual(['counted', 'counted']);
  machine.end();
  expect(machine.state.live).toMatchObject({ gate: 'round', startedByUser: null });
});

it('keeps a table that comes for its time meanwhile, for the next attempt', () => {
  const machine = new Machine();
  machine.call(one, { time });
  machine.startWithPresent(time);
  expect(machine.calls([one, two, two], { time })).toEqual(['duplicate', 'counted', 'duplicate']);
  machine.end();
  const [gate] = machine.state.dated;
  expect(machine.marked(gate)).toEqual([two]);
  expect(gate).toMatchObject({ fullSince: null, upstream: null });
  expect(machine.calls([one], { time })).toEqual(['started']);
  expect(machine.state.live).toMatchObject({ attempt: 2, scheduleTime: time });
  machine.end();
  expect(machine.state.dated).toEqual([]);
});

it('starts the next attempt at its end, where an edit leaves only tables that came meanwhile', () => {
  const machine = new Machine({ tables: listed(one, two, three) });
  machine.call(one, { time });
  machine.startWithPresent(time);
  machine.calls([two, three], { time });
  machine.edit({ tables: listed(two, three) });
  machine.end();
  expect(machine.state.live).toMatchObject({ scheduleTime: time, attempt: 2, gate: 'dated' });
});

it('drops what came meanwhile where its run is that of a full gate, as it always has', () => {
  const machine = new Machine();
  machine.calls([one, two], { time });
  machine.edit({ tables: listed(one, two, three) });
  expect(machine.calls([three], { time })).toEqual(['counted']);
  machine.end();
  expect(machine.state.dated).toEqual([]);
});

describe('the run policy', () => {
  const rerunMode = (mode: 'AllDenied' | 'FailureAllowed') => {
    const machine = new Machine();
    machine.edit({ runPolicy: { rerunMode: mode } });
    machine.call(one, { time });
    return machine;
  };

  it('holds for an instance that was run before, as the task remembers it', () => {
    const machine = rerunMode('FailureAllowed');
    machine.startWithPresent(time);
    machine.end('failed');
    machine.call(one, { time });
    expect(refusal(machine, time)).toBeNull();
    machine.startWithPresent(time);
    expect(machine.state.live).toMatchObject({ attempt: 2 });
    machine.end();
    machine.call(one, { time });
    expect(refusal(machine, time)).toBe('rerunDenied');
  });

  it('holds for one that only the records know, and goes on counting its attempts', () => {
    const known = { attempts: 4, status: 'failed' } as const;
    expect(refusal(rerunMode('AllDenied'), time, known)).toBe('rerunDenied');
    const machine = rerunMode('FailureAllowed');
    expect(refusal(machine, time, known)).toBeNull();
    machine.startWithPresent(time, known);
    expect(machine.state.live).toMatchObject({ attempt: 5 });
  });

  it('says nothing of the open round, which is no instance', () => {
    const machine = rerunMode('AllDenied');
    machine.call(one);
    expect(refusal(machine, null, { attempts: 1, status: 'succeeded' })).toBeNull();
  });
});

it('shows which gate its run is of', () => {
  const machine = new Machine();
  machine.call(one, { time });
  machine.startWithPresent(time);
  expect(describeTask(machine.state).gate?.running).toEqual({ scheduleTime: time });
  machine.end();
  expect(describeTask(machine.state).gate?.running).toBeNull();
});
