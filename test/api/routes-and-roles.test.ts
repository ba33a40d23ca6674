/** Walks the table of routes: whatever is added to it is held to the same rules. */
import { z } from 'zod';
import { problemSchema } from '../../api/errors/problem';
import { routes } from '../../api/routes';
import { paramNames } from '../../api/routes/path';
import type { Route } from '../../api/routes/route';
import { roleAllows, roles } from '../../model/people';
import { keyOf } from '../support/fake-scheduling';
import { runId, scriptVersion, tableName, taskBody, taskId } from '../support/samples';
import { testApi } from '../support/test-api';

const params: Record<string, string> = {
  id: taskId,
  runId,
  receipt: '0b'.repeat(15),
  table: encodeURIComponent(tableName),
  name: 'crm',
  connection: 'crm',
  workspace: 'default',
  userId: 'u1',
  version: '1',
};

const bodies: Record<string, object> = {
  'post /api/v1/tasks': taskBody,
  'post /api/v1/tasks:import': { tasks: [{ externalId: 'nightly', ...taskBody, kind: 'manual' }] },
  'put /api/v1/tasks/{id}': taskBody,
  'patch /api/v1/tasks/{id}': { name: 'Other' },
  'post /api/v1/tasks/{id}:reset-gate': {},
  'post /api/v1/tasks/{id}:run-with-present': { scheduleTime: '2026-01-20' },
  'post /api/v1/tasks:draft': { tables: [tableName] },
  'post /api/v1/tasks/{id}/triggers': { table: tableName },
  'post /api/v1/tasks/{id}/runs/{runId}:rerun': { downstream: 'matching' },
  'post /api/v1/backfills': { taskIds: [taskId], scheduleTimes: ['2026-01-20'] },
  'post /api/v1/backfills/{id}:cancel': { mode: 'kill' },
  'post /api/v1/recurrences:preview': { recurrence: { every: 'day', at: '02:30' } },
  'post /api/v1/tables/{table}:trigger': { scheduleTime: '2026-01-20' },
  'post /api/v1/connections:test': { type: 'files', config: {} },
  'post /api/v1/connections': { name: 'crm', type: 'files', config: {} },
  'put /api/v1/connections/{name}': { type: 'files', config: {} },
  'put /api/v1/tables/{table}/id-mapping': { columns: [{ column: 'mobile', idType: 'phone' }] },
  'post /api/v1/projects': { name: 'Other', mode: 'Basic' },
  'patch /api/v1/projects/{id}': { name: 'Other' },
  'post /api/v1/projects/{id}/workspaces': { name: 'Other' },
  'post /api/v1/directories': { project: 'default', name: 'Sales' },
  'patch /api/v1/directories/{id}': { name: 'Sales' },
  'post /api/v1/scripts': {
    ...{ project: 'default', name: 'Orders', scheduleType: 'Manual Task Node' },
    ...{ sourceType: 'files', source: 'crm', targetType: 'duckdb', target: 'analysis' },
  },
  'patch /api/v1/scripts/{id}': { text: '{' },
  'put /api/v1/scripts/{id}': {
    ...{ name: 'Orders', text: '{' },
    ...scriptVersion.config,
  },
  'post /api/v1/scripts:validate': { script: '{' },
  'post /api/v1/scripts/{id}:preview-parameters': { scheduleTime: '2026-01-20' },
  'post /api/v1/scripts/{id}:submit': { remarks: 'first' },
  'post /api/v1/scripts/{id}:publish': { version: 1 },
  'post /api/v1/scripts/{id}:roll-back': { version: 1 },
  'post /api/v1/session': { key: keyOf('viewer') },
  'post /api/v1/tenants': { id: 'other', name: 'Other' },
  'post /api/v1/users': { name: 'Ada', role: 'viewer' },
  'patch /api/v1/users/{id}': { role: 'admin' },
  'post /api/v1/keys': { userId: 'u1', name: 'ci' },
  'patch /api/v1/catalog/tables/{table}': { owner: 'Ada' },
  'post /api/v1/resource-groups': { name: 'etl', taskQueue: 'etl' },
  'post /api/v1/access-keys': { name: 'sdk' },
  'put /api/v1/users/{id}/grants/{connection}': { read: true, write: false },
};

const queries: Record<string, string> = {
  'get /api/v1/catalog/search': 'q=mobile',
  'get /api/v1/directories': 'project=default',
  'get /api/v1/scripts:tree': 'project=default',
  'get /api/v1/tasks:named': `ids=${taskId}`,
  'get /api/v1/scripts/{id}/versions:diff': 'from=1',
  'get /api/v1/tasks/{id}/id-mapping/user': 'idType=phone&value=0138',
  'get /api/v1/tasks/{id}/id-mapping/chain':
    'fromType=phone&fromValue=0138&toType=email&toValue=ann%40x.org',
};

