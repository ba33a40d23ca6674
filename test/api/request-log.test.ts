/** What is logged of requests, and what never is: tokens, keys and queries. */
import { keyOf } from '../support/fake-scheduling';
import { taskId } from '../support/samples';
import { testApi, type TestApi } from '../support/test-api';

const token = 'tok3n-that-nobody-may-see';

function lines(api: TestApi): Record<string, unknown>[] {
  return api
    .logged()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a native request has one line: who, which route, which path, how it ended', async () => {
  const api = testApi();
  await api.send('viewer', 'get', `/api/v1/tasks/${taskId}?pageToken=`);
  await api.send('viewer', 'get', `/api/v1/tasks/${taskId}`);
  expect(lines(api)).toHaveLength(2);
  expect(lines(api)[1]).toMatchObject({
    level: 30,
    method: 'GET',
    route: '/api/v1/tasks/{id}',
    path: `/api/v1/tasks/${taskId}`,
    user: 'a viewer',
    status: 200,
    ms: expect.any(Number),
    reqId: expect.stringMatching(/^[0-9a-f]{30}$/),
  });
});

test('a trigger call has one line, which names the route and the receipt', async () => {
  const api = testApi();
  const answer = await api.send(null, 'get', `/trigger/${token}`);
  expect(lines(api)).toEqual([
    expect.objectContaining({
      method: 'GET',
      route: '/trigger/{token}',
      status: 200,
      receipt: answer.headers['x-tablegate-receipt'],
    }),
  ]);
});

test('no token is ever logged, wherever it stands and however the call ends', async () => {
  const api = testApi();
  const paths = [
    `/trigger/${token}`,
    `/trigger/${token}/2026-03-01T02:30Z?wait=outcome&x=${token}`,
    `/trigger/${token}/a/b`,
    `/trigger/${token}/%zz`,
    `/Trigger/${token}`,
    `/%74rigger/${token}`,
    `//trigger/${token}`,
    `/api/v1/trigger/${token}`,
    `/api/v1/tasks?search=${token}`,
    `/healthz?${token}`,
  ];
  const outcomes = [
    () => Promise.resolve({ receipt: 'r', taskId, tenant: 'default', scheduleTime: null }),
    () => Promise.reject(new Error(`no such token: ${token}`)),
    () => Promise.reject(Object.assign(new TypeError(token), { token, url: `/trigger/${token}` })),
  ];
  for (const callUrl of outcomes) {
    api.scheduling.triggers.callUrl = callUrl;
    for (const path of paths) {
      for (const method of ['get', 'post', 'head', 'put']) {
        await api.send(null, method, path).set('Referer', `http://x/trigger/${token}`);
      }
    }
  }
  expect(lines(api).length).toBeGreaterThanOrEqual(outcomes.length * paths.length * 4);
  expect(api.logged()).not.toContain(token);
});

test('no key is ever logged, valid or not, nor the body of a request', async () => {
  const api = testApi();
  const body = { name: 'crm', type: 'postgres', config: { password: 'hunter2' } };
  await api.send('admin', 'post', '/api/v1/connections').send(body);
  await api.send('admin', 'post', '/api/v1/connections').type('json').send('{"password": hunter2');
  await api.send(null, 'get', '/api/v1/me').set('Authorization', 'Bearer an-unknown-key');
  await api.send(null, 'get', `/api/v1/me?key=${keyOf('admin')}`);
  expect(lines(api)).toHaveLength(4);
  expect(api.logged()).not.toContain(keyOf('admin'));
  expect(api.logged()).not.toContain('an-unknown-key');
  expect(api.logged()).not.toContain('hunter2');
});

test('health checks are told at level debug only', async () => {
  const api = testApi();
  await api.send(null, 'get', '/healthz');
  await api.send(null, 'get', '/readyz');
  expect(lines(api).map(({ level }) => level)).toEqual([20, 20]);
});
