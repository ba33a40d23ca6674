/** Tasks as they are saved, listed, edited and removed: QA-01, QA-04, QA-05, QA-15 to QA-19, QA-39 to QA-46, QA-50 to QA-53. */
import type { TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { historyOf } from '../../support/temporal';
import {
  addTables,
  createTask,
  gateOf,
  heldTask,
  readTask,
  resultOf,
  runsOf,
  startRun,
  trigger,
  until,
  untilIdle,
  urlsOf,
  statusesOf,
} from './support/flow';

const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
let crm: string[];
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
  crm = await addTables(installation, server.api, 'crm');
});
afterAll(() => installation.end());

const listed = async () => (await server.api.get<{ items: TaskRead[] }>('/tasks')).items;
const ids = async () => (await listed()).map(({ id }) => id);
const save = (body: Record<string, unknown>) =>
  server.api.call('POST', '/tasks', {
    body: { name: 'Unify', kind: 'manual', tables: crm, job: { type: 'id-mapping' }, ...body },
  });

describe('saving', () => {
  test('QA-01: a table without ID mapping is refused and is not among those offered', async () => {
    const [plain = ''] = await addTables(installation, server.api, 'plain', [
      { name: 't', csv: 'a\n1\n', columns: [{ column: 'a', idType: 'phone' }] },
    ]);
    await server.api.delete(`/tables/${plain}`);
    await server.api.put(`/tables/${plain}`, {});
    expect(await save({ tables: [crm[0], plain] })).toMatchObject({
      status: 400,
      body: { code: 'tableWithoutIdMapping', errors: [{ path: 'tables[1]' }] },
    });
    const { items } = await server.api.get<{ items: { name: string }[] }>(
      '/tables?withIdMapping=true',
    );
    expect(items.map(({ name }) => name).toSorted()).toEqual(crm.toSorted());
  });

  test('QA-04: a task starts by hand, by its time or by trigger, and another way is refused', async () => {
    const before = await ids();
    expect(await save({ kind: 'weekly' })).toMatchObject({
      status: 400,
      body: { code: 'invalidInput', errors: [{ path: 'kind' }] },
    });
    expect(await ids()).toEqual(before);
    for (const recurrence of [{ every: 'day', at: '02:30' }, { every: 'hour' }]) {
      expect((await save({ kind: 'recurring', recurrence })).status).toBe(201);
    }
    for (const kind of ['manual', 'triggered']) expect((await save({ kind })).status).toBe(201);
  });

  test('QA-05: all tables may be in one task, and a second task may hold them too', async () => {
    const one = await createTask(server.api, crm);
    const other = await createTask(server.api, crm, { name: 'Another' });
    for (const { tables } of [one, other]) expect(tables.map(({ name }) => name)).toEqual(crm);
    expect(await ids()).toEqual(expect.arrayContaining([one.id, other.id]));
  });

  test.each([
    ['QA-15', 'no name', { name: undefined }, 'name'],
    ['QA-15', 'an empty name', { name: '  ' }, 'name'],
    ['QA-15', 'a name of 256 characters', { name: 'x'.repeat(256) }, 'name'],
    ['QA-16', 'no tables', { tables: [] }, 'tables'],
  ])('%s: a task with %s is refused and nothing is saved', async (_row, _what, body, path) => {
    const before = await ids();
    expect(await save(body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect(await ids()).toEqual(before);
  });

  test('QA-15, QA-16: a task has the name and the tables that it was saved with: one, several or all', async () => {
    for (const tables of [crm.slice(0, 1), crm.slice(0, 2), crm]) {
      const { id } = await createTask(server.api, tables, { name: `Of ${tables.length} 表` });
      const [newest] = await listed();
      expect(newest).toMatchObject({ id, name: `Of ${tables.length} 表` });
      expect((await readTask(server.api, id)).tables.map(({ name }) => name)).toEqual(tables);
    }
  });

  test('QA-17: nothing exists before the task is saved, in the list or in Temporal; then it is in both', async () => {
    const draft = await server.api.post<{ id: string }>('/tasks:draft', { tables: crm });
    expect(await ids()).not.toContain(draft.id);
    expect(await historyOf('default', draft.id)).toBeNull();
    await createTask(server.api, crm, { id: draft.id });
    expect((await ids())[0]).toBe(draft.id);
    expect(await historyOf('default', draft.id)).not.toBeNull();
  });

  test('QA-53: each row of the list has name, creator, kind and the status of the latest run', async () => {
    const { id } = await heldTask(server.api, crm, { name: 'Row', kind: 'manual' });
    expect((await listed())[0]).toMatchObject({
      ...{ id, name: 'Row', creator: 'admin', kind: 'manual', latestRun: null },
    });
    await startRun(server.api, id);
    (await jobs.next()).succeed();
    await untilIdle(server.api, id, 1);
    expect((await listed())[0]).toMatchObject({ id, latestRun: { status: 'succeeded' } });
  });
});

describe('starting by hand', () => {
  test('QA-18, QA-19, QA-43: a manual task has nothing that would start it; a start by hand begins one run', async () => {
    const { id } = await heldTask(server.api, crm, { kind: 'manual' });
    await readTask(server.api, id);
    const types = (await historyOf('default', id))?.map(({ type }) => type);
    expect(types?.filter((type) => /TimerStarted|ChildWorkflow/.test(type))).toEqual([]);
    const refused = await server.api.call('POST', `/tasks/${id}/triggers`, {
      body: { table: crm[0] },
    });
    expect(refused).toMatchObject({ status: 409, body: { code: 'taskKindMismatch' } });
    expect(await runsOf(server.api, id)).toEqual([]);
    const started = await server.api.call('POST', `/tasks/${id}/runs`);
    expect(started).toMatchObject({
      status: 202,
      body: { taskId: id, startedBy: 'manual', startedByUser: 'admin' },
    });
    (await jobs.next()).succeed();
    expect(await untilIdle(server.api, id, 1)).toMatchObject([{ status: 'succeeded' }]);
  });

  test('QA-42, QA-44: a triggered task is started by hand without waiting for its tables', async () => {
    const { id } = await heldTask(server.api, crm);
    await startRun(server.api, id);
    const run = await jobs.next();
    expect(new Set(Object.values(await gateOf(server.api, id)))).toEqual(
      new Set(['Not Triggered']),
    );
    run.succeed();
    expect(await untilIdle(server.api, id, 1)).toMatchObject([{ startedBy: 'manual' }]);
  });

  test('QA-45: of two starts at once one begins a run and the other is told of it', async () => {
    const { id } = await heldTask(server.api, crm, { kind: 'manual' });
    const start = () => server.api.call('POST', `/tasks/${id}/runs`);
    const answers = await Promise.all([start(), start()]);
    const run = await jobs.next();
    expect(statusesOf(answers)).toEqual([202, 409]);
    const refusal = answers.find(({ status }) => status === 409)?.body;
    expect(refusal).toMatchObject({ code: 'runInProgress' });
    expect(refusal?.detail).toContain(run.runId);
    expect((await start()).status).toBe(409);
    run.succeed();
    expect(await untilIdle(server.api, id, 1)).toHaveLength(1);
  });

  test('QA-45: a start by hand while a triggered run goes on is refused, and a gate that fills during a manual run starts nothing', async () => {
    const { id } = await heldTask(server.api, crm.slice(0, 1));
    const [url = ''] = await urlsOf(server.api, id);
    await trigger(url);
    const first = await jobs.next();
    expect((await server.api.call('POST', `/tasks/${id}/runs`)).status).toBe(409);
    first.succeed();
    await untilIdle(server.api, id, 1);
    await startRun(server.api, id);
    const second = await jobs.next();
    expect(await trigger(url)).toEqual(['ignored']);
    second.succeed();
    expect(await untilIdle(server.api, id, 2)).toHaveLength(2);
  });

  test('QA-46: a task shows no status before its first run, then that of the latest', async () => {
    const { id } = await heldTask(server.api, crm, { kind: 'manual' });
    expect((await readTask(server.api, id)).latestRun).toBeNull();
    await startRun(server.api, id);
    (await jobs.next()).succeed();
    await untilIdle(server.api, id, 1);
    expect((await readTask(server.api, id)).latestRun).toMatchObject({
      ...{ status: 'succeeded', startedBy: 'manual', failureReason: null },
    });
    await startRun(server.api, id);
    (await jobs.next()).fail('crm.main.orders: the file is gone.');
    await untilIdle(server.api, id, 2);
    expect((await readTask(server.api, id)).latestRun).toMatchObject({
      ...{ status: 'failed', failureReason: 'crm.main.orders: the file is gone.' },
    });
  });
});

describe('editing', () => {
  test('QA-39: every setting is read back as it was saved and can be changed', async () => {
    const saved = {
      ...{ name: 'Before', description: 'what it is for', owner: 'ann', kind: 'manual' },
      tags: [{ key: 'team', value: 'growth' }, { key: 'nightly' }],
      ...{ tables: crm.slice(0, 2), whileRunning: 'latch', timezone: 'Asia/Shanghai' },
      job: { type: 'id-mapping', config: { output: 'main.before', maxSharedBy: 5 } },
      runPolicy: {
        ...{ timeout: 60, rerunMode: 'FailureAllowed' },
        ...{ rerunTimes: 2, rerunInterval: 5 },
      },
    };
    const asRead = ({ tables, ...settings }: typeof saved) => ({
      ...settings,
      tables: tables.map((name) => ({ name, by: 'url' })),
    });
    const { id } = await server.api.post<TaskRead>('/tasks', saved);
    expect(await readTask(server.api, id)).toMatchObject(asRead(saved));
    const changed = {
      ...{ name: 'After', description: '', owner: null as unknown as string, kind: 'triggered' },
      tags: [],
      ...{ tables: crm, whileRunning: 'ignore', timezone: 'UTC' },
      job: { type: 'id-mapping', config: { output: 'main.after', maxSharedBy: 6 } },
      runPolicy: {
        ...{ timeout: null as unknown as number, rerunMode: 'AllDenied' },
        ...{ rerunTimes: 0, rerunInterval: 0 },
      },
    };
    for (const [field, value] of Object.entries(changed)) {
      await server.api.patch(`/tasks/${id}`, { [field]: value });
    }
    expect(await readTask(server.api, id)).toMatchObject(asRead(changed));
    expect((await listed()).find((task) => task.id === id)).toMatchObject({ name: 'After' });
  });

  test('PUT replaces all settings: what is not sent goes back to its default', async () => {
    const { id } = await createTask(server.api, crm, {
      ...{ description: 'x', tags: [{ key: 'k' }], runPolicy: { rerunTimes: 3 } },
    });
    const body = { name: 'Plain', kind: 'triggered', tables: crm, job: { type: 'id-mapping' } };
    expect(await server.api.put(`/tasks/${id}`, body)).toMatchObject({
      ...{ name: 'Plain', description: '', tags: [] },
      runPolicy: { rerunTimes: 0 },
    });
  });

  test('QA-41: when triggered becomes manual its URLs are refused and its marks are gone, and do not come back with it', async () => {
    const { id } = await heldTask(server.api, crm);
    const urls = await urlsOf(server.api, id);
    await trigger(urls[0] ?? '');
    await server.api.patch(`/tasks/${id}`, { kind: 'manual' });
    expect((await readTask(server.api, id)).gate).toBeNull();
    expect(await urlsOf(server.api, id)).toEqual([]);
    for (const url of urls) expect((await fetch(url)).status).toBe(404);
    await server.api.patch(`/tasks/${id}`, { kind: 'triggered' });
    const fresh = await urlsOf(server.api, id);
    expect(fresh.filter((url) => urls.includes(url))).toEqual([]);
    for (const url of urls) expect((await fetch(url)).status).toBe(404);
    expect(new Set(Object.values(await gateOf(server.api, id)))).toEqual(
      new Set(['Not Triggered']),
    );
    expect(await trigger(...fresh)).toEqual(['counted', 'counted', 'started']);
    (await jobs.next()).succeed();
    await untilIdle(server.api, id, 1);
  });

  test('an edit that takes out the last table that was missing starts the run', async () => {
    const { id } = await heldTask(server.api, crm);
    const urls = await urlsOf(server.api, id);
    await trigger(...urls.slice(0, 2));
    await server.api.patch(`/tasks/${id}`, { tables: crm.slice(0, 2) });
    const run = await jobs.next();
    expect(run.tables).toEqual(crm.slice(0, 2));
    run.succeed();
    expect(await untilIdle(server.api, id, 1)).toMatchObject([{ startedBy: 'triggers' }]);
  });

  test('an edit made on an older version is refused with 412 and changes nothing', async () => {
    const { id } = await createTask(server.api, crm, { kind: 'manual' });
    const { headers } = await server.api.call('GET', `/tasks/${id}`);
    const etag = headers.get('etag') ?? '';
    const patch = (name: string) =>
      server.api.call('PATCH', `/tasks/${id}`, { body: { name }, headers: { 'if-match': etag } });
    const first = await patch('First');
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).not.toBe(etag);
    expect(await patch('Second')).toMatchObject({ status: 412, body: { code: 'staleVersion' } });
    const remove = await server.api.call('DELETE', `/tasks/${id}`, {
      headers: { 'if-match': etag },
    });
    expect(remove.status).toBe(412);
    expect(await readTask(server.api, id)).toMatchObject({ name: 'First', version: 2 });
  });

  test('of two edits made on the same version at once exactly one is taken', async () => {
    const { id } = await createTask(server.api, crm, { kind: 'manual' });
    const names = ['One', 'Two'];
    const answers = await Promise.all(
      names.map((name) =>
        server.api.call('PATCH', `/tasks/${id}`, {
          body: { name },
          headers: { 'if-match': '"1"' },
        }),
      ),
    );
    expect(statusesOf(answers)).toEqual([200, 412]);
    const taken = names[answers.findIndex(({ status }) => status === 200)];
    expect(await readTask(server.api, id)).toMatchObject({ name: taken, version: 2 });
  });

  test('edits of different fields at the same time all hold', async () => {
    const { id } = await createTask(server.api, crm, { kind: 'manual' });
    const edits = [
      { name: 'Renamed' },
      { description: 'described' },
      { owner: 'bob' },
      { runPolicy: { rerunTimes: 4 } },
      { runPolicy: { rerunInterval: 7 } },
      { tables: crm.slice(0, 1) },
    ];
    await Promise.all(edits.map((edit) => server.api.patch(`/tasks/${id}`, edit)));
    expect(await readTask(server.api, id)).toMatchObject({
      ...{ name: 'Renamed', description: 'described', owner: 'bob', version: 7 },
      runPolicy: { rerunTimes: 4, rerunInterval: 7 },
      tables: [{ name: crm[0] }],
    });
  });
});

describe('removal', () => {
  test('QA-50, QA-51: a removed task is not listed or found, its workflow has ended and its URLs are refused', async () => {
    const { id } = await heldTask(server.api, crm);
    const urls = await urlsOf(server.api, id);
    expect(await ids()).toContain(id);
    expect((await server.api.call('DELETE', `/tasks/${id}`)).status).toBe(204);
    expect(await ids()).not.toContain(id);
    expect(await server.api.call('GET', `/tasks/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'taskNotFound' },
    });
    for (const url of urls) expect((await fetch(url)).status).toBe(404);
    const events = await until(
      () => historyOf('default', id),
      (history) => history?.at(-1)?.type === 'WorkflowExecutionCompleted',
    );
    expect(events).not.toBeNull();
    for (const call of [
      server.api.call('POST', `/tasks/${id}/runs`),
      server.api.call('PATCH', `/tasks/${id}`, { body: { name: 'x' } }),
      server.api.call('POST', `/tasks/${id}:resume`),
      server.api.call('DELETE', `/tasks/${id}`),
    ]) {
      expect((await call).status).toBe(404);
    }
  });

  test('QA-51: the live run of a removed task is cancelled and recorded so; its records stay', async () => {
    const { id } = await heldTask(server.api, crm, { kind: 'manual' });
    await startRun(server.api, id);
    const { runId } = await jobs.next();
    await server.api.delete(`/tasks/${id}`);
    const [run] = await until(
      () => runsOf(server.api, id),
      ([newest]) => newest?.status === 'cancelled',
    );
    expect(run).toMatchObject({ id: runId, failureReason: 'cancelled: task removed' });
  });

  test('QA-52: the data that a removed task has produced are kept', async () => {
    const config = { output: 'main.kept' };
    const { id } = await createTask(server.api, crm, {
      ...{ kind: 'manual', job: { type: 'id-mapping', config } },
    });
    await startRun(server.api, id);
    const [run] = await untilIdle(server.api, id, 1);
    expect(run).toMatchObject({ status: 'succeeded' });
    const rows = await resultOf(installation, 'main.kept');
    await server.api.delete(`/tasks/${id}`);
    expect(rows.length).toBeGreaterThan(0);
    expect(await resultOf(installation, 'main.kept')).toEqual(rows);
    expect(await runsOf(server.api, id)).toMatchObject([{ id: run?.id, status: 'succeeded' }]);
  });
});
