/** The OpenAPI document and the table of routes say the same. */
import { routes } from '../../api/routes';
import { codesOf } from '../../api/openapi/refusals';
import { collectionCalls } from '../../api/vendors/dataarts/calls';
import { codesOfCall } from '../../api/vendors/dataarts/refusals';
import { isErrorCode } from '../../model/errors';
import { taskId } from '../support/samples';
import { testApi } from '../support/test-api';

interface Operation {
  operationId: string;
  description: string;
  security: unknown[];
  parameters?: { name: string; in: string; schema: Record<string, unknown> }[];
  requestBody?: { required: boolean };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

async function readDocument(): Promise<Document> {
  const answer = await testApi().send(null, 'get', '/api/openapi.json');
  expect(answer.status).toBe(200);
  return answer.body as Document;
}

test('it is OpenAPI 3.1 and has every route, and beside them the calls of vendors', async () => {
  const { openapi, paths } = await readDocument();
  expect(openapi).toBe('3.1.0');
  const described = Object.entries(paths).flatMap(([path, operations]) => {
    return Object.keys(operations).map((method) => `${method} ${path}`);
  });
  const triggers = ['/trigger/{token}', '/trigger/{token}/{scheduleTime}'];
  const byTime = '/anymetrics/api/v1/scheduler/task/triggerTableTaskInstanceByScheduleTime';
  const aloudata = [byTime, `${byTime}Range`];
  const dataArts = collectionCalls.map(({ method, path }) => `${method} ${path}`);
  expect(described.sort()).toEqual(
    [
      ...routes.map(({ method, path }) => `${method} ${path}`),
      ...triggers.flatMap((path) => [`get ${path}`, `post ${path}`]),
      ...aloudata.map((call) => `post ${call}`),
      ...['post /', 'post /v3/auth/tokens', 'get /v3/projects', ...dataArts],
    ].sort(),
  );
});

test('each operation says who may call it, has an id of its own and its good answer', async () => {
  const { paths } = await readDocument();
  const ids = Object.values(paths).flatMap((operations) => {
    return Object.values(operations).map(({ operationId }) => operationId);
  });
  expect(new Set(ids).size).toBe(ids.length);
  for (const { method, path, role, answer } of routes) {
    const operation = paths[path]![method]!;
    expect(operation.security).toEqual(role === 'public' ? [] : [{ key: [] }, { session: [] }]);
    expect(operation.description).toContain(role === 'public' ? 'no key' : `role \`${role}\``);
    expect(Object.keys(operation.responses)).toContain(String(answer.status));
  }
});

test('every refusal that a route documents is in the catalogue, under its status', async () => {
  const { paths } = await readDocument();
  for (const route of routes) {
    const { responses } = paths[route.path]![route.method]!;
    const named = Object.entries(responses).flatMap(([status, { description }]) => {
      return Number(status) < 400 ? [] : [...description.matchAll(/`(\w+)`:/g)].map(([, c]) => c!);
    });
    expect(named.sort()).toEqual(codesOf(route).sort());
    expect(named.filter((code) => !isErrorCode(code))).toEqual([]);
  }
});

test('each call of DataArts says what it needs, what it refuses, and shows an example', async () => {
  const { paths } = await readDocument();
  for (const call of collectionCalls) {
    const operation = paths[call.path]![call.method]!;
    expect(operation.description).toContain(`role \`${call.role}\``);
    expect(operation).toHaveProperty('x-role', call.role);
    const { responses, parameters = [] } = operation;
    const named = Object.entries(responses).flatMap(([status, { description }]) => {
      return Number(status) < 400 ? [] : [...description.matchAll(/`(\w+)`:/g)].map(([, c]) => c!);
    });
    expect(named.sort()).toEqual(codesOfCall(call).sort());
    expect(parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['X-Auth-Token', 'workspace', 'project_id']),
    );
    expect(JSON.stringify(responses[200])).toContain('"example":');
    const body = JSON.stringify(operation.requestBody ?? null);
    expect(body.includes('"example":')).toBe(call.body !== null);
  }
});

