/** Updates that meet a roll-over are answered, each taken once. */
import { House, type OpenedTask } from '../support/workflows/house';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
});
afterAll(() => house.close());

const callers = 4;
const rollOvers = 4;

/** Follows a task until it has rolled over so often. */
async function rolledOver(task: OpenedTask, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await (await house.presentRun(task)).rolledOver;
}

it('takes every edit once, also those that come while the task rolls over', async () => {
  const task = await house.openTask();
  await house.settled(task);
  let isOver = false;
  let edits = 0;
  const over = rolledOver(task, rollOvers).finally(() => (isOver = true));
  const edit = async (caller: number): Promise<void> => {
    while (!isOver) {
      await task.edit({ description: `edit ${edits} by ${caller}` });
      edits += 1;
    }
  };
  await Promise.all([over, ...Array.from({ length: callers }, (_, caller) => edit(caller))]);
  await house.settled(task);
  expect(house.world.tasks.get(task.taskId)?.version).toBe(1 + edits);
});
