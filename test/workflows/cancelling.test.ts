/** Every way to end a run early leaves a record that says cancelled, and why. */
import { removeUpdate } from '../../model/messages';
import { JobError } from '../../model/job-type';
import { defaultRunPolicy } from '../../model/task';
import { one, two } from '../support/workflows/definition';
import { eventTypes } from '../support/workflows/history';
import { House, makeId, tenant, type OpenedTask } from '../support/workflows/house';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

/** A task whose run's job has begun and goes on until it is told to end. */
async function runningTask(): Promise<{ task: OpenedTask; runId: string; held: HeldJob }> {
  const held = new HeldJob();
  house.world.job = held.job;
  const task = await house.openTask();
  await task.call(one, two);
  const { runId } = await house.world.until(() =>
    house.world.tries.find((job) => job.taskId === task.taskId),
  );
  return { task, runId, held };
}

function remove(task: OpenedTask) {
  const args: [{ by: string; ifVersion: null }] = [{ by: 'somebody', ifVersion: null }];
  return house.gateway.update(tenant, task.taskId, removeUpdate, args, makeId());
}

it('cancels a run that is told to, with the reason, when its job has stopped', async () => {
  const { task, runId, held } = await runningTask();
  await house.gateway.cancelRun(tenant, task.taskId, runId, 'by somebody');
  expect(await house.world.ended(runId)).toMatchObject({
    ...{ status: 'cancelled', failureReason: 'cancelled: by somebody', tries: 1 },
  });
  expect(held.cancelled).toBe(true);
  await task.run(runId).result();
  const events = await eventTypes(task.run(runId));
  expect(events).toContain('EVENT_TYPE_ACTIVITY_TASK_CANCELED');
  expect(events).not.toContain('EVENT_TYPE_TIMER_FIRED');
});

it('cancels a run that is cancelled in Temporal, and frees its task', async () => {
  const { task, runId, held } = await runningTask();
  await task.run(runId).cancel();
  expect(await house.world.ended(runId)).toMatchObject({
    ...{ status: 'cancelled', failureReason: 'cancelled: in Temporal' },
  });
  expect(held.cancelled).toBe(true);
  const shown = await house.world.until(() => {
    const known = house.world.tasks.get(task.taskId);
    return known?.latestRun?.status === 'cancelled' && known;
  });
  expect(shown.gate?.tables.map((table) => table.status)).toEqual(Array(2).fill('Not Triggered'));
});

it('cancels a run that waits for its next try', async () => {
  house.world.job = async () => {
    throw new JobError('crm.main.one: it went wrong.');
  };
  const task = await house.openTask({
    runPolicy: { ...defaultRunPolicy, rerunTimes: 3, rerunInterval: 3600 },
  });
  const runId = await task.start();
  await house.world.until(() =>
    house.world.runs.get(runId)?.failureReason?.startsWith('Try 1 failed'),
  );
  await house.gateway.cancelRun(tenant, task.taskId, runId, 'by somebody');
  expect(await house.world.ended(runId)).toMatchObject({
    ...{ status: 'cancelled', failureReason: 'cancelled: by somebody', tries: 1 },
  });
});

it('lets a job that succeeds while it is being cancelled succeed', async () => {
  house.world.job = ({ signal }) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(nothingDone)));
  const task = await house.openTask();
  const runId = await task.start();
  await house.world.until(() => house.world.tries.find((job) => job.runId === runId));
  await house.gateway.cancelRun(tenant, task.taskId, runId, 'by somebody');
  expect((await house.world.ended(runId)).status).toBe('succeeded');
});

it('cuts a clean-up that takes longer than its ten seconds', async () => {
  let finish = (): void => undefined;
  house.world.job = () =>
    new Promise((resolve) => {
      finish = () => resolve(nothingDone);
    });
  const task = await house.openTask();
  const runId = await task.start();
  await house.world.until(() => house.world.tries.find((job) => job.runId === runId));
  await house.gateway.cancelRun(tenant, task.taskId, runId, 'by somebody');
  expect(await house.world.ended(runId)).toMatchObject({
    ...{ status: 'cancelled', failureReason: 'cancelled: by somebody' },
  });
  expect(await eventTypes(task.run(runId))).toContain('EVENT_TYPE_TIMER_FIRED');
  finish();
});

it('cancels the run of a task that is removed, and then ends the task', async () => {
  const { task, runId } = await runningTask();
  await task.call(one, two);
  await remove(task);
  expect(await house.world.ended(runId)).toMatchObject({
    ...{ status: 'cancelled', failureReason: 'cancelled: task removed' },
  });
  await task.handle.result();
  const shown = house.world.tasks.get(task.taskId)!;
  expect(shown.removedAt).not.toBeNull();
  expect(shown.latestRun).toMatchObject({ id: runId, status: 'cancelled' });
  expect(house.world.tries.filter((job) => job.taskId === task.taskId)).toHaveLength(1);
  await expect(task.call(one)).rejects.toMatchObject({ code: 'taskNotFound' });
});

it('ends an idle task when it is removed', async () => {
  const task = await house.openTask();
  const [receipt] = await task.call(one);
  await remove(task);
  await task.handle.result();
  expect(house.world.ledger.get(receipt!)?.outcome).toBe('counted');
  expect(house.world.tasks.get(task.taskId)?.removedAt).not.toBeNull();
});

it('does not heed a cancellation of the task itself from outside', async () => {
  house.world.job = async () => nothingDone;
  const task = await house.openTask();
  await task.call(one);
  await task.handle.cancel();
  const [receipt] = await task.call(two);
  const line = await house.world.until(() => house.world.ledger.get(receipt!));
  expect(line.outcome).toBe('started');
  expect((await house.world.ended(line.runId!)).status).toBe('succeeded');
  expect((await task.handle.describe()).status.name).toBe('RUNNING');
  await remove(task);
  await task.handle.result();
});
