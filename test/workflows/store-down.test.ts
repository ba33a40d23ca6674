/** Without its store a task goes on deciding; what happened meanwhile arrives there afterwards. */
import { one, two } from '../support/workflows/definition';
import { House, tenant, type OpenedTask } from '../support/workflows/house';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
});
afterAll(() => house.close());

/** What a task shows once it has heard of the end of its run. */
async function afterItsRun({ taskId }: OpenedTask) {
  for (;;) {
    const { task: shown } = await house.gateway.describe(tenant, taskId);
    if (shown.latestRun?.finishedAt) return shown;
  }
}

it('marks, starts and ends runs while the store is down, and loses no line and no record', async () => {
  const { world } = house;
  // Until its end is let come, calls are ignored.
  const held = new HeldJob();
  world.job = held.job;
  const task = await house.openTask();
  await world.until(() => world.tasks.get(task.taskId));
  world.storeDown = true;
  const receipts: string[] = [];
  for (const tables of [[one, two, one], [two]]) receipts.push(...(await task.call(...tables)));
  await world.until(() => world.tries.find((job) => job.taskId === task.taskId));
  world.job = async () => nothingDone;
  held.end();
  const runIds = new Set(world.tries.map((job) => job.runId));
  expect(runIds.size).toBe(1);
  await world.until(() => world.refused >= 3);
  expect([...world.ledger.keys()]).toEqual([]);

  const last = await afterItsRun(task);
  expect(last.latestRun?.status).toBe('succeeded');
  receipts.push(...(await task.call(one, two)));
  await world.until(() => world.tries.filter((job) => job.taskId === task.taskId).length === 2);

  world.storeDown = false;
  const outcomes = await Promise.all(
    receipts.map((receipt) => world.until(() => world.ledger.get(receipt)?.outcome)),
  );
  expect(outcomes).toEqual(['counted', 'started', 'ignored', 'ignored', 'counted', 'started']);
  for (const { runId } of world.tries) {
    expect((await world.ended(runId)).status).toBe('succeeded');
  }
  expect(world.ledger.size).toBe(receipts.length);
});

it('hears of the end of a run whose record is too long for it, and the record arrives whole', async () => {
  const { world } = house;
  const summary = { long: 'x'.repeat(10_000) };
  const held = new HeldJob();
  world.job = held.job;
  const task = await house.openTask();
  const runId = await task.start();
  await world.until(() => world.tries.find((job) => job.runId === runId));
  world.storeDown = true;
  held.end({ tables: [], summary });
  expect((await afterItsRun(task)).latestRun).toMatchObject({ id: runId, status: 'succeeded' });
  world.storeDown = false;
  await world.until(() => world.runs.get(runId)?.summary);
  await house.settled(task);
  expect(world.runs.get(runId)).toMatchObject({ status: 'succeeded', summary });
});
