/** What backfills run over the whole service, and in which order (rules 7, 9, 11): SH-07. */
import { runWorkflowId } from '../../../model/names';
import type { RunRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { withTemporal } from '../../support/temporal';
import { cellsOf } from './support/backfills';
import { beforeDue, instancesOf, secondsAfter, untilEnded } from './support/due-times';
import { runsOf } from './support/flow';
import { daily, hour, hours, hourlySteps } from './support/hourly-tasks';

const held = heldJobs();
const steps = stepJobs();
let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  const jobTypes = [held.jobType, steps.jobType];
  // However many cores there are: jobs that a test holds take none of another's places.
  const env = { TABLEGATE_MAX_JOBS: '20' };
  ({ installation, server } = await startServer({ jobTypes, env }));
});
afterAll(() => installation.end());

const { task, heldTask, chain, start, plan, over, move, states, attemptsOf } = hourlySteps(
  () => server.api,
);

test('SH-07: named times and a range with both its ends are run, and each run shows its schedule time in Temporal', async () => {
  const one = await task('Points');
  await over(await start([one], { scheduleTimes: ['2026-01-20 00:00:00', hour(3)] }));
  expect(await attemptsOf(one)).toEqual({ '00': 1, '03': 1 });
  const ended = await over(await start([one], hours(1, 4)));
  expect(ended).toMatchObject({ status: 'succeeded', startedBy: 'backfill', count: 4 });
  expect(await attemptsOf(one)).toEqual({ '00': 1, '01': 1, '02': 1, '03': 2, '04': 1 });
  const runs = await runsOf(server.api, one.id);
  expect(runs).toHaveLength(6);
  await withTemporal(async (client) => {
    for (const { id, scheduleTime, startedBy, startedByUser } of runs) {
      expect([startedBy, startedByUser]).toEqual(['backfill', 'admin']);
      const workflow = client.workflow.getHandle(runWorkflowId('default', one.id, id));
      const summary = await (await workflow.describe()).staticSummary();
      expect(summary).toBe(`Points for ${scheduleTime}: started by admin`);
    }
  });
});

test('the plan of a dry run is what then happens, and a dry run itself makes nothing', async () => {
  const { first, middle, last } = await chain();
  await over(await start([first], { scheduleTimes: [hour(1)] }));
  const ask = { ...hours(1, 3), downstream: 'matching' };
  const planned = await plan([first], ask);
  expect(planned).toMatchObject({ count: 9, marks: [] });
  expect(await runsOf(server.api, first.id)).toHaveLength(1);
  const path = `/backfills?taskId=${first.id}`;
  expect((await server.api.get<{ items: object[] }>(path)).items).toHaveLength(1);

  const before = steps.ran.length;
  const ended = await over(await start([first], ask));
  expect(ended).toMatchObject({ status: 'succeeded', count: 9, counts: { succeeded: 9 } });
  const cells = await cellsOf(server.api, ended.id);
  const shown = cells.map(({ taskId, scheduleTime, action, reason }) => {
    return { taskId, scheduleTime, action, reason };
  });
  expect(shown).toEqual(planned.cells);
  expect(shown.map(({ action }) => action)).toEqual(['rerun', ...Array<string>(8).fill('create')]);
  const order = steps.ran.slice(before);
  expect(order).toHaveLength(9);
  for (const [up, down] of [
    [first, middle],
    [middle, last],
  ] as const) {
    expect(order.indexOf(up.id)).toBeLessThan(order.indexOf(down.id));
  }
  for (const { runId, taskId, scheduleTime } of cells) {
    const run = await server.api.get<RunRead>(`/tasks/${taskId}/runs/${runId}`);
    expect(run).toMatchObject({ scheduleTime, status: 'succeeded', startedBy: 'backfill' });
  }
});

test.each([
  ['rerun', { '00': 2, '01': 2, '02': 2 }, ['succeeded', 'succeeded', 'succeeded']],
  ['failed', { '00': 2, '01': 1, '02': 1 }, ['succeeded', 'skipped', 'skipped']],
  ['skip', { '00': 1, '01': 1, '02': 1 }, ['skipped', 'skipped', 'skipped']],
] as const)(
  'the same range a second time with `existing: %s`',
  async (existing, attempts, expected) => {
    const one = await task('Twice');
    steps.break(one.id);
    await over(await start([one], { scheduleTimes: [hour(0)] }));
    steps.mend(one.id);
    await over(await start([one], hours(1, 2)));
    const again = await over(await start([one], { ...hours(0, 2), existing }));
    expect(again.status).toBe('succeeded');
    expect(await states(again)).toEqual({ [one.id]: expected });
    expect(await attemptsOf(one)).toEqual(attempts);
  },
);

test('a middle task that fails blocks what comes after it; mended and retried, nothing that succeeded runs again', async () => {
  const { first, middle, last } = await chain();
  steps.break(middle.id);
  const backfill = await start([first], { ...hours(0, 2), downstream: 'matching' });
  const failed = await over(backfill);
  expect(failed).toMatchObject({
    ...{ status: 'failed', estimatedEnd: null },
    counts: { succeeded: 3, failed: 3, blocked: 3 },
  });
  expect(await states(failed)).toEqual({
    [first.id]: Array(3).fill('succeeded'),
    [middle.id]: Array(3).fill('failed'),
    [last.id]: Array(3).fill('blocked'),
  });
  const blocked = (await cellsOf(server.api, failed.id)).find(({ taskId }) => taskId === last.id);
  expect(blocked?.reason).toContain(
    `It needs the task "${middle.name}" at ${hour(0)}, which did not succeed`,
  );
  expect(await runsOf(server.api, last.id)).toEqual([]);

  steps.mend(middle.id);
  expect((await move(backfill, 'retry-failed')).status).toBe('running');
  const mended = await over(backfill);
  expect(mended).toMatchObject({ status: 'succeeded', counts: { succeeded: 9, failed: 0 } });
  expect(await attemptsOf(first)).toEqual({ '00': 1, '01': 1, '02': 1 });
  expect(await attemptsOf(middle)).toEqual({ '00': 2, '01': 2, '02': 2 });
  expect(await attemptsOf(last)).toEqual({ '00': 1, '01': 1, '02': 1 });
  const nothingLeft = await move(backfill, 'retry-failed');
  expect(nothingLeft).toMatchObject({ status: 'succeeded', counts: { succeeded: 9 } });
});

