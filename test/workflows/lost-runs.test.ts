/** A run whose workflow is ended from outside says nothing any more: the task finds out and goes on. */
import { one, two } from '../support/workflows/definition';
import { House, type OpenedTask } from '../support/workflows/house';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
});
afterAll(() => house.close());

const lost = {
  status: 'failed',
  failureReason: 'The run was lost: its workflow was ended in Temporal.',
};

async function runningTask(): Promise<{ task: OpenedTask; runId: string; held: HeldJob }> {
  const { world } = house;
  const held = new HeldJob();
  world.job = held.job;
  const task = await house.openTask({ whileRunning: 'latch' });
  await task.call(one, two);
  const { runId } = await world.until(() => world.tries.find((job) => job.taskId === task.taskId));
  return { task, runId, held };
}

async function runsAgain(task: OpenedTask, tables: string[]): Promise<void> {
  const { world } = house;
  world.job = async () => nothingDone;
  const receipts = await task.call(...tables);
  const line = await world.until(() => world.ledger.get(receipts.at(-1)!));
  expect(line.outcome).toBe('started');
  expect((await world.ended(line.runId!)).status).toBe('succeeded');
}

it('frees the task whose run was terminated, with a record that says so', async () => {
  const { task, runId } = await runningTask();
  await task.run(runId).terminate('from outside');
  expect(await house.world.ended(runId)).toMatchObject(lost);
  await runsAgain(task, [one, two]);
});

it('finds out by asking where the task has rolled over meanwhile, and keeps latched marks', async () => {
  const { task, runId } = await runningTask();
  await task.call(two);
  await house.rollOver(task);
  await task.run(runId).terminate('from outside');
  expect(await house.world.ended(runId)).toMatchObject(lost);
  await runsAgain(task, [one]);
});
