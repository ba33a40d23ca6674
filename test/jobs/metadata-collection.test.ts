import { runSql, rejection, Sandbox } from '../connectors/support/sandbox';
import { newId, openTestStore, type OpenedStore } from '../store/support/opened';
import { runCollection, type CollectionRun } from './support/run-collection';

let opened: OpenedStore;
let sandbox: Sandbox;
let tenant: string;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());
beforeEach(() => {
  sandbox = new Sandbox();
  tenant = newId();
});
afterEach(() => sandbox.remove());

const anything = {
  ...{ connection: null, schema: null, kind: null, class: null },
  ...{ tag: null, owner: null, deleted: null },
};
const page = { pageSize: 1000, pageToken: null };
const file = (name: string) => `${sandbox.root}/${name}`;
const duckdb = () => ({ dli_test: { type: 'duckdb', config: { path: file('dli.duckdb') } } });

const collect = (config: Record<string, unknown>, run: Partial<CollectionRun> = {}) =>
  runCollection(sandbox, opened.store.catalogue, {
    tenant,
    connections: duckdb(),
    ...run,
    config: { connection: 'dli_test', ...config },
  });

const names = async () =>
  (await opened.store.catalogue.tables(tenant, anything, page)).items.map(({ name }) => name);
const table = async (name: string) => {
  const found = await opened.store.catalogue.table(tenant, name);
  if (found === null) throw new Error(`the catalogue has no ${name}`);
  return found;
};

test('HW-36, HW-45: a run collects the named table of the named database, and no other', async () => {
  await runSql(file('dli.duckdb'), 'CREATE SCHEMA ygy1');
  await runSql(file('dli.duckdb'), 'CREATE TABLE ygy1.ygy (id INTEGER PRIMARY KEY, n VARCHAR)');
  await runSql(file('dli.duckdb'), 'CREATE TABLE ygy1.other (id INTEGER)');
  await runSql(file('dli.duckdb'), 'CREATE TABLE main.ygy (id INTEGER)');
  const { result, logs } = await collect({ databases: ['ygy1'], tables: ['ygy1.ygy'] });
  expect(logs).toEqual(['info: 1 table with 2 columns collected: 1 added.']);
  expect(await names()).toEqual(['dli_test.ygy1.ygy']);
  expect((await table('dli_test.ygy1.ygy')).columns).toMatchObject([
    { name: 'id', type: 'INTEGER', nullable: false, inPrimaryKey: true },
    { name: 'n', type: 'VARCHAR', nullable: true },
  ]);
  expect(result.summary).toMatchObject({ tables: 1, columns: 2, added: 1, failed: 0 });
});

test('a DuckDB file tells comments, keys, indexes, defaults and views', async () => {
  for (const sql of [
    'CREATE TABLE orders (id INTEGER PRIMARY KEY, code VARCHAR UNIQUE)',
    `CREATE TABLE "lines" (nr INTEGER NOT NULL DEFAULT 7, orders_id INTEGER REFERENCES orders(id))`,
    'CREATE INDEX by_nr ON "lines" (nr)',
    `COMMENT ON TABLE "lines" IS '订单明细'`,
    `COMMENT ON COLUMN "lines".nr IS 'place in the order'`,
    'CREATE VIEW all_lines AS SELECT * FROM "lines"',
    'CREATE TABLE "x""; drop table y;--" (y INTEGER)',
    'INSERT INTO orders VALUES (1, NULL), (2, NULL)',
  ]) {
    await runSql(file('dli.duckdb'), sql);
  }
  await collect({});
  expect(await names()).toEqual([
    'dli_test.main.all_lines',
    'dli_test.main.lines',
    'dli_test.main.orders',
    'dli_test.main.x"; drop table y;--',
  ]);
  const lines = await table('dli_test.main.lines');
  expect(lines).toMatchObject({
    kind: 'table',
    comment: '订单明细',
    indexes: [{ name: 'by_nr', columns: ['nr'], unique: false }],
    foreignKeys: [{ columns: ['orders_id'], references: 'main.orders', referencedColumns: ['id'] }],
  });
  expect(lines.columns[0]).toMatchObject({ comment: 'place in the order', default: '7' });
  expect(await table('dli_test.main.orders')).toMatchObject({
    rows: 2,
    indexes: [{ columns: ['code'], unique: true }],
  });
  expect(await table('dli_test.main.all_lines')).toMatchObject({ kind: 'view', columnCount: 2 });
  // And what has a name like a statement is profiled and named one by one, too.
  const strange = 'main.x"; drop table y;--';
  const { result } = await collect({ tables: [strange], profile: true, profileMode: 'exact' });
  expect(result.summary).toMatchObject({ tables: 1, unchanged: 1, profiled: 1, failed: 0 });
});

