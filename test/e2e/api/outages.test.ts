/** What callers get while Temporal, or the store, is away. */
import type { TriggerAnswer } from '../../../model/trigger';
import { nextFreePort } from '../../../cli/launcher/free-port';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { databaseProxy, type DatabaseProxy } from '../../support/servers/database-proxy';
import {
  gateOf,
  heldTask,
  ledgerOf,
  lookAtTask,
  runsOf,
  trigger,
  untilIdle,
  urlsOf,
} from './support/flow';

const jobs = heldJobs();
const jobTypes = [jobs.jobType];
const tables = ['up.main.a', 'up.main.b'];
let installation: Installation;
let server: TestServer;
let proxy: DatabaseProxy;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes }));
  proxy = await databaseProxy(installation.databaseUrl);
});
afterAll(async () => {
  await installation.end();
  await proxy.close();
});

async function waitingTask() {
  const { id } = await heldTask(server.api, tables);
  return { id, urls: await urlsOf(server.api, id) };
}

const at = ({ url }: TestServer, triggerUrl: string) => triggerUrl.replace(/^http:\/\/[^/]+/, url);

/** A trigger that is not taken is told so in the eight keys. */
async function expectNotTaken(url: string, errorCode: string): Promise<void> {
  const answer = await fetch(url);
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  const body = (await answer.json()) as TriggerAnswer;
  expect(Object.keys(body)).toEqual([
    ...['data', 'errorCode', 'errorDesc', 'exStack'],
    ...['opers', 'solution', 'success', 'traceId'],
  ]);
  expect(body).toMatchObject({ data: null, success: false, errorCode, opers: [] });
  expect(body.errorDesc).toBeTruthy();
}

test('where Temporal does not answer a trigger gets 503 in the eight keys, and nothing is counted', async () => {
  const { id, urls } = await waitingTask();
  const port = await nextFreePort(29_233 + (process.pid % 500));
  const cut = await installation.start({
    ...{ jobTypes, temporalAddress: `127.0.0.1:${port}`, patience: 1 },
    roles: { worker: false },
  });
  await expectNotTaken(at(cut, urls[0]!), 'temporalUnavailable');
  expect(await ledgerOf(server.api, id)).toEqual([]);
  expect(Object.values(await gateOf(server.api, id))).toEqual(['Not Triggered', 'Not Triggered']);
  await cut.stop();
});

test('where Temporal does not answer nothing is created or started, what is stored is still read, and unknown tokens are refused as ever', async () => {
  const { id, urls } = await waitingTask();
  const port = await nextFreePort(29_233 + (process.pid % 500));
  const cut = await installation.start({
    ...{ jobTypes, temporalAddress: `127.0.0.1:${port}`, patience: 1 },
    roles: { worker: false },
  });
  const body = { name: 'Never', kind: 'manual', tables, job: { type: 'held' } };
  const [created, started, health, readiness, task, unknown] = await Promise.all([
    cut.api.call('POST', '/tasks', { body }),
    cut.api.call('POST', `/tasks/${id}/runs`),
    fetch(`${cut.url}/healthz`),
    fetch(`${cut.url}/readyz`),
    lookAtTask(cut.api, id),
    fetch(`${at(cut, urls[0]!)}0`),
  ]);
  const unavailable = { status: 503, body: { code: 'temporalUnavailable' } };
  expect(created).toMatchObject(unavailable);
  expect(started).toMatchObject(unavailable);
  expect([health.status, readiness.status, unknown.status]).toEqual([200, 503, 404]);
  expect(task).toMatchObject({ id, stale: true });
  const { items } = await cut.api.get<{ items: { name: string }[] }>('/tasks');
  expect(items.map(({ name }) => name)).not.toContain('Never');
  expect(await runsOf(server.api, id)).toEqual([]);
  await cut.stop();
});

test('where the store does not answer a trigger gets 503 in the eight keys; once it is back the same server goes on', async () => {
  const { id, urls } = await waitingTask();
  const behind = await installation.start({
    ...{ jobTypes, databaseUrl: proxy.url },
    roles: { worker: false },
  });
  expect(await trigger(at(behind, urls[0]!))).toEqual(['counted']);
  await proxy.cut();
  await expectNotTaken(at(behind, urls[1]!), 'storeUnavailable');
  expect(await behind.api.call('GET', '/tasks')).toMatchObject({
    status: 503,
    body: { code: 'storeUnavailable' },
  });
  expect((await fetch(`${behind.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${behind.url}/readyz`)).status).toBe(503);
  expect(await runsOf(server.api, id)).toEqual([]);
  await proxy.mend();
  expect(await trigger(at(behind, urls[1]!))).toEqual(['started']);
  (await jobs.next()).succeed();
  await untilIdle(behind.api, id, 1);
  await behind.stop();
});

test('a worker whose store is away loses nothing: the run goes on, and record and ledger are written when it is back', async () => {
  await server.stop();
  const api = await installation.start({ jobTypes, roles: { worker: false } });
  const worker = await installation.start({
    ...{ jobTypes, databaseUrl: proxy.url },
    roles: { api: false },
  });
  const { id } = await heldTask(api.api, tables);
  const urls = await urlsOf(api.api, id);
  expect(await trigger(urls[0]!)).toEqual(['counted']);
  await proxy.cut();
  expect(await trigger(urls[1]!)).toEqual(['started']);
  await proxy.mend();
  const run = await jobs.next();
  await proxy.cut();
  expect(await trigger(urls[0]!)).toEqual(['ignored']);
  run.succeed();
  await proxy.mend();
  expect(await untilIdle(api.api, id, 1)).toMatchObject([{ id: run.runId, status: 'succeeded' }]);
  const outcomes = (await ledgerOf(api.api, id)).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['ignored', 'started', 'counted']);
  await Promise.all([api.stop(), worker.stop()]);
  server = await installation.start({ jobTypes });
});
