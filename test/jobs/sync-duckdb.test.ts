import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
const barn = (sql: string) => runSql(path.join(sandbox.root, 'barn.duckdb'), sql);

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
