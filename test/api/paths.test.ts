/** Which path is which route: verbs behind colons, tables of any name, and what is none. */
import type { Problem } from '../../api/errors/problem';
import { pathPattern } from '../../api/routes/path';
import { runId, taskId } from '../support/samples';
import { testApi } from '../support/test-api';

const names = [
  'crm.main.orders',
  'crm.main.a.b.c',
  'crm.main.orders:rotate',
  'crm.main.订单 2026',
  'crm.main.%zz',
  'crm.main.a/b?c#d',
  'crm.главная.заказы',
];

test.each(names)('the table %s is found under its percent-encoded name', async (name) => {
  const api = testApi();
  const encoded = encodeURIComponent(name);
  const read = await api.send('viewer', 'get', `/api/v1/tables/${encoded}`);
  expect(read.body).toMatchObject({ name });
  const rotated = await api.send(
    'developer',
    'post',
    `/api/v1/tasks/${taskId}/trigger-urls/${encoded}:rotate`,
  );
  expect(rotated.body).toMatchObject({ table: name });
  const mapped = await api
    .send('developer', 'put', `/api/v1/tables/${encoded}/id-mapping`)
    .send({ columns: [{ column: 'mobile', idType: 'phone' }] });
  expect(mapped.body).toMatchObject({ name });
  await api.send('operator', 'post', `/api/v1/tables/${encoded}:trigger`);
  expect(api.callsOf('triggers.callTable')[0]?.[1]).toBe(name);
});

test('a colon in the name of a table needs no encoding', async () => {
  const api = testApi();
  await api.send('viewer', 'get', '/api/v1/tables/crm.main.a:b');
  await api.send('developer', 'post', `/api/v1/tasks/x/trigger-urls/crm.main.a:rotate:rotate`);
  expect(api.callsOf('sources.table')[0]?.[1]).toBe('crm.main.a:b');
  expect(api.callsOf('tasks.rotate')[0]?.[2]).toBe('crm.main.a:rotate');
  await api.send('operator', 'post', '/api/v1/tables/crm.main.a:trigger:trigger');
  expect(api.callsOf('triggers.callTable')[0]?.[1]).toBe('crm.main.a:trigger');
});

test.each([
  ['post', `/api/v1/tasks/${taskId}:pause`, 'tasks.pause', [taskId]],
  ['post', `/api/v1/tasks/${taskId}:pause/`, 'tasks.pause', [taskId]],
  ['post', `/api/v1/tasks/${taskId}:resume`, 'tasks.resume', [taskId]],
  ['post', `/api/v1/tasks/${taskId}:reset-gate`, 'tasks.resetGate', [taskId, null]],
  ['post', `/api/v1/tasks/${taskId}/runs/${runId}:cancel`, 'runs.cancel', [taskId, runId]],
  ['get', `/api/v1/tasks/${taskId}/runs/${runId}/log`, 'runs.log', [taskId, runId]],
  ['post', '/api/v1/tasks/t/triggers/r:apply', 'triggers.apply', ['t', 'r']],
  ['post', '/api/v1/backfills/b:pause', 'backfills.pause', ['b']],
  ['post', '/api/v1/backfills/b:resume', 'backfills.resume', ['b']],
  ['post', '/api/v1/backfills/b:cancel', 'backfills.cancel', ['b', 'drain']],
  ['post', '/api/v1/backfills/b:retry-failed', 'backfills.retryFailed', ['b']],
  [
    'post',
    `/api/v1/tasks/t/runs/${runId}:rerun`,
    'runs.rerun',
    ['t', runId, { downstream: 'none', idempotencyKey: null }],
  ],
  ['get', '/api/v1/lineage', 'lineage.graph', [{ taskId: null, table: null, limit: 20_000 }]],
  [
    'get',
    '/api/v1/lineage?taskId=t',
    'lineage.graph',
    [{ taskId: 't', table: null, limit: 20_000 }],
  ],
  [
    'get',
    '/api/v1/lineage?table=a.b.c',
    'lineage.graph',
    [{ taskId: null, table: 'a.b.c', limit: 20_000 }],
  ],
  ['post', '/api/v1/connections/crm:test', 'sources.testConnection', ['crm']],
  ['get', '/api/v1/connections/crm/tables', 'sources.connectionTables', ['crm']],
])('%s %s calls %s', async (method, path, name, args) => {
  const api = testApi();
  const answer = await api.send('admin', method, path);
  expect(answer.status).toBeLessThan(300);
  expect(api.callsOf(name).map(([, ...rest]) => rest)).toEqual([args]);
});

test.each([
  ['get', '/api/v1'],
  ['get', '/api/v1/nothing'],
  ['get', '/API/v1/tasks'],
  ['post', '/api/v1/tasks:export'],
  ['post', `/api/v1/tasks/${taskId}:explode`],
  ['post', `/api/v1/tasks/${taskId}/runs/${runId}:explode`],
  ['post', '/api/v1/tables/crm.main.orders:explode'],
  ['post', '/api/v1/backfills/x:explode'],
  ['post', '/api/v1/recurrences'],
  ['get', '/api/v1/sessions'],
  ['get', '/api/v1/script'],
])('%s %s is no route', async (method, path) => {
  for (const role of [null, 'admin'] as const) {
    const answer = await testApi().send(role, method, path);
    expect([answer.status, (answer.body as Problem).code]).toEqual([404, 'routeNotFound']);
  }
});

test.each([
  ['delete', '/api/v1/tasks', 'POST, GET, HEAD'],
  ['post', `/api/v1/tasks/${taskId}`, 'GET, HEAD, PATCH, PUT, DELETE'],
  ['get', `/api/v1/tasks/${taskId}:pause`, 'POST'],
  ['patch', '/healthz', 'GET, HEAD'],
  ['post', '/api/v1/scripts:schema', 'GET, HEAD'],
])('%s %s is 405 and names what is taken', async (method, path, allow) => {
  const answer = await testApi().send('admin', method, path);
  expect([answer.status, (answer.body as Problem).code]).toEqual([405, 'methodNotAllowed']);
  expect(answer.headers.allow).toBe(allow);
});

test('OPTIONS tells what is taken and does nothing', async () => {
  const api = testApi();
  const answer = await api.send('admin', 'options', `/api/v1/tasks/${taskId}:pause`);
  expect([answer.status, answer.headers.allow]).toEqual([204, 'POST']);
  // A table may be named so, which is not what is meant.
  const ofTable = await api.send('admin', 'options', '/api/v1/tables/crm.main.orders:trigger');
  expect([ofTable.status, ofTable.headers.allow]).toEqual([204, 'POST']);
  expect(api.calls).toEqual([]);
});

test.each(['/api/v1/tasks/%zz', '/api/v1/tables/%ff', '/api/v1/tables/a%0'])(
  '%s, which is not percent-encoded UTF-8, is 400',
  async (path) => {
    const answer = await testApi().send('admin', 'get', path);
    expect([answer.status, (answer.body as Problem).code]).toEqual([400, 'invalidInput']);
  },
);

test('a pattern takes whole segments only', () => {
  const pattern = pathPattern('/api/v1/tasks/{id}:pause');
  expect(pattern.exec('/api/v1/tasks/a:pause')?.groups).toEqual({ id: 'a' });
  for (const path of [
    '/api/v1/tasks/a/b:pause',
    '/api/v1/tasks/:pause',
    '/x/api/v1/tasks/a:pause',
  ]) {
    expect(pattern.test(path)).toBe(false);
  }
});
