/** Whether due times may run: what the records say of the tasks upstream (rule 9). */
import type { Judgement } from '../../model/task-steps';
import type { RunStatus } from '../../model/run';
import type { TaskProjection } from '../../model/task';
import { daily, hourly } from '../support/lineage-tasks';
import { makeSurroundings, recordOf, taskOf, type Surroundings } from './support/surroundings';

let around: Surroundings;
beforeAll(async () => (around = await makeSurroundings()));
afterAll(() => around.close());

const iso = (time: string): string => new Date(`${time}Z`).toISOString();

async function judge(task: TaskProjection, ...times: string[]): Promise<Judgement[]> {
  const { tenant, id: taskId, createdAt, number } = task;
  const ask = { tenant, taskId, createdAt, number, definition: task };
  return around.activities.judgeNeeds({ ...ask, scheduleTimes: times.map(iso) });
}

async function judgeOne(task: TaskProjection, time: string): Promise<Judgement> {
  return (await judge(task, time))[0]!;
}

async function record(task: TaskProjection, time: string, status: RunStatus, attempt = 1) {
  await around.store.runs.project(recordOf(task, time, status, { attempt }));
}

const hour = (index: number): string =>
  `2026-03-0${index === 24 ? 2 : 1}T${String(index % 24).padStart(2, '0')}:00`;

it('is met where there is nothing upstream', async () => {
  const task = taskOf({ recurrence: daily('02:00') });
  expect(await judgeOne(task, '2026-03-01T02:00')).toEqual({
    ...{ scheduleTime: iso('2026-03-01T02:00'), upstream: 'met', reason: null, known: null },
  });
});

it('waits for the same day upstream, and is met when that has succeeded', async () => {
  const up = await around.task({ name: 'Early', recurrence: daily('02:00') });
  const down = taskOf({ recurrence: daily('03:00'), dependsOn: [up.id] });
  expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({
    upstream: 'waiting',
    reason: 'the task "Early" at 2026-03-01T02:00:00+00:00',
  });
  await record(up, '2026-03-01T02:00', 'running');
  expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({ upstream: 'waiting' });
  await record(up, '2026-03-01T02:00', 'succeeded', 2);
  expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({ upstream: 'met', reason: null });
});

it('waits for all 24 hours of a day, and says for how many', async () => {
  const up = await around.task({ name: 'Hours', recurrence: hourly() });
  const down = taskOf({ recurrence: daily('00:00'), dependsOn: [up.id] });
  for (let index = 1; index <= 21; index += 1) await record(up, hour(index), 'succeeded');
  expect(await judgeOne(down, '2026-03-02T00:00')).toMatchObject({
    upstream: 'waiting',
    reason: 'the task "Hours" at 2026-03-01T22:00:00+00:00 and 2 more',
  });
  for (let index = 22; index <= 24; index += 1) await record(up, hour(index), 'succeeded');
  expect(await judgeOne(down, '2026-03-02T00:00')).toMatchObject({ upstream: 'met' });
});

it.each([
  ['failed', 'has failed'],
  ['timedOut', 'has timed out'],
  ['cancelled', 'was cancelled'],
  ['skipped', 'was skipped'],
  ['missed', 'was missed'],
  ['blocked', 'is blocked'],
] as const)(
  'is blocked by a time upstream that %s, named in its own zone',
  async (status, says) => {
    const up = await around.task({ name: 'Early', recurrence: daily('02:00') });
    const change = { recurrence: daily('08:30'), dependsOn: [up.id], timezone: 'Asia/Kolkata' };
    const down = taskOf(change);
    await record(up, '2026-03-01T02:00', status, 0);
    expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({
      upstream: 'blocked',
      reason: `the task "Early" at 2026-03-01T07:30:00+05:30 ${says}`,
    });
  },
);

