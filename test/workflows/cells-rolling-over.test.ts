/** Ends of cells are heard over roll-overs: each once, and without being asked for. */
import type { CellEnd } from '../../model/backfill';
import { defaultRunPolicy } from '../../model/task';
import { HeldJobs, hours, requestCells, timesRun } from '../support/workflows/cells';
import { signalNames } from '../support/workflows/history';
import { House, makeId, type OpenedTask } from '../support/workflows/house';
import { Mailbox } from '../support/workflows/mailbox';
import { nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
});
afterAll(() => house.close());

const cells = 8;
const rounds = 3;

/** A task with all its cells under way, for a backfill that hears of their ends. */
async function running() {
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  const [task, backfill] = await Promise.all([
    house.openTask({ kind: 'manual', runPolicy: { ...defaultRunPolicy, maxParallel: cells } }),
    Mailbox.open(house.client, makeId()),
  ]);
  await requestCells(task, backfill.id, hours(cells));
  const runIds = await jobs.until(cells);
  await house.settled(task);
  return { task, backfill, jobs, runIds };
}

/** All ends that the backfill was ever told, once the task can say nothing more. */
async function allEnds(task: OpenedTask, backfill: Mailbox): Promise<CellEnd[]> {
  await task.remove();
  await task.handle.result();
  return backfill.endsSoFar();
}

function expectEachOnce(ends: CellEnd[], runIds: string[]): void {
  expect(ends.map(({ runId }) => String(runId)).toSorted()).toEqual(runIds.toSorted());
  expect(ends.map(({ scheduleTime }) => scheduleTime).toSorted()).toEqual(hours(runIds.length));
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['succeeded']));
}

it('hears of all that run while it rolls over, without asking', async () => {
  const { task, backfill, jobs, runIds } = await running();
  await house.rollOver(task);
  jobs.endAll();
  await backfill.ends(cells);
  const signals = await signalNames(task.handle);
  expect(signals.filter((name) => name === 'runEnded')).toHaveLength(cells);
  for (const runId of runIds) {
    expect(await house.world.ended(runId)).toMatchObject({ status: 'succeeded', attempt: 1 });
  }
  expectEachOnce(await allEnds(task, backfill), runIds);
  expect(timesRun(house.world, task)).toHaveLength(cells);
});

it('hears of them after several roll-overs too', async () => {
  const { task, backfill, jobs, runIds } = await running();
  await house.rollOver(task);
  await house.rollOver(task);
  jobs.end(runIds[0]!);
  await backfill.ends(1);
  await house.rollOver(task);
  jobs.endAll();
  await backfill.ends(cells);
  expectEachOnce(await allEnds(task, backfill), runIds);
});

it('hears once of runs that end in the very moment of a roll-over', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const { task, backfill, jobs, runIds } = await running();
    const rolledOver = house.rollOver(task);
    // One after another, so that some end before it, some while it lets go and some after it.
    for (const runId of runIds) {
      jobs.end(runId);
      await house.world.until(() => !jobs.live.has(runId));
      await house.client.workflow.getHandle(task.handle.workflowId).describe();
    }
    await rolledOver;
    await backfill.ends(cells);
    expectEachOnce(await allEnds(task, backfill), runIds);
  }
});

it('hears once of runs that end while no worker is there, before a roll-over', async () => {
  const { task, backfill, jobs, runIds } = await running();
  const { rolledOver } = await house.presentRun(task);
  await house.stopWorkers();
  await Promise.all(Array.from({ length: 41 }, () => task.call('not.listed.here')));
  jobs.endAll();
  await house.startWorkers();
  await rolledOver;
  await backfill.ends(cells);
  expectEachOnce(await allEnds(task, backfill), runIds);
});

it('finds out by asking where a run was ended from outside after a roll-over', async () => {
  const { task, backfill, jobs, runIds } = await running();
  await house.rollOver(task);
  await task.run(runIds[0]!).terminate('from outside');
  jobs.endAll();
  const ends = await backfill.ends(cells);
  expect(ends.find(({ runId }) => runId === runIds[0])).toMatchObject({ status: 'failed' });
  expect(ends.filter(({ status }) => status === 'succeeded')).toHaveLength(cells - 1);
});

it('goes on with waiting cells and with what it was asked for while it rolled over', async () => {
  const { task, backfill, jobs, runIds } = await running();
  const rolledOver = house.rollOver(task);
  const later = hours(cells + 8).slice(cells);
  await requestCells(task, backfill.id, later.slice(0, 4));
  await rolledOver;
  await requestCells(task, backfill.id, later.slice(4));
  jobs.endAll();
  const ends = await backfill.ends(cells + 8);
  expect(ends.map(({ scheduleTime }) => scheduleTime).toSorted()).toEqual(hours(cells + 8));
  expect(new Set(ends.map(({ runId }) => runId)).size).toBe(cells + 8);
  expect(runIds.every((runId) => ends.some((end) => end.runId === runId))).toBe(true);
});

it('begins what it is asked for in the workflow task that would have ended this history', async () => {
  house.world.job = async () => nothingDone;
  const task = await house.openTask({ kind: 'manual' });
  const backfill = await Mailbox.open(house.client, makeId());
  await house.stopAtRollOver(task);
  await requestCells(task, backfill.id, hours(2));
  await house.startWorkers();
  const ends = await backfill.ends(2);
  expect(ends.map(({ status, reason }) => ({ status, reason }))).toEqual(
    hours(2).map(() => ({ status: 'succeeded', reason: null })),
  );
  expect(timesRun(house.world, task)).toEqual(hours(2));
});

it('cancels runs that an earlier history has started, where the task is removed', async () => {
  const { task, backfill, runIds } = await running();
  await house.rollOver(task);
  const ends = await allEnds(task, backfill);
  expect(ends.map(({ runId }) => String(runId)).toSorted()).toEqual(runIds.toSorted());
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['cancelled']));
});
