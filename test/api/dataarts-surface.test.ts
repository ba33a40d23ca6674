/** DataArts' calls over a fake service: who may call what, and how each call is answered. */
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { collectionCalls, type CollectionCall } from '../../api/vendors/dataarts/calls';
import { projectsShape } from '../../api/vendors/dataarts/projects';
import { codesOfCall } from '../../api/vendors/dataarts/refusals';
import { TablegateError } from '../../model/errors';
import { roleAllows, roles, type Role } from '../../model/people';
import { exampleText, refusalIn } from '../support/dataarts';
import { signedAt, vectors, type SignedVector } from '../support/dataarts-sdk/vectors';
import { csrfTokenOf, identityTokenOf, keyOf, sessionTokenOf } from '../support/fake-scheduling';
import { callerOf, project, runId, taskId } from '../support/samples';
import { testApi, type TestApi } from '../support/test-api';

const params: Record<string, string> = {
  ...{ project_id: 'default', task_id: taskId, instance_id: runId },
};
const pathTo = ({ path, query }: CollectionCall): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => params[name]!) + (query ? '?action=start' : '');

const nameOf = ({ method, path }: CollectionCall): string => `${method} ${path}`;

/** Sends a call; good in all that is not said. */
function send(
  api: TestApi,
  call: CollectionCall,
  headers: Record<string, string> = { 'X-Auth-Token': identityTokenOf('admin') },
) {
  const sent = api.send(null, call.method, pathTo(call)).set('workspace', 'default').set(headers);
  return call.body === null
    ? sent
    : sent.send(call.name === 'showInstanceLog' ? '{}' : exampleText);
}

/** Calls that reached the service and did something. */
const done = (api: TestApi): string[] =>
  api.calls.flatMap(({ name }) =>
    /^metadataTasks\.(?!enter|requireWorkspace)/.test(name) ? [name] : [],
  );

const byName = collectionCalls.map((call) => [nameOf(call), call] as const);

test.each(byName)('%s is refused to roles below its own', async (_name, call) => {
  for (const role of roles.filter((one) => !roleAllows(one, call.role))) {
    const api = testApi();
    const answer = await send(api, call, { 'X-Auth-Token': identityTokenOf(role) });
    expect(refusalIn(answer, 403)).toContain(call.role);
    expect(done(api)).toEqual([]);
  }
});

test.each(byName)(
  '%s answers its role, and those above, as it is described',
  async (_name, call) => {
    for (const role of roles.filter((one) => roleAllows(one, call.role))) {
      const api = testApi();
      const answer = await send(api, call, { 'X-Auth-Token': identityTokenOf(role) });
      expect([answer.status, done(api).length]).toEqual([200, 1]);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(call.answer.safeParse(answer.body).error).toBeUndefined();
    }
  },
);

test('HW-03: who is not known is told so before anything else is looked at', async () => {
  for (const call of collectionCalls) {
    const api = testApi();
    for (const headers of [
      {},
      { 'X-Auth-Token': 'x' },
      { Authorization: `Bearer ${keyOf('admin')}` },
      { Authorization: 'SDK-HMAC-SHA256 Access=x, SignedHeaders=host, Signature=00' },
    ] as Record<string, string>[]) {
      const answer = await send(api, call, headers);
      refusalIn(answer, 401);
      expect(answer.headers['www-authenticate']).toContain('X-Auth-Token');
    }
    expect(done(api)).toEqual([]);
    expect(api.callsOf('metadataTasks.enter')).toEqual([]);
  }
});

test('HW-01, HW-04: the place is told by path and header, and who called by the audit', async () => {
  const api = testApi();
  await send(api, collectionCalls[0]!);
  const caller = { ...callerOf('admin'), via: 'DataArts' };
  expect(api.callsOf('metadataTasks.enter')).toEqual([[caller, 'default', null]]);
  expect(api.callsOf('metadataTasks.create')).toEqual([
    [{ caller, project: 'default', workspace: 'default' }, JSON.parse(exampleText)],
  ]);
});

