import { inspect } from 'node:util';
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { migrate, openStore } from '../../store';
import { migrations } from '../../store/migrations';
import { allTasks } from '../support/all-tasks';
import { makeDatabase, type TestDatabase } from '../support/servers/databases';
import { tokenDigest } from './support/opened';
import { batchOf, sampleTask } from './support/samples';

let database: TestDatabase;
let client: Client;
let lines: string[];
beforeEach(async () => {
  database = await makeDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  lines = [];
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

const names = Object.keys(migrations);
const ranAll = names.map((name) => `PostgreSQL: ran the migration ${name}`);

const options = { log: (line: string) => lines.push(line) };

async function tables(): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  return rows.map((row) => row.name);
}

/** Makes the tables as the first release had them. */
async function toFirstRelease(): Promise<void> {
  const pool = new Pool({ connectionString: database.url, max: 2 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const first = '0001-first-tables';
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ [first]: migrations[first]! }) },
    migrationTableSchema: 'tablegate',
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  });
  const { error } = await migrator.migrateToLatest();
  expect(error).toBeUndefined();
  await db.destroy();
}

/** What a task of the first release showed of its gate and its latest run. */
const shownBefore = {
  tags: [{ key: 'team', value: 'crm' }],
  gate: {
    tables: [
      { table: 'crm.main.a', status: 'Triggered', at: '2026-01-02T00:00:00.000Z', caller: 'x' },
      { table: 'crm.main.b', status: 'Not Triggered', at: null, caller: null },
    ],
    dated: [],
  },
  latestRun: {
    ...{ id: 'r1', status: 'failed', startedBy: 'triggers', queuedAt: '2026-01-02T00:00:00.000Z' },
    ...{ finishedAt: '2026-01-02T00:00:01.000Z', failureReason: 'it went wrong' },
  },
};

describe('the migrations', () => {
  test('make the tables, in a schema of their own, once', async () => {
    await client.query('create table public.users (theirs integer)');
    await migrate(database.url, options);
    expect(lines).toEqual(ranAll);
    const made = await tables();
    expect(made).toContain('tablegate.tasks');
    expect(made.filter((name) => !name.startsWith('tablegate.'))).toEqual(['public.users']);
    await migrate(database.url, options);
    expect(lines).toHaveLength(names.length);
    expect((await tables()).toSorted()).toEqual(made.toSorted());
  });

  test('stand in the order in which they are run', () => {
    expect(names).toEqual(names.toSorted());
  });

  test('run once where several processes start at the same time', async () => {
    await Promise.all(Array.from({ length: 6 }, () => migrate(database.url, options)));
    expect(lines).toEqual(ranAll);
    const { rows } = await client.query('select name from tablegate.migrations');
    expect(rows).toHaveLength(names.length);
  });

  test('leave nothing behind when one fails, so that the next start can do it', async () => {
    await client.query('create schema tablegate');
    await client.query('create table tablegate.audit (in_the_way integer)');
    await expect(migrate(database.url, options)).rejects.toThrow('"audit" already exists');
    expect(await tables()).not.toContain('tablegate.tasks');
    await client.query('drop table tablegate.audit');
    await migrate(database.url, options);
    expect(await tables()).toContain('tablegate.audit');
  });

  test('refuse tables of a newer version', async () => {
    await migrate(database.url);
    await client.query(`insert into tablegate.migrations values ('9999-from-the-future', 'now')`);
    await expect(migrate(database.url)).rejects.toThrow(
      'made by a newer version of Tablegate than this one',
    );
  });

  test('keep the rows of the first release, which are read as they are meant now', async () => {
    await toFirstRelease();
    const task = sampleTask();
    const { tenant, revision, removedAt: _removedAt, ...rest } = task;
    const { recurrence, dependsOn, notifications, ...fields } = rest;
    const view = { ...fields, ...shownBefore };
    await client.query(
      `insert into tablegate.tasks (tenant, id, number, environment, name, folded_name, kind,
        tables, connections, view, revision, created_at)
      values ($1, $2, 1, 'Prod', 'Unify', 'unify', 'triggered', '{crm.main.customers}', '{crm}',
        $3, 1, now())`,
      [tenant, task.id, JSON.stringify(view)],
    );
    await client.query(
      `insert into tablegate.runs (tenant, id, task_id, status, started_by, schedule_time, attempt,
        tries, queued_at, tables, version)
      values ($1, 'r1', $2, 'failed', 'triggers', $3, 1, 1, now(), '[]', 1)`,
      [tenant, task.id, task.createdAt],
    );
    await migrate(database.url);
    const store = await openStore(database.url, { tokenDigest, log: () => {} });
    expect(await store.tasks.find(tenant, task.id)).toEqual({
      ...view,
      ...{ recurrence, dependsOn, notifications },
      gate: { ...view.gate, running: null },
    });
    expect(await store.tasks.tasksOfTable(tenant, 'crm.main.customers')).toMatchObject([
      { id: task.id, reads: [], writes: [] },
    ]);
    expect(await store.runs.latestInstance(tenant, task.id, task.createdAt)).toMatchObject({
      ...{ attempts: 1, status: 'failed', runId: 'r1' },
    });
    const query = { ...allTasks, status: 'failed', tag: 'team=crm', sort: 'latestRun' } as const;
    const page = { pageSize: 9, pageToken: null };
    expect((await store.tasks.list(tenant, query, page)).items).toMatchObject([{ id: task.id }]);
    const waiting = { search: null, taskId: null };
    expect((await store.tasks.waiting(tenant, waiting, page)).items).toHaveLength(1);
    await store.tasks.project(batchOf({ task: { ...task, revision: revision + 1 } }));
    expect((await store.tasks.waiting(tenant, waiting, page)).items).toEqual([]);
    await store.close();
  });

  test('number the runs that there are in the order in which they were asked for, and new ones after them', async () => {
    await toFirstRelease();
    const task = sampleTask();
    const insert = `insert into tablegate.runs (tenant, id, task_id, status, started_by, attempt,
        tries, queued_at, tables, version)
      values ('default', $1, $2, 'failed', 'manual', 1, 1, $3, '[]', 1)`;
    for (const [id, day] of Object.entries({ late: '03', early: '01', middle: '02' })) {
      await client.query(insert, [id, task.id, `2026-01-${day}T00:00:00Z`]);
    }
    await migrate(database.url);
    await client.query(insert, ['new', task.id, '2026-01-01T00:00:00Z']);
    const { rows } = await client.query('select id, number from tablegate.runs order by number');
    expect(rows).toEqual(
      ['early', 'middle', 'late', 'new'].map((id, index) => ({ id, number: String(index + 1) })),
    );
  });

  test('are asked for by a store that finds none', async () => {
    const store = await openStore(database.url, { tokenDigest, log: () => {} });
    await expect(store.tasks.nextNumber()).rejects.toMatchObject({
      code: 'storeUnavailable',
      message: expect.stringContaining('`tablegate migrate` makes them') as string,
    });
    await migrate(database.url);
    expect(await store.tasks.nextNumber()).toBe('1');
    await store.close();
  });
});

