/** Rules 2, 7 and 14 for gates of one schedule time. */
import { datedGateLimit, maxDatedGates } from '../../model/gate';
import { findReceipt } from '../../model/task-steps';
import { one, three, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString();

it('opens one gate per schedule time that is named, apart from the open round', () => {
  const machine = new Machine();
  expect(machine.call(one, { time: day(2) }).outcome).toBe('counted');
  expect(machine.call(one, { time: day(1) }).outcome).toBe('counted');
  expect(machine.call(one, { time: day(2) }).outcome).toBe('duplicate');
  expect(machine.call(one).outcome).toBe('counted');
  expect(machine.state.dated.map((gate) => gate.scheduleTime)).toEqual([day(1), day(2)]);
});

it('answers a receipt with what the gate of its time waits for; one that is gone waits for nothing', () => {
  const machine = new Machine();
  const first = machine.call(one, { time: day(1) });
  machine.call(two, { time: day(2) });
  machine.call(two);
  const waitingFor = (time: string | null) =>
    findReceipt(machine.state, first.receipt, time)?.waitingFor;
  expect(waitingFor(day(1))).toEqual([two]);
  machine.call(two, { time: day(1) });
  machine.end();
  expect(waitingFor(day(1))).toEqual([]);
  expect(waitingFor(null)).toEqual([one]);
});

it('starts the run of its schedule time when the gate is full', () => {
  const machine = new Machine();
  machine.calls([one, two], { time: day(1) });
  expect(machine.state.live).toMatchObject({ gate: 'dated', scheduleTime: day(1), attempt: 1 });
  machine.end();
  expect(machine.state.dated).toEqual([]);
});

it('goes on marking while busy; full gates wait, oldest schedule time first', () => {
  const machine = new Machine();
  machine.start();
  expect(machine.calls([one, two], { time: day(3) })).toEqual(['counted', 'counted']);
  expect(machine.calls([one, two], { time: day(1) })).toEqual(['counted', 'counted']);
  expect(machine.calls([one], { time: day(2) })).toEqual(['counted']);
  const started: (string | null | undefined)[] = [];
  for (let runs = 0; runs < 3; runs += 1) {
    machine.end();
    started.push(machine.state.live?.scheduleTime);
  }
  expect(started).toEqual([day(1), day(3), undefined]);
  expect(machine.state.dated.map((gate) => gate.scheduleTime)).toEqual([day(2)]);
});

it('lets the gate that has been full longest go first where a round waits too', () => {
  const machine = new Machine({ whileRunning: 'latch' });
  machine.start();
  machine.calls([one, two]);
  machine.calls([one, two], { time: day(1) });
  machine.end();
  expect(machine.state.live?.gate).toBe('round');
  machine.end();
  expect(machine.state.live?.gate).toBe('dated');

  const other = new Machine({ whileRunning: 'latch' });
  other.start();
  other.calls([one, two], { time: day(1) });
  other.calls([one, two]);
  other.end();
  expect(other.state.live?.gate).toBe('dated');
});

it('counts the attempts of an instance: all tables have to be marked again', () => {
  const machine = new Machine();
  machine.calls([one, two], { time: day(1) });
  machine.end('failed');
  expect(machine.call(one, { time: day(1) }).outcome).toBe('counted');
  expect(machine.call(two, { time: day(1) }).outcome).toBe('started');
  expect(machine.state.live).toMatchObject({ attempt: 2 });
});

it('asks once for a time however often its tables are marked while it waits', () => {
  const machine = new Machine();
  machine.start();
  const outcomes = machine.calls([one, two, one, two], { time: day(1) });
  expect(outcomes).toEqual(['counted', 'counted', 'duplicate', 'duplicate']);
  machine.end();
  machine.end();
  expect(machine.state.live).toBeNull();
  expect(machine.state.runCount).toBe(2);
});

describe('the bound of open dated gates', () => {
  const names = Array.from({ length: 500 }, (_, index) => `crm.main.table_${index}`);

  it('is 1,000, and fewer where tables are many', () => {
    expect(datedGateLimit(['a.b.c'])).toBe(maxDatedGates);
    expect(datedGateLimit(names)).toBeLessThan(20);
    expect(datedGateLimit(names)).toBeGreaterThanOrEqual(1);
  });

  it('ignores a call that would open one more, and counts calls for those that are open', () => {
    const tables = names.map((name) => ({ name, by: 'url' as const }));
    const machine = new Machine({ tables });
    const limit = datedGateLimit(names);
    for (let number = 1; number <= limit; number += 1) {
      expect(machine.call(names[0]!, { time: day(number) }).outcome).toBe('counted');
    }
    const over = machine.call(names[0]!, { time: day(limit + 1) });
    expect(over).toMatchObject({
      outcome: 'ignored',
      reason: `${limit} schedule times are open already`,
    });
    expect(machine.call(names[1]!, { time: day(1) }).outcome).toBe('counted');
    expect(machine.call(names[0]!).outcome).toBe('counted');
  });
});

it('ignores a table that the task does not list, and opens nothing for it', () => {
  const machine = new Machine();
  expect(machine.call(three, { time: day(1) }).outcome).toBe('ignored');
  expect(machine.state.dated).toEqual([]);
});
