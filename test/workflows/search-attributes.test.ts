/** Tasks and their runs are found in Temporal by search attributes, where the server has these. */
import pino from 'pino';
import { keyword } from '../../model/search-attributes';
import { registerSearchAttributes } from '../../scheduling/search-attributes';
import { House, type OpenedTask } from '../support/workflows/house';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
  const log = pino({ level: 'silent' });
  const { signal } = new AbortController();
  house.world.searchAttributes = await registerSearchAttributes(house.client, log, signal);
});
afterAll(() => house.close());

/** How a run is found once it has ended. */
async function attributesOf(task: OpenedTask, runId: string) {
  await house.world.ended(runId);
  return present(task, runId);
}

async function present(task: OpenedTask, runId: string) {
  const { typedSearchAttributes: attributes } = await task.run(runId).describe();
  return (['taskId', 'taskName', 'runStatus'] as const).map((name) =>
    attributes.get(keyword(name)),
  );
}

it('gives each run the attributes of its task, also the first one after a roll-over', async () => {
  const task = await house.openTask({ name: 'Load' });
  await house.settled(task);
  expect(await attributesOf(task, await task.start())).toEqual([
    ...[task.taskId, 'Load', 'succeeded'],
  ]);
  await house.settled(task);
  await house.rollOver(task);
  await house.settled(task);
  expect(await attributesOf(task, await task.start())).toEqual([
    ...[task.taskId, 'Load', 'succeeded'],
  ]);
});

it('shows a run as running from its start', async () => {
  const held = new HeldJob();
  house.world.job = held.job;
  const task = await house.openTask({ name: 'Load' });
  await house.settled(task);
  const runId = await task.start();
  await house.world.until(() => house.world.tries.find((job) => job.runId === runId));
  expect(await present(task, runId)).toEqual([task.taskId, 'Load', 'running']);
  house.world.job = async () => nothingDone;
  held.end();
  expect(await attributesOf(task, runId)).toEqual([task.taskId, 'Load', 'succeeded']);
});

it('follows the name of the task', async () => {
  const task = await house.openTask({ name: 'Load' });
  await house.settled(task);
  await task.edit({ name: 'Load anew' });
  await house.settled(task);
  const { typedSearchAttributes: attributes } = await task.handle.describe();
  expect(attributes.get(keyword('taskName'))).toBe('Load anew');
  expect(await attributesOf(task, await task.start())).toEqual([
    ...[task.taskId, 'Load anew', 'succeeded'],
  ]);
});
