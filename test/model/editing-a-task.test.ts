/** Rule 4: edits are merged, marks of tables that stay are kept, every gate is judged again. */
import { whyNotEdit } from '../../model/task-steps';
import { listed, one, three, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

const time = '2026-01-01T00:00:00.000Z';

it('merges edits of different fields', () => {
  const machine = new Machine();
  machine.edit({ name: 'New' });
  machine.edit({ runPolicy: { rerunTimes: 3 } });
  machine.edit({ runPolicy: { timeout: 60 }, description: undefined });
  expect(machine.state.definition).toMatchObject({
    ...{ name: 'New', description: '' },
    runPolicy: { rerunTimes: 3, timeout: 60, rerunInterval: 60 },
  });
  expect(machine.state.version).toBe(4);
});

it('refuses an edit of a version that is not the present one, and says both', () => {
  const machine = new Machine();
  machine.edit({ name: 'New' });
  expect(whyNotEdit(machine.state, 1)).toEqual({
    code: 'staleVersion',
    detail: 'the task is at version 2, the edit was made on 1; read it again',
  });
  expect(whyNotEdit(machine.state, 2)).toBeNull();
  expect(whyNotEdit(machine.state, null)).toBeNull();
});

it('keeps the marks of tables that stay and drops the others', () => {
  const machine = new Machine({ tables: listed(one, two, three) });
  machine.calls([one, two]);
  machine.edit({ tables: listed(two, three) });
  expect(machine.marked()).toEqual([two]);
  machine.edit({ tables: listed(one, two, three) });
  expect(machine.marked()).toEqual([two]);
});

it('starts a gate at once that an edit fills', () => {
  const machine = new Machine({ tables: listed(one, two, three) });
  machine.calls([one, two]);
  machine.edit({ tables: listed(one, two) });
  expect(machine.state.live).toMatchObject({ gate: 'round', startedBy: 'triggers' });
});

it('lets a gate that an edit fills while the task is busy wait for the end of the run', () => {
  const machine = new Machine({ tables: listed(one, two, three) });
  machine.calls([one, two]);
  const manual = machine.start();
  machine.edit({ tables: listed(one, two) });
  expect(machine.state.live?.runId).toBe(manual);
  machine.end();
  expect(machine.state.live).toMatchObject({ gate: 'round' });
});

it('withdraws a waiting request whose gate is no longer full', () => {
  const machine = new Machine();
  machine.start();
  machine.calls([one, two], { time });
  machine.edit({ tables: listed(one, two, three) });
  machine.end();
  expect(machine.state.live).toBeNull();
  expect(machine.call(three, { time }).outcome).toBe('started');
});

it('drops a dated gate that has no mark left', () => {
  const machine = new Machine();
  machine.call(one, { time });
  machine.edit({ tables: listed(two, three) });
  expect(machine.state.dated).toEqual([]);
});

it('judges the next round again too', () => {
  const machine = new Machine({ whileRunning: 'latch', tables: listed(one, two) });
  machine.calls([one, two, one]);
  machine.edit({ tables: listed(one) });
  machine.end();
  expect(machine.state.live).toMatchObject({ gate: 'round' });
});

it('resets the round of the live run at its end, whatever an edit did to it', () => {
  const machine = new Machine();
  machine.calls([one, two]);
  machine.edit({ tables: listed(one, two, three) });
  machine.end();
  expect(machine.marked()).toEqual([]);
});

it('leaves the live run the whole definition it was asked for with', () => {
  const machine = new Machine();
  machine.calls([one, two]);
  const asked = structuredClone(machine.state.definition);
  machine.edit({ name: 'New', tables: listed(three), job: { type: 'other', config: { a: 1 } } });
  expect(machine.state.live?.definition).toEqual(asked);
});

it('drops all gates when the kind changes', () => {
  const machine = new Machine({ whileRunning: 'latch' });
  machine.call(one, { time });
  machine.calls([one, two, one]);
  machine.edit({ kind: 'manual' });
  expect(machine.state).toMatchObject({ round: { marks: {} }, nextRound: null, dated: [] });
  machine.edit({ kind: 'triggered' });
  expect(machine.call(two).outcome).toBe('counted');
  machine.end();
  expect(machine.marked()).toEqual([two]);
  expect(machine.state.live).toBeNull();
});

it('keeps all gates when the kind is sent but stays', () => {
  const machine = new Machine();
  machine.call(one);
  machine.edit({ kind: 'triggered' });
  expect(machine.marked()).toEqual([one]);
});

it('drops marks of the next round too whose table is not listed any more', () => {
  const machine = new Machine({ whileRunning: 'latch', tables: listed(one, two, three) });
  machine.calls([one, two, three, two]);
  machine.edit({ tables: listed(one, three) });
  machine.edit({ tables: listed(one, two, three) });
  machine.end();
  expect(machine.marked()).toEqual([]);
});

it('leaves a gate that was opened after a change of kind to itself when the run before ends', () => {
  const machine = new Machine();
  machine.calls([one, two], { time });
  machine.edit({ kind: 'manual' });
  machine.edit({ kind: 'triggered' });
  expect(machine.call(one, { time }).outcome).toBe('counted');
  machine.end();
  expect(machine.call(one, { time }).outcome).toBe('duplicate');
});
