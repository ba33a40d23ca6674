/** What a task's webhooks are told of its runs and gates, on a real Temporal. */
import type { Notice } from '../../model/notice';
import { defaultRunPolicy, type TaskDefinition } from '../../model/task';
import { JobError } from '../../model/job-type';
import { noticeWorkflowId } from '../../model/names';
import { hours, requestCells } from '../support/workflows/cells';
import { one, two } from '../support/workflows/definition';
import { House, makeId, tenant, type OpenedTask } from '../support/workflows/house';
import { Mailbox } from '../support/workflows/mailbox';
import { nothingDone } from '../support/workflows/world';

let house: House;
let told: { url: string; notice: Notice }[];
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());
beforeEach(() => {
  told = [];
  house.world.job = async () => nothingDone;
  house.world.webhook = async ({ url, notice }) => {
    told.push({ url, notice });
    house.world.changed();
    return { status: 200 };
  };
});

const url = 'https://hooks.example.com/all';
const lateOnly = 'https://hooks.example.com/late';
const notifications: NonNullable<TaskDefinition['notifications']> = {
  webhooks: [
    { url, events: ['runFailed', 'runRecovered', 'gateLate', 'gateExpired'] },
    { url: lateOnly, events: ['gateLate'] },
  ],
  deadline: null,
};

const fails = async (): Promise<never> => {
  throw new JobError('crm.main.one: it went wrong.');
};

/**
 * Waits for so many deliveries.
 * @param scheduleTime of the notices that count; where it is not given all do
 */
const deliveries = (count: number, scheduleTime?: string) =>
  house.world.until(() => {
    const those = told.filter(
      ({ notice }) => scheduleTime === undefined || notice.scheduleTime === scheduleTime,
    );
    return those.length >= count && those;
  });

async function runOnce(task: OpenedTask): Promise<string> {
  const runId = await task.start();
  await house.world.ended(runId);
  await house.settled(task);
  return runId;
}

it('tells of a run that failed, and of the first success after it', async () => {
  const task = await house.openTask({ kind: 'manual', notifications });
  house.world.job = fails;
  const failed = await runOnce(task);
  await deliveries(1);
  house.world.job = async () => nothingDone;
  const recovered = await runOnce(task);
  await deliveries(2);
  await runOnce(task);
  house.world.job = fails;
  await runOnce(task);
  const all = await deliveries(3);
  expect(all.map((delivery) => [delivery.url, delivery.notice.event])).toEqual([
    ...[
      [url, 'runFailed'],
      [url, 'runRecovered'],
      [url, 'runFailed'],
    ],
  ]);
  expect(all.slice(0, 2).map(({ notice }) => notice)).toEqual([
    expect.objectContaining({
      ...{ tenant, task: { id: task.taskId, name: 'Unify' }, scheduleTime: null },
      run: {
        ...{ id: failed, status: 'failed', startedBy: 'manual' },
        failureReason: 'crm.main.one: it went wrong.',
      },
      message: 'The task "Unify" has failed: crm.main.one: it went wrong.',
    }),
    expect.objectContaining({
      run: { id: recovered, status: 'succeeded', startedBy: 'manual', failureReason: null },
      message: 'The task "Unify" has succeeded again.',
    }),
  ]);
});

it('tells nothing of cells: the backfill shows them', async () => {
  const task = await house.openTask({ kind: 'manual', notifications });
  house.world.job = fails;
  const backfill = await Mailbox.open(house.client, makeId());
  await requestCells(task, backfill.id, hours(1));
  await backfill.ends(1);
  const runId = await runOnce(task);
  const [first] = await deliveries(1);
  expect(first!.notice.run?.id).toBe(runId);
});

/**
 * Marks a table for a time whose deadline is over in a moment, and for a later one where the machine
 * was too slow for that: a gate that is opened past its deadline is never told of.
 */
async function markInTime(task: OpenedTask, deadline: number): Promise<string> {
  for (let seconds = 4; ; seconds *= 2) {
    const over = Date.now() + seconds * 1000;
    const scheduleTime = new Date(over - deadline * 1000).toISOString();
    await task.callAt(scheduleTime, one);
    await house.world.until(() =>
      [...house.world.ledger.values()].find((line) => line.scheduleTime === scheduleTime),
    );
    if (Date.now() < over) return scheduleTime;
  }
}

