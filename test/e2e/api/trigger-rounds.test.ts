/** Rounds of a triggered task over the whole service: QA-25, QA-29 to QA-35, QA-38. */
import type { TriggerAnswer } from '../../../model/trigger';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import {
  gateOf,
  heldTask,
  ledgerOf,
  runsOf,
  startRun,
  trigger,
  untilIdle,
  urlsOf,
} from './support/flow';

const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
});
afterAll(() => installation.end());

const tables = ['up.main.a', 'up.main.b', 'up.main.c'];
const untouched = Object.fromEntries(tables.map((table) => [table, 'Not Triggered']));

async function waitingTask(settings: Record<string, unknown> = {}) {
  const { id } = await heldTask(server.api, tables, settings);
  const [a = '', b = '', c = ''] = await urlsOf(server.api, id);
  return { id, urls: [a, b, c], a, b, c };
}

test('QA-25: a saved triggered task has not run, and every table is Not Triggered', async () => {
  const { id } = await waitingTask();
  expect(await gateOf(server.api, id)).toEqual(untouched);
  expect(await runsOf(server.api, id)).toEqual([]);
});

test('QA-29: a task of one table starts on the request of that table', async () => {
  const { id } = await heldTask(server.api, ['up.main.a']);
  expect(await trigger(...(await urlsOf(server.api, id)))).toEqual(['started']);
  const run = await jobs.next();
  expect(await runsOf(server.api, id)).toMatchObject([{ id: run.runId, startedBy: 'triggers' }]);
  run.succeed();
  await untilIdle(server.api, id, 1);
});

test('QA-30, QA-31, QA-33: tables are Triggered one by one, in any order, and the last one starts the run by itself', async () => {
  const { id, a, b, c } = await waitingTask();
  expect(await trigger(c)).toEqual(['counted']);
  expect(await gateOf(server.api, id)).toEqual({ ...untouched, 'up.main.c': 'Triggered' });
  expect(await trigger(a)).toEqual(['counted']);
  expect(await runsOf(server.api, id)).toEqual([]);
  expect(await trigger(b)).toEqual(['started']);
  const run = await jobs.next();
  const all = tables.map((table) => [table, 'Triggered']);
  expect(await gateOf(server.api, id)).toEqual(Object.fromEntries(all));
  run.succeed();
  expect(await untilIdle(server.api, id, 1)).toMatchObject([
    { id: run.runId, status: 'succeeded', startedBy: 'triggers', startedByUser: null },
  ]);
});

test('QA-32: a repeated request stands in for no other table and starts nothing', async () => {
  const { id, a } = await waitingTask();
  expect(await trigger(a, a, a)).toEqual(['counted', 'duplicate', 'duplicate']);
  expect(await gateOf(server.api, id)).toEqual({ ...untouched, 'up.main.a': 'Triggered' });
  expect(await runsOf(server.api, id)).toEqual([]);
});

test('QA-34, QA-38: requests during a run are answered with success, ignored, and do not count for the next round', async () => {
  const { id, urls } = await waitingTask();
  await trigger(...urls);
  const run = await jobs.next();
  for (const url of urls) {
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ data: 'true', success: true });
  }
  expect(await trigger(...urls)).toEqual(['ignored', 'ignored', 'ignored']);
  run.succeed();
  expect(await untilIdle(server.api, id, 1)).toHaveLength(1);
  expect(await gateOf(server.api, id)).toEqual(untouched);
  const ledger = await ledgerOf(server.api, id);
  expect(ledger.map(({ outcome }) => outcome)).toEqual([
    ...Array<string>(6).fill('ignored'),
    ...['started', 'counted', 'counted'],
  ]);
  expect(ledger[0]).toMatchObject({ table: 'up.main.c', reason: 'a run is in progress' });
});

