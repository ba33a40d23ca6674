/** Cells of backfills in a task, on a real Temporal: their slots, their ends, their records. */
import { JobError } from '../../model/job-type';
import {
  cancelRunUpdate,
  instancesStoppedSignal,
  startUpdate,
  type TaskAnswer,
} from '../../model/messages';
import { defaultRunPolicy, type RunPolicy } from '../../model/task';
import { HeldJobs, hour, hours, requestCells, timesRun } from '../support/workflows/cells';
import { House, makeId, tenant, type OpenedTask } from '../support/workflows/house';
import { Mailbox } from '../support/workflows/mailbox';
import { nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

/** A task, a backfill that waits for it, and jobs that the test ends. */
async function begin(runPolicy: Partial<RunPolicy> = {}) {
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  const policy = { ...defaultRunPolicy, ...runPolicy };
  const [task, backfill] = await Promise.all([
    house.openTask({ kind: 'manual', runPolicy: policy }),
    Mailbox.open(house.client, makeId()),
  ]);
  return { task, backfill, jobs };
}

function startByHand({ taskId }: OpenedTask): Promise<{ runId: string | null }> {
  return house.gateway.update(tenant, taskId, startUpdate, [{ by: 'somebody' }], makeId());
}

function cancelRun({ taskId }: OpenedTask, runId: string): Promise<TaskAnswer> {
  const args: [{ runId: string; reason: string }] = [{ runId, reason: 'by somebody' }];
  return house.gateway.update(tenant, taskId, cancelRunUpdate, args, makeId());
}

it('runs as many at the same time as its run policy says, oldest first, and tells each end', async () => {
  const { task, backfill, jobs } = await begin({ maxParallel: 2 });
  await requestCells(task, backfill.id, hours(5).toReversed());
  for (let ended = 0; ended < 5; ended += 1) {
    const [oldest] = await jobs.until(Math.min(2, 5 - ended));
    jobs.end(oldest!);
    await house.world.ended(oldest!);
  }
  expect(jobs.most).toBe(2);
  const begun = timesRun(house.world, task);
  // Jobs of the same moment may begin in any order.
  expect(new Set(begun.slice(0, 2))).toEqual(new Set(hours(2)));
  expect(begun.slice(2)).toEqual(hours(5).slice(2));
  const ends = await backfill.ends(5);
  expect(ends.map(({ scheduleTime }) => scheduleTime).toSorted()).toEqual(hours(5));
  for (const { runId, status, reason } of ends) {
    expect([status, reason]).toEqual(['succeeded', null]);
    expect(await house.world.ended(runId!)).toMatchObject({
      ...{ status: 'succeeded', startedBy: 'backfill', startedByUser: 'somebody' },
      ...{ attempt: 1, tries: 1, progress: { fraction: 1, text: 'done' } },
    });
  }
});

it('gives the next free slot to a run by hand, before any cell', async () => {
  const { task, backfill, jobs } = await begin();
  await requestCells(task, backfill.id, hours(2));
  const [cell] = await jobs.until(1);
  const { runId } = await startByHand(task);
  expect((await house.gateway.describe(tenant, task.taskId)).task.latestRun).toMatchObject({
    ...{ id: runId, status: 'queued' },
  });
  jobs.end(cell!);
  await house.world.until(() => jobs.live.has(runId!));
  jobs.endAll();
  await backfill.ends(2);
  expect(timesRun(house.world, task)).toEqual([hour(0), null, hour(1)]);
});

it('ends a run that is cancelled while cells hold its slot, and goes on with the cells', async () => {
  const { task, backfill, jobs } = await begin();
  await requestCells(task, backfill.id, hours(2));
  await jobs.until(1);
  const runId = await task.start();
  expect(await house.gateway.cancelRun(tenant, task.taskId, runId, 'by somebody')).toBe('gone');
  const cancelled = {
    ...{ status: 'cancelled', failureReason: 'cancelled: by somebody', startedAt: null, tries: 0 },
  };
  expect((await cancelRun(task, runId)).run).toMatchObject({ id: runId, ...cancelled });
  expect(await house.world.ended(runId)).toMatchObject(cancelled);
  await expect(cancelRun(task, runId)).rejects.toMatchObject({ code: 'runNotLive' });
  jobs.endAll();
  await backfill.ends(2);
  expect(timesRun(house.world, task)).toEqual(hours(2));
  await expect(task.run(runId).describe()).rejects.toThrow('not found');
});

it('cancels a run through its task too, where its workflow has come to be meanwhile', async () => {
  const { task, jobs } = await begin();
  const runId = await task.start();
  await jobs.until(1);
  await cancelRun(task, runId);
  expect(await house.world.ended(runId)).toMatchObject({
    ...{ status: 'cancelled', failureReason: 'cancelled: by somebody' },
  });
});

it('tells ends that come together in one message', async () => {
  const { task, backfill, jobs } = await begin();
  await requestCells(task, backfill.id, hours(4));
  await jobs.until(1);
  await task.handle.signal(instancesStoppedSignal, { backfill: backfill.id, kill: false });
  await backfill.ends(3);
  jobs.endAll();
  const messages = await backfill.until((all) => all.flatMap(({ ends }) => ends).length === 4);
  expect(messages.map(({ ends }) => ends.map(({ status }) => status))).toEqual([
    ['withdrawn', 'withdrawn', 'withdrawn'],
    ['succeeded'],
  ]);
  expect(messages.map(({ taskId }) => taskId)).toEqual([task.taskId, task.taskId]);
});

it('tells every backfill that joined, and runs once for all of them', async () => {
  const { task, backfill, jobs } = await begin();
  const other = await Mailbox.open(house.client, makeId());
  await requestCells(task, backfill.id, hours(2));
  await jobs.until(1);
  await requestCells(task, other.id, [hour(1)]);
  await house.settled(task);
  jobs.endAll();
  const [, end] = await backfill.ends(2);
  expect(await other.ends(1)).toEqual([end]);
  expect(timesRun(house.world, task)).toEqual(hours(2));
});

it('tells why a cell was not run', async () => {
  const { task, backfill, jobs } = await begin({ rerunMode: 'AllDenied' });
  jobs.endAll();
  await requestCells(task, backfill.id, [hour(0)], { existing: 'skip', attempts: 1 });
  await requestCells(task, backfill.id, [hour(1)], { attempts: 1, status: 'failed' });
  expect(await backfill.ends(2)).toEqual([
    { scheduleTime: hour(0), status: 'skipped', runId: null, reason: 'it has been run' },
    {
      ...{ scheduleTime: hour(1), status: 'skipped', runId: null },
      reason: 'its run policy allows no rerun',
    },
  ]);
});

it('cancels what runs for a backfill that is killed, and hands the rest back', async () => {
  const { task, backfill, jobs } = await begin({ maxParallel: 2 });
  await requestCells(task, backfill.id, hours(3));
  await jobs.until(2);
  await task.handle.signal(instancesStoppedSignal, { backfill: backfill.id, kill: true });
  const ends = await backfill.ends(3);
  expect(Object.fromEntries(ends.map((end) => [end.scheduleTime, end.status]))).toEqual({
    ...{ [hour(0)]: 'cancelled', [hour(1)]: 'cancelled', [hour(2)]: 'withdrawn' },
  });
  expect(jobs.live.size).toBe(0);
  const cancelled = ends.filter(({ status }) => status === 'cancelled');
  for (const { runId } of cancelled) {
    expect(await house.world.ended(runId!)).toMatchObject({
      ...{ status: 'cancelled', failureReason: 'cancelled: backfill cancelled' },
    });
  }
});

it('drops what waits and cancels what runs where the task is removed', async () => {
  const { task, backfill, jobs } = await begin();
  await requestCells(task, backfill.id, hours(3));
  const [runId] = await jobs.until(1);
  const byHand = await startByHand(task);
  await task.remove();
  await task.handle.result();
  const ends = await backfill.endsSoFar();
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['cancelled', 'dropped', 'dropped']);
  expect(timesRun(house.world, task)).toEqual([hour(0)]);
  for (const ended of [runId!, byHand.runId!]) {
    expect(await house.world.ended(ended)).toMatchObject({
      ...{ status: 'cancelled', failureReason: 'cancelled: task removed' },
    });
  }
});

