/** Backfills over the whole service (rules 7, 8, 9, 11): SH-07. */
import { cellsToConfirm, type BackfillView } from '../../../model/backfill';
import { runWorkflowId } from '../../../model/names';
import type { RunRead, TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { withTemporal } from '../../support/temporal';
import {
  cellsOf,
  planOf,
  readBackfill,
  startBackfill,
  statesByTask,
  untilAsked,
  untilOver,
} from './support/backfills';
import { instancesOf, secondsAhead, untilEnded } from './support/due-times';
import {
  createTask,
  isOver,
  readTask,
  runsOf,
  startRun,
  trigger,
  until,
  urlsOf,
} from './support/flow';

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

/** Every hour of some days that are over, so that nothing comes due while a test runs. */
const hourly = {
  ...{ every: 'hour', from: '00:00', interval: 1 },
  ...{ startTime: '2026-01-19 00:00:00', endTime: '2026-01-22 23:00:00' },
};
const daily = {
  ...{ every: 'day', at: '03:00' },
  ...{ startTime: '2026-01-19 00:00:00', endTime: '2026-01-22 23:00:00' },
};

const task = (name: string, settings: Record<string, unknown> = {}): Promise<TaskRead> =>
  createTask(server.api, ['up.main.a'], {
    ...{ name, kind: 'recurring', recurrence: hourly, job: { type: 'step' } },
    ...settings,
  });

const heldTask = (name: string, settings: Record<string, unknown> = {}): Promise<TaskRead> =>
  task(name, { job: { type: 'held' }, ...settings });

/** An hour of the day that the tests backfill, as it is shown. */
const hour = (number: number): string => new Date(Date.UTC(2026, 0, 20, number)).toISOString();

/** From one hour of that day to another, both included. */
const hours = (from: number, to: number) => ({ startTime: hour(from), endTime: hour(to) });

const start = (tasks: TaskRead[], body: object): Promise<BackfillView> =>
  startBackfill(server.api, { taskIds: tasks.map(({ id }) => id), ...body });

const plan = (tasks: TaskRead[], body: object) =>
  planOf(server.api, { taskIds: tasks.map(({ id }) => id), ...body });

const over = (backfill: Pick<BackfillView, 'id'>): Promise<BackfillView> =>
  untilOver(server.api, backfill.id);

const move = (backfill: BackfillView, action: string, body?: object): Promise<BackfillView> =>
  server.api.post(`/backfills/${backfill.id}:${action}`, body);

const states = async ({ id }: BackfillView) => statesByTask(await cellsOf(server.api, id));

async function attemptsOf({ id }: TaskRead): Promise<Record<string, number>> {
  const all = await instancesOf(server.api, id);
  return Object.fromEntries(
    all.map(({ scheduleTime, attempts }) => [scheduleTime.slice(11, 13), attempts]),
  );
}

/** Waits until the task has handed back all but the one instance that runs. */
const untilHeldBack = ({ id }: BackfillView) =>
  until(
    () => readBackfill(server.api, id),
    ({ counts }) => counts.running === 1,
  );

/** How often the jobs of the task have begun. */
const begun = ({ id }: TaskRead): number => steps.ran.filter((ran) => ran === id).length;

/** Three tasks in a row. */
async function chain() {
  const first = await task('First');
  const middle = await task('Middle', { dependsOn: [first.id] });
  const last = await task('Last', { dependsOn: [middle.id] });
  return { first, middle, last };
}

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
  expect(blocked?.reason).toContain(`It needs ${middle.id} at ${hour(0)}, which did not succeed`);
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

test('on a night when the clocks change a range has the hours that there are, and ends of months are found', async () => {
  const recurrence = { ...hourly, startTime: '2025-01-01', endTime: '2026-12-31' };
  const one = await task('Berlin', { recurrence, timezone: 'Europe/Berlin' });
  const cellsOn = async (day: string) => {
    const range = { startTime: `${day} 00:00:00`, endTime: `${day} 23:00:00` };
    const { cells } = await plan([one], range);
    return cells.map(({ scheduleTime }) => scheduleTime.slice(5, 13));
  };
  const spring = await cellsOn('2026-03-29');
  expect(spring).toHaveLength(23);
  expect(spring.slice(1, 4)).toEqual(['03-29T00', '03-29T01', '03-29T02']);
  // Temporal fires the hour that comes twice once, and so does a backfill.
  const autumn = await cellsOn('2026-10-25');
  expect(autumn).toHaveLength(24);
  expect(autumn.slice(1, 4)).toEqual(['10-24T23', '10-25T00', '10-25T02']);

  const month = await task('Months', { recurrence: { cron: '0 0 0 L * ?' } });
  const { cells } = await plan([month], { startTime: '2024-01-01', endTime: '2024-12-31' });
  expect(cells.map(({ scheduleTime }) => scheduleTime.slice(5, 10))).toEqual([
    ...['01-31', '02-29', '03-31', '04-30', '05-31', '06-30'],
    ...['07-31', '08-31', '09-30', '10-31', '11-30', '12-31'],
  ]);
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
  const [startTime, endTime] = [secondsAhead(4), secondsAhead(5)];
  const recurrence = { cron: '* * * * * ?', startTime, endTime };
  const one = await task('Was paused', { kind: 'manual', recurrence });
  await server.api.post(`/tasks/${one.id}:pause`);
  await server.api.patch(`/tasks/${one.id}`, { kind: 'recurring' });
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

test('a paused backfill starts nothing new, what runs comes to its end, and it goes on when it is resumed', async () => {
  const one = await heldTask('Paused');
  const backfill = await start([one], hours(0, 2));
  const first = await held.next(one.id);
  expect(await move(backfill, 'pause')).toMatchObject({ status: 'paused', estimatedEnd: null });
  expect((await move(backfill, 'pause')).status).toBe('paused');
  await untilHeldBack(backfill);
  first.succeed();
  const paused = await until(
    () => readBackfill(server.api, backfill.id),
    ({ counts }) => counts.succeeded === 1 && counts.waiting === 2,
  );
  expect(paused.status).toBe('paused');
  expect((await move(backfill, 'resume')).status).toBe('running');
  for (const _left of [1, 2]) (await held.next(one.id)).succeed();
  expect(await over(backfill)).toMatchObject({ status: 'succeeded', counts: { succeeded: 3 } });
  expect(await attemptsOf(one)).toEqual({ '00': 1, '01': 1, '02': 1 });
  const late = await server.api.call('POST', `/backfills/${backfill.id}:pause`);
  expect(late).toMatchObject({ status: 409, body: { code: 'backfillNotLive' } });
});

test('cancelled by drain, what runs comes to its end and the rest is cancelled; a retry takes that up', async () => {
  const one = await heldTask('Drained');
  const backfill = await start([one], hours(0, 2));
  const first = await held.next(one.id);
  expect((await move(backfill, 'cancel')).status).toBe('cancelling');
  await untilHeldBack(backfill);
  first.succeed();
  const cancelled = await over(backfill);
  expect(cancelled).toMatchObject({ status: 'cancelled', counts: { succeeded: 1, cancelled: 2 } });
  expect(await attemptsOf(one)).toEqual({ '00': 1 });
  await move(backfill, 'retry-failed');
  for (const _left of [1, 2]) (await held.next(one.id)).succeed();
  expect(await over(backfill)).toMatchObject({ status: 'succeeded', counts: { succeeded: 3 } });
  expect(await attemptsOf(one)).toEqual({ '00': 1, '01': 1, '02': 1 });
});

test('cancelled by kill, what runs is cancelled too, and a retry runs it again', async () => {
  const one = await heldTask('Killed');
  const backfill = await start([one], hours(0, 1));
  const first = await held.next(one.id);
  await move(backfill, 'cancel', { mode: 'kill' });
  const cancelled = await over(backfill);
  expect(cancelled).toMatchObject({ status: 'cancelled', counts: { cancelled: 2 } });
  expect(await runsOf(server.api, one.id)).toMatchObject([
    { id: first.runId, status: 'cancelled', failureReason: 'cancelled: backfill cancelled' },
  ]);
  await move(backfill, 'retry-failed');
  for (const _both of [0, 1]) (await held.next(one.id)).succeed();
  expect((await over(backfill)).status).toBe('succeeded');
  expect(await attemptsOf(one)).toEqual({ '00': 2, '01': 1 });
});

test('what is edited under a running backfill holds from the next instance on', async () => {
  const one = await heldTask('Edited', { job: { type: 'held', config: { note: 'before' } } });
  const backfill = await start([one], hours(0, 2));
  const first = await held.next(one.id);
  await server.api.patch(`/tasks/${one.id}`, {
    ...{ job: { type: 'held', config: { note: 'after' } }, runPolicy: { maxParallel: 2 } },
  });
  expect(first.config).toEqual({ note: 'before' });
  // With two slots the next one begins beside it.
  const second = await held.next(one.id);
  first.succeed();
  const third = await held.next(one.id);
  for (const run of [second, third]) {
    expect(run.config).toEqual({ note: 'after' });
    run.succeed();
  }
  expect((await over(backfill)).status).toBe('succeeded');
});

test('a task that is removed under a running backfill is dropped from it, and the others go on', async () => {
  const up = await heldTask('Goes');
  const after = await task('After it', { dependsOn: [up.id] });
  const beside = await task('Beside it');
  const backfill = await start([up, after, beside], hours(0, 1));
  const live = await held.next(up.id);
  await server.api.delete(`/tasks/${up.id}?detach=true`);
  const ended = await over(backfill);
  expect(ended).toMatchObject({ status: 'failed', counts: { succeeded: 2, blocked: 2 } });
  const byTask = await states(ended);
  expect(byTask[beside.id]).toEqual(['succeeded', 'succeeded']);
  expect(byTask[after.id]).toEqual(['blocked', 'blocked']);
  expect(byTask[up.id]?.filter((state) => state === 'succeeded')).toEqual([]);
  expect(byTask[up.id]).toContain('dropped');
  const path = `/tasks/${up.id}/runs/${live.runId}`;
  expect(await server.api.get(path)).toMatchObject({
    ...{ status: 'cancelled', failureReason: 'cancelled: task removed' },
  });
});

test('two backfills that overlap run what they share once, and both come to their end', async () => {
  const one = await heldTask('Shared');
  const early = await start([one], hours(0, 2));
  const first = await held.next(one.id);
  const late = await start([one], hours(1, 3));
  await untilAsked(one.id, 2);
  first.succeed();
  for (const _left of [1, 2, 3]) (await held.next(one.id)).succeed();
  expect(await over(early)).toMatchObject({ status: 'succeeded', counts: { succeeded: 3 } });
  expect(await over(late)).toMatchObject({ status: 'succeeded', counts: { succeeded: 3 } });
  expect(await attemptsOf(one)).toEqual({ '00': 1, '01': 1, '02': 1, '03': 1 });
});

test('a plan of more than 10,000 instances needs `confirm`, is shown by a dry run, and can be cancelled half way', async () => {
  const many = { ...hourly, startTime: '2024-01-01 00:00:00', endTime: '2025-12-31 23:00:00' };
  const one = await task('Years', { recurrence: many });
  const ask = { startTime: '2024-01-01', endTime: '2025-12-31 23:00:00' };
  const refused = await server.api.call('POST', '/backfills', {
    body: { taskIds: [one.id], ...ask },
  });
  expect(refused).toMatchObject({ status: 409, body: { code: 'confirmationNeeded' } });
  expect(refused.body.detail).toContain('17544');
  const planned = await plan([one], ask);
  expect([planned.count, planned.cells.length]).toEqual([17_544, cellsToConfirm]);
  const backfill = await start([one], { ...ask, confirm: true });
  expect(backfill).toMatchObject({ status: 'running', count: 17_544 });
  const underWay = await until(
    () => readBackfill(server.api, backfill.id),
    ({ counts }) => (counts.succeeded ?? 0) > 20,
  );
  expect(Date.parse(underWay.estimatedEnd ?? '')).toBeGreaterThan(Date.now());
  await move(backfill, 'cancel');
  const { counts, status } = await over(backfill);
  expect(status).toBe('cancelled');
  expect((counts.succeeded ?? 0) + (counts.cancelled ?? 0)).toBe(17_544);
  expect(begun(one)).toBe(counts.succeeded);
});

test('of a triggered task the times of a range are those of its recurrence, else its instances and open gates', async () => {
  const withTimes = await task('Triggered by hours', { kind: 'triggered' });
  const without = await task('Triggered', {
    kind: 'triggered',
    recurrence: null,
    tables: ['x.y.z', 'x.y.u'],
  });
  const [z = '', u = ''] = await urlsOf(server.api, without.id);
  for (const url of [z, u]) await fetch(`${url}/${hour(1)}`);
  await fetch(`${z}/${hour(2)}`);
  await untilEnded(server.api, without.id, 1);
  const { cells } = await plan([withTimes, without], hours(0, 3));
  const shown = cells.map(({ taskId, scheduleTime, action }) => [taskId, scheduleTime, action]);
  expect(shown.filter(([id]) => id === withTimes.id)).toHaveLength(4);
  expect(shown.filter(([id]) => id === without.id)).toEqual([
    [without.id, hour(1), 'rerun'],
    [without.id, hour(2), 'create'],
  ]);
  const ended = await over(await start([withTimes, without], hours(0, 3)));
  expect(ended).toMatchObject({ status: 'succeeded', count: 6 });
  expect(await attemptsOf(without)).toEqual({ '01': 2, '02': 1 });
  // Its cell leaves the marks of the gate.
  expect((await readTask(server.api, without.id)).gate?.dated).toHaveLength(1);
  expect(await trigger(`${u}/${hour(2)}`)).toEqual(['started']);
});

test('a backfill runs while its task is paused, and does not make it busy', async () => {
  const one = await heldTask('Asleep', { kind: 'triggered', recurrence: null });
  await server.api.post(`/tasks/${one.id}:pause`);
  const backfill = await start([one], { scheduleTimes: [hour(0)] });
  const cell = await held.next(one.id);
  await server.api.post(`/tasks/${one.id}:resume`);
  const [url = ''] = await urlsOf(server.api, one.id);
  expect(await trigger(url)).toEqual(['started']);
  cell.succeed();
  (await held.next(one.id)).succeed();
  expect((await over(backfill)).status).toBe('succeeded');
  await until(
    () => runsOf(server.api, one.id),
    (runs) => runs.length === 2 && runs.every(isOver),
  );
});

test('a manual start goes before the cells that wait for the slot', async () => {
  const one = await heldTask('One slot');
  const backfill = await start([one], hours(0, 2));
  const first = await held.next(one.id);
  const byHand = await startRun(server.api, one.id);
  expect(byHand.status).toBe('queued');
  first.succeed();
  const second = await held.next(one.id);
  expect(second.runId).toBe(byHand.id);
  second.succeed();
  for (const _left of [1, 2]) (await held.next(one.id)).succeed();
  expect(await over(backfill)).toMatchObject({ status: 'succeeded', counts: { succeeded: 3 } });
});

test('`:rerun` of an instance is its next attempt, with what comes after it where that is wished', async () => {
  const { first, middle, last } = await chain();
  await over(await start([first], { scheduleTimes: [hour(0)], downstream: 'matching' }));
  const [record] = await runsOf(server.api, first.id);
  const rerun = (body?: object) =>
    server.api.post<RunRead & { backfillId: string }>(
      `/tasks/${first.id}/runs/${record?.id}:rerun`,
      body,
    );
  const alone = await rerun();
  expect(alone).toMatchObject({ attempt: 2, scheduleTime: hour(0), startedBy: 'backfill' });
  expect(await over({ id: alone.backfillId })).toMatchObject({ count: 1, startedBy: 'rerun' });
  const all = await rerun({ downstream: 'matching' });
  expect(await over({ id: all.backfillId })).toMatchObject({ count: 3, status: 'succeeded' });
  expect(await Promise.all([first, middle, last].map(attemptsOf))).toEqual([
    { '00': 3 },
    { '00': 2 },
    { '00': 2 },
  ]);
});

test('`:rerun` of a live run follows it, and is answered as one that waits', async () => {
  const one = await heldTask('Live');
  const backfill = await start([one], { scheduleTimes: [hour(0)] });
  const live = await held.next(one.id);
  const path = `/tasks/${one.id}/runs/${live.runId}:rerun`;
  const asked = await server.api.post<RunRead & { backfillId: string }>(path);
  expect(asked).toMatchObject({ id: null, status: 'queued', attempt: 2, scheduleTime: hour(0) });
  live.succeed();
  (await held.next(one.id)).succeed();
  for (const id of [backfill.id, asked.backfillId]) await over({ id });
  expect(await attemptsOf(one)).toEqual({ '00': 2 });
});

test('`:rerun` of a run without a time starts the task by hand; what the run policy denies is refused', async () => {
  const one = await task('By hand', { runPolicy: { rerunMode: 'FailureAllowed' } });
  steps.break(one.id);
  const run = await startRun(server.api, one.id);
  await until(
    () => runsOf(server.api, one.id),
    (runs) => runs.every(isOver),
  );
  steps.mend(one.id);
  const again = await server.api.post<RunRead>(`/tasks/${one.id}/runs/${run.id}:rerun`);
  expect(again).toMatchObject({ startedBy: 'manual', scheduleTime: null, backfillId: null });
  await until(
    () => runsOf(server.api, one.id),
    (runs) => runs.length === 2 && runs.every(isOver),
  );
  await over(await start([one], { scheduleTimes: [hour(0)] }));
  const [dated] = await runsOf(server.api, one.id);
  for (const { id } of [again, dated!]) {
    const denied = await server.api.call('POST', `/tasks/${one.id}/runs/${id}:rerun`);
    expect(denied).toMatchObject({ status: 409, body: { code: 'rerunDenied' } });
    expect(denied.body.detail).toContain('reruns only after a failure');
  }
  expect(begun(one)).toBe(3);
  const planned = await plan([one], hours(0, 0));
  expect(planned.cells).toMatchObject([
    { action: 'skip', reason: expect.stringContaining('only after a failure') as string },
  ]);
});

test('a request sent again with its Idempotency-Key is the same backfill; with another body it is refused', async () => {
  const one = await task('Once');
  const body = { taskIds: [one.id], ...hours(0, 1) };
  const headers = { 'idempotency-key': 'nightly-1' };
  const sent = await Promise.all(
    [1, 2, 3].map(() => server.api.call<BackfillView>('POST', '/backfills', { body, headers })),
  );
  const taken = sent.filter(({ status }) => status === 202);
  expect(taken.length).toBeGreaterThanOrEqual(1);
  expect(new Set(taken.map((answer) => answer.body.id)).size).toBe(1);
  await over(taken[0]!.body);
  const repeated = await server.api.call<BackfillView>('POST', '/backfills', { body, headers });
  expect(repeated.body.id).toBe(taken[0]!.body.id);
  const other = { ...body, ...hours(0, 2) };
  expect(await server.api.call('POST', '/backfills', { body: other, headers })).toMatchObject({
    ...{ status: 422, body: { code: 'idempotencyKeyReused' } },
  });
  expect(await attemptsOf(one)).toEqual({ '00': 1, '01': 1 });
});

test('how long a plan takes is told once runs have shown how long they take', async () => {
  const one = await task('Timed');
  expect((await plan([one], hours(0, 3))).estimatedSeconds).toBeNull();
  await over(await start([one], { scheduleTimes: [hour(0)] }));
  const { estimatedSeconds } = await plan([one], hours(0, 3));
  expect(estimatedSeconds).toBeGreaterThan(0);
});

test('a backfill by table takes in every task that lists or reads it, and tables of triggered tasks are marked', async () => {
  const table = 'up.main.named';
  const lists = await task('Lists', { tables: [table] });
  const reads = await task('Reads', { job: { type: 'step', config: { reads: [table] } } });
  const waits = await task('Waits', { kind: 'triggered', tables: [table, 'up.main.more'] });
  const body = { tables: [table], scheduleTimes: [hour(0)] };
  const planned = await planOf(server.api, body);
  expect(planned.cells.map(({ taskId }) => taskId).toSorted()).toEqual(
    [lists.id, reads.id].toSorted(),
  );
  expect(planned.marks).toEqual([{ taskId: waits.id, table, scheduleTime: hour(0) }]);
  expect(await over(await startBackfill(server.api, body))).toMatchObject({ count: 2 });
  const { gate } = await readTask(server.api, waits.id);
  expect(gate?.dated).toMatchObject([
    { scheduleTime: hour(0), tables: [{ table, status: 'Triggered' }, {}] },
  ]);
});

test('a range stops at now, and one without times is over at once', async () => {
  const near = { every: 'hour', startTime: secondsAhead(-7_200) };
  const one = await task('Open end', { kind: 'manual', recurrence: near });
  const endTime = secondsAhead(86_400);
  const { cells } = await plan([one], { startTime: near.startTime, endTime });
  expect(cells.length).toBeGreaterThanOrEqual(2);
  expect(cells.length).toBeLessThanOrEqual(3);
  const none = await start([one], hours(1, 2));
  expect(none).toMatchObject({ status: 'succeeded', count: 0 });
});
