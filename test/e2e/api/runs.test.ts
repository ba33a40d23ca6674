/** Runs of the real job and their records: QA-02, QA-03, QA-40, QA-47 to QA-49, SH-06. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { LogLine } from '../../../model/run';
import type { RunRead } from '../../../scheduling/scheduling';
import {
  startServer,
  temporalUiUrl,
  type Installation,
  type TestServer,
} from '../../support/running-server';
import { withTemporal } from '../../support/temporal';
import {
  addTables,
  createTask,
  people,
  readTask,
  resultOf,
  runsOf,
  startRun,
  trigger,
  until,
  untilIdle,
  urlsOf,
  usersOf,
  writeSource,
} from './support/flow';
import { holdFile } from './support/hold-file';

let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer());
});
afterAll(() => installation.end());

let sources = 0;
/** Tables of a connection of its own. */
async function freshTables() {
  sources += 1;
  const connection = `crm${sources}`;
  return { connection, tables: await addTables(installation, server.api, connection) };
}

const taskInto = (tables: string[], output: string, settings: Record<string, unknown> = {}) =>
  createTask(server.api, tables, {
    kind: 'manual',
    job: { type: 'id-mapping', config: { output: `main.${output}` } },
    ...settings,
  });

const holdAnalysis = () => holdFile(path.join(installation.dataDir, 'files/analysis.duckdb'));
const logOf = async (id: string, runId: string) =>
  (await server.api.get<{ items: LogLine[] }>(`/tasks/${id}/runs/${runId}/log`)).items;
const isReadyToWrite = ({ tables }: RunRead) =>
  tables.length > 0 && tables.every(({ status }) => status === 'succeeded');

async function runOnce(id: string): Promise<RunRead> {
  const before = (await runsOf(server.api, id)).length;
  await startRun(server.api, id);
  const [run] = await untilIdle(server.api, id, before + 1);
  return run!;
}

/** A run that has read its tables and waits for the file that its result goes to. */
async function untilWriting(id: string): Promise<RunRead> {
  const [run] = await until(
    () => runsOf(server.api, id),
    ([newest]) => newest !== undefined && isReadyToWrite(newest),
  );
  return run!;
}

test('QA-02: the last trigger starts a run that reads the tables and leaves who is who in the analysis source', async () => {
  const { connection, tables } = await freshTables();
  const { id } = await taskInto(tables, 'qa02', { kind: 'triggered' });
  await expect(resultOf(installation, 'main.qa02')).rejects.toThrow(/does not exist/);
  expect(await trigger(...(await urlsOf(server.api, id)))).toEqual([
    ...['counted', 'counted', 'started'],
  ]);
  const [run] = await untilIdle(server.api, id, 1);
  expect(run).toMatchObject({
    ...{ status: 'succeeded', startedBy: 'triggers', failureReason: null, tries: 1 },
    progress: { fraction: 1, text: 'done' },
    summary: { output: 'analysis.main.qa02', users: 2, ids: 4, rowsRead: 5 },
  });
  const rows = await resultOf(installation, 'main.qa02');
  expect(usersOf(rows)).toEqual([
    ['email:ann@x.org', 'member_id:M1', 'phone:0138'],
    ['phone:0139'],
  ]);
  expect(new Set(rows.map(({ run_id }) => run_id))).toEqual(new Set([run?.id]));
  expect(rows[0]?.first_table).toBe(`${connection}.main.customers`);
});

test('QA-03: every run computes the whole result anew, also what has not changed', async () => {
  const { connection, tables } = await freshTables();
  const { id } = await taskInto(tables, 'qa03');
  const first = await runOnce(id);
  await writeSource(installation, connection, 'orders.csv', 'order,mobile\n3,0140\n');
  const second = await runOnce(id);
  expect(second.id).not.toBe(first.id);
  const rows = await resultOf(installation, 'main.qa03');
  expect(new Set(rows.map(({ run_id }) => run_id))).toEqual(new Set([second.id]));
  expect(usersOf(rows)).toEqual([
    ['email:ann@x.org', 'member_id:M1', 'phone:0138'],
    ['phone:0139'],
    ['phone:0140'],
  ]);
});