test('a folder tells columns, sizes and times of its files, and which it cannot read', async () => {
  sandbox.write('customers.csv', 'mobile,mail\n13800138000,Ann@x.org\n13900139000,bob@x.org\n');
  sandbox.write('broken.parquet', 'no parquet');
  await runSql(file('w.duckdb'), `COPY (SELECT 1 AS a, 2 AS b) TO '${file('p.parquet')}'`);
  const connections = { crm: { type: 'files', config: { path: sandbox.root } } };
  const { result, logs } = await collect({ connection: 'crm' }, { connections });
  expect(await names()).toEqual(['crm.main.customers', 'crm.main.p']);
  expect(await table('crm.main.customers')).toMatchObject({
    ...{ kind: 'file', rows: 2, rowsExact: true, bytes: 56 },
    columns: [{ name: 'mobile', type: 'VARCHAR' }, { name: 'mail' }],
    sourceChangedAt: expect.stringMatching(/Z$/) as string,
  });
  expect(await table('crm.main.p')).toMatchObject({ rows: 1, rowsExact: true });
  expect(result.tables[0]).toMatchObject({
    table: 'crm.main.broken',
    status: 'failed',
    error: 'broken.parquet is not a Parquet file.',
  });
  expect(result.summary).toMatchObject({ tables: 2, failed: 1 });
  expect(logs.join()).toContain('broken.parquet is not a Parquet file.');
});

test('profiles tell what values are like, and keep none of those of people', async () => {
  sandbox.write(
    'customers.csv',
    `id,mail,level\n${Array.from({ length: 40 }, (_, n) => `${n},user${n}@x.org,${n % 2 ? 'gold' : ''}`).join('\n')}\n`,
  );
  const connections = { crm: { type: 'files', config: { path: sandbox.root } } };
  const pids: number[] = [];
  const run = { connections, onChild: (pid: number) => pids.push(pid) };
  for (const profileMode of ['fast', 'exact']) {
    await collect({ connection: 'crm', profile: true, classify: true, profileMode }, run);
    const { columns, profile, classes } = await table('crm.main.customers');
    expect(classes).toEqual(['email']);
    expect(profile).toMatchObject({
      method: profileMode === 'fast' ? 'sample' : 'exact',
      rows: 40,
    });
    const [id, mail, level] = columns;
    expect(id?.profile).toMatchObject({ distinct: 40, nullShare: 0, withheld: false });
    expect(mail?.classes[0]).toMatchObject({ class: 'email', by: ['name', 'values'] });
    expect(mail?.profile).toMatchObject({ withheld: true, min: null, max: null, top: [] });
    expect(level?.profile).toMatchObject({
      ...{ nullShare: 0.5, distinct: 1, top: [{ value: 'gold', share: 0.5 }] },
    });
  }
  expect(pids).toHaveLength(2);
  const kept = JSON.stringify(await opened.store.catalogue.table(tenant, 'crm.main.customers'));
  expect(kept).not.toContain('user1@x.org');
});

