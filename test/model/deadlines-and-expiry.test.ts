/** Rule 14: gates that are late, and gates that expire. */
import { nextTimeLimit, passTime } from '../../model/task-steps';
import type { Notice } from '../../model/notice';
import { one, three, two, listed } from '../support/workflows/definition';
import { hour, hourly, TimeMachine, withPolicy } from '../support/workflows/time-machine';

const url = 'https://hooks.example.com/';
const deadline = (seconds: number | null) => ({
  notifications: { webhooks: [{ url, events: [...events] }], deadline: seconds },
});
const events = ['runFailed', 'runRecovered', 'gateLate', 'gateExpired'] as const;
const triggered = { kind: 'triggered', recurrence: null, tables: listed(one, two) } as const;
const hours = (count: number) => count * 3_600_000;

/** Takes what webhooks are to be told. */
function told(machine: TimeMachine): Notice[] {
  return machine.state.notices.splice(0).map(({ notice }) => notice);
}

/** Lets time pass, as the workflow does: the limits that come up are noted one after the other. */
function pass(machine: TimeMachine, ms: number): Notice[] {
  const end = Date.parse(machine.now()) + ms;
  for (;;) {
    const limit = nextTimeLimit(machine.state);
    if (limit === null || limit > end) break;
    machine.until(new Date(limit).toISOString());
    machine.passTime();
  }
  machine.until(new Date(end).toISOString());
  return told(machine);
}

describe('a deadline of the open round', () => {
  it('counts from its first mark and tells once which tables are missing', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(7200) });
    expect(nextTimeLimit(machine.state)).toBeNull();
    machine.call(one);
    expect(pass(machine, hours(1.9))).toEqual([]);
    expect(pass(machine, hours(0.2))).toMatchObject([
      { event: 'gateLate', scheduleTime: null, missingTables: [two], run: null },
    ]);
    expect(pass(machine, hours(100))).toEqual([]);
  });

  it('says so in one sentence', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(60), name: 'Unify' });
    machine.call(one);
    expect(pass(machine, hours(1))[0]?.message).toBe(
      `The open round of the task "Unify" is late; it still waits for: ${two}.`,
    );
  });

  it('is met by a round that is full by then', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(7200) });
    machine.calls([one, two]);
    machine.end();
    expect(pass(machine, hours(3))).toEqual([]);
  });

  it('is none for a round that is full and waits', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(7200) });
    machine.pause(true);
    machine.calls([one, two]);
    expect(pass(machine, hours(3))).toEqual([]);
  });

  it.each([
    [
      'was run',
      (machine: TimeMachine) => {
        machine.call(two);
        machine.end();
      },
    ],
    ['lost all its marks', (machine: TimeMachine) => machine.edit({ tables: listed(two, three) })],
  ])('is told again for the round after one that was late and %s', (_what, leave) => {
    const machine = new TimeMachine({ ...triggered, ...deadline(7200) });
    machine.call(one);
    expect(pass(machine, hours(3))).toHaveLength(1);
    leave(machine);
    machine.call(two);
    expect(pass(machine, hours(3))).toMatchObject([{ event: 'gateLate' }]);
  });

  it('is not told again after a roll-over', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(7200) });
    machine.call(one);
    pass(machine, hours(3));
    machine.rollOver();
    expect(pass(machine, hours(3))).toEqual([]);
  });

  it('follows an edit', () => {
    const machine = new TimeMachine(triggered);
    machine.call(one);
    expect(pass(machine, hours(5))).toEqual([]);
    machine.edit(deadline(3600));
    expect(pass(machine, 0)).toMatchObject([{ event: 'gateLate' }]);
    const other = new TimeMachine({ ...triggered, ...deadline(7200) });
    other.call(one);
    other.edit(deadline(null));
    expect(pass(other, hours(5))).toEqual([]);
  });

  it('is none for the round of the live run, whatever an edit makes of it', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(7200) });
    machine.calls([one, two]);
    machine.edit({ tables: listed(one, two, three) });
    expect(pass(machine, hours(3))).toEqual([]);
  });
});

