import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { rejection, runSql, Sandbox } from '../connectors/support/sandbox';
import { pair, runSync } from './support/run-sync';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const house = () => path.join(sandbox.root, 'house.duckdb');
const connections = () => ({
  house: { type: 'duckdb', config: { path: house() } },
  barn: { type: 'duckdb', config: { path: path.join(sandbox.root, 'barn.duckdb') } },
  lake: { type: 'files', config: { path: path.join(sandbox.root, 'lake') } },
});
const copy = (reader: [string, object], writer: [string, object], setting = {}) =>
  runSync(sandbox, { connections: connections(), script: pair(reader, writer, setting) });
const barn = (...sql: string[]) => runSql(path.join(sandbox.root, 'barn.duckdb'), ...sql);

it('DP-16: a reader runs one statement, and what stands behind it is refused', async () => {
  await runSql(house(), 'CREATE TABLE t AS SELECT 1 AS id');
  const stolen = path.join(sandbox.root, 'stolen.csv');
  const querySql = `SELECT 1 AS id; COPY opened.t TO '${stolen}'`;
  const into = { datasource: 'barn', table: 't', createTable: true };
  await rejection(
    copy(['duckdbreader', { datasource: 'house', querySql }], ['duckdbwriter', into]),
  );
  expect(existsSync(stolen)).toBe(false);
});

it('DP-25: tables of other types than the first are judged by their own', async () => {
  await runSql(
    house(),
    'CREATE TABLE one AS SELECT 1.25::DECIMAL(10, 2) AS a',
    'CREATE TABLE two AS SELECT 2.12345::DECIMAL(10, 5) AS b',
    'CREATE TABLE three AS SELECT 1 AS a, 2 AS b',
  );
  await runSql(path.join(sandbox.root, 'barn.duckdb'), 'CREATE TABLE t (a DECIMAL(10, 2))');
  const into = { datasource: 'barn', table: 't' };
  const from = { datasource: 'house', table: ['one', 'two'] };
  const limit = { errorLimit: { record: 1 } };
  const { summary } = await copy(['duckdbreader', from], ['duckdbwriter', into], limit);
  expect(summary).toMatchObject({ rows: 1, rowsRead: 2, dirty: { count: 1 } });
  expect(summary.dirty.samples[0]?.reason).toContain('too exact');
  expect(await barn('SELECT a::VARCHAR AS a FROM t')).toEqual([{ a: '1.25' }]);
  const other = { datasource: 'house', table: ['one', 'three'] };
  const error = await rejection(copy(['duckdbreader', other], ['duckdbwriter', into]));
  expect(error.message).toContain('give 1 and 2 columns');
});

it('DP-25: an upsert keeps each row whose key has NULL in it', async () => {
  await runSql(
    house(),
    "CREATE TABLE s AS FROM (VALUES (1, NULL, 'x'), (1, NULL, 'y'), (1, 2, 'old'), (1, 2, 'new')) AS s(a, b, c)",
  );
  await barn('CREATE TABLE t (a INTEGER, b INTEGER, c VARCHAR)');
  const into = { datasource: 'barn', table: 't', writeMode: 'replace', key: ['a', 'b'] };
  await copy(['duckdbreader', { datasource: 'house', table: 's' }], ['duckdbwriter', into]);
  expect(await barn('SELECT c FROM t ORDER BY c')).toEqual([{ c: 'new' }, { c: 'x' }, { c: 'y' }]);
});

it('DP-16, DP-18: a path does not leave the folder of its connection', async () => {
  mkdirSync(path.join(sandbox.root, 'lake'));
  const secret = path.join(sandbox.root, 'secret.csv');
  writeFileSync(secret, 'a\n1\n');
  const into = { datasource: 'barn', table: 't', createTable: true };
  for (const given of [secret, '../secret.csv']) {
    const from = { datasource: 'lake', path: [given] };
    const error = await rejection(copy(['txtfilereader', from], ['duckdbwriter', into]));
    expect(error.message).toContain('not in the folder of the connection');
  }
  await runSql(house(), 'CREATE TABLE t AS SELECT 1 AS id');
  const file = { datasource: 'lake', path: '..', fileName: 'secret.csv', writeMode: 'truncate' };
  const error = await rejection(
    copy(['duckdbreader', { datasource: 'house', table: 't' }], ['txtfilewriter', file]),
  );
  expect(error.message).toContain('not in the folder of the connection');
});

it('DP-25: keys of late JSON lines are columns, and a line with a key twice is broken', async () => {
  mkdirSync(path.join(sandbox.root, 'lake'));
  const lines = Array.from({ length: 10_001 }, () => '{"a":1}');
  const text = [...lines, '{"a":2,"late":"x"}', '{"a":3,"a":4}', ''].join('\n');
  writeFileSync(path.join(sandbox.root, 'lake', 'l.jsonl'), text);
  const into = { datasource: 'barn', table: 't', createTable: true };
  const limit = { errorLimit: { record: 1 } };
  const from = { datasource: 'lake', table: 'l' };
  const { summary } = await copy(['txtfilereader', from], ['duckdbwriter', into], limit);
  expect(summary).toMatchObject({ rows: 10_002, dirty: { count: 1 } });
  expect(await barn('SELECT a FROM t WHERE late = $$x$$')).toEqual([{ a: '2' }]);
});