test('QA-40: a run keeps the settings that it began with; an edit made meanwhile holds from the next', async () => {
  const { tables } = await freshTables();
  const { id } = await taskInto(tables.slice(0, 2), 'qa40');
  await runOnce(id);
  const release = await holdAnalysis();
  await startRun(server.api, id);
  const live = await untilWriting(id);
  await server.api.patch(`/tasks/${id}`, { tables, name: 'With members' });
  expect((await readTask(server.api, id)).tables).toHaveLength(3);
  await release();
  await untilIdle(server.api, id, 2);
  await runOnce(id);
  const tablesOfRuns = (await runsOf(server.api, id)).map((run) =>
    run.tables.map(({ table }) => table),
  );
  expect(tablesOfRuns).toEqual([tables, tables.slice(0, 2), tables.slice(0, 2)]);
  expect((await runsOf(server.api, id))[1]?.id).toBe(live.id);
});

test('QA-47: a run that fails says in a sentence which table and why, and the former result stays whole', async () => {
  const { connection, tables } = await freshTables();
  const { id } = await taskInto(tables, 'qa47');
  const good = await runOnce(id);
  await writeSource(installation, connection, 'orders.csv', 'order,phone\n3,0140\n');
  const bad = await runOnce(id);
  expect(bad).toMatchObject({ status: 'failed', progress: null });
  expect(bad.failureReason).toMatch(/^crm\d+\.main\.orders: .*mobile/);
  const { latestRun } = await readTask(server.api, id);
  expect(latestRun).toMatchObject({ status: 'failed', failureReason: bad.failureReason });
  expect(bad.tables.find(({ table }) => table === `${connection}.main.orders`)).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/mobile/) as string,
  });
  const rows = await resultOf(installation, 'main.qa47');
  expect(new Set(rows.map(({ run_id }) => run_id))).toEqual(new Set([good.id]));
});

