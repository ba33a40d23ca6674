/** Rule 3 for a run that is cancelled, also before cells have left it a slot. */
import { describeTask } from '../../model/task-state';
import {
  cancelRun,
  editTask,
  removeTask,
  runHandedOver,
  runsToStart,
  whyNotCancel,
} from '../../model/task-steps';
import { defaultRunPolicy } from '../../model/task';
import { listed, one, two } from '../support/workflows/definition';
import { hour, hourly, TimeMachine } from '../support/workflows/time-machine';

const triggered = { kind: 'triggered', recurrence: null, tables: listed(one, two) } as const;
const reason = 'by Ada';

/** A task whose only slot is held by a cell. */
function withCell(given: ConstructorParameters<typeof TimeMachine>[0] = {}): TimeMachine {
  const machine = new TimeMachine(given);
  machine.request(hour(0));
  runHandedOver(machine.state, machine.state.cellRuns[0]!.runId);
  return machine;
}

function cancelLive(machine: TimeMachine): string {
  const { runId } = machine.state.live!;
  cancelRun(machine.state, { runId, reason }, machine.context());
  return runId;
}

describe('a run that waits for a slot behind cells', () => {
  it('ends at once when it is cancelled, with who did it, and no workflow begins for it', () => {
    const machine = withCell();
    machine.start();
    const runId = cancelLive(machine);
    expect(machine.state.live).toBeNull();
    expect(runsToStart(machine.state)).toEqual([]);
    expect(machine.state.outbox.runs.filter(({ id }) => id === runId)).toMatchObject([
      { status: 'queued' },
      { status: 'cancelled', failureReason: 'cancelled: by Ada', startedAt: null, tries: 0 },
    ]);
    expect(describeTask(machine.state).latestRun).toMatchObject({ id: runId, status: 'cancelled' });
  });

  it('leaves the cells alone: what runs goes on, and the next takes the slot after it', () => {
    const machine = withCell();
    machine.request(hour(1));
    machine.start();
    cancelLive(machine);
    expect([machine.running(), machine.waiting()]).toEqual([[hour(0)], [hour(1)]]);
    machine.endCell(hour(0));
    expect(machine.running()).toEqual([hour(1)]);
  });

  it('resets the round that had asked for it; the ledger stays as it was', () => {
    const machine = withCell(triggered);
    machine.calls([one, two]);
    const ledger = structuredClone(machine.state.outbox.ledger);
    cancelLive(machine);
    expect(machine.marked()).toEqual([]);
    expect(machine.state.outbox.ledger).toEqual(ledger);
    expect(machine.calls([one, two])).toEqual(['counted', 'started']);
  });

  it('lets a latched round follow it that is full by then', () => {
    const machine = withCell({ ...triggered, whileRunning: 'latch' });
    machine.calls([one, two, one, two]);
    const runId = cancelLive(machine);
    expect(machine.state.live).toMatchObject({ gate: 'round', startedBy: 'triggers' });
    expect(machine.state.live?.runId).not.toBe(runId);
  });

  it('drops the dated gate that had asked for it, as an attempt that was cancelled', () => {
    const machine = withCell(triggered);
    machine.calls([one, two], { time: hour(5) });
    cancelLive(machine);
    expect(machine.gates()).toEqual([]);
    expect(machine.records(hour(5))).toMatchObject([{ status: 'cancelled', attempt: 1 }]);
    machine.calls([one, two], { time: hour(5) });
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(5), attempt: 2 });
  });

  it('is told to the backfills whose cell it had taken over', () => {
    const machine = withCell({ recurrence: hourly({ catchUp: 'all' }) });
    machine.request(hour(2));
    machine.due(hour(2));
    const runId = cancelLive(machine);
    expect(machine.ends()).toMatchObject([{ scheduleTime: hour(2), status: 'cancelled', runId }]);
  });

  it('can be cancelled by the next history as well', () => {
    const machine = withCell(triggered);
    machine.calls([one, two]);
    machine.rollOver();
    cancelLive(machine);
    expect(machine.state.live).toBeNull();
    expect(machine.marked()).toEqual([]);
  });
});