it('DP-25: a line that is appended begins a line of its own', async () => {
  mkdirSync(path.join(sandbox.root, 'lake'));
  const file = (name: string) => path.join(sandbox.root, 'lake', name);
  writeFileSync(file('j.jsonl'), '{"a":1}');
  writeFileSync(file('c.csv.gz'), gzipSync('a\n1'));
  await runSql(house(), 'CREATE TABLE t AS SELECT 2 AS a');
  const from: [string, object] = ['duckdbreader', { datasource: 'house', table: 't' }];
  for (const table of ['j', 'c']) {
    await copy(from, ['txtfilewriter', { datasource: 'lake', table, writeMode: 'append' }]);
  }
  expect(readFileSync(file('j.jsonl'), 'utf8')).toBe('{"a":1}\n{"a":2}\n');
  expect(gunzipSync(readFileSync(file('c.csv.gz'))).toString()).toBe('a\n1\n2\n');
});

it('DP-16, DP-18: SQL of a script reads and writes no file but that of its connection', async () => {
  mkdirSync(path.join(sandbox.root, 'lake'));
  const foreign = path.join(sandbox.root, 'lake', 'salaries.csv');
  writeFileSync(foreign, 'name\nann\n');
  await runSql(
    house(),
    'CREATE TABLE t AS SELECT 1 AS id',
    `CREATE VIEW v AS FROM read_csv('${foreign}')`,
  );
  await barn('CREATE TABLE t (id VARCHAR)');
  const into = { datasource: 'barn', table: 't' };
  const select = `SELECT name FROM read_csv('${foreign}')`;
  const readers = [
    { querySql: select },
    { querySql: `SELECT file FROM glob('${sandbox.root}/lake/*')` },
    { table: 't', column: [`(${select})`] },
    { table: 't', column: ['id'], where: `id IN (SELECT 1 FROM read_text('${foreign}'))` },
  ];
  for (const reader of readers) {
    const error = await rejection(
      copy(['duckdbreader', { datasource: 'house', ...reader }], ['duckdbwriter', into]),
    );
    expect(error.message).toMatch(/nothing but house.duckdb itself; .*kind files.*lake/);
  }
  for (const writer of [
    { postSql: `INSERT INTO @table ${select}` },
    { writeMode: 'overwrite', where: `id IN (${select})` },
  ]) {
    const error = await rejection(
      copy(
        ['duckdbreader', { datasource: 'house', table: 't' }],
        ['duckdbwriter', { ...into, ...writer }],
      ),
    );
    expect(error.message).toMatch(/nothing but barn.duckdb itself/);
  }
  // A view is read as everywhere, when nothing but its name stands in the script.
  await copy(['duckdbreader', { datasource: 'house', table: 'v' }], ['duckdbwriter', into]);
  expect(await barn('FROM t')).toEqual([{ id: 'ann' }]);
});

it('DP-25: rows that constraints of DuckDB refuse are dirty, told apart and counted', async () => {
  await barn('CREATE TABLE groups (name VARCHAR PRIMARY KEY)');
  await barn("INSERT INTO groups VALUES ('a')");
  await barn(
    `CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0), g VARCHAR REFERENCES groups(name),
       u VARCHAR UNIQUE, size INTEGER DEFAULT 7 CHECK (size + n < 100))`,
    'CREATE UNIQUE INDEX letters ON t (lower(u))',
    "INSERT INTO t VALUES (1, 1, 'a', 'there', 1)",
  );
  await runSql(
    house(),
    `CREATE TABLE s AS FROM (VALUES (1, 1, 'a', 'x'), (2, 2, 'a', 'y'), (2, 3, 'a', 'z'), (3, 0, 'a', 'v'),
       (4, 4, 'none', 'w'), (5, 5, NULL, 'THERE'), (6, 99, NULL, NULL), (7, 7, NULL, NULL)) AS s(id, n, g, u)`,
  );
  const from: [string, object] = ['duckdbreader', { datasource: 'house', table: 's' }];
  const into: [string, object] = [
    'duckdbwriter',
    {
      datasource: 'barn',
      table: 't',
      column: ['id', 'n', 'g', 'u'],
      postSql: 'DELETE FROM @table WHERE id = 7',
    },
  ];
  const few = await rejection(copy(from, into, { errorLimit: { record: 5 } }));
  expect(few.message).toMatch(/^target barn.main.t: 6 dirty rows, and the limit is 5; nothing was/);
  expect(await barn('SELECT id FROM t')).toEqual([{ id: 1 }]);
  const { summary } = await copy(from, into, { errorLimit: { record: 6 } });
  expect(summary).toMatchObject({ rowsRead: 8, rows: 2, dirty: { count: 6 } });
  expect(summary.dirty.samples).toEqual([
    { reason: 'duplicate key ("id"): 1', row: '"1", "1", "a", "x"' },
    { reason: 'duplicate key ("id"): 2', row: '"2", "3", "a", "z"' },
    { reason: 'it does not meet CHECK((n > 0))', row: '"3", "0", "a", "v"' },
    {
      reason: 'no such row for FOREIGN KEY (g) REFERENCES groups("name")',
      row: '"4", "4", "none", "w"',
    },
    { reason: 'duplicate key ((lower(u))): there', row: '"5", "5", NULL, "THERE"' },
    { reason: 'it does not meet CHECK(((size + n) < 100))', row: '"6", "99", NULL, NULL' },
  ]);
  expect(await barn('SELECT id, size FROM t ORDER BY id')).toEqual([
    { id: 1, size: 1 },
    { id: 2, size: 7 },
  ]);
  // By the primary key rows replace others, and what else is wrong with them is told still.
  const update: [string, object] = [
    'duckdbwriter',
    { datasource: 'barn', table: 'keyed', writeMode: 'update' },
  ];
  await barn(
    'CREATE TABLE keyed (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0))',
    'INSERT INTO keyed VALUES (1, 9), (3, 9)',
  );
  const pairs: [string, object] = [
    'duckdbreader',
    { datasource: 'house', table: 's', column: ['id', 'n'] },
  ];
  const updated = await copy(pairs, update, { errorLimit: { percentage: 0.2 } });
  expect(updated.summary).toMatchObject({ rows: 7, dirty: { count: 1 } });
  expect(await barn('FROM keyed WHERE id < 4 ORDER BY id')).toEqual([
    { id: 1, n: 1 },
    { id: 2, n: 3 },
    { id: 3, n: 9 },
  ]);
});

