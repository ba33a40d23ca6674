/** Runs of the real job that fail, are tried again, are cancelled or take too long. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { people, resultOf, runsOf, startRun, until, untilIdle, writeSource } from './support/flow';
import { IdMappingRuns } from './support/id-mapping-runs';

let installation: Installation;
let server: TestServer;
let runs: IdMappingRuns;
beforeAll(async () => {
  ({ installation, server } = await startServer());
  runs = new IdMappingRuns(installation, server);
});
afterAll(() => installation.end());

test.each([
  ['broken quoting', 'orders.csv', 'order,mobile\n1,"0138\n2,0139\n', /orders.*quot/i],
  ['a missing column', 'orders.csv', 'order,tel\n1,0138\n', /orders.*mobile/],
  ['no file any more', 'orders.csv', null, /orders/],
  ['a Parquet file that is none', 'orders.parquet', 'PAR0 nothing', /orders.*Parquet/],
])('a run over %s fails with a reason that names the table', async (_what, file, text, reason) => {
  const { connection, tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables.slice(0, 2), `of_${connection}`);
  await rm(path.join(installation.filesDir, connection, 'orders.csv'));
  if (text !== null) await writeSource(installation, connection, file, text);
  const run = await runs.runOnce(id);
  expect(run.status).toBe('failed');
  expect(run.failureReason).toMatch(reason);
  expect(run.failureReason).toContain(`${connection}.main.orders`);
  // The service goes on.
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('with rerunTimes a failed run is tried again, and succeeds once its file is mended', async () => {
  const { connection, tables } = await runs.freshTables();
  await writeSource(installation, connection, 'orders.csv', '');
  const { id } = await runs.taskInto(tables, 'reruns', {
    runPolicy: { rerunTimes: 100, rerunInterval: 0 },
  });
  await startRun(server.api, id);
  const [live] = await until(
    () => runsOf(server.api, id),
    ([newest]) => (newest?.tries ?? 0) >= 2,
  );
  expect(live).toMatchObject({ status: 'running', finishedAt: null });
  await writeSource(installation, connection, 'orders.csv', people[1]!.csv);
  const [run] = await untilIdle(server.api, id, 1);
  expect(run).toMatchObject({ id: live?.id, status: 'succeeded', failureReason: null });
  expect(run?.tries).toBeGreaterThanOrEqual(2);
  const lines = (await runs.logOf(id, run?.id ?? '')).map(({ line }) => line);
  expect(lines).toContain('Try 2 begins: job id-mapping.');
  expect(lines.some((line) => line.startsWith(`${connection}.main.orders:`))).toBe(true);
});

test('rerunTimes 1 is two tries; with AllDenied there is one', async () => {
  const { connection, tables } = await runs.freshTables();
  await writeSource(installation, connection, 'orders.csv', '');
  const once = { rerunTimes: 1, rerunInterval: 0 };
  const { id } = await runs.taskInto(tables, 'twotries', { runPolicy: once });
  expect(await runs.runOnce(id)).toMatchObject({ status: 'failed', tries: 2 });
  await server.api.patch(`/tasks/${id}`, { runPolicy: { rerunMode: 'AllDenied' } });
  expect(await runs.runOnce(id)).toMatchObject({ status: 'failed', tries: 1 });
});

test('a run that is cancelled while it works ends as cancelled, and the former result stays whole', async () => {
  const { tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables, 'cancelled');
  const good = await runs.runOnce(id);
  const release = await runs.holdAnalysis();
  await startRun(server.api, id);
  const { id: runId } = await runs.untilWriting(id);
  const cancel = () => server.api.call('POST', `/tasks/${id}/runs/${runId}:cancel`);
  expect((await cancel()).status).toBe(200);
  // The file is still held: the run has not ended by writing.
  const [run] = await untilIdle(server.api, id, 2);
  await release();
  expect(run).toMatchObject({
    ...{ id: runId, status: 'cancelled', failureReason: 'cancelled: by admin' },
  });
  expect(await cancel()).toMatchObject({ status: 409, body: { code: 'runNotLive' } });
  const rows = await resultOf(installation, 'main.cancelled');
  expect(new Set(rows.map(({ run_id }) => run_id))).toEqual(new Set([good.id]));
});

test('a run that takes longer than its timeout ends as timedOut and says so', async () => {
  const { tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables, 'late', { runPolicy: { timeout: 1 } });
  const release = await runs.holdAnalysis();
  const run = await runs.runOnce(id);
  await release();
  expect(run).toMatchObject({
    ...{ status: 'timedOut', failureReason: 'The job took longer than its limit of 1 s.' },
  });
});