test('with whileRunning latch, requests during a run mark the next round, which starts when the run has ended', async () => {
  const { id, urls, a } = await waitingTask({ whileRunning: 'latch' });
  await trigger(...urls);
  const first = await jobs.next();
  expect(await trigger(...urls)).toEqual(['counted', 'counted', 'counted']);
  first.succeed();
  const second = await jobs.next();
  expect(second.runId).not.toBe(first.runId);
  expect(await trigger(a)).toEqual(['counted']);
  second.succeed();
  expect(await untilIdle(server.api, id, 2)).toHaveLength(2);
  expect(await gateOf(server.api, id)).toEqual({ ...untouched, 'up.main.a': 'Triggered' });
});

test.each([
  ['succeeded', 'succeed'],
  ['failed', 'fail'],
] as const)(
  'QA-35: after a triggered run that %s every table is Not Triggered, and a full round is needed again',
  async (status, end) => {
    const { id, urls, a, b, c } = await waitingTask();
    await trigger(...urls);
    (await jobs.next())[end]('the disk is full');
    expect(await untilIdle(server.api, id, 1)).toMatchObject([{ status }]);
    expect(await gateOf(server.api, id)).toEqual(untouched);
    expect(await trigger(a, b)).toEqual(['counted', 'counted']);
    expect(await runsOf(server.api, id)).toHaveLength(1);
    expect(await trigger(c)).toEqual(['started']);
    (await jobs.next()).succeed();
    expect(await untilIdle(server.api, id, 2)).toHaveLength(2);
  },
);

test('marks that were there before a manual start are kept through it', async () => {
  const { id, a, b } = await waitingTask();
  await trigger(a);
  await startRun(server.api, id);
  const run = await jobs.next();
  expect(await trigger(b)).toEqual(['ignored']);
  run.succeed();
  await untilIdle(server.api, id, 1);
  expect(await gateOf(server.api, id)).toEqual({ ...untouched, 'up.main.a': 'Triggered' });
});

test('an ignored request can be applied by hand once, and then counts', async () => {
  const { id, urls, a } = await waitingTask();
  await trigger(...urls);
  const run = await jobs.next();
  const ignored = ((await (await fetch(a)).json()) as TriggerAnswer).traceId;
  const apply = () =>
    server.api.call<{ code: string }>('POST', `/tasks/${id}/triggers/${ignored}:apply`);
  expect(await apply()).toMatchObject({ status: 409, body: { code: 'runInProgress' } });
  run.succeed();
  await untilIdle(server.api, id, 1);
  expect(await apply()).toMatchObject({
    status: 200,
    body: { receipt: ignored, outcome: 'counted', appliedBy: 'admin' },
  });
  expect(await gateOf(server.api, id)).toEqual({ ...untouched, 'up.main.a': 'Triggered' });
  expect(await apply()).toMatchObject({ status: 409, body: { code: 'triggerNotApplicable' } });
  expect(await trigger(...urls)).toEqual(['duplicate', 'counted', 'started']);
  (await jobs.next()).succeed();
  await untilIdle(server.api, id, 2);
});

test('while a task is paused requests go on marking, and its full gate starts the run on resume', async () => {
  const { id, urls } = await waitingTask();
  expect(await server.api.post(`/tasks/${id}:pause`)).toMatchObject({ paused: true, version: 2 });
  expect(await trigger(...urls)).toEqual(['counted', 'counted', 'counted']);
  expect(await runsOf(server.api, id)).toEqual([]);
  expect(await server.api.post(`/tasks/${id}:resume`)).toMatchObject({ paused: false, version: 3 });
  (await jobs.next()).succeed();
  expect(await untilIdle(server.api, id, 1)).toMatchObject([{ startedBy: 'triggers' }]);
});

test('a paused task can be started by hand', async () => {
  const { id } = await waitingTask();
  await server.api.post(`/tasks/${id}:pause`);
  await startRun(server.api, id);
  (await jobs.next()).succeed();
  expect(await untilIdle(server.api, id, 1)).toMatchObject([{ status: 'succeeded' }]);
});

test('resetting the gate takes off all marks of the open round', async () => {
  const { id, a, b } = await waitingTask();
  await trigger(a, b);
  await server.api.post(`/tasks/${id}:reset-gate`);
  expect(await gateOf(server.api, id)).toEqual(untouched);
});