test.each([
  ['broken quoting', 'orders.csv', 'order,mobile\n1,"0138\n2,0139\n', /orders.*quot/i],
  ['a missing column', 'orders.csv', 'order,tel\n1,0138\n', /orders.*mobile/],
  ['no file any more', 'orders.csv', null, /orders/],
  ['a Parquet file that is none', 'orders.parquet', 'PAR0 nothing', /orders.*Parquet/],
])('a run over %s fails with a reason that names the table', async (_what, file, text, reason) => {
  const { connection, tables } = await freshTables();
  const { id } = await taskInto(tables.slice(0, 2), `bad${sources}`);
  await rm(path.join(installation.filesDir, connection, 'orders.csv'));
  if (text !== null) await writeSource(installation, connection, file, text);
  const run = await runOnce(id);
  expect(run.status).toBe('failed');
  expect(run.failureReason).toMatch(reason);
  expect(run.failureReason).toContain(`${connection}.main.orders`);
  // The service goes on.
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('QA-48, QA-49: each run leaves one record, with a line for every table of the run', async () => {
  const { connection, tables } = await freshTables();
  const { id } = await taskInto(tables, 'qa48');
  await runOnce(id);
  await writeSource(installation, connection, 'orders.csv', '');
  await runOnce(id);
  await writeSource(installation, connection, 'orders.csv', people[1]!.csv);
  await runOnce(id);
  const records = await runsOf(server.api, id);
  expect(records.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'succeeded']);
  for (const record of records) {
    expect(record.tables.map(({ table }) => table)).toEqual(tables);
    expect(Date.parse(record.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(record.queuedAt));
  }
  expect(
    records[0]?.tables.map(({ status, rowsRead, error }) => [status, rowsRead, error]),
  ).toEqual([2, 2, 1].map((rows) => ['succeeded', rows, null]));
  const failed = await server.api.get<{ items: RunRead[] }>(`/tasks/${id}/runs?status=failed`);
  expect(failed.items.map((record) => record.id)).toEqual([records[1]?.id]);
  const { items } = await server.api.get<{ items: RunRead[] }>(`/runs?taskId=${id}`);
  expect(items.map((record) => record.id)).toEqual(records.map((record) => record.id));
});

test('SH-06: a record links to the page of its run in Temporal UI, which is that run', async () => {
  const { tables } = await freshTables();
  const { id } = await taskInto(tables, 'sh06', { name: 'Linked' });
  const { id: runId, temporalUrl } = await runOnce(id);
  const prefix = `${temporalUiUrl}/namespaces/tablegate/workflows/`;
  expect(temporalUrl?.startsWith(prefix)).toBe(true);
  const workflowId = decodeURIComponent(temporalUrl?.slice(prefix.length) ?? '');
  expect(workflowId).toBe(`run/default/${id}/${runId}`);
  const shown = await withTemporal(async (client) => {
    const description = await client.workflow.getHandle(workflowId).describe();
    const { status, staticSummary } = description;
    return { status: status.name, summary: await staticSummary() };
  });
  expect(shown).toEqual({ status: 'COMPLETED', summary: 'Linked: started by admin' });
});

test('the log of a run tells what was read, oldest line first', async () => {
  const { connection, tables } = await freshTables();
  const { id } = await taskInto(tables, 'logged');
  const run = await runOnce(id);
  const lines = await logOf(id, run.id);
  expect(lines[0]).toMatchObject({ level: 'info', line: 'Try 1 begins: job id-mapping.' });
  expect(lines.map(({ line }) => line)).toContain(`${connection}.main.orders: 2 rows read`);
  await writeSource(installation, connection, 'orders.csv', '');
  const bad = await runOnce(id);
  expect((await logOf(id, bad.id)).at(-1)).toMatchObject({
    level: 'error',
    line: bad.failureReason,
  });
});

test('with rerunTimes a failed run is tried again, and succeeds once its file is mended', async () => {
  const { connection, tables } = await freshTables();
  await writeSource(installation, connection, 'orders.csv', '');
  const { id } = await taskInto(tables, 'reruns', {
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
  const lines = (await logOf(id, run?.id ?? '')).map(({ line }) => line);
  expect(lines).toContain('Try 2 begins: job id-mapping.');
  expect(lines.some((line) => line.startsWith(`${connection}.main.orders:`))).toBe(true);
});

test('rerunTimes 1 is two tries; with AllDenied there is one', async () => {
  const { connection, tables } = await freshTables();
  await writeSource(installation, connection, 'orders.csv', '');
  const once = { rerunTimes: 1, rerunInterval: 0 };
  const { id } = await taskInto(tables, 'twotries', { runPolicy: once });
  expect(await runOnce(id)).toMatchObject({ status: 'failed', tries: 2 });
  await server.api.patch(`/tasks/${id}`, { runPolicy: { rerunMode: 'AllDenied' } });
  expect(await runOnce(id)).toMatchObject({ status: 'failed', tries: 1 });
});

test('a run that is cancelled while it works ends as cancelled, and the former result stays whole', async () => {
  const { tables } = await freshTables();
  const { id } = await taskInto(tables, 'cancelled');
  const good = await runOnce(id);
  const release = await holdAnalysis();
  await startRun(server.api, id);
  const { id: runId } = await untilWriting(id);
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
  const { tables } = await freshTables();
  const { id } = await taskInto(tables, 'late', { runPolicy: { timeout: 1 } });
  const release = await holdAnalysis();
  const run = await runOnce(id);
  await release();
  expect(run).toMatchObject({
    ...{ status: 'timedOut', failureReason: 'The job took longer than its limit of 1 s.' },
  });
});
