/** POST requests that are sent again with their Idempotency-Key. */
import type { RunRead, TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { heldTask, runsOf, untilIdle } from './support/flow';

const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
});
afterAll(() => installation.end());

const tables = ['up.main.a'];
const body = { name: 'Once', kind: 'manual', tables, job: { type: 'held' } };
const keyed = (key: string) => ({ 'idempotency-key': key });
const tasksNamed = async (name: string) =>
  (await server.api.get<{ items: TaskRead[] }>(`/tasks?search=${name}`)).items;

test('a task that is created again with its key is the same one, also where the first answer was lost', async () => {
  const create = () =>
    server.api.call<TaskRead>('POST', '/tasks', { body, headers: keyed('create-1') });
  const answers = [await create(), await create()];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect(answers[1]?.body.id).toBe(answers[0]?.body.id);
  expect(await tasksNamed('Once')).toHaveLength(1);
});

test('of many equal requests at once one is done; the others are told to wait or get its answer', async () => {
  const create = () =>
    server.api.call<TaskRead & { code?: string }>('POST', '/tasks', {
      ...{ body: { ...body, name: 'AtOnce' }, headers: keyed('create-2') },
    });
  const answers = await Promise.all(Array.from({ length: 8 }, create));
  const others = answers.filter(({ status }) => status !== 201);
  expect(others.map(({ status, body: answered }) => [status, answered.code])).toEqual(
    others.map(() => [409, 'requestInProgress']),
  );
  const made = answers.filter(({ status }) => status === 201).map((answer) => answer.body.id);
  expect(new Set(made).size).toBe(1);
  expect(await tasksNamed('AtOnce')).toHaveLength(1);
});

test('a key that comes with another request is refused, and another user may use it', async () => {
  const first = { body: { ...body, name: 'Mine' }, headers: keyed('create-3') };
  await server.api.call('POST', '/tasks', first);
  const other = { ...first, body: { ...body, name: 'Other' } };
  expect(await server.api.call('POST', '/tasks', other)).toMatchObject({
    status: 422,
    body: { code: 'idempotencyKeyReused' },
  });
  expect(await tasksNamed('Other')).toEqual([]);
  const user = await server.api.post<{ id: string }>('/users', { name: 'dev', role: 'developer' });
  const key = await server.api.post<{ secret: string }>('/keys', { userId: user.id, name: 'k' });
  expect((await server.api.as(key.secret).call('POST', '/tasks', other)).status).toBe(201);
});

test('a refusal frees the key: the mended request is done', async () => {
  const send = (sent: Record<string, unknown>) =>
    server.api.call('POST', '/tasks', { body: sent, headers: keyed('create-4') });
  expect((await send({ ...body, job: { type: 'none' } })).status).toBe(400);
  expect((await send({ ...body, name: 'Mended' })).status).toBe(201);
});

test('a start that is sent again with its key is the same run, during it and after it', async () => {
  const { id } = await heldTask(server.api, tables, { kind: 'manual' });
  const start = (key: string) =>
    server.api.call<RunRead>('POST', `/tasks/${id}/runs`, { headers: keyed(key) });
  const first = await start('start-1');
  expect(first.status).toBe(202);
  expect(await start('start-1')).toMatchObject({ status: 202, body: { id: first.body.id } });
  (await jobs.next()).succeed();
  await untilIdle(server.api, id, 1);
  expect(await start('start-1')).toMatchObject({ status: 202, body: { id: first.body.id } });
  expect(await runsOf(server.api, id)).toHaveLength(1);
  const second = await start('start-2');
  expect(second.body.id).not.toBe(first.body.id);
  (await jobs.next()).succeed();
  await untilIdle(server.api, id, 2);
});

test('a draft that is asked for again with its key is the same one, its URLs included', async () => {
  const draft = () => server.api.post('/tasks:draft', { tables }, keyed('draft-1'));
  const first = await draft();
  expect(await draft()).toEqual(first);
});