test('a route that changes a task tells that Temporal or the worker may not answer', () => {
  const changes = routes.filter(({ path, errors }) => {
    return path.startsWith('/api/v1/tasks/') && errors.includes('taskRemoved');
  });
  expect(changes.length).toBeGreaterThan(7);
  for (const route of changes) {
    expect(codesOf(route)).toEqual(
      expect.arrayContaining(['temporalUnavailable', 'workerUnavailable']),
    );
  }
});

test('no route of the least role tells of a role that does not allow it, but for what its own rules refuse', () => {
  for (const route of routes) {
    const needsMore = route.role !== 'public' && route.role !== 'viewer';
    if (route.errors.includes('notAllowed')) continue;
    expect(codesOf(route).includes('notAllowed')).toBe(needsMore);
  }
});

test('every part of a path in braces is a parameter, and every reference has its target', async () => {
  const document = await readDocument();
  for (const [path, operations] of Object.entries(document.paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters = [] } of Object.values(operations)) {
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect(inPath).toEqual(names);
    }
  }
  const targets = [
    ...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g),
  ];
  expect(targets.length).toBeGreaterThan(20);
  for (const [, name] of targets) expect(document.components.schemas).toHaveProperty(name!);
});

test('it tells of page sizes, headers and optional bodies as they are', async () => {
  const { paths } = await readDocument();
  const parameters = (path: string, method: string) => paths[path]![method]!.parameters ?? [];
  expect(
    parameters('/api/v1/tasks', 'get').find(({ name }) => name === 'pageSize')?.schema,
  ).toEqual({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 50,
    description: 'Most items in one answer',
  });
  expect(parameters('/api/v1/tasks', 'post').map(({ name }) => name)).toContain('Idempotency-Key');
  expect(parameters('/api/v1/tasks/{id}', 'patch').map(({ name }) => name)).toContain('If-Match');
  expect(paths['/api/v1/tasks']!.post!.requestBody?.required).toBe(true);
  expect(paths['/api/v1/tasks/{id}:reset-gate']!.post!.requestBody?.required).toBe(false);
});

test('its patterns take what the routes take', async () => {
  const document = JSON.stringify(await readDocument());
  const patterns = [...document.matchAll(/"pattern":("(?:[^"\\\\]|\\\\.)*")/g)].map(([, text]) => {
    return JSON.parse(text!) as string;
  });
  const samples = [
    'crm',
    'phone',
    taskId,
    '02:30',
    '2026-03-01T02:30:00+08:00',
    '2026-03-01 02:30:00',
    ...['2026-03-01', '02:30:00', 'Id Desc', '"3"', '1', 'crm.main.customers'],
  ];
  expect(new Set(patterns).size).toBeGreaterThan(3);
  for (const pattern of patterns) {
    // Readers in other languages do not know Unicode's classes.
    expect(pattern).not.toMatch(/\\p\{/i);
    expect(samples.some((text) => new RegExp(pattern, 'u').test(text))).toBe(true);
  }
});

interface Described {
  description?: string;
  properties?: Record<string, Described>;
  anyOf?: Described[];
}

test('it says of each field of a backfill, and of how runs start and end, what it is for', async () => {
  const { paths } = await readDocument();
  const bodyOf = (path: string): Described => {
    const { requestBody } = paths[path]!.post as { requestBody?: unknown };
    const { content } = requestBody as { content: Record<string, { schema: Described }> };
    return content['application/json']!.schema;
  };
  const { recurrence, runPolicy, notifications, dependsOn } = bodyOf('/api/v1/tasks').properties!;
  const kinds = recurrence!.anyOf!.filter(({ properties }) => properties);
  expect(kinds).toHaveLength(3);
  for (const part of [bodyOf('/api/v1/backfills'), ...kinds, runPolicy!, notifications!]) {
    const { every: _literal, ...fields } = part.properties!;
    const silent = Object.keys(fields).filter((name) => !fields[name]!.description);
    expect(silent).toEqual([]);
  }
  expect(dependsOn!.description).toContain('come before');
});