/** An API whose access key is that of the vectors, at the time when they were signed. */
function apiOfVectors(role: Role = 'developer'): TestApi {
  jest.spyOn(Date, 'now').mockReturnValue(signedAt);
  const api = testApi();
  const { accessKeyId, secret } = vectors;
  api.scheduling.accessKeys.secretOf = (id) =>
    Promise.resolve(id === accessKeyId ? { secret, caller: callerOf(role) } : null);
  return api;
}
afterEach(() => jest.restoreAllMocks());

function replay(api: TestApi, { method, url, headers, body }: SignedVector) {
  return api.send(null, method, url).set(headers).send(body);
}

const [signed] = vectors.requests as [SignedVector];

test('a signed request is taken, and refused where its body was changed', async () => {
  const api = apiOfVectors();
  const answer = await replay(api, signed);
  expect([answer.status, done(api)]).toEqual([200, ['metadataTasks.create']]);
  expect(api.callsOf('accessKeys.noteUse')).toEqual([[vectors.accessKeyId]]);
  const changed = { ...signed, body: signed.body.replace('110', '666') };
  expect(refusalIn(await replay(api, changed), 401)).toContain('as they were signed');
  expect(done(api)).toHaveLength(1);
});

test('a signed request is refused where its clock is off, its key gone, or its role too low', async () => {
  const api = apiOfVectors();
  jest.spyOn(Date, 'now').mockReturnValue(signedAt + 16 * 60_000);
  expect(refusalIn(await replay(api, signed), 401)).toContain('15 minutes');
  jest.spyOn(Date, 'now').mockReturnValue(signedAt);
  api.scheduling.accessKeys.secretOf = () => Promise.resolve(null);
  refusalIn(await replay(api, signed), 401);
  expect(done(api)).toEqual([]);
  refusalIn(await replay(apiOfVectors('operator'), signed), 403);
});

test('a token wins over a signature, in good and in bad', async () => {
  const both = (role: string, change: (text: string) => string = (text) => text): SignedVector => ({
    ...signed,
    headers: { ...signed.headers, 'x-auth-token': role },
    body: change(signed.body),
  });
  const api = apiOfVectors('viewer');
  const good = both(identityTokenOf('developer'), (body) => body.replace('110', '666'));
  expect((await replay(api, good)).status).toBe(200);
  refusalIn(await replay(apiOfVectors('developer'), both('wrong')), 401);
  refusalIn(await replay(apiOfVectors('admin'), both(identityTokenOf('viewer'))), 403);
});

test('HW-42: by a session it needs the CSRF token; that code, and that of a closed project, are described', async () => {
  const api = testApi();
  const cookie = { Cookie: `tablegate_session=${sessionTokenOf('developer')}` };
  const csrf = { 'X-CSRF-Token': csrfTokenOf('developer') };
  const [create] = collectionCalls as [CollectionCall];
  const codes: unknown[] = [];
  const note = (answer: { status: number; text: string; body: { error_code?: string } }) => {
    refusalIn(answer, 403);
    codes.push(answer.body.error_code);
  };
  note(await send(api, create, cookie));
  expect(done(api)).toEqual([]);
  expect((await send(api, create, { ...cookie, ...csrf })).status).toBe(200);
  const closed = new TablegateError('projectClosed', 'It is not open to you.');
  api.scheduling.metadataTasks.enter = () => Promise.reject(closed);
  note(await send(api, create));
  expect(codes).toEqual(['csrfTokenWrong', 'projectClosed']);
  for (const call of collectionCalls)
    expect(codesOfCall(call)).toEqual(expect.arrayContaining(codes));
});

test('paths and methods that there are not are answered in the two keys', async () => {
  const api = testApi();
  for (const path of [
    '/v3',
    '/v3/default',
    '/v3/default/metadata/tasks',
    '/v3/x/y/z',
    '/v3/a%zz/b',
  ]) {
    refusalIn(await api.send('admin', 'get', path), 404);
  }
  refusalIn(await api.send(null, 'get', '/v3/a%zz/metadata/tasks/x'), 400);
  const all = '/v3/default/metadata/tasks';
  for (const [path, allow] of [
    [`${all}/${taskId}`, 'GET, PUT, DELETE'],
    [`${all}/${taskId}/action`, 'POST'],
    [`${all}/create`, 'POST'],
    [`${all}/search`, 'POST'],
    ['/v3/auth/tokens', 'POST'],
    ['/v3/projects', 'GET'],
  ] as const) {
    const answer = await api.send(null, 'patch', path);
    expect(answer.body).toMatchObject({ error_code: 'methodNotAllowed' });
    expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
  }
  const token = { 'X-Auth-Token': identityTokenOf('admin'), workspace: 'default' };
  for (const id of ['x', taskId.toUpperCase(), `${taskId}0`, '%00']) {
    refusalIn(await api.send(null, 'get', `${all}/${id}`).set(token), 404);
  }
  expect((await api.send(null, 'get', `${all}/${taskId}/`).set(token)).status).toBe(200);
  expect(done(api)).toEqual(['metadataTasks.get']);
});