it('tells what a dated gate still waits for once its deadline is over', async () => {
  const deadline = 60;
  const task = await house.openTask({ notifications: { ...notifications, deadline } });
  const scheduleTime = await markInTime(task, deadline);
  const late = await deliveries(2, scheduleTime);
  expect(late.map((delivery) => delivery.url).toSorted()).toEqual([url, lateOnly]);
  for (const { notice } of late) {
    expect(notice).toMatchObject({
      ...{ event: 'gateLate', scheduleTime, missingTables: [two], run: null },
      message: `The gate of ${scheduleTime} of the task "Unify" is late; it still waits for: ${two}.`,
    });
    expect(Date.parse(notice.at)).toBeGreaterThanOrEqual(
      Date.parse(scheduleTime) + deadline * 1000,
    );
  }
  expect(late[0]!.notice.id).not.toBe(late[1]!.notice.id);
});

it('tells of a round that is late after its first mark, and not of one that was full', async () => {
  const task = await house.openTask({ notifications: { ...notifications, deadline: 1 } });
  await task.call(one, two);
  const { world } = house;
  const { runId } = await world.until(() => world.tries.find((job) => job.taskId === task.taskId));
  await world.ended(runId);
  await task.call(two);
  const late = await deliveries(2);
  expect(late[0]!.notice).toMatchObject({
    ...{ event: 'gateLate', scheduleTime: null, missingTables: [one] },
    message: `The open round of the task "Unify" is late; it still waits for: ${one}.`,
  });
});

it('tells of a dated gate that has expired, and records its instance as missed', async () => {
  const at = '2026-03-01T01:00:00.000Z';
  const runPolicy = { ...defaultRunPolicy, gateExpiry: 1 };
  const task = await house.openTask({ notifications, runPolicy });
  await task.callAt(at, two);
  const [expired] = await deliveries(1);
  expect(expired).toMatchObject({
    url,
    notice: { event: 'gateExpired', scheduleTime: at, missingTables: [one] },
  });
  await house.settled(task);
  expect((await house.gateway.describe(tenant, task.taskId)).task.gate?.dated).toEqual([]);
  const records = () =>
    [...house.world.runs.values()].filter(({ taskId }) => taskId === task.taskId);
  expect(records()).toMatchObject([
    {
      ...{ scheduleTime: at, status: 'missed', attempt: 0 },
      failureReason: `its gate has expired; it still waited for tables ${one}`,
    },
  ]);
  await task.callAt(at, one, two);
  const ran = await house.world.until(() => records().find(({ status }) => status === 'succeeded'));
  expect(ran).toMatchObject({ scheduleTime: at, attempt: 1 });
});

it('does not wait for a webhook, which is told even where the task is gone', async () => {
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const reached = new Promise<Notice>((resolve) => {
    house.world.webhook = async ({ notice }) => {
      resolve(notice);
      await answered;
      return { status: 200 };
    };
  });
  const task = await house.openTask({ kind: 'manual', notifications });
  house.world.job = fails;
  await runOnce(task);
  const notice = await reached;
  await runOnce(task);
  await task.remove();
  await task.handle.result();
  answer();
  const delivery = house.client.workflow.getHandle(
    noticeWorkflowId(tenant, task.taskId, notice.id),
  );
  expect(await delivery.result()).toEqual({ delivered: true, reason: null });
});

it('tells of late gates once, over roll-overs', async () => {
  const rolling = await House.open({ smallLimits: true });
  try {
    rolling.world.webhook = house.world.webhook;
    const task = await rolling.openTask({ notifications: { ...notifications, deadline: 1 } });
    await task.call(two);
    await rolling.world.until(() => rolling.world.ledger.size > 0);
    await rolling.rollOver(task);
    await deliveries(2);
    await rolling.rollOver(task);
    await rolling.settled(task);
    await task.remove();
    await task.handle.result();
    expect(told.map(({ notice }) => notice.event)).toEqual(['gateLate', 'gateLate']);
  } finally {
    await rolling.close();
  }
});
