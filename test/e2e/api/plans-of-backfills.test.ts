/** Which instances belong to a backfill, and what is said of it before it starts (rules 8, 11). */
import { cellsToConfirm, type BackfillView } from '../../../model/backfill';
import type { TaskRead } from '../../../scheduling/scheduling';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { planOf, readBackfill, startBackfill } from './support/backfills';
import { secondsAhead, untilEnded } from './support/due-times';
import { readTask, trigger, until, urlsOf } from './support/flow';
import { hour, hourly, hours, hourlySteps } from './support/hourly-tasks';

const steps = stepJobs();
let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  const jobTypes = [steps.jobType];
  // However many cores there are: jobs that a test holds take none of another's places.
  const env = { TABLEGATE_MAX_JOBS: '20' };
  ({ installation, server } = await startServer({ jobTypes, env }));
});
afterAll(() => installation.end());

const { task, start, plan, over, move, attemptsOf } = hourlySteps(() => server.api);

/** How often the jobs of the task have begun. */
const begun = ({ id }: TaskRead): number => steps.ran.filter((ran) => ran === id).length;

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
