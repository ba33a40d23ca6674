/** A call whose Idempotency-Key was used within a day is a duplicate, whatever became of the first. */
import { one, three, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

const reason = 'the Idempotency-Key was used before';
const dayMs = 24 * 3600 * 1000;

it('takes a second call with the same key as a duplicate, also in the next round', () => {
  const machine = new Machine();
  expect(machine.call(one, { key: 'k' }).outcome).toBe('counted');
  expect(machine.call(one, { key: 'k' })).toMatchObject({ outcome: 'duplicate', reason });
  machine.call(two);
  machine.end();
  expect(machine.call(one, { key: 'k' })).toMatchObject({ outcome: 'duplicate', reason });
  expect(machine.marked()).toEqual([]);
});

it('takes the repeat of an ignored call as a duplicate, also when it could be counted by then', () => {
  const machine = new Machine();
  machine.calls([one, two]);
  expect(machine.call(one, { key: 'k' }).outcome).toBe('ignored');
  machine.end();
  expect(machine.call(one, { key: 'k' })).toMatchObject({ outcome: 'duplicate', reason });
  expect(machine.call(three, { key: 'l' }).outcome).toBe('ignored');
  expect(machine.call(three, { key: 'l' })).toMatchObject({ outcome: 'duplicate', reason });
});

it('forgets a key after 24 hours, counted from its first use', () => {
  const machine = new Machine();
  machine.call(one, { key: 'k' });
  machine.later(dayMs - 10);
  expect(machine.call(one, { key: 'k' }).reason).toBe(reason);
  machine.later(10);
  expect(machine.call(two, { key: 'k' }).outcome).toBe('started');
});

it('keeps the last 1,000 keys', () => {
  const machine = new Machine();
  for (let number = 0; number <= 1000; number += 1) machine.call(one, { key: `k${number}` });
  expect(machine.call(one, { key: 'k1' }).reason).toBe(reason);
  expect(machine.call(one, { key: 'k1000' }).reason).toBe(reason);
  expect(machine.call(one, { key: 'k0' }).reason).toBe('the table was marked already');
});

it('knows its keys after a roll-over', () => {
  const machine = new Machine();
  machine.call(one, { key: 'k' });
  machine.rollOver();
  expect(machine.call(one, { key: 'k' }).reason).toBe(reason);
});