it('a DuckDB file that was not there gets its name when it is whole, and none when it fails', async () => {
  const lake = path.join(sandbox.root, 'lake');
  mkdirSync(lake);
  const rows = Array.from({ length: 130_000 }, (_, n) => `${n},${n % 7}\n`).join('');
  writeFileSync(path.join(lake, 's.csv'), `id,n\n${rows}last,x\n`);
  const asLong = [{ index: 0, type: 'long', name: 'id' }, 'n'];
  const from: [string, object] = [
    'txtfilereader',
    { datasource: 'lake', table: 's', column: asLong },
  ];
  const target = { datasource: 'barn', table: 'deep.t', createTable: true, writeMode: 'overwrite' };
  const into: [string, object] = ['duckdbwriter', target];
  const there = () => readdirSync(sandbox.root).toSorted();
  const before = there();
  await rejection(copy(from, into));
  expect(there()).toEqual(before);
  const { summary } = await copy(from, into, { errorLimit: { record: 1 } });
  expect(summary).toMatchObject({ rows: 130_000, dirty: { count: 1 } });
  expect(there()).toEqual([...before, 'barn.duckdb'].toSorted());
  expect(
    await barn('SELECT count(*)::INT AS rows, sum(id)::BIGINT::VARCHAR AS ids FROM deep.t'),
  ).toEqual([{ rows: 130_000, ids: '8449935000' }]);
});

it('what a try that was lost has left beside a DuckDB file goes with the next one', async () => {
  await runSql(house(), 'CREATE TABLE t AS SELECT range AS id FROM range(5)');
  const into = { datasource: 'barn', table: 't', createTable: true, writeMode: 'append' };
  const script = pair(
    ['duckdbreader', { datasource: 'house', table: 't' }],
    ['duckdbwriter', into],
  );
  const once = (run: number, attempt: number) =>
    runSync(sandbox, { connections: connections(), script, run, attempt });
  const left = () => readdirSync(sandbox.root).filter((name) => name.startsWith('.tablegate-'));
  const leave = () => {
    const beside = path.join(sandbox.root, `.tablegate-${'b'.repeat(32)}-1049601.duckdb`);
    linkSync(path.join(sandbox.root, 'barn.duckdb'), beside);
  };
  await once(1, 1);
  leave();
  expect((await once(1, 2)).summary.committedBefore).toBe(true);
  expect(left()).toEqual([]);
  leave();
  await once(2, 1);
  expect(left()).toEqual([]);
  expect(await barn('SELECT count(*)::INT AS rows FROM t')).toEqual([{ rows: 10 }]);
});

it('a DuckDB file that another made meanwhile is kept, with the rows in it too', async () => {
  await runSql(house(), 'CREATE TABLE t AS SELECT range AS id FROM range(5)');
  const others: Promise<unknown>[] = [];
  await runSync(sandbox, {
    connections: connections(),
    script: pair(
      ['duckdbreader', { datasource: 'house', table: 't' }],
      ['duckdbwriter', { datasource: 'barn', table: 't', createTable: true }],
      { speed: { record: 1 } },
    ),
    // The rows are read by then, and the speed lets them wait for five seconds.
    onProgress: ({ text }) => {
      if (text === 'copying' && others.length === 0) {
        others.push(barn('CREATE TABLE others AS SELECT 2 AS id'));
      }
    },
  });
  await Promise.all(others);
  expect(
    await barn('SELECT sum(t.id)::INT AS t, any_value(others.id) AS o FROM t, others'),
  ).toEqual([{ t: 10, o: 2 }]);
});
