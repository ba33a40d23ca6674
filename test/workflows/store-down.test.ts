/** Without its store a task goes on deciding; what happened meanwhile arrives there afterwards. */
import { one, two } from '../support/workflows/definition';
import { House, tenant } from '../support/workflows/house';
import { nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
});
afterAll(() => house.close());

it('marks, starts and ends runs while the store is down, and loses no line and no record', async () => {
  const { world } = house;
  world.job = async () => nothingDone;
  const task = await house.openTask();
  await world.until(() => world.tasks.get(task.taskId));
  world.storeDown = true;
  const receipts: string[] = [];
  for (const tables of [[one, two, one], [two]]) receipts.push(...(await task.call(...tables)));
  await world.until(() => world.tries.find((job) => job.taskId === task.taskId));
  const runIds = new Set(world.tries.map((job) => job.runId));
  expect(runIds.size).toBe(1);
  await world.until(() => world.refused >= 3);
  expect([...world.ledger.keys()]).toEqual([]);

  const last = await (async () => {
    for (;;) {
      const { task: shown } = await house.gateway.describe(tenant, task.taskId);
      if (shown.latestRun?.finishedAt) return shown;
    }
  })();
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
