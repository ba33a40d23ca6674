/** Drivers of backfills whose task takes no more cells. */
import type { WorkflowHandle } from '@temporalio/client';
import { backfillChangedSignal, instancesStoppedSignal } from '../../model/messages';
import { HeldJobs, hour, hours, requestCells } from '../support/workflows/cells';
import { eventTypes } from '../support/workflows/history';
import { House, makeId, type OpenedTask } from '../support/workflows/house';
import { Mailbox } from '../support/workflows/mailbox';
import { ScriptedBackfills } from '../support/workflows/scripted-backfills';

/** As many as may wait in one task. */
const most = 500;

let house: House;
let store: ScriptedBackfills;
beforeAll(async () => {
  house = await House.open();
  store = new ScriptedBackfills(house.world);
});
afterAll(() => house.close());

/** A task in which as many cells wait as may, and a driver that asks it for two more. */
async function askFullTask() {
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  const task = await house.openTask({ kind: 'manual' });
  const other = await Mailbox.open(house.client, makeId());
  await requestCells(task, other.id, hours(most));
  await jobs.until(1);
  const plan = [most, most + 1].map((number) => ({
    ...{ taskId: task.taskId, scheduleTime: hour(number) },
  }));
  const backfill = store.create(makeId(), plan);
  const driver = await house.startDriver(backfill.id);
  await handedBack(driver);
  return { task, other, jobs, backfill, driver };
}

/** Waits until the task has told the driver that it takes no more. */
async function handedBack(driver: WorkflowHandle): Promise<void> {
  while (!(await eventTypes(driver)).includes('EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED'));
}

/** Types of the events from where the driver was told that its backfill has changed. */
async function eventsSinceChange(driver: WorkflowHandle): Promise<string[]> {
  const { events } = await driver.fetchHistory();
  const told = (events ?? []).findIndex(
    ({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal?.signalName === backfillChangedSignal.name,
  );
  return (await eventTypes(driver)).slice(told);
}

async function makeRoom(task: OpenedTask, other: Mailbox): Promise<void> {
  await task.handle.signal(instancesStoppedSignal, { backfill: other.id, kill: false });
}

it('asks again after a pause, in which nothing is done, and goes on once there is room', async () => {
  const { task, other, jobs, backfill, driver } = await askFullTask();
  await makeRoom(task, other);
  jobs.endAll();
  await driver.result();
  expect(backfill.cells.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
  const events = await eventTypes(driver);
  const [asked, askedAgain] = events.flatMap((type, index) =>
    type === 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED' ? [index] : [],
  );
  expect(events.slice(asked, askedAgain)).toContain('EVENT_TYPE_TIMER_FIRED');
  // It asked first, once after each pause, and heard of the two ends, which may have come one by one;
  // without a pause it would go on asking in a circle.
  const pauses = events.filter((type) => type === 'EVENT_TYPE_TIMER_FIRED').length;
  expect(backfill.steps.length).toBeLessThanOrEqual(1 + pauses + 2);
});

it('is paused at once also while it waits to ask again', async () => {
  const { backfill, driver, jobs } = await askFullTask();
  backfill.status = 'paused';
  await driver.signal(backfillChangedSignal, { kill: false });
  await house.world.until(() => backfill.cells.every(({ state }) => state === 'waiting'));
  // A pause may have come to its end before it heard of that, on a busy machine.
  const since = await eventsSinceChange(driver);
  const heard = since.indexOf('EVENT_TYPE_WORKFLOW_TASK_COMPLETED');
  const next = since.indexOf('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
  expect(next).toBeGreaterThan(heard);
  expect(since.slice(heard, next)).not.toContain('EVENT_TYPE_TIMER_FIRED');
  jobs.endAll();
  await driver.terminate();
});