test('`downstream: matching` takes in the days that the hours belong to, and each day waits for its hours', async () => {
  const up = await task('Hours');
  const day = await task('Day', { recurrence: daily, dependsOn: [up.id] });
  const alone = await plan([up], hours(2, 5));
  expect(alone.cells.map(({ taskId }) => taskId)).toEqual(Array(4).fill(up.id));
  const before = steps.ran.length;
  const ended = await over(await start([up], { ...hours(2, 5), downstream: 'matching' }));
  expect(ended.status).toBe('succeeded');
  const days = await instancesOf(server.api, day.id);
  expect(days.map(({ scheduleTime }) => scheduleTime)).toEqual([
    '2026-01-20T03:00:00.000Z',
    '2026-01-21T03:00:00.000Z',
  ]);
  const order = steps.ran.slice(before);
  expect(order.indexOf(day.id)).toBeGreaterThanOrEqual(2);
  expect(order.lastIndexOf(day.id)).toBe(5);
});

test('a diamond of four tasks runs its bottom once, after both sides', async () => {
  const top = await task('Top');
  const left = await task('Left', { dependsOn: [top.id] });
  const right = await task('Right', { dependsOn: [top.id] });
  const bottom = await task('Bottom', { dependsOn: [left.id, right.id] });
  const before = steps.ran.length;
  const ended = await over(
    await start([top], { scheduleTimes: [hour(0)], downstream: 'matching' }),
  );
  expect(ended).toMatchObject({ status: 'succeeded', count: 4 });
  const order = steps.ran.slice(before);
  expect([order[0], order[3]]).toEqual([top.id, bottom.id]);
  expect(order.slice(1, 3).toSorted()).toEqual([left.id, right.id].toSorted());
});

test('an instance that is cancelled by hand blocks what needs it, and the rest of the backfill goes on', async () => {
  const up = await heldTask('Cancelled by hand');
  const down = await task('Needs it', { dependsOn: [up.id] });
  const backfill = await start([up], { ...hours(0, 1), downstream: 'matching' });
  const first = await held.next(up.id);
  await server.api.post(`/tasks/${up.id}/runs/${first.runId}:cancel`);
  (await held.next(up.id)).succeed();
  expect(await over(backfill)).toMatchObject({ status: 'failed' });
  expect(await states(backfill)).toEqual({
    [up.id]: ['cancelled', 'succeeded'],
    [down.id]: ['blocked', 'succeeded'],
  });
  await move(backfill, 'retry-failed');
  (await held.next(up.id)).succeed();
  expect(await over(backfill)).toMatchObject({ status: 'succeeded' });
  expect(await attemptsOf(up)).toEqual({ '00': 2, '01': 1 });
  expect(await attemptsOf(down)).toEqual({ '00': 1, '01': 1 });
});

test('time limit and tries of the run policy hold for instances of a backfill too', async () => {
  const slow = await heldTask('Slow', { runPolicy: { timeout: 1 } });
  const failing = await task('Failing', { runPolicy: { rerunTimes: 2, rerunInterval: 0 } });
  steps.break(failing.id);
  const backfill = await start([slow, failing], { scheduleTimes: [hour(0)] });
  expect(await over(backfill)).toMatchObject({
    ...{ status: 'failed', counts: { timedOut: 1, failed: 1 } },
  });
  const [[late], [bad]] = (await Promise.all(
    [slow, failing].map(({ id }) => runsOf(server.api, id)),
  )) as [RunRead[], RunRead[]];
  expect(late).toMatchObject({ status: 'timedOut', attempt: 1, tries: 1 });
  expect(bad).toMatchObject({ status: 'failed', attempt: 1, tries: 3 });
});

test('times that were skipped as the task was paused count as not run: a backfill that leaves alone what has run makes them', async () => {
  const { one, startTime, endTime } = await beforeDue(async (due) => {
    const times = { startTime: due, endTime: secondsAfter(due, 1) };
    const recurrence = { cron: '* * * * * ?', ...times };
    const made = await task('Was paused', { kind: 'manual', recurrence });
    await server.api.post(`/tasks/${made.id}:pause`);
    await server.api.patch(`/tasks/${made.id}`, { kind: 'recurring' });
    return { one: made, ...times };
  });
  await untilEnded(server.api, one.id, 2);
  const range = { startTime, endTime, existing: 'skip' };
  expect((await plan([one], range)).cells).toMatchObject(
    Array(2).fill({ action: 'create', reason: 'it was skipped' }),
  );
  await over(await start([one], range));
  const made = await instancesOf(server.api, one.id);
  expect(made.map(({ status, attempts }) => [status, attempts])).toEqual(
    Array(2).fill(['succeeded', 1]),
  );
  expect((await plan([one], range)).cells).toMatchObject(
    Array(2).fill({ action: 'skip', reason: 'it has been run' }),
  );
});
