/** Tenants, users, roles and keys over the whole service. */
import path from 'node:path';
import type { User } from '../../../model/people';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import type { TestClient } from '../../support/test-client';
import { addTables, heldTask, startRun, trigger, untilIdle, urlsOf } from './support/flow';

const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
let other: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
  other = await installation.start({ jobTypes: [jobs.jobType], roles: { worker: false } });
});
afterAll(() => installation.end());

let made = 0;
async function userOf(role: string, admin: TestClient = server.api) {
  made += 1;
  const user = await admin.post<User>('/users', { name: `${role} ${made}`, role });
  const key = await admin.post<{ id: string; secret: string }>('/keys', {
    ...{ userId: user.id, name: 'k' },
  });
  return { user, key, api: admin.as(key.secret) };
}

const statuses = async (calls: Promise<{ status: number }>[]) =>
  (await Promise.all(calls)).map(({ status }) => status);
const items = async (api: TestClient, path: string) =>
  (await api.get<{ items: Record<string, unknown>[] }>(path)).items;

test('without a key, with a wrong one or one that is too long every route answers 401 and tells nothing', async () => {
  const { id } = await heldTask(server.api, ['up.main.a']);
  const wrong = server.api.key.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  for (const key of ['', wrong, `${server.api.key}x`, 'x'.repeat(500)]) {
    const stranger = server.api.as(key);
    for (const path of [`/tasks/${id}`, '/tasks', `/tasks/${'0'.repeat(32)}`, '/users']) {
      expect(await stranger.call('GET', path)).toMatchObject({
        status: 401,
        body: { code: 'notAuthenticated' },
      });
    }
  }
});

test('a viewer reads, an operator starts and triggers, a developer saves and edits, an admin manages people', async () => {
  const { id } = await heldTask(server.api, ['up.main.a', 'up.main.b']);
  const body = { name: 'By role', kind: 'manual', tables: ['up.main.a'], job: { type: 'held' } };
  const calls = (api: TestClient) => [
    api.call('GET', `/tasks/${id}`),
    api.call('GET', `/tasks/${id}/trigger-urls`),
    api.call('POST', `/tasks/${id}/triggers`, { body: { table: 'up.main.a' } }),
    api.call('PATCH', `/tasks/${id}`, { body: { description: 'x' } }),
    api.call('POST', '/tasks', { body }),
    api.call('GET', '/users'),
    api.call('GET', '/audit'),
  ];
  const answers = {
    viewer: await statuses(calls((await userOf('viewer')).api)),
    operator: await statuses(calls((await userOf('operator')).api)),
    developer: await statuses(calls((await userOf('developer')).api)),
    admin: await statuses(calls((await userOf('admin')).api)),
  };
  expect(answers).toEqual({
    viewer: [200, 403, 403, 403, 403, 403, 403],
    operator: [200, 200, 202, 403, 403, 403, 403],
    developer: [200, 200, 202, 200, 201, 403, 403],
    admin: [200, 200, 202, 200, 201, 200, 200],
  });
});

test('who started a run and who triggered is in record, ledger and audit', async () => {
  const { user, api } = await userOf('operator');
  const { id } = await heldTask(server.api, ['up.main.a', 'up.main.b']);
  await api.post(`/tasks/${id}/triggers`, { table: 'up.main.a' });
  await startRun(api, id);
  (await jobs.next()).succeed();
  expect(await untilIdle(server.api, id, 1)).toMatchObject([{ startedByUser: user.name }]);
  expect(await items(server.api, `/tasks/${id}/triggers`)).toMatchObject([{ caller: user.name }]);
  const audit = await items(server.api, `/audit?target=task/${id}`);
  expect(audit.map(({ actor, action }) => [actor, action])).toEqual([
    [user.name, 'run.start'],
    [user.name, 'task.mark'],
    ['admin', 'task.create'],
  ]);
});

test('a key that was removed, or whose user was, works no more on any API', async () => {
  const one = await userOf('viewer');
  const two = await userOf('viewer');
  const ask = (secret: string) =>
    statuses([server, other].map(({ api }) => api.as(secret).call('GET', '/me')));
  expect(await ask(one.key.secret)).toEqual([200, 200]);
  await server.api.delete(`/keys/${one.key.id}`);
  expect(await ask(one.key.secret)).toEqual([401, 401]);
  await server.api.delete(`/users/${two.user.id}`);
  expect(await ask(two.key.secret)).toEqual([401, 401]);
});

