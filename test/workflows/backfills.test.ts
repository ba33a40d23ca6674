/** Drivers of backfills on a real Temporal, with a store in memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CellRequest } from '../../model/backfill';
import { JobError } from '../../model/job-type';
import { backfillChangedSignal, instancesRequestedSignal } from '../../model/messages';
import { defaultRunPolicy, type RunPolicy } from '../../model/task';
import { signalsOf } from '../support/workflows/history';
import { House, makeId, type OpenedTask } from '../support/workflows/house';
import {
  ScriptedBackfills,
  type ScriptedBackfill,
  type ScriptedCell,
} from '../support/workflows/scripted-backfills';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
let store: ScriptedBackfills;
beforeAll(async () => {
  house = await House.open();
  store = new ScriptedBackfills(house.world);
});
afterAll(() => house.close());
beforeEach(() => {
  house.world.job = async () => nothingDone;
});

const hour = (number: number): string =>
  new Date(Date.UTC(2026, 0, 1) + number * 3_600_000).toISOString();
const hours = (count: number): string[] => Array.from({ length: count }, (_, index) => hour(index));

function openTask(runPolicy: Partial<RunPolicy> = {}): Promise<OpenedTask> {
  return house.openTask({ kind: 'manual', runPolicy: { ...defaultRunPolicy, ...runPolicy } });
}

/** The same times of one task, none of which waits for another. */
function cellsOf({ taskId }: OpenedTask, count: number) {
  return hours(count).map((scheduleTime) => ({ taskId, scheduleTime }));
}

function statesOf({ cells }: ScriptedBackfill): string[] {
  return cells.map(({ state }) => state);
}

/** Times of the task's runs, in the order in which their jobs began. */
function timesRun({ taskId }: OpenedTask): (string | null | undefined)[] {
  const tries = house.world.tries.filter((job) => job.taskId === taskId);
  return tries.map(({ record }) => record?.scheduleTime);
}

function endedRecords({ taskId }: OpenedTask): unknown[] {
  const records = [...house.world.runs.values()];
  return records.filter((run) => run.taskId === taskId && run.finishedAt !== null);
}

/** As the service does it: the store first, then the driver. */
async function change(
  backfill: ScriptedBackfill,
  status: ScriptedBackfill['status'],
  kill = false,
): Promise<void> {
  backfill.status = status;
  const handle = house.client.workflow.getHandle(`backfill/default/${backfill.id}`);
  await handle.signal(backfillChangedSignal, { kill });
}

/** A backfill of one task whose first cell runs until it is let go, while the others wait in the task. */
async function halfWay(count = 3) {
  const held = new HeldJob();
  house.world.job = held.job;
  const task = await openTask();
  const backfill = store.create(makeId(), cellsOf(task, count));
  const driver = await house.startDriver(backfill.id);
  await house.world.until(() => timesRun(task).length === 1);
  return { task, backfill, driver, held };
}

it('brings about the cells of several tasks, each after what it needs', async () => {
  const [load, left, right, join] = await Promise.all(Array.from({ length: 4 }, () => openTask()));
  const begun: string[] = [];
  const ended: string[] = [];
  house.world.job = async ({ taskId }) => {
    begun.push(taskId);
    ended.push(taskId);
    return nothingDone;
  };
  const at = hour(0);
  const backfill = store.create(makeId(), [
    { taskId: load!.taskId, scheduleTime: at },
    { taskId: left!.taskId, scheduleTime: at, needs: [0] },
    { taskId: right!.taskId, scheduleTime: at, needs: [0] },
    { taskId: join!.taskId, scheduleTime: at, needs: [1, 2] },
  ]);
  await (await house.startDriver(backfill.id)).result();
  expect(backfill.status).toBe('succeeded');
  expect(begun).toHaveLength(4);
  expect([begun[0], begun[3]]).toEqual([load!.taskId, join!.taskId]);
  for (const { runId } of backfill.cells) {
    expect(await house.world.ended(runId!)).toMatchObject({
      ...{ status: 'succeeded', startedBy: 'backfill', startedByUser: 'somebody', attempt: 1 },
    });
  }
});