describe('a deadline of a schedule time', () => {
  it('counts from that time', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(7200) });
    machine.call(one, { time: hour(5) });
    expect(pass(machine, hours(6.9))).toEqual([]);
    expect(pass(machine, hours(0.2))).toMatchObject([
      { event: 'gateLate', scheduleTime: hour(5), missingTables: [two] },
    ]);
    expect(machine.gates()).toEqual([hour(5)]);
    expect(pass(machine, hours(100))).toEqual([]);
  });

  it('is none where the time was named when it had passed: whoever names it knows that', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(7200) });
    machine.until(hour(100));
    machine.call(one, { time: hour(5) });
    expect(pass(machine, hours(50))).toEqual([]);
  });

  it('holds for due times too, and tells what upstream is missing', () => {
    const machine = new TimeMachine(deadline(7200));
    machine.tick(hour(1));
    machine.answer('waiting', { reason: 'It waits for Load at 01:00' });
    const [notice] = pass(machine, hours(3));
    expect(notice).toMatchObject({ event: 'gateLate', scheduleTime: hour(1), missingTables: [] });
    expect(notice?.message).toContain('it still waits for: It waits for Load at 01:00.');
  });

  it('is met by a due time whose gate is full and waits for a run', () => {
    const machine = new TimeMachine({ ...deadline(7200), recurrence: hourly({ catchUp: 'all' }) });
    machine.start();
    machine.due(hour(1));
    expect(pass(machine, hours(9))).toEqual([]);
  });

  it('comes up in the order of time, that of each gate by itself', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(7200) });
    for (const number of [9, 3, 6]) machine.call(one, { time: hour(number) });
    expect(nextTimeLimit(machine.state)).toBe(Date.parse(hour(5)));
    const late = pass(machine, hours(20));
    expect(late.map(({ scheduleTime }) => scheduleTime)).toEqual([hour(3), hour(6), hour(9)]);
    expect(late.map(({ at }) => at.slice(11, 16))).toEqual(['05:00', '08:00', '11:00']);
  });
});