describe('a PostgreSQL that lets nobody in', () => {
  async function refusal(change: (url: URL) => void): Promise<unknown> {
    const url = new URL(database.url);
    change(url);
    return migrate(url.href, options).then(
      () => 'it went in',
      (error: unknown) => error,
    );
  }

  test('for a wrong password is not waited for; the password is nowhere to be read', async () => {
    const password = 'sesame/öffne dich';
    const error = await refusal((url) => {
      url.password = encodeURIComponent(password);
    });
    const { host, pathname } = new URL(database.url);
    expect(error).toMatchObject({
      code: 'storeUnavailable',
      message: `PostgreSQL at ${host}${pathname} does not serve: password authentication failed for user "tablegate"`,
    });
    expect(lines).toEqual([]);
    const everything = inspect(error, { depth: Infinity, showHidden: true });
    expect(everything).not.toContain(password);
    expect(everything).not.toContain(encodeURIComponent(password));
  });

  test('for want of the database is not waited for', async () => {
    const error = await refusal((url) => {
      url.pathname = '/nowhere';
    });
    expect(error).toMatchObject({
      code: 'storeUnavailable',
      message: expect.stringContaining('database "nowhere" does not exist') as string,
    });
  });
});

describe('a DATABASE_URL that is none', () => {
  test.each([
    'postgres://me:sesame@host:port/database',
    'postgres://me:ses#ame@host/database',
    'mysql://me:sesame@host/database',
    'host=localhost password=sesame',
    '',
  ])('is refused without being repeated: %p', async (url) => {
    const refused = {
      code: 'storeUnavailable',
      message: 'DATABASE_URL is not a URL such as postgres://user:password@host:5432/database',
    };
    await expect(migrate(url)).rejects.toMatchObject(refused);
    const error: unknown = await openStore(url, { tokenDigest, log: () => {} }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject(refused);
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('sesame');
  });
});
