/** Records that are run again (rule 7). */
import type { RunRead, TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { isOver, runsOf, startRun, until } from './support/flow';
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

const { task, heldTask, chain, start, plan, over, attemptsOf } = hourlySteps(() => server.api);

/** How often the jobs of the task have begun. */
const begun = ({ id }: TaskRead): number => steps.ran.filter((ran) => ran === id).length;

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
