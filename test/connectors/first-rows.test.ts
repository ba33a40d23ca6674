/** The first rows of tables, for people to look at: what they cost, and how they are shown. */
import path from 'node:path';
import { openConnection } from '../../connectors';
import { ConnectorError } from '../../connectors/connector';
import { withTimedLook } from '../../connectors/looks';
import { rejection, runSql, Sandbox } from './support/sandbox';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const files = () =>
  openConnection({ type: 'files', config: { path: sandbox.root } }, sandbox.context);
const ofTable = (table: string) => ({ schema: 'main', table });

async function parquet(query: string): Promise<void> {
  const file = path.join(sandbox.root, 'p.parquet');
  await runSql(':memory:', `COPY (${query}) TO '${file}' (FORMAT parquet)`);
}

test('values of every type are texts', async () => {
  await parquet(`SELECT 1 AS n, 1.50::DECIMAL(9,2) AS d, TIMESTAMP '2026-01-02 03:04:05' AS t,
    TRUE AS b, [1, 2] AS l, {'a': 'x'} AS s, NULL::INTEGER AS e`);
  const { columns, rows, more } = await files().firstRows(ofTable('p'), 10);
  expect(columns.map(({ type }) => type)).toEqual([
    ...['INTEGER', 'DECIMAL(9,2)', 'TIMESTAMP', 'BOOLEAN', 'INTEGER[]', 'STRUCT(a VARCHAR)'],
    'INTEGER',
  ]);
  expect(rows).toEqual([['1', '1.50', '2026-01-02 03:04:05', 'true', '[1, 2]', "{'a': x}", null]]);
  expect(more).toBe(false);
});

test('long texts are cut behind whole characters, in every kind of file', async () => {
  const text = '😀'.repeat(200);
  const long = '😀'.repeat(201);
  await parquet(`SELECT '${text}' AS a, '${long}' AS b, repeat('x', 5000000) AS c`);
  sandbox.write('c.csv', `a,b,c\n${text},${long},${'x'.repeat(5000)}\n`);
  const expected = [[text, `${text}…`, `${'x'.repeat(200)}…`]];
  for (const table of ['p', 'c']) {
    expect((await files().firstRows(ofTable(table), 10)).rows).toEqual(expected);
  }
});

test('of a long CSV file the rows at its beginning are shown, and that there are more', async () => {
  sandbox.write('c.csv', `id,name\n${'1,Ann\n'.repeat(100_000)}`);
  const sample = await files().firstRows(ofTable('c'), 200);
  expect([sample.rows.length, sample.more]).toEqual([200, true]);
  sandbox.write('wide.csv', `id,name\n${`1,${'x'.repeat(90_000)}\n`.repeat(100)}`);
  const wide = await files().firstRows(ofTable('wide'), 200);
  expect(wide.rows.length).toBeGreaterThan(0);
  expect(wide.rows.length).toBeLessThan(20);
  expect(wide.more).toBe(true);
});

test('rows that are too short or too long are shown as far as there are columns', async () => {
  sandbox.write('c.csv', 'a,b\n1,x\n2\n3,y,more\n4,z\n5,z\n6,z\n');
  const { rows } = await files().firstRows(ofTable('c'), 3);
  expect(rows).toEqual([
    ['1', 'x'],
    ['2', null],
    ['3', 'y'],
  ]);
});

test('all rows together are no more than a page takes', async () => {
  const columns = Array.from({ length: 200 }, (_, nr) => `repeat('x', 200) AS c${nr}`);
  await parquet(`SELECT ${columns.join(', ')} FROM range(200)`);
  const { rows, more } = await files().firstRows(ofTable('p'), 200);
  expect(rows.length).toBe(50);
  expect(more).toBe(true);
});

test('a view that takes for ever is broken off, and the file is free again', async () => {
  const file = path.join(sandbox.root, 'slow.duckdb');
  await runSql(
    file,
    'CREATE VIEW slow AS SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b',
  );
  const connection = openConnection({ type: 'duckdb', config: { path: file } }, sandbox.context);
  jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('over')), 500);
    return controller.signal;
  });
  const error = await rejection(connection.firstRows(ofTable('slow'), 5));
  jest.restoreAllMocks();
  expect(error).toBeInstanceOf(ConnectorError);
  expect(error.message).toBe('Reading its first rows took longer than 10 s.');
  await expect(connection.listTables()).resolves.toEqual([ofTable('slow')]);
});

test('what goes wrong in time is told as it is', async () => {
  const look = () => withTimedLook(() => Promise.reject(new Error('broken')), 1000);
  await expect(look()).rejects.toThrow('broken');
});