describe('a run whose workflow is being started when an edit leaves fewer slots', () => {
  /** A task with two slots, one of which a cell has; the run that has the other; then one slot. */
  function withFewerSlots(): { machine: TimeMachine; runId: string } {
    const machine = withCell({ runPolicy: { ...defaultRunPolicy, maxParallel: 2 } });
    const runId = machine.start();
    machine.edit({ runPolicy: { ...defaultRunPolicy, maxParallel: 1 } });
    return { machine, runId };
  }
  const isToStart = ({ state }: TimeMachine): string[] =>
    runsToStart(state).map((run) => run.runId);

  it('begins all the same, with the definition that it was asked for with', () => {
    const { machine, runId } = withFewerSlots();
    expect(isToStart(machine)).toEqual([runId]);
    machine.edit({ name: 'Renamed' });
    expect(machine.state.live?.definition?.runPolicy.maxParallel).toBe(2);
    runHandedOver(machine.state, runId);
    expect(isToStart(machine)).toEqual([]);
    expect(machine.state.live).not.toHaveProperty('keepsSlot');
  });

  it('does not end before its workflow has been told that it is cancelled', () => {
    const { machine, runId } = withFewerSlots();
    cancelLive(machine);
    expect(machine.state.live).toMatchObject({ runId, cancelReason: reason });
    expect(isToStart(machine)).toEqual([runId]);
    runHandedOver(machine.state, runId);
    expect(machine.state.live).toMatchObject({ runId, cancelReason: reason, definition: null });
  });

  it('does not end before that where the task is removed either', () => {
    const { machine, runId } = withFewerSlots();
    removeTask(machine.state, 'Ada', machine.context());
    expect(machine.state.live).toMatchObject({ runId, cancelReason: 'task removed' });
  });

  it('holds its slot: what comes next waits for both', () => {
    const { machine, runId } = withFewerSlots();
    machine.request(hour(1));
    runHandedOver(machine.state, runId);
    machine.endCell(hour(0));
    expect([machine.running(), machine.waiting()]).toEqual([[], [hour(1)]]);
    machine.end();
    expect(machine.running()).toEqual([hour(1)]);
  });

  it('ends at once in a history from before that', () => {
    const machine = withCell({ runPolicy: { ...defaultRunPolicy, maxParallel: 2 } });
    machine.start();
    const former = { ...machine.context(), knows: () => false };
    const runPolicy = { ...defaultRunPolicy, maxParallel: 1 };
    editTask(machine.state, { runPolicy }, former);
    cancelLive(machine);
    expect(machine.state.live).toBeNull();
  });
});

describe('any other live run', () => {
  it('goes on until its workflow has been told; the first reason stays', () => {
    const machine = new TimeMachine();
    const runId = machine.start();
    cancelLive(machine);
    cancelRun(machine.state, { runId, reason: 'by somebody else' }, machine.context());
    expect(machine.state.live).toMatchObject({ runId, cancelReason: reason });
  });

  it('may be that of a cell', () => {
    const machine = withCell();
    const { runId } = machine.state.cellRuns[0]!;
    cancelRun(machine.state, { runId, reason }, machine.context());
    expect(machine.state.cellRuns).toMatchObject([{ runId, cancelReason: reason }]);
  });
});

it('refuses a run that is not live', () => {
  const machine = withCell();
  machine.start();
  const runId = cancelLive(machine);
  expect(whyNotCancel(machine.state, runId)).toEqual({
    ...{ code: 'runNotLive', detail: 'the run has ended' },
  });
  expect(whyNotCancel(machine.state, machine.state.cellRuns[0]!.runId)).toBeNull();
});
