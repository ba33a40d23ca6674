/** What bad input gets: one problem that names what was wrong, and nothing asked of the service. */
import { gzipSync } from 'node:zlib';
import { problemSchema, type Problem } from '../../api/errors/problem';
import { taskBody, taskId } from '../support/samples';
import { publicUrl, testApi } from '../support/test-api';

const tasks = '/api/v1/tasks';

interface Sent {
  body: string | Buffer;
  type?: string;
  headers?: Record<string, string>;
}

async function create({ body, type = 'application/json', headers = {} }: Sent) {
  const api = testApi();
  const answer = await api
    .send('developer', 'post', tasks)
    .set({ 'Content-Type': type, ...headers })
    .serialize((raw: unknown) => raw as string)
    .send(body as string);
  return { status: answer.status, problem: answer.body as Problem, answer, api };
}

async function refusalOf(body: unknown): Promise<Problem> {
  const { status, problem, answer, api } = await create({ body: JSON.stringify(body) });
  expect(status).toBe(400);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(api.callsOf('tasks.create')).toEqual([]);
  return problemSchema.parse(problem);
}

test('a problem has what RFC 9457 asks for, the code, and each wrong field with its path', async () => {
  const problem = await refusalOf({ ...taskBody, name: '', kind: 'sometimes' });
  expect(problem).toEqual({
    type: `${publicUrl}/api/errors#invalidInput`,
    title: 'The input is not valid',
    status: 400,
    detail: expect.stringContaining('`name` in the body: a name is needed'),
    code: 'invalidInput',
    errors: [
      { path: 'name', message: 'a name is needed' },
      { path: 'kind', message: 'it must be one of "manual", "recurring", "triggered"' },
    ],
  });
});

test.each([
  ['a field that is missing', { name: undefined }, 'name', 'it is missing; it must be a text'],
  ['a field of another type', { job: 7 }, 'job', 'it must be an object'],
  [
    'a table that is neither text nor object',
    { tables: ['a.b.c', 4] },
    'tables[1]',
    'it must be a text or an object',
  ],
  [
    'a table without its name',
    { tables: ['a.b.c', { by: 'url' }] },
    'tables[1].name',
    'it is missing; it must be a text',
  ],
  [
    'a table that is named badly',
    { tables: ['a.b.c', 'nodots'] },
    'tables[1]',
    'a table is named connection.schema.table, with at most 255 characters',
  ],
  [
    'an unknown field within a table',
    { tables: [{ name: 'a.b.c', via: 'url' }] },
    'tables[0].via',
    'there is no such field; there are name, by',
  ],
  [
    'the same table twice',
    { tables: ['a.b.c', 'a.b.c'] },
    'tables[1]',
    'the table a.b.c is listed twice; each table may be in a task once',
  ],
  [
    'a name over the limit',
    { name: 'x'.repeat(256) },
    'name',
    'at most 255 characters are allowed',
  ],
  [
    'a NUL deep inside',
    { job: { type: 'x', config: { 'a b': ['\0'] } } },
    'job.config["a b"][0]',
    'no NUL characters and no halves of surrogate pairs are allowed',
  ],
  [
    'half of a surrogate pair',
    { description: '\ud83d' },
    'description',
    'no NUL characters and no halves of surrogate pairs are allowed',
  ],
])('%s is named', async (_case, change, path, message) => {
  const { errors } = await refusalOf({ ...taskBody, ...change });
  expect(errors).toEqual([{ path, message }]);
});

test('an unknown field is named with the fields that there are', async () => {
  const { errors } = await refusalOf({ ...taskBody, tabels: [] });
  expect(errors?.[0]?.path).toBe('tabels');
  expect(errors?.[0]?.message).toContain('tables, whileRunning');
});

test('a body that is a list, a text or null is told to be an object', async () => {
  for (const body of [[], 'text', null]) {
    expect((await refusalOf(body)).errors).toEqual([{ path: '', message: 'it must be an object' }]);
  }
});

