/** Backfills and due times while the store, or every worker, is away. */
import { makeInstallation, type Installation, type TestServer } from '../../support/running-server';
import { databaseProxy, type DatabaseProxy } from '../../support/servers/database-proxy';
import { stepJobs } from '../../support/step-job';
import type { TaskRead } from '../../../scheduling/scheduling';
import { readBackfill, startBackfill, untilOver } from './support/backfills';
import { instancesOf, scheduleOf } from './support/due-times';
import { createTask, until } from './support/flow';

const steps = stepJobs();
const jobTypes = [steps.jobType];
let installation: Installation;
let server: TestServer;
let proxy: DatabaseProxy;
beforeAll(async () => {
  installation = await makeInstallation();
  proxy = await databaseProxy(installation.databaseUrl);
});
afterEach(() => server.stop());
afterAll(async () => {
  await installation.end();
  await proxy.close();
});

const hourly = {
  ...{ every: 'hour', from: '00:00', interval: 1 },
  ...{ startTime: '2026-01-20 00:00:00', endTime: '2026-01-20 23:00:00' },
};
const range = { startTime: '2026-01-20T00:00:00Z', endTime: '2026-01-20T07:00:00Z' };

const task = (name: string, settings: Record<string, unknown> = {}): Promise<TaskRead> =>
  createTask(server.api, ['up.main.a'], {
    ...{ name, kind: 'recurring', recurrence: hourly, job: { type: 'step' } },
    ...settings,
  });

async function expectAllOnce(...tasks: TaskRead[]): Promise<void> {
  for (const { id } of tasks) {
    const instances = await instancesOf(server.api, id);
    expect(instances.map(({ status, attempts }) => [status, attempts])).toEqual(
      Array(8).fill(['succeeded', 1]),
    );
    expect(steps.ran.filter((ran) => ran === id)).toHaveLength(8);
  }
}

test('a backfill goes on where it was when the store comes back, and runs nothing twice', async () => {
  server = await installation.start({ jobTypes, databaseUrl: proxy.url });
  const up = await task('Up');
  const down = await task('Down', { dependsOn: [up.id] });
  const body = { taskIds: [up.id], ...range, downstream: 'matching' };
  const { id } = await startBackfill(server.api, body);
  await until(
    () => readBackfill(server.api, id),
    ({ counts }) => (counts.succeeded ?? 0) >= 3,
  );
  await proxy.cut();
  const answers = await Promise.all([
    server.api.call('POST', '/backfills', { body }),
    server.api.call('POST', `/backfills/${id}:pause`),
    server.api.call('GET', `/backfills/${id}`),
  ]);
  await proxy.mend();
  expect(answers.map(({ status, body: { code } }) => [status, code])).toEqual(
    Array(3).fill([503, 'storeUnavailable']),
  );
  expect(await untilOver(server.api, id)).toMatchObject({ status: 'succeeded', count: 16 });
  await expectAllOnce(up, down);
});

test('with no worker up a backfill is taken, shown and paused, and runs once there is one', async () => {
  server = await installation.start({ jobTypes, roles: { worker: false } });
  const one = await task('Early');
  expect(await scheduleOf(one.id)).toBeNull();
  const { id } = await startBackfill(server.api, { taskIds: [one.id], ...range });
  expect(await readBackfill(server.api, id)).toMatchObject({
    ...{ status: 'running', count: 8, counts: { waiting: 8 }, estimatedEnd: null },
  });
  await server.api.post(`/backfills/${id}:pause`);
  expect(await instancesOf(server.api, one.id)).toEqual([]);
  const worker = await installation.start({ jobTypes, roles: { api: false } });
  await until(
    () => scheduleOf(one.id),
    (schedule) => schedule !== null,
  );
  expect(await readBackfill(server.api, id)).toMatchObject({
    ...{ status: 'paused', counts: { waiting: 8 } },
  });
  await server.api.post(`/backfills/${id}:resume`);
  expect(await untilOver(server.api, id)).toMatchObject({ status: 'succeeded' });
  await expectAllOnce(one);
  await worker.stop();
});
