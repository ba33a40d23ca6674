/** `Idempotency-Key` on native POST routes. */
import type { Problem } from '../../api/errors/problem';
import { TablegateError, type ErrorCode } from '../../model/errors';
import type { Role } from '../../model/people';
import { ledgerEntry, tableName, task, taskBody, taskId, triggerUrl } from '../support/samples';
import { testApi, type TestApi } from '../support/test-api';

const key = 'load-2026-03-01';

function post(api: TestApi, path: string, body?: object, role: Role = 'admin') {
  return api.send(role, 'post', `/api/v1${path}`).set('Idempotency-Key', key).send(body);
}

test('the same request again gets the same answer, and the work is done once', async () => {
  const api = testApi();
  const first = await post(api, '/tasks', taskBody);
  const second = await post(api, '/tasks', taskBody);
  expect([second.status, second.body]).toEqual([first.status, first.body]);
  expect(second.headers.etag).toBe(`"${task.version}"`);
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
  expect(second.headers['idempotency-replayed']).toBe('true');
  expect(api.callsOf('tasks.create')).toHaveLength(1);
});

test.each([
  ['another body', '/tasks', { ...taskBody, name: 'Other' }, 'admin'],
  ['another path', '/tasks:draft', { tables: [tableName] }, 'admin'],
  ['another caller', '/tasks', taskBody, 'developer'],
] as const)('%s with the same key is 422 and does nothing', async (_case, path, body, role) => {
  const api = testApi();
  await post(api, '/tasks', taskBody);
  const answer = await post(api, path, body, role);
  expect([answer.status, (answer.body as Problem).code]).toEqual([422, 'idempotencyKeyReused']);
  expect(api.callsOf('tasks.create')).toHaveLength(1);
  expect(api.callsOf('tasks.draft')).toEqual([]);
});

test('a repeat while the first is under way is 409 and may come again', async () => {
  const api = testApi();
  let finish: (value: typeof ledgerEntry) => void = () => undefined;
  const began = new Promise<void>((resolve) => {
    api.scheduling.triggers.apply = () => {
      resolve();
      return new Promise((done) => (finish = done));
    };
  });
  const path = `/tasks/${taskId}/triggers/r:apply`;
  const first = post(api, path).then((answer) => answer);
  await began;
  const second = await post(api, path);
  expect([second.status, (second.body as Problem).code]).toEqual([409, 'requestInProgress']);
  expect(second.headers['retry-after']).toBe('1');
  finish(ledgerEntry);
  expect((await first).status).toBe(200);
  expect((await post(api, path)).headers['idempotency-replayed']).toBe('true');
});

test.each<ErrorCode | 'a fault'>([
  'temporalUnavailable',
  'runInProgress',
  'taskNotFound',
  'a fault',
])('a call that was refused (%s) may be repeated with its key', async (code) => {
  const api = testApi();
  const { start } = api.scheduling.runs;
  api.scheduling.runs.start = () =>
    Promise.reject(code === 'a fault' ? new Error('x') : new TablegateError(code, 'No'));
  expect((await post(api, `/tasks/${taskId}/runs`)).status).toBeGreaterThanOrEqual(400);
  api.scheduling.runs.start = start;
  const answer = await post(api, `/tasks/${taskId}/runs`);
  expect(answer.status).toBe(202);
  expect(answer.headers).not.toHaveProperty('idempotency-replayed');
});

test('bad input does not use the key up', async () => {
  const api = testApi();
  expect((await post(api, '/tasks', { ...taskBody, name: '' })).status).toBe(400);
  expect((await post(api, '/tasks', taskBody)).status).toBe(201);
});

test('the key reaches what derives ids from it', async () => {
  const api = testApi();
  await post(api, '/tasks', taskBody);
  expect(api.callsOf('tasks.create')[0]?.[2]).toBe(key);
  const other = testApi();
  await post(other, `/tasks/${taskId}/runs`);
  expect(other.callsOf('runs.start')[0]?.[2]).toBe(key);
  const third = testApi();
  await post(third, `/tasks/${taskId}/triggers`, { table: tableName });
  expect(third.callsOf('triggers.call')[0]?.[2]).toMatchObject({ idempotencyKey: key });
});

test.each(['', 'k'.repeat(256), 'tab\there'])('the key %p is refused', async (bad) => {
  const api = testApi();
  const answer = await post(api, '/tasks', taskBody).set('Idempotency-Key', bad);
  expect([answer.status, (answer.body as Problem).errors?.[0]?.path]).toEqual([
    400,
    'Idempotency-Key',
  ]);
});

test('keys of other methods are not looked at: they repeat by themselves', async () => {
  const api = testApi();
  await api.send('admin', 'put', '/api/v1/tables/a.b.c').set('Idempotency-Key', key);
  expect(api.callsOf('idempotency.claim')).toEqual([]);
});

test('a store that fails to keep the answer does not fail the work', async () => {
  const api = testApi();
  api.scheduling.idempotency.finish = () =>
    Promise.reject(new TablegateError('storeUnavailable', 'No answer'));
  expect((await post(api, '/tasks', taskBody)).status).toBe(201);
  expect(api.logged()).toContain('could not be kept');
});

test.each([
  ['/keys', { userId: 'u1', name: 'ci' }, 'tg_secret_of_key', { id: 'k1', secret: null }],
  ['/tenants', { id: 'other', name: 'Other' }, 'tg_admin_of_tenant', { adminKey: null }],
  ['/tasks:draft', { tables: [tableName] }, 's3cr3t', { id: taskId }],
  [`/tasks/${taskId}/trigger-urls/${tableName}:rotate`, undefined, 's3cr3t', { table: tableName }],
])('what %s gives out is not kept with the answer', async (path, body, secret, kept) => {
  const api = testApi();
  const first = await post(api, path, body);
  expect(first.text).toContain(secret);
  const [, , , stored] = api.callsOf('idempotency.finish')[0] as unknown[];
  expect(stored).toMatchObject(kept);
  expect(JSON.stringify(stored)).not.toContain(secret);
});

test('a repeated rotation shows the URL of now, without rotating again', async () => {
  const api = testApi();
  const path = `/tasks/${taskId}/trigger-urls/${tableName}:rotate`;
  await post(api, path);
  const again = await post(api, path);
  expect(again.body).toEqual(triggerUrl);
  expect(api.callsOf('tasks.rotate')).toHaveLength(1);
});

test('a repeated draft has the id and the URLs of the first', async () => {
  const api = testApi();
  const first = await post(api, '/tasks:draft', { tables: [tableName] });
  const again = await post(api, '/tasks:draft', { tables: [tableName] });
  expect(again.body).toEqual(first.body);
  expect(api.callsOf('tasks.draft')[1]?.[1]).toEqual({ id: taskId, tables: [tableName] });
});

test('a repeated key creation shows the key without its secret', async () => {
  const api = testApi();
  await post(api, '/keys', { userId: 'u1', name: 'ci' });
  const again = await post(api, '/keys', { userId: 'u1', name: 'ci' });
  expect([again.status, again.body]).toEqual([
    201,
    expect.objectContaining({ id: 'k1', secret: null }),
  ]);
});