test('bodies are JSON whatever their content type says, but never packed', async () => {
  const api = testApi();
  const create = () => send(api, collectionCalls[0]!);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/bson']) {
    expect((await create().set('Content-Type', type)).status).toBe(200);
  }
  const packed = await api
    .send(null, 'post', pathTo(collectionCalls[0]!))
    .set({ 'X-Auth-Token': identityTokenOf('admin'), workspace: 'default' })
    .set({ 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' })
    .send(gzipSync(exampleText));
  refusalIn(packed, 415);
  expect(done(api)).toHaveLength(3);
});

test('what nobody expected is told without its words, and logged without token and key', async () => {
  const api = testApi();
  api.scheduling.metadataTasks.get = () => Promise.reject(new Error('secret words'));
  const get = collectionCalls.find(({ name }) => name === 'showTaskInfo')!;
  const failed = await send(api, get);
  expect(refusalIn(failed, 500)).not.toContain('secret');
  expect(failed.headers['x-request-id']).toMatch(/^[0-9a-f]{30}$/);
  expect(api.logged()).toContain(failed.headers['x-request-id']);
  expect(api.logged()).toContain('secret words');
  const down = new TablegateError('storeUnavailable', 'The store is away');
  api.scheduling.metadataTasks.get = () => Promise.reject(down);
  const answer = await send(api, get);
  refusalIn(answer, 503);
  expect(answer.headers['retry-after']).toBe('5');
  await api.send(null, 'post', '/v3/auth/tokens').send({
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: 'a', password: keyOf('admin') } },
      },
    },
  });
  expect(api.logged()).toContain('/v3/auth/tokens');
  for (const token of [identityTokenOf('admin'), keyOf('admin')]) {
    expect(api.logged()).not.toContain(token);
  }
});

test('a token is given in X-Subject-Token, with what it is for', async () => {
  const api = testApi();
  const user = { name: 'Ada', password: keyOf('viewer'), domain: { name: 'default' } };
  const scope = { project: { name: 'default' } };
  const identity = { methods: ['password'], password: { user } };
  const answer = await api
    .send(null, 'post', '/v3/auth/tokens')
    .send({ auth: { identity, scope } });
  expect([answer.status, answer.headers['x-subject-token']]).toEqual([
    201,
    identityTokenOf('viewer'),
  ]);
  const [[claim, project, address]] = api.callsOf('identity.issue') as [unknown[]];
  expect([claim, project]).toEqual([
    {
      method: 'password',
      userId: null,
      userName: 'Ada',
      password: keyOf('viewer'),
      domain: 'default',
    },
    'default',
  ]);
  expect(address).toMatch(/127\.0\.0\.1/);
  const shape = z.object({ token: z.object({ expires_at: z.string().regex(/\.\d{6}Z$/) }) });
  expect(shape.safeParse(answer.body).error).toBeUndefined();
});

test('projects are listed to who is known, by name where one is asked for', async () => {
  const api = testApi();
  const list = (query = '') =>
    api.send(null, 'get', `/v3/projects${query}`).set('X-Auth-Token', identityTokenOf('viewer'));
  const { body, status } = (await list()) as { status: number; body: { projects: object[] } };
  expect([status, projectsShape.safeParse(body).success]).toEqual([200, true]);
  expect(body.projects).toMatchObject([{ id: project.id, name: project.name, enabled: true }]);
  const named = await list(`?name=${project.name.toUpperCase()}`);
  expect((named.body as typeof body).projects).toHaveLength(1);
  expect(((await list('?name=nobody')).body as typeof body).projects).toEqual([]);
  expect((await api.send(null, 'get', '/v3/projects')).status).toBe(401);
});
