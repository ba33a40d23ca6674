/** What bad input gets over the whole service: a refusal that names the field, and nothing changed. */
import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { TaskRead } from '../../../scheduling/scheduling';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import type { Problem } from '../../support/test-client';
import {
  addTables,
  createTask,
  people,
  readTask,
  runsOf,
  startRun,
  until,
  untilIdle,
  writeSource,
  statusesOf,
} from './support/flow';

let installation: Installation;
let server: TestServer;
let crm: string[];
beforeAll(async () => {
  ({ installation, server } = await startServer());
  crm = await addTables(installation, server.api, 'crm');
});
afterAll(() => installation.end());

const valid = () => ({
  ...{ name: 'Unify', kind: 'triggered', tables: crm },
  job: { type: 'id-mapping', config: {} as Record<string, unknown> },
});
const tasks = async () => (await server.api.get<{ items: TaskRead[] }>('/tasks')).items;
const connections = async () =>
  (await server.api.get<{ items: { name: string }[] }>('/connections')).items;

interface Refused {
  status: number;
  code: string;
  /** Paths of the fields that are wrong. */
  paths?: string[];
  /** In the words of the refusal. */
  says?: RegExp;
}

function expectRefusal(answer: { status: number; body: Problem }, wanted: Refused): void {
  const { status, code, paths, says } = wanted;
  expect(answer).toMatchObject({ status, body: { status, code } });
  const found = answer.body.errors?.map((error) => error.path) ?? [];
  expect(found).toEqual(paths ?? found);
  const text = [answer.body.detail, ...(answer.body.errors ?? []).map(({ message }) => message)];
  expect(text.join('\n')).toMatch(says ?? /./);
}