it('leaves out what comes after a failure, and takes it with the failed one when retried', async () => {
  const [first, next] = await Promise.all([openTask(), openTask()]);
  house.world.job = async () => {
    throw new JobError('crm.main.one: it went wrong.');
  };
  const backfill = store.create(makeId(), [
    { taskId: first.taskId, scheduleTime: hour(0) },
    { taskId: next.taskId, scheduleTime: hour(0), needs: [0] },
  ]);
  await (await house.startDriver(backfill.id)).result();
  expect(statesOf(backfill)).toEqual(['failed', 'blocked']);
  expect(backfill.status).toBe('failed');
  await house.settled(first);

  house.world.job = async () => nothingDone;
  store.retry(backfill);
  await (await house.startDriver(backfill.id)).result();
  expect(statesOf(backfill)).toEqual(['succeeded', 'succeeded']);
  const records = await Promise.all(backfill.cells.map(({ runId }) => house.world.ended(runId!)));
  expect(records.map(({ attempt }) => attempt)).toEqual([2, 1]);
});

it('takes back what has not begun when it is paused, and goes on when it is resumed', async () => {
  const { task, backfill, driver, held } = await halfWay();
  await change(backfill, 'paused');
  await house.world.until(() => statesOf(backfill).join() === 'running,waiting,waiting');
  house.world.job = async () => nothingDone;
  held.end();
  await house.world.until(() => statesOf(backfill).join() === 'succeeded,waiting,waiting');
  await house.settled(task);
  expect(timesRun(task)).toEqual(hours(1));
  await change(backfill, 'running');
  await driver.result();
  expect(statesOf(backfill)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(timesRun(task)).toEqual(hours(3));
});

it('lets what runs come to its end when it is cancelled', async () => {
  const { task, backfill, driver, held } = await halfWay();
  await change(backfill, 'cancelling');
  await house.world.until(() => statesOf(backfill).join() === 'running,cancelled,cancelled');
  held.end();
  await driver.result();
  expect(backfill.status).toBe('cancelled');
  expect(statesOf(backfill)).toEqual(['succeeded', 'cancelled', 'cancelled']);
  expect(timesRun(task)).toEqual(hours(1));
});

it('ends what runs when it is cancelled so', async () => {
  const { task, backfill, driver, held } = await halfWay();
  await change(backfill, 'cancelling', true);
  await driver.result();
  expect(held.cancelled).toBe(true);
  expect(statesOf(backfill)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  expect(await house.world.ended(backfill.cells[0]!.runId!)).toMatchObject({
    ...{ status: 'cancelled', failureReason: 'cancelled: backfill cancelled' },
  });
  expect(timesRun(task)).toEqual(hours(1));
});

it('goes on without a task that was removed before', async () => {
  const [gone, other] = await Promise.all([openTask(), openTask()]);
  await gone.remove();
  await gone.handle.result();
  const backfill = store.create(makeId(), [
    { taskId: gone.taskId, scheduleTime: hour(0) },
    { taskId: other.taskId, scheduleTime: hour(0), needs: [0] },
    { taskId: other.taskId, scheduleTime: hour(1) },
  ]);
  await (await house.startDriver(backfill.id)).result();
  expect(statesOf(backfill)).toEqual(['dropped', 'blocked', 'succeeded']);
  expect(backfill.status).toBe('failed');
});

it('hears at once of a task that is removed in the middle', async () => {
  const { task, backfill, driver } = await halfWay();
  await task.remove();
  await driver.result();
  expect(statesOf(backfill)).toEqual(['cancelled', 'dropped', 'dropped']);
  expect(timesRun(task)).toEqual(hours(1));
});

it('ends at once where it is cancelled and the task that holds its cells is gone', async () => {
  const { task, backfill, driver } = await halfWay();
  await driver.terminate();
  await task.remove();
  await task.handle.result();
  for (const cell of backfill.cells) cell.takenAt = '9999';
  backfill.status = 'cancelling';
  await (await house.startDriver(backfill.id)).result();
  expect(statesOf(backfill)).toEqual(['dropped', 'dropped', 'dropped']);
  expect(backfill.status).toBe('cancelled');
});

it('is gone on with by a new driver where the driver was ended', async () => {
  const { task, backfill, driver, held } = await halfWay();
  await driver.terminate();
  const before = backfill.steps.map(({ number }) => number);
  house.world.job = async () => nothingDone;
  held.end();
  // What the task has to say of these, nobody hears.
  await house.world.until(() => endedRecords(task).length === 3);
  await (await house.startDriver(backfill.id)).result();
  expect(statesOf(backfill)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(timesRun(task)).toEqual(hours(3));
  // A step of the same number would be taken for one that is repeated.
  const after = backfill.steps.slice(before.length).map(({ number }) => number);
  expect(after.filter((number) => before.includes(number))).toEqual([]);
});

it('asks anew for what a former driver took and never asked for', async () => {
  const task = await openTask();
  const backfill = store.create(makeId(), cellsOf(task, 2));
  for (const cell of backfill.cells) {
    Object.assign(cell, { state: 'running', takenStep: 1, takenAt: new Date().toISOString() });
  }
  await (await house.startDriver(backfill.id)).result();
  expect(timesRun(task)).toEqual(hours(2));
});

it('asks for a cell once, however often the store hands it out', async () => {
  const { task, backfill, driver, held } = await halfWay();
  store.handsOutAgain = true;
  const { length: before } = backfill.steps;
  await change(backfill, 'running');
  await house.world.until(() => backfill.steps.length > before);
  held.end();
  await driver.result();
  store.handsOutAgain = false;
  const requests = await signalsOf<{ cells: CellRequest[] }>(task.handle, 'instancesRequested');
  expect(requests.length).toBeGreaterThan(1);
  expect(requests.flatMap(({ cells }) => cells.map(({ scheduleTime }) => scheduleTime))).toEqual(
    hours(3),
  );
  expect(timesRun(task)).toEqual(hours(3));
});

it('finds out where a task was ended in Temporal that it had asked', async () => {
  const { task, backfill, driver } = await halfWay();
  await task.handle.terminate('from outside');
  store.handsOutAgain = true;
  await change(backfill, 'running');
  await driver.result();
  store.handsOutAgain = false;
  expect(statesOf(backfill)).toEqual(['dropped', 'dropped', 'dropped']);
});

it('takes cells back also where it was paused while no driver was there', async () => {
  const { task, backfill, driver, held } = await halfWay();
  await driver.terminate();
  backfill.status = 'paused';
  const next = await house.startDriver(backfill.id);
  await house.world.until(() => statesOf(backfill).join() === 'running,waiting,waiting');
  held.end();
  await house.world.until(() => statesOf(backfill).join() === 'succeeded,waiting,waiting');
  await house.settled(task);
  expect(timesRun(task)).toEqual(hours(1));
  house.world.job = async () => nothingDone;
  await change(backfill, 'running');
  await next.result();
  expect(timesRun(task)).toEqual(hours(3));
});

it('shares one run with another backfill that asks for the same instance', async () => {
  const { task, backfill, driver, held } = await halfWay();
  const other = store.create(makeId(), cellsOf(task, 4).slice(1));
  const otherDriver = await house.startDriver(other.id);
  // The task has to hold both before the first cell ends, as the next one begins with that.
  while ((await signalsOf(task.handle, instancesRequestedSignal.name)).length < 2) await sleep(50);
  house.world.job = async () => nothingDone;
  held.end();
  await Promise.all([driver.result(), otherDriver.result()]);
  expect([backfill.status, other.status]).toEqual(['succeeded', 'succeeded']);
  const runOf = (cell: ScriptedCell | undefined) => cell?.runId;
  expect(runOf(other.cells[0])).toBe(runOf(backfill.cells[1]));
  expect(timesRun(task)).toEqual(hours(4));
});