it('is blocked even while it waits for something else as well', async () => {
  const recurrence = daily('02:00');
  const waits = await around.task({ recurrence });
  const fails = await around.task({ recurrence });
  const down = taskOf({ recurrence: daily('03:00'), dependsOn: [waits.id, fails.id] });
  await record(fails, '2026-03-01T02:00', 'failed');
  expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({ upstream: 'blocked' });
});

it('finds what is upstream by tables: a recurring task that writes what is read', async () => {
  const written = 'w.main.judged';
  const up = await around.task({ name: 'Writer', recurrence: daily('02:00'), writes: [written] });
  await around.task({ name: 'By hand', writes: [written] });
  const down = taskOf({ recurrence: daily('03:00'), reads: [written] });
  expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({
    upstream: 'waiting',
    reason: 'the task "Writer" at 2026-03-01T02:00:00+00:00',
  });
  await record(up, '2026-03-01T02:00', 'succeeded');
  expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({ upstream: 'met' });
});

it('counts what was before the task upstream existed, and a removed task, as met', async () => {
  const young = await around.task({
    recurrence: daily('02:00'),
    createdAt: '2026-03-01T02:00:01.000Z',
  });
  const gone = await around.task({
    recurrence: daily('02:00'),
    removedAt: '2026-02-01T00:00:00.000Z',
  });
  const dependsOn = [young.id, gone.id, 'f'.repeat(32)];
  const down = taskOf({ recurrence: daily('03:00'), dependsOn });
  expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({ upstream: 'met' });
  expect(await judgeOne(down, '2026-03-02T03:00')).toMatchObject({ upstream: 'waiting' });
});

describe('upstream of a task without recurrence', () => {
  it('is met while it has no instance, and goes by the latest where the interval has none', async () => {
    const up = await around.task({ name: 'Now and then' });
    const down = taskOf({ recurrence: daily('03:00'), dependsOn: [up.id] });
    expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({ upstream: 'met' });
    await record(up, '2026-02-01T12:00', 'succeeded');
    await record(up, '2026-02-20T12:00', 'failed');
    await record(up, '2026-03-01T09:00', 'succeeded');
    expect(await judge(down, '2026-02-10T03:00', '2026-03-01T03:00', '2026-03-02T03:00')).toEqual([
      expect.objectContaining({ upstream: 'met' }),
      expect.objectContaining({
        upstream: 'blocked',
        reason: 'the task "Now and then" at 2026-02-20T12:00:00+00:00 has failed',
      }),
      expect.objectContaining({ upstream: 'met' }),
    ]);
  });

  it('waits for a gate that is open', async () => {
    const gate = { scheduleTime: iso('2026-03-01T01:00'), tables: [], upstream: null };
    const up = await around.task({
      ...{ name: 'Open', kind: 'triggered', gate: { tables: [], dated: [gate], running: null } },
    });
    const down = taskOf({ recurrence: daily('03:00'), dependsOn: [up.id] });
    expect(await judgeOne(down, '2026-03-01T03:00')).toMatchObject({
      upstream: 'waiting',
      reason: 'the task "Open" at 2026-03-01T01:00:00+00:00',
    });
    expect(await judgeOne(down, '2026-02-28T03:00')).toMatchObject({ upstream: 'met' });
  });
});

it('says what the records know of the instance itself', async () => {
  const task = await around.task({ recurrence: daily('02:00') });
  await record(task, '2026-03-01T02:00', 'failed', 1);
  await record(task, '2026-03-01T02:00', 'succeeded', 2);
  const judged = await judge(task, '2026-03-01T02:00', '2026-03-02T02:00');
  expect(judged.map(({ known }) => known)).toEqual([{ attempts: 2, status: 'succeeded' }, null]);
});

it('does not let gates that are filled by marks wait for tasks upstream', async () => {
  const up = await around.task({ recurrence: daily('02:00') });
  const down = taskOf({ kind: 'triggered', dependsOn: [up.id] });
  expect(await judgeOne(down, '2026-03-01T02:00')).toMatchObject({ upstream: 'met' });
});