describe('a task', () => {
  const cases: [what: string, change: () => Record<string, unknown>, refused: Refused][] = [
    [
      'over a table that is not registered',
      () => ({ tables: [crm[0], 'crm.main.nowhere'] }),
      { status: 400, code: 'tableNotRegistered', paths: ['tables[1]'], says: /crm\.main\.nowhere/ },
    ],
    [
      'of an unknown job type',
      () => ({ job: { type: 'make-coffee' } }),
      { status: 400, code: 'unknownJobType', paths: ['job.type'], says: /id-mapping/ },
    ],
    [
      'with the same table twice',
      () => ({ tables: [crm[0], crm[1], crm[0]] }),
      { status: 400, code: 'invalidInput', paths: ['tables[2]'], says: /twice/ },
    ],
    [
      'with a name of 256 characters',
      () => ({ name: '名'.repeat(256) }),
      { status: 400, code: 'invalidInput', paths: ['name'], says: /255/ },
    ],
    [
      'with a field that does not exist',
      () => ({ colour: 'red' }),
      { status: 400, code: 'invalidInput', says: /colour/ },
    ],
    [
      'with a table that is no connection.schema.table',
      () => ({ tables: ['customers'] }),
      {
        status: 400,
        code: 'invalidInput',
        paths: ['tables[0]'],
        says: /connection\.schema\.table/,
      },
    ],
    [
      'whose job has a setting of the wrong type',
      () => ({ job: { type: 'id-mapping', config: { maxSharedBy: 'many' } } }),
      { status: 400, code: 'invalidInput', paths: ['job.config.maxSharedBy'] },
    ],
    [
      'whose result goes to a connection that does not exist',
      () => ({ job: { type: 'id-mapping', config: { analysisSource: 'lake' } } }),
      { status: 400, code: 'invalidInput', says: /lake/ },
    ],
    [
      'whose result goes to a connection that cannot hold one',
      () => ({ job: { type: 'id-mapping', config: { analysisSource: 'crm' } } }),
      { status: 400, code: 'invalidInput', says: /files/ },
    ],
    [
      'in a timezone that does not exist',
      () => ({ timezone: 'Mars/Olympus' }),
      { status: 400, code: 'invalidInput', paths: ['timezone'] },
    ],
    [
      'that is recurring without a recurrence',
      () => ({ kind: 'recurring' }),
      { status: 400, code: 'invalidInput', paths: ['recurrence'] },
    ],
    [
      'whose time never comes',
      () => ({ recurrence: { cron: '0 0 0 30 2 ?' } }),
      { status: 400, code: 'invalidInput', paths: ['recurrence.cron'] },
    ],
    [
      'whose recurrence ends before it begins',
      () => ({
        recurrence: { every: 'day', at: '02:30', startTime: '2026-02-01', endTime: '2026-01-01' },
      }),
      { status: 400, code: 'invalidInput', paths: ['recurrence.endTime'] },
    ],
    [
      'that comes after a task that does not exist',
      () => ({ dependsOn: ['0'.repeat(32)] }),
      { status: 400, code: 'invalidInput', paths: ['dependsOn[0]'] },
    ],
    [
      'whose webhook goes to a host that is not allowed',
      () => ({ notifications: { webhooks: [{ url: 'https://hooks.example.com/x' }] } }),
      {
        status: 400,
        code: 'invalidInput',
        paths: ['notifications.webhooks[0].url'],
        says: /TABLEGATE_WEBHOOK_HOSTS/,
      },
    ],
  ];

  test.each(cases)('%s is refused, as new and as an edit', async (_what, change, refused) => {
    const { id, version } = await createTask(server.api, crm);
    const before = await tasks();
    const body = { ...valid(), ...change() };
    expectRefusal(await server.api.call('POST', '/tasks', { body }), refused);
    expectRefusal(await server.api.call('PATCH', `/tasks/${id}`, { body: change() }), refused);
    expect(await tasks()).toEqual(before);
    expect((await readTask(server.api, id)).version).toBe(version);
  });

  test('that writes what another task writes is refused, naming that one, until the other is removed', async () => {
    const job = { type: 'id-mapping', config: { output: 'main.shared' } };
    const { id } = await createTask(server.api, crm, { name: 'The first', job });
    const second = () => server.api.call('POST', '/tasks', { body: { ...valid(), job } });
    const refused = { status: 409, code: 'outputTaken', paths: ['job.config.output'] };
    expectRefusal(await second(), { ...refused, says: new RegExp(`"The first" \\(${id}\\)`) });
    const other = await createTask(server.api, crm);
    expectRefusal(await server.api.call('PATCH', `/tasks/${other.id}`, { body: { job } }), refused);
    await server.api.delete(`/tasks/${id}`);
    expect((await second()).status).toBe(201);
  });

  test('of which two that write the same are created at once: one is', async () => {
    const job = { type: 'id-mapping', config: { output: 'main.raced' } };
    const answers = await Promise.all(
      ['a', 'b'].map((name) =>
        server.api.call('POST', '/tasks', { body: { ...valid(), name, job } }),
      ),
    );
    expect(statusesOf(answers)).toEqual([201, 409]);
  });

  test.each([
    ['not JSON', '{"name":', { status: 400, code: 'invalidJson' }],
    ['of 9 MiB', `"${'x'.repeat(9 * 2 ** 20)}"`, { status: 413, code: 'bodyTooLarge' }],
    ['a list', '[]', { status: 400, code: 'invalidInput' }],
    ['empty', '', { status: 400, code: 'invalidInput' }],
  ])('whose body is %s is refused', async (_what, body, refused) => {
    expectRefusal(await server.api.call('POST', '/tasks', { body: Buffer.from(body) }), refused);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  test('that does not exist gets 404 for every call', async () => {
    const id = '0'.repeat(32);
    for (const [method, rest] of [
      ...[
        ['GET', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['POST', ':pause'],
        ['POST', '/runs'],
      ],
      ...[
        ['GET', '/runs'],
        ['GET', '/triggers'],
        ['GET', '/trigger-urls'],
      ],
    ] as const) {
      const sent = method === 'PATCH' ? { body: { name: 'x' } } : {};
      const answer = await server.api.call(method, `/tasks/${id}${rest}`, sent);
      expectRefusal(answer, { status: 404, code: 'taskNotFound' });
    }
  });
});

describe('a connection', () => {
  const create = (name: string, config: Record<string, unknown>, type = 'files') =>
    server.api.call('POST', '/connections', { body: { name, type, config } });

  test.each([
    ['outside the allowed folders', () => '/etc'],
    ['that leaves them by ..', () => path.join(installation.filesDir, 'crm/../../..')],
    ['that only begins like one', () => `${installation.filesDir}-more`],
  ])('to a path %s is refused, naming the setting', async (_what, target) => {
    const before = await connections();
    for (const type of ['files', 'duckdb']) {
      expectRefusal(await create('out', { path: target() }, type), {
        ...{ status: 400, code: 'pathOutsideRoots', paths: ['config.path'] },
        says: /TABLEGATE_FILES_ROOTS/,
      });
    }
    expect(await connections()).toEqual(before);
  });

  test('to a link that leads out of the allowed folders reads nothing behind it', async () => {
    const outside = path.join(installation.dataDir, '..', 'outside');
    await mkdir(outside);
    await writeSource({ filesDir: outside }, '.', 'secret.csv', 'a\n1\n');
    await symlink(outside, path.join(installation.filesDir, 'link'));
    const created = await create('linked', { path: path.join(installation.filesDir, 'link') });
    const answer =
      created.status === 201 ? await server.api.call('GET', '/connections/linked/tables') : created;
    expectRefusal(answer, { status: 400, code: 'pathOutsideRoots' });
    const table = await server.api.call('PUT', '/tables/linked.main.secret', { body: {} });
    expect([400, 404]).toContain(table.status);
  });

  test('to a file that is a link out of the allowed folders: a run over it fails and reads nothing', async () => {
    const outside = path.join(installation.dataDir, '..', 'outside-file');
    await mkdir(outside);
    const secret = await writeSource({ filesDir: outside }, '.', 'secret.csv', 'mobile\n0999\n');
    const tables = await addTables(installation, server.api, 'swapped', people.slice(1, 2));
    const { id } = await createTask(server.api, tables, { kind: 'manual' });
    const file = path.join(installation.filesDir, 'swapped', 'orders.csv');
    await rm(file);
    await symlink(secret, file);
    await startRun(server.api, id);
    expect(await untilIdle(server.api, id, 1)).toMatchObject([{ status: 'failed' }]);
  });

  test('of an unknown kind, with a wrong config or a taken name is refused', async () => {
    const before = await connections();
    const config = { path: installation.filesDir };
    expect((await create('x', config, 'floppy')).status).toBe(400);
    expectRefusal(await create('x', { path: 7 }), {
      ...{ status: 400, code: 'invalidInput', paths: ['config.path'] },
    });
    expectRefusal(await create('a.b', config), {
      status: 400,
      code: 'invalidInput',
      paths: ['name'],
    });
    expectRefusal(await create('crm', config), { status: 409, code: 'nameTaken', paths: ['name'] });
    expect(await connections()).toEqual(before);
  });

  test('that a task uses is not removed, nor its table; the refusal names the task', async () => {
    const [table = ''] = await addTables(installation, server.api, 'used', people.slice(0, 1));
    const { id } = await createTask(server.api, [table], { name: 'The user' });
    for (const [target, code] of [
      ['/connections/used', 'connectionInUse'],
      [`/tables/${table}`, 'tableInUse'],
    ] as const) {
      expectRefusal(await server.api.call('DELETE', target), {
        ...{ status: 409, code },
        says: new RegExp(`"The user" \\(${id}\\)`),
      });
    }
    expect(await server.api.get(`/tables/${table}`)).toMatchObject({ name: table });
    await server.api.delete(`/tasks/${id}`);
    expect((await server.api.call('DELETE', '/connections/used')).status).toBe(204);
  });
});

describe('an ID mapping', () => {
  const map = (table: string, columns: unknown) =>
    server.api.call('PUT', `/tables/${table}/id-mapping`, { body: { columns } });

  test('of a column that the table does not have is refused and tells which there are', async () => {
    expectRefusal(await map(crm[1]!, [{ column: 'tel', idType: 'phone' }]), {
      ...{ status: 400, code: 'columnNotFound', paths: ['columns[0].column'] },
      says: /order, mobile/,
    });
    const kept = await server.api.get(`/tables/${crm[1]}/id-mapping`);
    expect(kept).toEqual({ columns: people[1]!.columns });
  });

  test.each([
    ['a Parquet file that is none', 'parquet.parquet', 'PAR0 nothing', /Parquet/],
    ['an empty file', 'empty.csv', '', /empty/i],
  ])('of %s is refused with the reason', async (_what, file, text, says) => {
    await writeSource(installation, 'crm', file, text);
    const table = `crm.main.${file.split('.')[0]}`;
    expectRefusal(await map(table, [{ column: 'b', idType: 'phone' }]), {
      ...{ status: 400, code: 'connectionFailed', says },
    });
    expect((await server.api.call('GET', `/tables/${table}`)).status).toBe(404);
  });

  test('of a table or a connection that does not exist is refused', async () => {
    const columns = [{ column: 'a', idType: 'phone' }];
    expectRefusal(await map('lake.main.t', columns), { status: 404, code: 'connectionNotFound' });
    expect([400, 404]).toContain((await map('crm.main.none', columns)).status);
  });
});

test('a DuckDB file is a source as well, and a file that is none is told so', async () => {
  await writeSource(installation, 'db', 'broken.duckdb', 'this is no database');
  const file = path.join(installation.filesDir, 'db', 'good.duckdb');
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run("create table people as select '0138' as mobile, 'Ann@x.org' as mail");
  connection.closeSync();
  instance.closeSync();
  for (const name of ['good', 'broken']) {
    const config = { path: path.join(installation.filesDir, 'db', `${name}.duckdb`) };
    await server.api.post('/connections', { name, type: 'duckdb', config });
  }
  expect(await server.api.post('/connections/good:test')).toEqual({ ok: true, message: null });
  expect(await server.api.post('/connections/broken:test')).toMatchObject({
    ok: false,
    message: expect.stringMatching(/broken\.duckdb/) as string,
  });
  const columns = [{ column: 'mobile', idType: 'phone' }];
  await server.api.put('/tables/good.main.people/id-mapping', { columns });
  const { id } = await createTask(server.api, ['good.main.people', crm[0]!], { kind: 'manual' });
  await startRun(server.api, id);
  await until(
    () => runsOf(server.api, id),
    ([run]) => run?.status === 'succeeded',
  );
  expect((await runsOf(server.api, id))[0]).toMatchObject({ summary: { users: 2 } });
});
