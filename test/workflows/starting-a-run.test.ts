/** From trigger calls to a run and its record, on a real Temporal. */
import { randomUUID } from 'node:crypto';
import { JobError } from '../../model/job-type';
import { startWithPresentUpdate } from '../../model/messages';
import { defaultRunPolicy } from '../../model/task';
import { one, two } from '../support/workflows/definition';
import { House, tenant } from '../support/workflows/house';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

it('starts exactly one run with the last call', async () => {
  const { world } = house;
  const held = new HeldJob();
  world.job = held.job;
  const task = await house.openTask();
  await task.call(one);
  const [receipt] = await task.call(two, two);
  const line = await world.until(() => world.ledger.get(receipt!));
  expect(line).toMatchObject({ outcome: 'started' });
  await world.until(() => world.tries.find((job) => job.runId === line.runId));
  const ignored = await task.call(one, two);
  const outcomes = await Promise.all(
    ignored.map((called) => world.until(() => world.ledger.get(called)?.outcome)),
  );
  expect(outcomes).toEqual(['ignored', 'ignored']);
  held.end({ tables: [], summary: { users: 3 } });
  expect(await world.ended(line.runId!)).toMatchObject({
    ...{ status: 'succeeded', startedBy: 'triggers', attempt: 1, tries: 1, failureReason: null },
    ...{ summary: { users: 3 }, progress: { fraction: 1, text: 'done' } },
  });
  const shown = await world.until(() => {
    const known = world.tasks.get(task.taskId);
    return known?.latestRun?.status === 'succeeded' && known;
  });
  expect(shown.gate?.tables.map((table) => table.status)).toEqual(Array(2).fill('Not Triggered'));
  expect(world.tries.filter((job) => job.taskId === task.taskId)).toHaveLength(1);
});

it('starts one run with the tables that a gate has, also where the asking is repeated', async () => {
  const { world, gateway } = house;
  const held = new HeldJob();
  world.job = held.job;
  const task = await house.openTask();
  const ask = (updateId: string) => {
    const present = { scheduleTime: null, by: 'Ada', known: null };
    return gateway.update(tenant, task.taskId, startWithPresentUpdate, [present], updateId);
  };
  await expect(ask('too early')).rejects.toMatchObject({ code: 'gateEmpty' });
  await task.call(one);
  const { runId } = await ask('asked');
  expect((await ask('asked')).runId).toBe(runId);
  await expect(ask('another')).rejects.toMatchObject({ code: 'runInProgress' });
  const job = await world.until(() => world.tries.find((tried) => tried.runId === runId));
  expect(job.definition.tables.map(({ name }) => name)).toEqual([one, two]);
  held.end();
  expect(await world.ended(runId!)).toMatchObject({ startedBy: 'triggers', startedByUser: 'Ada' });
  const shown = await world.until(() => {
    const known = world.tasks.get(task.taskId);
    return known?.latestRun?.status === 'succeeded' && known;
  });
  expect(shown.gate?.tables.map((table) => table.status)).toEqual(Array(2).fill('Not Triggered'));
});

it('writes records whose versions grow, from queued to the end', async () => {
  const { world } = house;
  world.job = async () => nothingDone;
  const task = await house.openTask();
  const runId = await task.start();
  const seen = await world.until(() => {
    const records = world.recordsSeen.filter((record) => record.id === runId);
    return new Set(records.map((record) => record.status)).size === 3 && records;
  });
  expect(seen.toSorted((a, b) => a.version - b.version).map((record) => record.status)).toEqual([
    ...['queued', 'running', 'succeeded'],
  ]);
  expect(new Set(seen.map((record) => record.version)).size).toBe(3);
});

it('gives every later run of the task, and every try in it, a higher fence', async () => {
  const { world } = house;
  let fails = 1;
  world.job = async () => {
    fails -= 1;
    if (fails >= 0) throw new JobError('crm.main.one: the first try fails.');
    return nothingDone;
  };
  const task = await house.openTask({
    runPolicy: { ...defaultRunPolicy, rerunTimes: 1, rerunInterval: 0 },
  });
  await world.ended(await task.start());
  await world.until(() => world.tasks.get(task.taskId)?.latestRun?.status === 'succeeded');
  await world.ended(await task.start());
  const fences = world.tries.filter((job) => job.taskId === task.taskId).map((job) => job.fence);
  expect(fences).toHaveLength(3);
  expect(fences).toEqual([...fences].toSorted((a, b) => (a < b ? -1 : 1)));
  expect(new Set(fences).size).toBe(3);
});

it('takes calls while no worker is up, and runs once one is', async () => {
  const { world } = house;
  world.job = async () => nothingDone;
  const task = await house.openTask();
  await house.stopWorkers();
  const receipts = [...(await task.call(one)), ...(await task.call(two))];
  await house.startWorkers();
  const line = await world.until(() => world.ledger.get(receipts[1]!));
  expect(line.outcome).toBe('started');
  expect((await world.ended(line.runId!)).status).toBe('succeeded');
});

it('gives an Update that is repeated with its id the same answer, and starts nothing twice', async () => {
  const { world } = house;
  const held = new HeldJob();
  world.job = held.job;
  const task = await house.openTask();
  const start = () =>
    task.handle.executeUpdate('start', { args: [{ by: 'somebody' }], updateId: id });
  const id = randomUUID();
  const first = (await start()) as { runId: string };
  expect(await start()).toMatchObject({ runId: first.runId });
  held.end();
  await world.ended(first.runId);
});
