/** Backfills that are paused, cancelled and joined, and tasks that change under them (rules 4 to 6, 11). */
import type { BackfillView } from '../../../model/backfill';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { readBackfill, untilAsked } from './support/backfills';
import { isOver, runsOf, startRun, trigger, until, urlsOf } from './support/flow';
import { hour, hours, hourlySteps } from './support/hourly-tasks';

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

const { task, heldTask, start, over, move, states, attemptsOf } = hourlySteps(() => server.api);

/** Waits until the task has handed back all but the one instance that runs. */
const untilHeldBack = ({ id }: BackfillView) =>
  until(
    () => readBackfill(server.api, id),
    ({ counts }) => counts.running === 1,
  );

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
  expect(ended).toMatchObject({ status: 'failed', counts: { succeeded: 4 } });
  const byTask = await states(ended);
  expect(byTask[beside.id]).toEqual(['succeeded', 'succeeded']);
  // It comes after the removed task no more, in this plan too.
  expect(byTask[after.id]).toEqual(['succeeded', 'succeeded']);
  expect(byTask[up.id]).toContain('dropped');
  const path = `/tasks/${up.id}/runs/${live.runId}`;
  expect(await server.api.get(path)).toMatchObject({
    ...{ status: 'cancelled', failureReason: 'cancelled: task removed' },
  });
});

test('a task that is removed without detach blocks what needs what it would have written', async () => {
  const output = 'analysis.main.of_removed';
  const job = (config: object) => ({ job: { type: 'step', config } });
  const first = await heldTask('Before it');
  const up = await task('Writes', { dependsOn: [first.id], ...job({ writes: [output] }) });
  const after = await task('Reads', job({ reads: [output] }));
  const backfill = await start([first, up, after], hours(0, 0));
  const live = await held.next(first.id);
  await server.api.delete(`/tasks/${up.id}`);
  live.succeed();
  const ended = await over(backfill);
  expect(await states(ended)).toEqual({
    ...{ [first.id]: ['succeeded'], [up.id]: ['dropped'], [after.id]: ['blocked'] },
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

test('a manual start that waits for the slot can be cancelled, and the cells go on', async () => {
  const one = await heldTask('Called off');
  const backfill = await start([one], hours(0, 1));
  const first = await held.next(one.id);
  const byHand = await startRun(server.api, one.id);
  const cancel = () => server.api.call('POST', `/tasks/${one.id}/runs/${byHand.id}:cancel`);
  expect(await cancel()).toMatchObject({
    status: 200,
    body: { status: 'cancelled', failureReason: 'cancelled: by admin', startedAt: null },
  });
  expect(await cancel()).toMatchObject({ status: 409, body: { code: 'runNotLive' } });
  first.succeed();
  (await held.next(one.id)).succeed();
  expect(await over(backfill)).toMatchObject({ status: 'succeeded', counts: { succeeded: 2 } });
});