describe('HW-37: what a collection does with what is there, and what is gone', () => {
  const change = async () => {
    await runSql(file('dli.duckdb'), 'ALTER TABLE known ADD COLUMN more INTEGER');
    await runSql(file('dli.duckdb'), 'CREATE TABLE fresh (a INTEGER)');
    await runSql(file('dli.duckdb'), 'DROP TABLE gone');
  };
  beforeEach(async () => {
    await runSql(file('dli.duckdb'), 'CREATE TABLE known (a INTEGER)');
    await runSql(file('dli.duckdb'), 'CREATE TABLE gone (a INTEGER)');
    await collect({});
    await change();
  });
  const state = async () => {
    const { items } = await opened.store.catalogue.tables(tenant, anything, page);
    return Object.fromEntries(
      items.map((one) => [one.table, [one.version, one.columnCount, one.deletedAt !== null]]),
    );
  };

  test.each([
    ['1', { known: [2, 2, false], gone: [2, 1, true] }],
    ['2', { known: [1, 1, false], gone: [2, 1, true], fresh: [1, 1, false] }],
    ['3', { known: [2, 2, false], gone: [2, 1, true], fresh: [1, 1, false] }],
    ['other', { known: [2, 2, false], gone: [2, 1, true], fresh: [1, 1, false] }],
  ])('alive %s', async (aliveObjectPolicy, expected) => {
    await collect({ aliveObjectPolicy });
    expect(await state()).toEqual(expected);
  });

  test.each([
    ['1', undefined],
    ['2', [1, 1, false]],
    ['3', [2, 1, true]],
    ['other', [2, 1, true]],
  ])('deleted %s', async (deletedObjectPolicy, expected) => {
    await collect({ deletedObjectPolicy });
    expect((await state()).gone).toEqual(expected);
  });

  test('and only what it is about can be gone; what comes back is restored', async () => {
    await collect({ tables: ['main.known'] });
    expect((await state()).gone).toEqual([1, 1, false]);
    await collect({});
    await runSql(file('dli.duckdb'), 'CREATE TABLE gone (a INTEGER)');
    const { result } = await collect({});
    expect(result.summary).toMatchObject({ restored: 1, unchanged: 2 });
    const { items } = await opened.store.catalogue.versions(tenant, 'dli_test.main.gone', page);
    expect(items.map(({ event }) => event)).toEqual(['restored', 'deleted', 'added']);
  });
});

test('regular expressions take linear time and hold for the whole name', async () => {
  for (const name of ['ods_a', 'ods_b', 'dwd_a', 'xods_a']) {
    await runSql(file('dli.duckdb'), `CREATE TABLE ${name} (a INTEGER)`);
  }
  await collect({ tables: ['main\\.ods_.*', '(m+)+a+in\\.dwd_a'], filterByRegex: true });
  expect(await names()).toEqual([
    'dli_test.main.dwd_a',
    'dli_test.main.ods_a',
    'dli_test.main.ods_b',
  ]);
});

describe('a run that cannot collect says why', () => {
  test('HW-45: where there is no such connection', async () => {
    const error = await rejection(collect({ connection: 'nowhere', dataSourceType: 'DLI' }));
    expect(error.message).toBe(
      'There is no connection nowhere (DLI); create a connection with that name, or name another one in the task.',
    );
  });

  test('where the grant of its author has been taken back', async () => {
    const error = await rejection(collect({ author: 'former' }));
    expect(error.message).toMatch(/^The user former, who saved the task, may not read from/);
  });

  test('where none of the named tables is there', async () => {
    await runSql(file('dli.duckdb'), 'CREATE TABLE known (a INTEGER)');
    const error = await rejection(collect({ tables: ['ygy1.ygy'] }));
    expect(error.message).toBe(
      'No table could be collected; dli_test.ygy1.ygy: there is no table ygy1.ygy in dli_test.',
    );
    const there = await rejection(collect({ databases: ['ygy1'] }));
    expect(there.message).toBe('dli_test has no table in the databases ygy1.');
    const outside = await rejection(collect({ databases: ['main'], tables: ['ygy1.known'] }));
    expect(outside.message).toBe(
      'No table could be collected; dli_test.ygy1.known: its database ygy1 is not among the databases that the task names.',
    );
  });

  test('where the source hangs, or the run is broken off', async () => {
    const hangs = (hangs: string[]) => ({
      connections: {
        dli_test: {
          type: 'fake',
          config: {
            name: newId(),
            hangs,
            tables: { 'main.t': { columns: [{ name: 'a', type: 'VARCHAR' }], rows: [['1']] } },
          },
        },
      },
    });
    const limits = { silenceMs: 600, sampleMs: 300, exactMs: 300 };
    const silent = await rejection(collect({}, { ...hangs(['catalogue']), limits }));
    expect(silent.message).toBe(
      'dli_test: the source said nothing for 1 s while its tables were asked for.',
    );
    const signal = AbortSignal.timeout(100);
    const broken = await rejection(collect({}, { ...hangs(['catalogue']), signal }));
    expect(broken).toBe(signal.reason);
    // The source answers in time, however busy the machine is; only the look at values hangs.
    const patient = { ...limits, silenceMs: 60_000 };
    const { result } = await collect({ profile: true }, { ...hangs(['sample']), limits: patient });
    expect(result.tables).toMatchObject([
      { table: 'dli_test.main.t', status: 'failed', error: expect.stringContaining('took longer') },
    ]);
  });
});
