/** Runs of the real job and their records: QA-02, QA-03, QA-40, QA-47 to QA-49, SH-06. */
import type { RunRead } from '../../../scheduling/scheduling';
import {
  startServer,
  temporalUiUrl,
  type Installation,
  type TestServer,
} from '../../support/running-server';
import { withTemporal } from '../../support/temporal';
import {
  people,
  readTask,
  resultOf,
  runsOf,
  startRun,
  trigger,
  untilIdle,
  urlsOf,
  usersOf,
  writeSource,
} from './support/flow';
import { IdMappingRuns } from './support/id-mapping-runs';

let installation: Installation;
let server: TestServer;
let runs: IdMappingRuns;
beforeAll(async () => {
  ({ installation, server } = await startServer());
  runs = new IdMappingRuns(installation, server);
});
afterAll(() => installation.end());

test('QA-02: the last trigger starts a run that reads the tables and leaves who is who in the analysis source', async () => {
  const { connection, tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables, 'qa02', { kind: 'triggered' });
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
  const { connection, tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables, 'qa03');
  const first = await runs.runOnce(id);
  await writeSource(installation, connection, 'orders.csv', 'order,mobile\n3,0140\n');
  const second = await runs.runOnce(id);
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
  const { tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables.slice(0, 2), 'qa40');
  await runs.runOnce(id);
  const release = await runs.holdAnalysis();
  await startRun(server.api, id);
  const live = await runs.untilWriting(id);
  await server.api.patch(`/tasks/${id}`, { tables, name: 'With members' });
  expect((await readTask(server.api, id)).tables).toHaveLength(3);
  await release();
  await untilIdle(server.api, id, 2);
  await runs.runOnce(id);
  const tablesOfRuns = (await runsOf(server.api, id)).map((run) =>
    run.tables.map(({ table }) => table),
  );
  expect(tablesOfRuns).toEqual([tables, tables.slice(0, 2), tables.slice(0, 2)]);
  expect((await runsOf(server.api, id))[1]?.id).toBe(live.id);
});

test('QA-47: a run that fails says in a sentence which table and why, and the former result stays whole', async () => {
  const { connection, tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables, 'qa47');
  const good = await runs.runOnce(id);
  await writeSource(installation, connection, 'orders.csv', 'order,phone\n3,0140\n');
  const bad = await runs.runOnce(id);
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

test('QA-48, QA-49: each run leaves one record, with a line for every table of the run', async () => {
  const { connection, tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables, 'qa48');
  await runs.runOnce(id);
  await writeSource(installation, connection, 'orders.csv', '');
  await runs.runOnce(id);
  await writeSource(installation, connection, 'orders.csv', people[1]!.csv);
  await runs.runOnce(id);
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
  const { tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables, 'sh06', { name: 'Linked' });
  const { id: runId, temporalUrl } = await runs.runOnce(id);
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
  const { connection, tables } = await runs.freshTables();
  const { id } = await runs.taskInto(tables, 'logged');
  const run = await runs.runOnce(id);
  const lines = await runs.logOf(id, run.id);
  expect(lines[0]).toMatchObject({ level: 'info', line: 'Try 1 begins: job id-mapping.' });
  expect(lines.map(({ line }) => line)).toContain(`${connection}.main.orders: 2 rows read`);
  await writeSource(installation, connection, 'orders.csv', '');
  const bad = await runs.runOnce(id);
  expect((await runs.logOf(id, bad.id)).at(-1)).toMatchObject({
    level: 'error',
    line: bad.failureReason,
  });
});
