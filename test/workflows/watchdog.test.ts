/** The watchdog looks around again and again, and lets the store be pruned once a day. */
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { watchdogWorkflowType } from '../../model/names';
import type { WatchdogState } from '../../workflows/watchdog';
import { eventTypes } from '../support/workflows/history';
import { House, makeId } from '../support/workflows/house';

let house: House;
let windows: { from: string; to: string }[];
let pruned: number;
const dogs: WorkflowHandle[] = [];
beforeAll(async () => {
  house = await House.open();
});
afterAll(async () => {
  await Promise.all(dogs.map((dog) => dog.terminate()));
  await house.close();
});
beforeEach(() => {
  windows = [];
  pruned = 0;
  house.world.watch = async (window) => {
    windows.push(window);
    house.world.changed();
    return { ticked: 0, repaired: 0 };
  };
  house.world.prune = async () => {
    pruned += 1;
    house.world.changed();
    return { deleted: 0 };
  };
});

const minutes = 60_000;

/** Starts one and waits until it has looked around and sleeps. */
async function look(state: WatchdogState): Promise<{ from: number; to: number }> {
  const dog = await house.client.workflow.start(watchdogWorkflowType, {
    workflowId: `watchdog/${makeId()}`,
    taskQueue: house.taskQueue,
    args: [state],
  });
  dogs.push(dog);
  while (!(await eventTypes(dog)).includes('EVENT_TYPE_TIMER_STARTED'));
  const [{ from, to }] = windows as [(typeof windows)[0]];
  return { from: Date.parse(from), to: Date.parse(to) };
}

it('leaves what was due just now to the Schedules, and begins with the minutes before', async () => {
  const before = Date.now();
  const { from, to } = await look({ watchedTo: null, prunedAt: before });
  expect(to).toBeGreaterThanOrEqual(before - 2 * minutes);
  expect(to).toBeLessThanOrEqual(Date.now() - 2 * minutes);
  expect(to - from).toBe(10 * minutes);
  expect(pruned).toBe(0);
});

it('looks at all that was due since it looked last, and some minutes before', async () => {
  const watchedTo = Date.now() - 300 * minutes;
  const { from } = await look({ watchedTo, prunedAt: Date.now() });
  expect(from).toBe(watchedTo - 10 * minutes);
});

it('lets the store be pruned when that was a day ago', async () => {
  await look({ watchedTo: null, prunedAt: Date.now() - 24 * 60 * minutes });
  expect(pruned).toBe(1);
});

it('goes on where the store cannot be pruned', async () => {
  house.world.prune = () => Promise.reject(ApplicationFailure.nonRetryable('it cannot'));
  await look({ watchedTo: null, prunedAt: 0 });
  expect((await dogs.at(-1)!.describe()).status.name).toBe('RUNNING');
});
