/** Rule 1: what marks a gate, and when a gate asks for a run. */
import { describeTask } from '../../model/task-state';
import { findReceipt, takeTriggers } from '../../model/task-steps';
import { one, three, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

it('counts a table that was not marked yet', () => {
  const machine = new Machine();
  expect(machine.call(one)).toMatchObject({ outcome: 'counted', reason: null, runId: null });
  expect(machine.marked()).toEqual([one]);
  expect(machine.state.live).toBeNull();
});

it('starts a run with the call that marks the last table', () => {
  const machine = new Machine();
  machine.call(one);
  const line = machine.call(two);
  expect(line).toMatchObject({ outcome: 'started', runId: machine.state.live?.runId });
  expect(machine.state.live).toMatchObject({
    ...{ startedBy: 'triggers', gate: 'round', scheduleTime: null, attempt: 1 },
    definition: machine.state.definition,
  });
  expect(machine.state.outbox.runs).toMatchObject([{ id: line.runId, status: 'queued' }]);
});

it('takes a repeated mark as a duplicate, and keeps the first one', () => {
  const machine = new Machine();
  const first = machine.call(one);
  machine.later(5000);
  expect(machine.call(one)).toMatchObject({
    outcome: 'duplicate',
    reason: 'the table was marked already',
  });
  expect(machine.state.round.marks[one]?.at).toBe(first.at);
});

it('ignores a table that is not in the task', () => {
  const machine = new Machine();
  expect(machine.call(three)).toMatchObject({
    outcome: 'ignored',
    reason: `the table ${three} is not in the task any more`,
  });
  expect(machine.marked()).toEqual([]);
});

it('ignores calls for a task that is not triggered', () => {
  const machine = new Machine({ kind: 'manual' });
  expect(machine.call(one)).toMatchObject({
    outcome: 'ignored',
    reason: 'the task is manual, not triggered',
  });
});

it('starts one run where calls of many rounds arrive in one signal', () => {
  const machine = new Machine();
  const calls = [one, two, one, two, one].map((table) => machine.makeCall(table));
  takeTriggers(machine.state, calls, machine.context());
  const outcomes = machine.state.outbox.ledger.map((line) => line.outcome);
  expect(outcomes).toEqual(['counted', 'started', 'ignored', 'ignored', 'ignored']);
  expect(machine.state.runCount).toBe(1);
});

it('shows which tables are marked, since when and by whom', () => {
  const machine = new Machine();
  const line = machine.call(two);
  expect(describeTask(machine.state).gate?.tables).toEqual([
    { table: one, status: 'Not Triggered', at: null, caller: null },
    { table: two, status: 'Triggered', at: line.at, caller: line.caller },
  ]);
});

it('answers a receipt with what became of the call and what is still waited for', () => {
  const machine = new Machine();
  const first = machine.call(one);
  expect(findReceipt(machine.state, first.receipt)).toEqual({
    ...{ outcome: 'counted', runId: null, waitingFor: [two] },
  });
  const last = machine.call(two);
  expect(findReceipt(machine.state, last.receipt)).toEqual({
    ...{ outcome: 'started', runId: last.runId, waitingFor: [] },
  });
  expect(findReceipt(machine.state, 'unknown')).toBeNull();
});

it('keeps the latest 1,000 receipts, and 100 across a roll-over', () => {
  const machine = new Machine();
  const lines = Array.from({ length: 1001 }, () => machine.call(one));
  expect(findReceipt(machine.state, lines[0]!.receipt)).toBeNull();
  expect(findReceipt(machine.state, lines[1]!.receipt)).not.toBeNull();
  machine.rollOver();
  expect(findReceipt(machine.state, lines[900]!.receipt)).toBeNull();
  expect(findReceipt(machine.state, lines[901]!.receipt)).not.toBeNull();
});
