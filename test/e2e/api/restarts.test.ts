/** Several servers over one store, stopped and started: SH-01, SH-05. */
import type { TriggerUrl } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { makeInstallation, type Installation, type TestServer } from '../../support/running-server';
import {
  createTask,
  gateOf,
  heldTask,
  ledgerOf,
  lookAtTask,
  readTask,
  runsOf,
  startRun,
  trigger,
  untilIdle,
  urlsOf,
  statusesOf,
} from './support/flow';

const jobs = heldJobs();
const jobTypes = [jobs.jobType];
const tables = ['up.main.a', 'up.main.b'];
let installation: Installation;
const servers: TestServer[] = [];
beforeAll(async () => {
  installation = await makeInstallation();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => installation.end());

async function start(...roles: ('api' | 'worker')[]): Promise<TestServer> {
  const wanted = { api: roles.includes('api'), worker: roles.includes('worker') };
  return kept(await installation.start({ jobTypes, roles: wanted }));
}

/** An API that does not wait long for a worker. */
async function startImpatient(): Promise<TestServer> {
  return kept(await installation.start({ jobTypes, roles: { worker: false }, patience: 1 }));
}

function kept(server: TestServer): TestServer {
  servers.push(server);
  return server;
}

/** The URL as another server has it, which listens on a port of its own. */
const at = ({ url }: TestServer, triggerUrl: string) => triggerUrl.replace(/^http:\/\/[^/]+/, url);

test('SH-01: a table triggered before worker and API are restarted counts after it', async () => {
  const [before, worker] = [await start('api'), await start('worker')];
  const { id } = await heldTask(before.api, tables);
  const [a = '', b = ''] = await urlsOf(before.api, id);
  expect(await trigger(a)).toEqual(['counted']);
  await before.stop();
  await worker.stop();
  const after = await start('api', 'worker');
  expect(await gateOf(after.api, id)).toEqual({
    [tables[0]!]: 'Triggered',
    [tables[1]!]: 'Not Triggered',
  });
  expect(await trigger(at(after, b))).toEqual(['started']);
  (await jobs.next()).succeed();
  expect(await untilIdle(after.api, id, 1)).toMatchObject([{ startedBy: 'triggers' }]);
});

test('a run outlives a restart of the API, and one of the worker, whose next one does the job anew', async () => {
  const [api, worker] = [await start('api'), await start('worker')];
  const { id } = await heldTask(api.api, tables, { kind: 'manual' });
  await startRun(api.api, id);
  const first = await jobs.next();
  await api.stop();
  await worker.stop();
  const after = await start('api', 'worker');
  const again = await jobs.next();
  expect(again.runId).toBe(first.runId);
  again.succeed();
  expect(await untilIdle(after.api, id, 1)).toMatchObject([
    { id: first.runId, status: 'succeeded', tries: 1 },
  ]);
});

test('SH-05: a second API over the same store answers the same', async () => {
  const [one, other] = [await start('api', 'worker'), await start('api')];
  const { id } = await heldTask(one.api, tables);
  const urls = await urlsOf(one.api, id);
  await trigger(...urls);
  const run = await jobs.next();
  await trigger(urls[0]!);
  run.succeed();
  await untilIdle(one.api, id, 1);
  const paths = ['', '/runs', '/triggers', `/runs/${run.runId}`, `/runs/${run.runId}/log`];
  for (const path of [...paths.map((rest) => `/tasks/${id}${rest}`), '/tasks', '/connections']) {
    expect(await other.api.get(path)).toEqual(await one.api.get(path));
  }
  const others = (await urlsOf(other.api, id)).map((url) => at(one, url));
  expect(others).toEqual(urls);
});

test('what one API is told the other knows at once: triggers count together, an edit and a rotation hold', async () => {
  const [one, other] = [await start('api', 'worker'), await start('api')];
  const { id } = await heldTask(one.api, tables);
  const [a = '', b = ''] = await urlsOf(one.api, id);
  expect(await trigger(at(one, a))).toEqual(['counted']);
  expect(await trigger(at(other, a))).toEqual(['duplicate']);
  await other.api.patch(`/tasks/${id}`, { name: 'By the other' });
  expect((await readTask(one.api, id)).name).toBe('By the other');

  const rotated = await one.api.post<TriggerUrl>(`/tasks/${id}/trigger-urls/${tables[1]}:rotate`);
  for (const server of [one, other]) expect((await fetch(at(server, b))).status).toBe(404);
  expect(await trigger(at(other, rotated.url))).toEqual(['started']);
  (await jobs.next()).succeed();
  await untilIdle(one.api, id, 1);
});

test('two APIs that start a task at once begin one run', async () => {
  const [one, other] = [await start('api', 'worker'), await start('api')];
  const { id } = await heldTask(one.api, tables);
  const answers = await Promise.all(
    [one, other].map(({ api }) => api.call('POST', `/tasks/${id}/runs`)),
  );
  expect(statusesOf(answers)).toEqual([202, 409]);
  (await jobs.next()).succeed();
  expect(await untilIdle(one.api, id, 1)).toHaveLength(1);
});

test('with no worker up triggers are taken, the task is read from the store as stale, and the run starts when a worker is there', async () => {
  const api = await startImpatient();
  const { id } = await heldTask(api.api, tables);
  const urls = await urlsOf(api.api, id);
  for (const url of [urls[0]!, `${urls[1]}?wait=outcome`]) {
    const answer = await fetch(url);
    expect(await answer.json()).toMatchObject({ data: 'true', success: true });
    // Nobody is there to tell it.
    expect(answer.headers.get('x-tablegate-outcome')).toBeNull();
  }
  expect(await lookAtTask(api.api, id)).toMatchObject({
    ...{ id, stale: true, latestRun: null },
    gate: { tables: tables.map((table) => ({ table, status: 'Not Triggered' })) },
  });
  await start('worker');
  const run = await jobs.next();
  expect(await readTask(api.api, id)).toMatchObject({ latestRun: { status: 'running' } });
  run.succeed();
  expect(await untilIdle(api.api, id, 1)).toMatchObject([{ status: 'succeeded' }]);
  const ledger = await ledgerOf(api.api, id);
  expect(ledger.map(({ outcome }) => outcome)).toEqual(['started', 'counted']);
});

test('with no worker up a task can be created and listed, and a start by hand is refused with 503', async () => {
  const api = await startImpatient();
  const task = await createTask(api.api, tables, { name: 'Early', job: { type: 'held' } });
  const { items } = await api.api.get<{ items: { name: string }[] }>('/tasks');
  expect(items[0]?.name).toBe('Early');
  expect(await api.api.call('POST', `/tasks/${task.id}/runs`)).toMatchObject({
    status: 503,
    body: { code: 'workerUnavailable' },
  });
  const worker = await start('worker');
  // Whether the start arrived was not known: if it did, it is one run.
  await readTask(api.api, task.id);
  const started = await runsOf(api.api, task.id);
  for (const _run of started) (await jobs.next()).succeed();
  if (started.length > 0) await untilIdle(api.api, task.id, 1);
  expect(started.length).toBeLessThanOrEqual(1);
  await worker.stop();
});
