/** What the board shows of a task: gates that are open and have led to no run. */
import { describeTask } from '../../model/task-state';
import { waitingGates, waitingSince } from '../../model/waiting';
import { one, two } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';

const time = '2026-06-01T02:00:00.000Z';
const later = '2026-06-02T02:00:00.000Z';

const gatesOf = ({ state }: Machine) => waitingGates(describeTask(state));
const times = (machine: Machine) => gatesOf(machine).map(({ scheduleTime }) => scheduleTime);

test('a round without a mark is not waiting', () => {
  const machine = new Machine();
  expect(gatesOf(machine)).toEqual([]);
  expect(waitingSince(describeTask(machine.state))).toBeNull();
});

test('a round shows since when it waits, what has arrived, and what is missing', () => {
  const machine = new Machine();
  machine.call(one);
  const since = machine.state.round.marks[one]!.at;
  expect(gatesOf(machine)).toEqual([
    {
      ...{ scheduleTime: null, since, status: 'waiting', reason: null },
      arrived: [{ table: one, at: since, caller: 'a caller' }],
      ...{ missing: [two], deadline: null, expiresAt: null },
    },
  ]);
});

test('gates of schedule times stand beside it, oldest first', () => {
  const machine = new Machine();
  machine.call(two, { time: later });
  machine.call(one);
  machine.call(one, { time });
  expect(times(machine)).toEqual([later, null, time]);
  const expiry = machine.state.definition.runPolicy.gateExpiry * 1000;
  const [first] = gatesOf(machine);
  expect(Date.parse(first!.expiresAt!) - Date.parse(first!.since)).toBe(expiry);
  expect(waitingSince(describeTask(machine.state))).toBe(first!.since);
});

test('a gate whose run is live waits for nothing', () => {
  const machine = new Machine();
  machine.calls([one, two], { time });
  machine.calls([one, two], { time: later });
  machine.call(one);
  expect(times(machine)).toEqual([later]);
  expect(gatesOf(machine)[0]).toMatchObject({ status: 'full', reason: 'it waits for its turn' });
  machine.end();
  expect(times(machine)).toEqual([]);
});

test('a full gate of a paused task says so', () => {
  const machine = new Machine();
  machine.pause(true);
  machine.calls([one, two]);
  expect(gatesOf(machine)).toMatchObject([
    { status: 'full', reason: 'the task is paused', missing: [] },
  ]);
});

test('a deadline is counted from the schedule time, or from the first mark of a round', () => {
  const notifications = { webhooks: [], deadline: 3600 };
  const machine = new Machine({ notifications });
  machine.call(one);
  machine.call(one, { time });
  machine.call(one, { time: '2020-01-01T00:00:00.000Z' });
  const deadlines = Object.fromEntries(
    gatesOf(machine).map(({ scheduleTime, deadline }) => [String(scheduleTime), deadline]),
  );
  const since = Date.parse(machine.state.round.marks[one]!.at);
  expect(deadlines).toEqual({
    null: new Date(since + 3_600_000).toISOString(),
    [time]: '2026-06-01T03:00:00.000Z',
    '2020-01-01T00:00:00.000Z': null,
  });
});

test('a due time that waits for tasks upstream says what for, and which of them failed', () => {
  const { state } = new Machine();
  const task = describeTask(state);
  const upstream = (status: 'waiting' | 'blocked' | 'met', reason: string | null) => ({
    ...task,
    kind: 'recurring' as const,
    gate: {
      ...{ tables: [], running: null },
      dated: [{ scheduleTime: time, tables: [], upstream: { status, reason } }],
    },
  });
  const shown = { scheduleTime: time, since: time, arrived: [], missing: [] };
  expect(waitingGates(upstream('waiting', '"Load" has not run'))).toMatchObject([
    { ...shown, status: 'waiting', reason: '"Load" has not run' },
  ]);
  expect(waitingGates(upstream('blocked', '"Load" failed'))).toMatchObject([
    { ...shown, status: 'blocked', reason: '"Load" failed' },
  ]);
  expect(waitingGates(upstream('met', null))).toMatchObject([{ ...shown, status: 'full' }]);
});
