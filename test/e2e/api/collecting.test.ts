/** A collection from its task to what the catalogue answers, over a server as users have it. */
import path from 'node:path';
import type { CatalogueHit } from '../../../model/catalogue/catalogue';
import type { CatalogueTableRead } from '../../../scheduling/scheduling';
import { runSql } from '../../connectors/support/sandbox';
import {
  askForToken,
  DataArtsClient,
  exampleText,
  exampleWith,
  tokenRequest,
  type Body,
} from '../../support/dataarts';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import {
  addTables,
  collectOf,
  createTask,
  readTask,
  runsOf,
  startRun,
  untilIdle,
} from './support/flow';

let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer());
  await addTables(installation, server.api, 'crm');
});
afterAll(() => installation.end());

const named = 'crm.main.customers';

test('HW-36, HW-45: a run collects a connection, and the catalogue tells what is there', async () => {
  const { api } = server;
  const taskId = await collectOf(api, 'crm');
  const [run] = await runsOf(api, taskId);
  expect(run).toMatchObject({ status: 'succeeded', summary: { failed: 0, connection: 'crm' } });
  expect(run?.tables.map(({ table }) => table)).toContain(named);
  const { items, total } = await api.get<{ items: CatalogueHit[]; total: object }>(
    '/catalog/search?q=mob',
  );
  expect(items.map(({ name }) => name)).toContain(named);
  expect(total).toMatchObject({ more: false });
  const table = await api.get<CatalogueTableRead>(`/catalog/tables/${named}`);
  expect(table.columns.map(({ name }) => name)).toContain('mobile');
  expect(table.profile?.method).toBe('sample');
  expect(table.tasks).toMatchObject([{ id: taskId, how: 'collects' }]);
  const edited = await api.patch<CatalogueTableRead>(`/catalog/tables/${named}`, {
    tags: ['core'],
    columns: { mobile: { description: 'In E.164' } },
  });
  expect(edited).toMatchObject({ tags: ['core'], version: 1 });
});

test('the catalogue is exported as JSON and as CSV, and refuses what it does not know', async () => {
  const read = async (path: string) => {
    const { url, key } = server.api;
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`${url}/api/v1${path}`, { headers });
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      text: await answer.text(),
    };
  };
  const json = await read('/catalog/export?tag=core');
  expect(json.type).toContain('application/json');
  expect((JSON.parse(json.text) as { items: unknown[] }).items).toHaveLength(1);
  const csv = await read('/catalog/export?format=csv');
  expect(csv.type).toContain('text/csv');
  expect(csv.text.split('\r\n')[0]).toMatch(/^table,kind,comment,/);
  expect(csv.text).toContain(`${named},file,`);
  expect((await read('/catalog/export?format=xml')).status).toBe(400);
  expect((await read('/catalog/tables/crm.main.nope')).status).toBe(404);
  expect((await read(`/catalog/tables/${named}/versions/2`)).status).toBe(404);
  expect((await read(`/catalog/tables/${named}/versions/x`)).status).toBe(400);
  expect((await read('/catalog/tables?kind=nope')).status).toBe(400);
});

test('HW-45: a run through a connection that is not there fails, saying what is missing', async () => {
  const { api } = server;
  const { id } = await createTask(api, [], {
    ...{ kind: 'manual', name: 'From DLI' },
    job: { type: 'metadata-collection', config: { connection: 'dli_test', dataSourceType: 'DLI' } },
  });
  await startRun(api, id);
  const [run] = await untilIdle(api, id, 1);
  expect(run).toMatchObject({
    status: 'failed',
    failureReason: expect.stringMatching(/^There is no connection dli_test \(DLI\)/) as string,
  });
});

test('HW-36, HW-45: what DataArts makes of the example collects its table over a connection of that name, and no other', async () => {
  const { api, url } = server;
  const file = path.join(installation.filesDir, 'dli.duckdb');
  await runSql(
    file,
    'CREATE SCHEMA ygy1',
    'CREATE TABLE ygy1.ygy (id INTEGER PRIMARY KEY, n VARCHAR)',
    'CREATE TABLE ygy1.other (id INTEGER)',
    'CREATE TABLE main.ygy (id INTEGER)',
  );
  await api.post('/connections', { name: 'dli_test', type: 'duckdb', config: { path: file } });
  const { token, body: issued } = await askForToken(
    url,
    tokenRequest({ name: 'admin', password: api.key }),
  );
  const client = new DataArtsClient(url, token!);
  const collected = async () => {
    const { items } = await api.get<{ items: CatalogueHit[] }>(
      '/catalog/tables?connection=dli_test',
    );
    return items.map(({ name }) => name);
  };

  const taskId = await client.create(exampleText);
  const [run] = await untilIdle(api, taskId, 1);
  expect(run).toMatchObject({
    ...{ status: 'succeeded', startedBy: 'manual', failureReason: null },
    summary: { connection: 'dli_test', tables: 1, added: 1, failed: 0 },
  });
  expect(await collected()).toEqual(['dli_test.ygy1.ygy']);
  const table = await api.get<CatalogueTableRead>('/catalog/tables/dli_test.ygy1.ygy');
  expect(table.columns.map(({ name, type }) => [name, type])).toEqual([
    ['id', 'INTEGER'],
    ['n', 'VARCHAR'],
  ]);
  expect(table.tasks).toMatchObject([{ id: taskId, how: 'collects' }]);
  const { user } = issued.token as { user: { id: string } };
  expect((await readTask(api, taskId)).job.config.author).toBe(user.id);
  const log = await client.call<Body>('POST', `/${taskId}/${run!.id}/log`, { body: {} });
  expect(log.body).toMatchObject({ bridge_status: 'SUCCEEDED', enable_profile: false });

  const { task_config: config } = exampleWith();
  const task_config = {
    ...(config as Body),
    ...{ tableName: ['ygy1\\.o.*'], enable_table_filter_by_regex: true },
    ...{ enableDataProfile: true, enableDataClassification: true },
  };
  const next = exampleWith({ task_config, schedule_config: {} });
  expect((await client.call('PUT', `/${taskId}`, { body: next })).status).toBe(200);
  await client.call('POST', `/${taskId}/action?action=runimmediate`);
  const [again] = await untilIdle(api, taskId, 2);
  expect(again).toMatchObject({ status: 'succeeded', summary: { added: 1, profiled: 1 } });
  expect(await collected()).toEqual(['dli_test.ygy1.other', 'dli_test.ygy1.ygy']);
});
