/** Tasks that a version before recurrence has begun take part in what came with it. */
import type { Recurrence } from '../../model/recurrence';
import { HeldJobs, hour, hours, requestCells, timesRun } from '../support/workflows/cells';
import { one, two } from '../support/workflows/definition';
import { aFormerState } from '../support/workflows/former-state';
import { House, makeId, type OpenedTask } from '../support/workflows/house';
import { Mailbox } from '../support/workflows/mailbox';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());
beforeEach(() => {
  house.world.job = async () => nothingDone;
});

const daily: Recurrence = {
  ...{ every: 'day', at: '02:30', startTime: null, endTime: null },
  ...{ mode: 'normal', catchUp: 'latest' },
};
const due = '2026-03-01T02:30:00.000Z';

async function openFormer(given = {}): Promise<OpenedTask> {
  const task = await house.openTaskWith(aFormerState(makeId(), given));
  await house.settled(task);
  return task;
}

async function succeeded(task: OpenedTask, scheduleTime: string | null): Promise<void> {
  await house.world.until(() =>
    [...house.world.runs.values()].find(
      (run) =>
        run.taskId === task.taskId &&
        run.scheduleTime === scheduleTime &&
        run.status === 'succeeded',
    ),
  );
}

it('goes on as it was while nothing new is asked of it', async () => {
  const task = await openFormer();
  const { runId } = await task.handle.describe();
  await task.call(one, two);
  await succeeded(task, null);
  await task.edit({ name: 'Renamed', recurrence: daily });
  await house.settled(task);
  expect((await task.handle.describe()).runId).toBe(runId);
});

it('rolls over by itself when it is made recurring, and then keeps its Schedule and due times', async () => {
  const task = await openFormer({ kind: 'manual' });
  const { rolledOver } = await house.presentRun(task);
  await task.edit({ kind: 'recurring', recurrence: daily });
  await rolledOver;
  await house.settled(task);
  expect(house.world.schedules.get(task.taskId)).toEqual({ recurrence: daily, timezone: 'UTC' });
  await task.tick(due);
  await succeeded(task, due);
});

it('takes its live run along, and hears of its end', async () => {
  const held = new HeldJob();
  house.world.job = held.job;
  const task = await openFormer({ whileRunning: 'latch' });
  await task.call(one, two);
  const { runId } = await house.world.until(() =>
    house.world.tries.find((job) => job.taskId === task.taskId),
  );
  await task.call(one);
  const { rolledOver } = await house.presentRun(task);
  await task.edit({ notifications: { webhooks: [], deadline: 60 } });
  await rolledOver;
  house.world.job = async () => nothingDone;
  held.end();
  expect(await house.world.ended(runId)).toMatchObject({ status: 'succeeded', tries: 1 });
  await house.world.until(
    () => house.world.tasks.get(task.taskId)?.latestRun?.status === 'succeeded',
  );
  await task.call(two);
  await house.world.until(
    () => house.world.tries.filter(({ taskId }) => taskId === task.taskId).length === 2,
  );
});

it('runs cells and tells their ends', async () => {
  const task = await openFormer({ kind: 'manual' });
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  const backfill = await Mailbox.open(house.client, makeId());
  const { rolledOver } = await house.presentRun(task);
  await requestCells(task, backfill.id, hours(3));
  await jobs.until(1);
  await rolledOver;
  jobs.endAll();
  const ends = await backfill.ends(3);
  expect(ends.map(({ scheduleTime, status }) => [scheduleTime, status])).toEqual(
    hours(3).map((time) => [time, 'succeeded']),
  );
  expect(timesRun(house.world, task)).toHaveLength(3);
  await succeeded(task, hour(2));
  await task.remove();
  await task.handle.result();
  expect(await backfill.endsSoFar()).toHaveLength(3);
});

it('takes a dated call, and asks the records where it had run many instances', async () => {
  const instances = hours(200).map((scheduleTime) => ({ scheduleTime, attempts: 1 }));
  const state = { ...aFormerState(makeId(), { whileRunning: 'latch' }), instances };
  const asked: string[][] = [];
  house.world.needs = async ({ scheduleTimes }) => {
    asked.push(scheduleTimes);
    return scheduleTimes.map((scheduleTime) => ({
      ...{ scheduleTime, upstream: 'met', reason: null },
      known: { attempts: 4, status: 'failed' },
    }));
  };
  const task = await house.openTaskWith(state as ReturnType<typeof aFormerState>);
  await task.callAt(due, one, two);
  await succeeded(task, due);
  expect(asked).toEqual([[due]]);
  const run = [...house.world.runs.values()].find(({ taskId }) => taskId === task.taskId);
  expect(run).toMatchObject({ scheduleTime: due, attempt: 5, startedBy: 'triggers' });
});