test('a body nested without end is refused, not walked', async () => {
  const depth = 100_000;
  const body = `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const { status, problem } = await create({ body });
  expect(status).toBe(400);
  expect(problem.errors?.[0]?.message).toContain('at most 50 levels deep');
});

test('no body where one is needed is 400', async () => {
  const answer = await testApi().send('developer', 'post', tasks);
  expect([answer.status, (answer.body as Problem).code]).toEqual([400, 'invalidInput']);
});

test.each(['{"name":', '{name: "x"}', 'nonsense'])('%s is not JSON', async (body) => {
  const { status, problem } = await create({ body });
  expect([status, problem.code]).toEqual([400, 'invalidJson']);
  expect(problem.detail).toContain('The body is not JSON: ');
});

test('a body with no room for a longer script is refused, packed or not', async () => {
  const body = JSON.stringify({ ...taskBody, description: 'x'.repeat(8 * 1_048_576) });
  const packed = { body: gzipSync(body), headers: { 'Content-Encoding': 'gzip' } };
  for (const sent of [{ body }, packed]) {
    const { status, problem } = await create(sent);
    expect([status, problem.code]).toEqual([413, 'bodyTooLarge']);
  }
});

test.each([
  ['a form', 'application/x-www-form-urlencoded', {}],
  ['plain text', 'text/plain', {}],
  ['JSON in a charset that is none', 'application/json; charset=klingon', {}],
  ['JSON in a packing that is none', 'application/json', { 'Content-Encoding': 'zip' }],
])('%s is 415', async (_case, type, headers) => {
  const { status, problem } = await create({ body: JSON.stringify(taskBody), type, headers });
  expect([status, problem.code]).toEqual([415, 'unsupportedMediaType']);
});

test('JSON is taken under its other names, in other charsets and packed', async () => {
  const body = JSON.stringify(taskBody);
  const sent: Sent[] = [
    { body, type: 'application/json; charset=utf-8' },
    { body, type: 'application/merge-patch+json' },
    { body: Buffer.from(body, 'utf16le'), type: 'application/json; charset=utf-16le' },
    { body: gzipSync(body), headers: { 'Content-Encoding': 'gzip' } },
  ];
  for (const one of sent) expect((await create(one)).status).toBe(201);
});

test.each(['1', '1000'])('pageSize=%s is taken', async (pageSize) => {
  const answer = await testApi().send('viewer', 'get', `${tasks}?pageSize=${pageSize}`);
  expect(answer.status).toBe(200);
});

test.each(['0', '1001', '1e2', '-1', '5.5', ''])('pageSize=%s is refused', async (pageSize) => {
  const answer = await testApi().send('viewer', 'get', `${tasks}?pageSize=${pageSize}`);
  expect(answer.status).toBe(400);
  expect((answer.body as Problem).errors).toEqual([
    { path: 'pageSize', message: 'it must be a whole number from 1 to 1000' },
  ]);
});

test('a filter that is given twice, or with a value that there is not, is named', async () => {
  const twice = await testApi().send('viewer', 'get', `${tasks}?search=a&search=b`);
  expect((twice.body as Problem).errors).toEqual([
    { path: 'search', message: 'it must be a text' },
  ]);
  const unknown = await testApi().send('viewer', 'get', '/api/v1/runs?status=done');
  expect((unknown.body as Problem).errors?.[0]).toEqual({
    path: 'status',
    message: expect.stringContaining('"succeeded"'),
  });
});

test('the id in the body of a PUT may not be another one', async () => {
  const api = testApi();
  const body = { ...taskBody, id: '0'.repeat(32) };
  const answer = await api.send('developer', 'put', `${tasks}/${taskId}`).send(body);
  expect([answer.status, (answer.body as Problem).errors?.[0]?.path]).toEqual([400, 'id']);
  expect(api.callsOf('tasks.replace')).toEqual([]);
});