it('starts nothing that was asked for and taken back before a worker could see it', async () => {
  const { task, backfill } = await begin({ maxParallel: 4 });
  await house.settled(task);
  await house.stopWorkers();
  await requestCells(task, backfill.id, hours(4));
  await task.handle.signal(instancesStoppedSignal, { backfill: backfill.id, kill: true });
  await house.startWorkers();
  const ends = await backfill.ends(4);
  expect(ends.map(({ status }) => status)).toEqual(Array(4).fill('cancelled'));
  for (const { runId } of ends) {
    expect((await house.world.ended(runId!)).status).toBe('cancelled');
    await expect(task.run(runId!).describe()).rejects.toThrow('not found');
  }
});

it('writes the records of ends in one go, once the store is there', async () => {
  const { task, backfill, jobs } = await begin({ maxParallel: 4 });
  await requestCells(task, backfill.id, hours(4));
  const runIds = await jobs.until(4);
  await house.settled(task);
  house.world.storeDown = true;
  jobs.endAll();
  await backfill.ends(4);
  house.world.storeDown = false;
  await Promise.all(runIds.map((runId) => house.world.ended(runId)));
  const ends = house.world.writes
    .filter(({ records }) => records.some(({ id }) => runIds.includes(id)))
    .map(({ by, records }) => [by, records.filter(({ finishedAt }) => finishedAt).length]);
  // One may have been on its way to the store already when the others came.
  const written = ends.filter(([, count]) => count !== 0);
  expect(written.map(([by]) => by)).toEqual(written.map(() => 'projectTask'));
  expect(written.length).toBeLessThanOrEqual(2);
  expect(written.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(4);
});

it('lets a run write a long record itself, before the task says how it ended', async () => {
  const { task, backfill, jobs } = await begin();
  await requestCells(task, backfill.id, hours(1));
  const [runId] = await jobs.until(1);
  const summary = { long: 'x'.repeat(10_000) };
  jobs.end(runId!, { tables: [], summary });
  await backfill.ends(1);
  await house.settled(task);
  expect(house.world.runs.get(runId!)).toMatchObject({ status: 'succeeded', summary });
  const ends = house.world.writes
    .flatMap(({ by, records }) => records.map((record) => ({ by, record })))
    .filter(({ record }) => record.id === runId && record.finishedAt !== null);
  expect(ends.map(({ by, record }) => [by, record.endOnly ?? false])).toEqual([
    ...[
      ['recordRun', false],
      ['projectTask', true],
    ],
  ]);
});

it('tries a failing cell again by its run policy, and tells its failure', async () => {
  const { task, backfill } = await begin({ rerunTimes: 1, rerunInterval: 0 });
  house.world.job = async () => {
    throw new JobError('crm.main.one: it went wrong.');
  };
  await requestCells(task, backfill.id, hours(1));
  expect(await backfill.ends(1)).toEqual([
    {
      ...{ scheduleTime: hour(0), status: 'failed', runId: expect.any(String) },
      reason: 'crm.main.one: it went wrong.',
    },
  ]);
  expect(timesRun(house.world, task)).toHaveLength(2);
});

it('tells of a run whose workflow was ended from outside as failed', async () => {
  const { task, backfill, jobs } = await begin();
  await requestCells(task, backfill.id, hours(2));
  const [runId] = await jobs.until(1);
  await task.run(runId!).terminate('from outside');
  const [end] = await backfill.ends(1);
  expect(end).toMatchObject({
    ...{ scheduleTime: hour(0), status: 'failed', runId },
    reason: 'The run was lost: its workflow was ended in Temporal.',
  });
  await house.world.until(() => timesRun(house.world, task).length === 2);
  jobs.endAll();
  await backfill.ends(2);
});

it('goes on where workers were stopped in between', async () => {
  const { task, backfill, jobs } = await begin({ maxParallel: 2 });
  await requestCells(task, backfill.id, hours(2));
  await jobs.until(2);
  house.world.job = async () => nothingDone;
  jobs.endAll();
  await house.stopWorkers();
  await requestCells(task, backfill.id, hours(4).slice(2));
  await house.startWorkers();
  const ends = await backfill.ends(4);
  expect(ends.map(({ scheduleTime }) => scheduleTime).toSorted()).toEqual(hours(4));
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['succeeded']));
  expect(new Set(ends.map(({ runId }) => runId)).size).toBe(4);
});

it('ends its work where the backfill is not there any more', async () => {
  const { task, backfill, jobs } = await begin();
  await requestCells(task, backfill.id, hours(2));
  const [first] = await jobs.until(1);
  await backfill.close();
  jobs.end(first!);
  await house.world.until(() => timesRun(house.world, task).length === 2);
  jobs.endAll();
  await house.world.until(
    () =>
      [...house.world.runs.values()].filter(
        (run) => run.taskId === task.taskId && run.status === 'succeeded',
      ).length === 2,
  );
  await house.settled(task);
  await task.remove();
  await task.handle.result();
  expect(house.world.tasks.get(task.taskId)?.removedAt).not.toBeNull();
});
