/** Sync scripts as plain tasks of the whole service. */
import path from 'node:path';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { runSql } from '../../connectors/support/sandbox';
import {
  addTables,
  createTask,
  readTask,
  startRun,
  trigger,
  untilIdle,
  urlsOf,
} from './support/flow';

let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer());
  const csv = 'id,name\n1,Ann\n2,Bob\n';
  const columns = [{ column: 'id', idType: 'member_id' }];
  await addTables(installation, server.api, 'lake', [{ name: 'people', csv, columns }]);
  const config = { path: path.join(installation.filesDir, 'house.duckdb') };
  await server.api.post('/connections', { name: 'house', type: 'duckdb', config });
});
afterAll(() => installation.end());

const script = (writer: object = {}, setting: object = {}) => {
  const reader = { name: 'txtfilereader', parameter: { datasource: 'lake', table: 'people' } };
  const into = { datasource: 'house', table: 'people', createTable: true, ...writer };
  const content = [{ reader, writer: { name: 'duckdbwriter', parameter: into } }];
  return JSON.stringify({ job: { setting, content } });
};
const job = (text: string) => ({ type: 'sync-script', config: { script: text } });

it('DP-25: a triggered task moves the rows, and tells its tables to the tasks that listen to them', async () => {
  const { api } = server;
  const copy = await createTask(api, ['lake.main.people'], { name: 'Copy', job: job(script()) });
  const listening = { name: 'house.main.people', by: 'task' };
  const next = await api.post<{ id: string }>('/tasks', {
    ...{ name: 'Next', kind: 'triggered', tables: [listening] },
    job: job(script({ table: 'again', writeMode: 'overwrite' })),
  });
  await trigger(...(await urlsOf(api, copy.id)));
  const [run] = await untilIdle(api, copy.id, 1);
  expect(run).toMatchObject({
    status: 'succeeded',
    tables: [
      { table: 'lake.main.people', status: 'succeeded', rowsRead: 2 },
      { table: 'house.main.people', status: 'succeeded', rowsWritten: 2 },
    ],
    summary: { rows: 2, dirty: { count: 0, samples: [] } },
  });
  const { config } = (await readTask(api, copy.id)).job;
  expect(config).toEqual({
    ...{ scriptId: copy.id, version: 1 },
    ...{ reads: ['lake.main.people'], writes: ['house.main.people'] },
  });
  const [listened] = await untilIdle(api, next.id, 1);
  expect(listened).toMatchObject({ status: 'succeeded', startedBy: 'triggers' });
  const file = path.join(installation.filesDir, 'house.duckdb');
  expect(await runSql(file, 'SELECT name FROM again ORDER BY id')).toEqual([
    { name: 'Ann' },
    { name: 'Bob' },
  ]);
});

it('DP-32, DP-33: a run ends at its limit of time, and a failing script is tried again as the policy says', async () => {
  const { api } = server;
  const slow = script({ table: 'slow' }, { speed: { byte: 1 } });
  const late = await createTask(api, ['lake.main.people'], {
    ...{ name: 'Late', kind: 'manual', job: job(slow), runPolicy: { timeout: 2 } },
  });
  const failing = await createTask(api, ['lake.main.people'], {
    ...{ name: 'Failing', kind: 'manual', job: job(script({ column: ['none'] })) },
    runPolicy: { rerunTimes: 2, rerunInterval: 0 },
  });
  await Promise.all([startRun(api, late.id), startRun(api, failing.id)]);
  expect((await untilIdle(api, late.id, 1))[0]).toMatchObject({
    status: 'timedOut',
    failureReason: 'The job took longer than its limit of 2 s.',
  });
  expect((await untilIdle(api, failing.id, 1))[0]).toMatchObject({
    status: 'failed',
    tries: 3,
    failureReason: expect.stringMatching(/^target house\.main\.people: /) as string,
  });
});
