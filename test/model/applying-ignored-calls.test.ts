/** An ignored call can be applied by hand, once, where it could be counted by now. */
import { whyNotApply } from '../../model/task-steps';
import { listed, one, three, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

const time = '2026-01-01T00:00:00.000Z';

/** A task after a run during which a call was ignored. */
function withIgnored(table: string = one) {
  const machine = new Machine();
  machine.calls([one, two]);
  const ignored = machine.call(table);
  expect(ignored.outcome).toBe('ignored');
  return { machine, ignored };
}

it('cannot be applied while the run is in progress, and can after it', () => {
  const { machine, ignored } = withIgnored();
  expect(whyNotApply(machine.state, ignored)?.code).toBe('runInProgress');
  machine.end();
  expect(whyNotApply(machine.state, ignored)).toBeNull();
  expect(machine.apply(ignored)).toMatchObject({
    ...{ receipt: ignored.receipt, outcome: 'counted', appliedBy: 'somebody' },
    appliedAt: machine.now(),
  });
  expect(machine.marked()).toEqual([one]);
});

it('starts the run where it marks the last table', () => {
  const { machine, ignored } = withIgnored();
  machine.end();
  machine.call(two);
  const line = machine.apply(ignored);
  expect(line).toMatchObject({ outcome: 'started', runId: machine.state.live?.runId });
});

it('writes the same ledger line anew, above its first version', () => {
  const { machine, ignored } = withIgnored();
  machine.end();
  machine.apply(ignored);
  const lines = machine.state.outbox.ledger.filter((line) => line.receipt === ignored.receipt);
  expect(lines.map(({ version, outcome }) => [version, outcome])).toEqual([
    [1, 'ignored'],
    [2, 'counted'],
  ]);
});

it('cannot be applied twice', () => {
  const { machine, ignored } = withIgnored();
  machine.end();
  machine.apply(ignored);
  expect(whyNotApply(machine.state, ignored)?.code).toBe('triggerNotApplicable');
  machine.reset(null);
  expect(whyNotApply(machine.state, ignored)).toEqual({
    code: 'triggerNotApplicable',
    detail: 'this call was counted, not ignored',
  });
});

it('cannot be applied where its table is marked already or not listed any more', () => {
  const { machine, ignored } = withIgnored();
  machine.end();
  machine.call(one);
  expect(whyNotApply(machine.state, ignored)?.detail).toBe(`the table ${one} is marked already`);
  machine.edit({ tables: listed(two, three) });
  expect(whyNotApply(machine.state, ignored)?.code).toBe('triggerNotApplicable');
  machine.remove();
  expect(whyNotApply(machine.state, ignored)?.code).toBe('taskRemoved');
});

it('marks the gate of its schedule time', () => {
  const machine = new Machine({ kind: 'manual' });
  const ignored = machine.call(one, { time });
  machine.edit({ kind: 'triggered' });
  expect(machine.apply(ignored).outcome).toBe('counted');
  expect(machine.state.dated).toMatchObject([{ scheduleTime: time }]);
  expect(machine.marked()).toEqual([]);
});