test('a changed role holds from the next request, and the last admin cannot be taken away', async () => {
  const { user, api } = await userOf('viewer');
  expect((await api.call('GET', '/users')).status).toBe(403);
  await server.api.patch(`/users/${user.id}`, { role: 'admin' });
  expect((await api.call('GET', '/users')).status).toBe(200);
  const admins = (await items(server.api, '/users?pageSize=1000')).filter(
    ({ role }) => role === 'admin',
  );
  const me = await server.api.get<{ userId: string }>('/me');
  for (const { id } of admins) {
    if (id !== me.userId) await server.api.patch(`/users/${String(id)}`, { role: 'viewer' });
  }
  for (const answer of [
    await server.api.call('PATCH', `/users/${me.userId}`, { body: { role: 'viewer' } }),
    await server.api.call('DELETE', `/users/${me.userId}`),
  ]) {
    expect(answer).toMatchObject({ status: 409, body: { code: 'lastAdmin' } });
  }
});

test('keys are shown once, and neither lists, audit nor log hold them', async () => {
  const { user, key } = await userOf('viewer');
  const body = { userId: user.id, name: 'again' };
  const repeat = () =>
    server.api.call<{ secret: string | null }>('POST', '/keys', {
      ...{ body, headers: { 'idempotency-key': 'key-1' } },
    });
  const first = await repeat();
  expect(first.body.secret).toMatch(/^tgk_[0-9a-f]{28}$/);
  expect((await repeat()).body.secret).toBeNull();
  const shown = JSON.stringify([
    await items(server.api, '/keys'),
    await items(server.api, '/audit'),
  ]);
  for (const secret of [key.secret, first.body.secret ?? '', server.api.key]) {
    expect(shown).not.toContain(secret);
    expect(installation.logged()).not.toContain(secret);
  }
});

/** Where the sources of a tenant other than the first may lie. */
const filesOf = (tenant: string) => ({
  filesDir: path.join(installation.dataDir, 'tenants', tenant, 'files'),
});

test('tenants see nothing of each other, whatever they ask for', async () => {
  const tenant = async (id: string) => {
    const { adminKey } = await server.api.post<{ adminKey: string }>('/tenants', { id, name: id });
    return server.api.as(adminKey);
  };
  const [north, south] = [await tenant('north'), await tenant('south')];
  const [table = ''] = await addTables(filesOf('north'), north, 'crm', [
    { name: 'north', csv: 'a\n1\n', columns: [{ column: 'a', idType: 'phone' }] },
  ]);
  const { id } = await heldTask(north, [table], { name: 'Of the north' });
  const [url = ''] = await urlsOf(north, id);
  expect(await trigger(url)).toEqual(['started']);
  const { runId } = await jobs.next().then((run) => {
    run.succeed();
    return run;
  });
  await untilIdle(north, id, 1);
  const user = await userOf('viewer', north);

  for (const path of ['/tasks', '/runs', '/tables']) expect(await items(south, path)).toEqual([]);
  expect((await items(south, '/connections')).map(({ name }) => name)).toEqual(['analysis']);
  expect(JSON.stringify([await items(south, '/users'), await items(south, '/keys')])).not.toContain(
    user.user.id,
  );
  expect(JSON.stringify(await items(south, '/audit'))).not.toContain(id);
  expect((await items(south, '/tenants')).map((one) => one.id)).toEqual(['south']);
  const refused = await statuses([
    ...['', '/runs', `/runs/${runId}`, `/runs/${runId}/log`, '/triggers', '/trigger-urls'].map(
      (rest) => south.call('GET', `/tasks/${id}${rest}`),
    ),
    south.call('PATCH', `/tasks/${id}`, { body: { name: 'Taken' } }),
    south.call('DELETE', `/tasks/${id}`),
    south.call('POST', `/tasks/${id}/runs`),
    south.call('POST', `/tasks/${id}/triggers`, { body: { table } }),
    south.call('GET', `/tables/${table}`),
    south.call('GET', '/connections/crm'),
    south.call('GET', `/users/${user.user.id}`),
    south.call('DELETE', `/keys/${user.key.id}`),
  ]);
  expect(new Set(refused)).toEqual(new Set([404]));
  expect(await north.get(`/tasks/${id}`)).toMatchObject({ name: 'Of the north' });
  expect(
    (await south.call('POST', '/tenants', { body: { id: 'west', name: 'West' } })).status,
  ).toBe(403);
  // The same names may be used in both.
  await addTables(filesOf('south'), south, 'crm', [
    { name: 'south', csv: 'a\n1\n', columns: [{ column: 'a', idType: 'phone' }] },
  ]);
  expect((await items(north, '/tables')).map(({ name }) => name)).toEqual([table]);
});

test("one tenant's files are not there for another one", async () => {
  const west = server.api.as(
    (await server.api.post<{ adminKey: string }>('/tenants', { id: 'west', name: 'West' }))
      .adminKey,
  );
  const { config } = await server.api.get<{ config: { path: string } }>('/connections/analysis');
  const answer = await west.call('POST', '/connections', {
    body: { name: 'spy', type: 'duckdb', config },
  });
  const seen =
    answer.status === 201 ? (await west.call('GET', '/connections/spy/tables')).status : 400;
  expect(seen).toBeGreaterThanOrEqual(400);
});