/** What the schema of a route describes of an answer: of a stream, the data of the change in it. */
function contentOf(mediaType: string, { text, body }: { text: string; body: unknown }): unknown {
  if (mediaType === 'application/json') return body;
  if (mediaType !== 'text/event-stream') return text;
  return JSON.parse(/^event: change\ndata: (.*)$/m.exec(text)![1]!);
}

const nameOf = ({ method, path }: Route) => `${method} ${path}`;
const pathTo = (route: Route) => {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name]!);
  return `${path}?${queries[nameOf(route)] ?? ''}`;
};

const table = routes.map((route) => [nameOf(route), route] as const);
const closed = table.filter(([, { role }]) => role !== 'public');

test.each(closed)('%s answers 401 without a key and asks no service', async (_name, route) => {
  const api = testApi();
  const answer = await api.send(null, route.method, pathTo(route)).send(bodies[nameOf(route)]);
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  expect(problemSchema.parse(answer.body).code).toBe('notAuthenticated');
  expect(api.calls).toEqual([]);
});

test.each(closed)(
  '%s serves exactly the roles that its table entry allows',
  async (_name, route) => {
    for (const role of roles) {
      const api = testApi();
      const answer = await api.send(role, route.method, pathTo(route)).send(bodies[nameOf(route)]);
      const allowed = route.role !== 'public' && roleAllows(role, route.role);
      expect([role, answer.status]).toEqual([role, allowed ? route.answer.status : 403]);
      if (allowed) continue;
      expect(problemSchema.parse(answer.body).code).toBe('notAllowed');
      expect(api.calls.map(({ name }) => name)).toEqual(['people.authenticate']);
    }
  },
);

test.each(table.filter(([, { role }]) => role === 'public'))(
  '%s answers without a key',
  async (_name, route) => {
    const answer = await testApi()
      .send(null, route.method, pathTo(route))
      .send(bodies[nameOf(route)]);
    expect(answer.status).toBe(route.answer.status);
  },
);

test.each(table.filter(([, { answer }]) => answer.schema !== null))(
  '%s answers what its schema says',
  async (_name, route) => {
    const answer = await testApi()
      .send('admin', route.method, pathTo(route))
      .send(bodies[nameOf(route)]);
    const { schema, mediaType, etag } = route.answer;
    expect(answer.headers['content-type']).toContain(mediaType);
    expect(answer.headers.etag).toBe(etag ? '"3"' : undefined);
    schema!.parse(contentOf(mediaType, answer));
  },
);

test.each(table.filter(([, { answer }]) => answer.schema === null))(
  '%s answers without a body',
  async (_name, route) => {
    const answer = await testApi().send('admin', route.method, pathTo(route));
    expect([answer.status, answer.text]).toEqual([204, '']);
  },
);

test.each(table.filter(([, { body }]) => body !== null))(
  '%s refuses a body with an unknown field, naming it',
  async (_name, route) => {
    const body = { ...bodies[nameOf(route)], surprise: 1 };
    const answer = await testApi().send('admin', route.method, pathTo(route)).send(body);
    expect(answer.status).toBe(400);
    expect(problemSchema.parse(answer.body).errors).toContainEqual({
      path: 'surprise',
      message: expect.stringContaining('there is no such field'),
    });
  },
);

test.each(closed)('%s refuses an unknown query parameter, naming it', async (_name, route) => {
  const answer = await testApi()
    .send('admin', route.method, `${pathTo(route)}&surprise=1`)
    .send(bodies[nameOf(route)]);
  expect(answer.status).toBe(400);
  expect(problemSchema.parse(answer.body).errors?.[0]?.path).toBe('surprise');
});

test.each(table.filter(([, { path }]) => paramNames(path).length > 0))(
  '%s refuses a path with a NUL, which no store can hold',
  async (_name, route) => {
    const name = paramNames(route.path)[0]!;
    const path = pathTo(route).replace(params[name]!, 'a%00b');
    const answer = await testApi().send('admin', route.method, path).send(bodies[nameOf(route)]);
    expect(answer.status).toBe(400);
    expect(problemSchema.parse(answer.body).errors?.[0]?.path).toBe(name);
  },
);

test('no two routes are the same', () => {
  const names = routes.map(nameOf);
  expect(new Set(names).size).toBe(names.length);
});

test('every list is paged or whole in one shape', () => {
  const lists = routes.filter(({ answer: { schema } }) => {
    return schema instanceof z.ZodObject && 'items' in schema.shape;
  });
  expect(lists.length).toBeGreaterThan(10);
  for (const { answer } of lists) {
    const [items, next, ...more] = Object.keys((answer.schema as z.ZodObject).shape);
    expect([items, next]).toEqual(['items', 'nextPageToken']);
    expect([[], ['total']]).toContainEqual(more);
  }
});
