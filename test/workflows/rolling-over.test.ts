/** A roll-over loses nothing: neither marks nor the live run, nor what was answered before it. */
import { randomUUID } from 'node:crypto';
import { pauseUpdate, startUpdate, type TaskAnswer } from '../../model/messages';
import { waitUntilProjected } from '../../scheduling/settle';
import { one, two } from '../support/workflows/definition';
import { eventTypes } from '../support/workflows/history';
import { House, tenant } from '../support/workflows/house';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
});
afterAll(() => house.close());

it('takes marks, a live run and the marks of the next round along', async () => {
  const { world } = house;
  const held = new HeldJob();
  world.job = held.job;
  const task = await house.openTask({ whileRunning: 'latch' });
  await task.call(one);
  await house.rollOver(task);
  const [last, early] = await task.call(two, two);
  const line = await world.until(() => world.ledger.get(last!));
  expect(line.outcome).toBe('started');
  expect((await world.until(() => world.ledger.get(early!))).outcome).toBe('counted');
  await world.until(() => world.tries.find((job) => job.runId === line.runId));

  await house.rollOver(task);
  const { task: shown } = await house.gateway.describe(tenant, task.taskId);
  expect(shown.latestRun).toMatchObject({ id: line.runId, status: 'running' });
  expect(shown.gate?.tables.map((table) => table.status)).toEqual(['Triggered', 'Triggered']);
  expect(await house.gateway.receipt(tenant, task.taskId, last!)).toMatchObject({
    ...{ outcome: 'started', runId: line.runId },
  });

  world.job = async () => nothingDone;
  held.end();
  await world.until(() => world.tasks.get(task.taskId)?.latestRun?.status === 'succeeded');
  const [next] = await task.call(one);
  const nextLine = await world.until(() => world.ledger.get(next!));
  expect(nextLine.outcome).toBe('started');
  expect((await world.ended(nextLine.runId!)).status).toBe('succeeded');
});

it('starts what becomes due in the workflow task in which a roll-over is due, and rolls over', async () => {
  const { world } = house;
  world.job = async () => nothingDone;
  const task = await house.openTask();
  const { rolledOver } = await house.presentRun(task);
  await house.stopAtRollOver(task);
  const [, last] = await task.call(one, two);
  await house.startWorkers();
  const line = await world.until(() => world.ledger.get(last!));
  expect(line.outcome).toBe('started');
  expect((await world.ended(line.runId!)).status).toBe('succeeded');
  await rolledOver;
});

it('hands on no more than its bound where far more comes in the workflow task that ends this one', async () => {
  const { world } = house;
  const task = await house.openTask();
  await house.settled(task);
  await house.stopWorkers();
  const receipts: string[] = [];
  // More than the urgent limit of events in `small-roll-over-limits.ts`.
  for (let number = 0; number <= 200; number += 1)
    receipts.push(...(await task.call('not.listed')));
  // Their lines in the ledger are more than Temporal takes from a workflow that rolls over.
  const burst = Array.from({ length: 500 }, () => 'not.listed');
  for (let number = 0; number < 14; number += 1) receipts.push(...(await task.call(...burst)));
  await house.startWorkers();
  await world.until(() => receipts.every((receipt) => world.ledger.has(receipt)));
  const began = (await task.handle.fetchHistory()).events?.[0];
  const { input, continuedExecutionRunId } = began!.workflowExecutionStartedEventAttributes!;
  expect(continuedExecutionRunId).not.toBe('');
  expect(input!.payloads![0]!.data!.length).toBeLessThan(256 * 1024);
});

it('hears of the end of a run that the history before had started', async () => {
  const { world } = house;
  const held = new HeldJob();
  world.job = held.job;
  const task = await house.openTask();
  const runId = await task.start();
  await world.until(() => world.tries.find((job) => job.runId === runId));
  await house.rollOver(task);
  held.end();
  const latest = await world.until(() => {
    const run = world.tasks.get(task.taskId)?.latestRun;
    return run?.finishedAt != null && run;
  });
  expect(latest).toMatchObject({ id: runId, status: 'succeeded' });
  expect(await task.start()).not.toBe(runId);
});

it('answers an Update that is repeated after it as before, and takes no second step', async () => {
  const { world } = house;
  world.job = async () => nothingDone;
  const task = await house.openTask();
  const id = randomUUID();
  const args: [{ by: string }] = [{ by: 'somebody' }];
  const start = (): Promise<TaskAnswer> =>
    house.gateway.update(tenant, task.taskId, startUpdate, args, id);
  const { runId } = await start();
  await world.ended(runId!);
  await house.rollOver(task);
  expect((await start()).runId).toBe(runId);

  const pauseId = randomUUID();
  const pause = () => house.gateway.update(tenant, task.taskId, pauseUpdate, [], pauseId);
  const { task: paused } = await pause();
  await house.rollOver(task);
  expect((await pause()).task.version).toBe(paused.version);
  expect(world.tries.filter((job) => job.taskId === task.taskId)).toHaveLength(1);
});

it('leaves no event in the history for an Update that is refused', async () => {
  const { world } = house;
  const held = new HeldJob();
  world.job = held.job;
  const task = await house.openTask();
  const runId = await task.start();
  await world.until(() => world.tasks.get(task.taskId)?.latestRun?.status === 'running');
  await world.until(() => world.tries.find((job) => job.runId === runId));
  await waitUntilProjected(house.gateway, tenant, task.taskId);
  // Of those of workflow tasks the server leaves one where a worker was slow to take it.
  const events = async () =>
    (await eventTypes(task.handle)).filter((type) => !type.startsWith('EVENT_TYPE_WORKFLOW_TASK_'));
  const before = await events();
  await expect(task.start()).rejects.toMatchObject({ code: 'runInProgress' });
  await expect(task.start()).rejects.toThrow(`Run ${runId} is in progress; wait for its end.`);
  expect(await events()).toEqual(before);
  held.end();
});