describe('expiry', () => {
  it('drops a dated gate that was not full in time after its first mark, and tells so', () => {
    const machine = new TimeMachine({
      ...{ ...triggered, ...deadline(null), ...withPolicy({ gateExpiry: 7200 }) },
    });
    machine.call(one, { time: hour(50) });
    machine.later(hours(1));
    machine.call(one, { time: hour(40) });
    expect(pass(machine, hours(1.1))).toMatchObject([
      { event: 'gateExpired', scheduleTime: hour(50), missingTables: [two] },
    ]);
    expect(machine.gates()).toEqual([hour(40)]);
    expect(machine.call(one, { time: hour(50) }).outcome).toBe('counted');
  });

  it('records the instance as missed, with the tables that did not come, and no attempt', () => {
    const machine = new TimeMachine({ ...triggered, ...withPolicy({ gateExpiry: 3600 }) });
    machine.call(one, { time: hour(5) });
    pass(machine, hours(2));
    expect(machine.records(hour(5))).toMatchObject([
      {
        ...{ status: 'missed', startedBy: 'triggers', attempt: 0, tries: 0, startedAt: null },
        failureReason: `its gate has expired; it still waited for tables ${two}`,
      },
    ]);
    expect(machine.state.latestRun).toBeNull();
    expect(machine.state.runCount).toBe(0);
  });

  it('lets a later full gate of the time run it as usual, as the first attempt', () => {
    const machine = new TimeMachine({ ...triggered, ...withPolicy({ gateExpiry: 3600 }) });
    machine.call(one, { time: hour(5) });
    pass(machine, hours(2));
    expect(machine.calls([two, one], { time: hour(5) })).toEqual(['counted', 'started']);
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(5), attempt: 1 });
  });

  it('leaves an instance that was run before what it is, for its next attempt too', () => {
    const machine = new TimeMachine({ ...triggered, ...withPolicy({ gateExpiry: 3600 }) });
    machine.calls([one, two], { time: hour(5) });
    machine.end();
    machine.call(one, { time: hour(5) });
    pass(machine, hours(2));
    expect(machine.state.instances).toMatchObject([{ attempts: 1, status: 'succeeded' }]);
    machine.calls([one, two], { time: hour(5) });
    expect(machine.state.live).toMatchObject({ attempt: 2 });
  });

  it('leaves open what it has forgotten of an instance, so that a later gate asks the records', () => {
    const machine = new TimeMachine({ ...triggered, ...withPolicy({ gateExpiry: 3600 }) });
    machine.state.instancesForgotten = true;
    machine.call(one, { time: hour(5) });
    pass(machine, hours(2));
    machine.calls([one, two], { time: hour(5) });
    expect(machine.state.live).toBeNull();
    machine.answer('met', { known: { attempts: 3, status: 'succeeded' } });
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(5), attempt: 4 });
  });

  it('names the first of many tables', () => {
    const tables = Array.from({ length: 30 }, (_, index) => `crm.main.t${index + 10}`);
    const machine = new TimeMachine({ ...triggered, tables: listed(...tables) });
    machine.call(tables[0]!, { time: hour(5) });
    pass(machine, hours(31 * 24));
    const [record] = machine.records(hour(5));
    expect(record?.failureReason).toMatch(/crm\.main\.t11, .*, crm\.main\.t30 and 9 more$/);
  });

  it('leaves no record in a history that began before such records were', () => {
    const machine = new TimeMachine({ ...triggered, ...withPolicy({ gateExpiry: 3600 }) });
    machine.call(one, { time: hour(5) });
    machine.later(hours(2));
    passTime(machine.state, { ...machine.context(), knows: () => false });
    expect(machine.gates()).toEqual([]);
    expect(machine.records(hour(5))).toEqual([]);
  });

  it('is 30 days after the first mark where nothing else is said', () => {
    const machine = new TimeMachine(triggered);
    machine.call(one, { time: hour(0) });
    pass(machine, hours(30 * 24 - 1));
    expect(machine.gates()).toEqual([hour(0)]);
    pass(machine, hours(2));
    expect(machine.gates()).toEqual([]);
  });

  it('touches neither the open round nor full gates', () => {
    const machine = new TimeMachine({ ...triggered, ...withPolicy({ gateExpiry: 60 }) });
    machine.call(one);
    machine.start();
    machine.calls([one, two], { time: hour(1) });
    machine.end();
    machine.calls([one, two], { time: hour(2) });
    pass(machine, hours(1000));
    expect(machine.marked()).toEqual([one]);
    expect(machine.gates()).toEqual([hour(1), hour(2)]);
  });

  it('does not touch the gate of the live run, whatever an edit makes of it', () => {
    const machine = new TimeMachine({
      ...{ ...triggered, ...deadline(60), ...withPolicy({ gateExpiry: 60 }) },
    });
    machine.calls([one, two], { time: hour(1) });
    machine.edit({ tables: listed(one, two, three) });
    expect(pass(machine, hours(1000))).toEqual([]);
    expect(machine.gates()).toEqual([hour(1)]);
    machine.end();
    expect(machine.gates()).toEqual([]);
  });

  it('follows an edit of the run policy for gates that are open', () => {
    const machine = new TimeMachine(triggered);
    machine.call(one, { time: hour(1) });
    pass(machine, hours(10));
    machine.policy({ gateExpiry: 3600 });
    pass(machine, 0);
    expect(machine.gates()).toEqual([]);
  });

  it('of a due time counts from when it came, and records it as missed', () => {
    const machine = new TimeMachine({ ...deadline(null), ...withPolicy({ gateExpiry: 3600 }) });
    machine.until(hour(9));
    machine.tick(hour(1));
    machine.answer('waiting');
    expect(pass(machine, hours(0.9))).toEqual([]);
    expect(pass(machine, hours(0.2))).toMatchObject([{ event: 'gateExpired' }]);
    expect(machine.records(hour(1))).toMatchObject([{ status: 'missed' }]);
  });

  it('leaves a cell that waits for the same time, which runs as the first attempt', () => {
    const machine = new TimeMachine(withPolicy({ gateExpiry: 3600 }));
    machine.start();
    machine.request(hour(1));
    machine.closing = true;
    machine.end();
    machine.tick(hour(1));
    machine.answer('waiting');
    pass(machine, hours(2));
    machine.closing = false;
    machine.request([]);
    expect(machine.state.cellRuns).toMatchObject([{ scheduleTime: hour(1), attempt: 1 }]);
  });

  it('leaves nothing to wait for once the task is removed', () => {
    const machine = new TimeMachine({ ...triggered, ...deadline(60) });
    machine.call(one);
    machine.call(one, { time: hour(1) });
    machine.remove();
    expect(nextTimeLimit(machine.state)).toBeNull();
  });
});
