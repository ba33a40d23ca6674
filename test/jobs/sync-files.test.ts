import { gzipSync, gunzipSync } from 'node:zlib';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { JobError } from '../../model/job-type';
import { rejection, runSql, Sandbox } from '../connectors/support/sandbox';
import { pair, runSync } from './support/run-sync';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const connections = () => ({
  lake: { type: 'files', config: { path: sandbox.root } },
  house: { type: 'duckdb', config: { path: path.join(sandbox.root, 'house.duckdb') } },
});
const house = () => path.join(sandbox.root, 'house.duckdb');

describe('a copy between files and DuckDB', () => {
  it('DP-25: brings rows of a CSV into a table that it makes, empty text and NULL apart', async () => {
    sandbox.write('people.csv', 'id,name,note\n1,Ann,""\n2,"Bo ""B"", Jr",\n3,😀,x\n');
    const { summary, tables } = await runSync(sandbox, {
      connections: connections(),
      script: pair(
        ['txtfilereader', { datasource: 'lake', table: 'people', column: ['*'] }],
        ['duckdbwriter', { datasource: 'house', table: 'people', createTable: true }],
      ),
    });
    expect(await runSql(house(), 'SELECT * FROM people ORDER BY id')).toEqual([
      { id: '1', name: 'Ann', note: '' },
      { id: '2', name: 'Bo "B", Jr', note: null },
      { id: '3', name: '😀', note: 'x' },
    ]);
    expect(summary).toMatchObject({ rows: 3, rowsRead: 3, dirty: { count: 0, samples: [] } });
    expect(tables).toMatchObject([
      { table: 'lake.main.people', status: 'succeeded', rowsRead: 3 },
      { table: 'house.main.people', status: 'succeeded', rowsWritten: 3 },
    ]);
  });

  it("DP-25: runs DataX's samples for files, in pairs", async () => {
    sandbox.write('data/a.txt', '1,true,2.5,x,2026.01.31\n\\N,FALSE,-1e3,,2026.02.28\n');
    sandbox.write('data/b.txt', '9,false,0.1,"a,b",1999.12.31\n');
    const column = [
      { index: 0, type: 'long' },
      { index: 1, type: 'boolean' },
      { index: 2, type: 'double' },
      { index: 3, type: 'string' },
      { index: 4, type: 'date', format: 'yyyy.MM.dd' },
      { type: 'string', value: 'alibaba' },
    ];
    const reader = {
      path: [path.join(sandbox.root, 'data')],
      encoding: 'UTF-8',
      column,
      fieldDelimiter: ',',
    };
    const result = path.join(sandbox.root, 'result');
    const writer = {
      path: result,
      fileName: 'luohw',
      writeMode: 'truncate',
      dateFormat: 'yyyy-MM-dd',
    };
    const run = { connections: connections() };
    await runSync(sandbox, {
      ...run,
      script: pair(['txtfilereader', reader], ['txtfilewriter', writer]),
    });
    expect(readdirSync(result).filter((name) => name.startsWith('luohw'))).toEqual(['luohw.csv']);
    expect(readFileSync(path.join(result, 'luohw.csv'), 'utf8')).toBe(
      '1,true,2.5,x,2026-01-31,alibaba\n\\N,false,-1000,"",2026-02-28,alibaba\n9,false,0.1,"a,b",1999-12-31,alibaba\n',
    );
    const into = { datasource: 'house', table: ['t'], column: ['*'], createTable: true };
    await runSync(sandbox, {
      ...run,
      script: pair(['txtfilereader', reader], ['duckdbwriter', into]),
    });
    const rows = await runSql(house(), 'SELECT * FROM t ORDER BY column0 NULLS LAST LIMIT 1');
    expect(rows).toMatchObject([{ column0: 1n, column1: true, column2: 2.5, column5: 'alibaba' }]);
    const from = {
      datasource: 'house',
      table: 't',
      column: ['column0', 'column3', '1 + 1'],
      where: 'column0 > 1',
    };
    const lines = {
      datasource: 'lake',
      table: 'out',
      fileFormat: 'jsonl',
      compress: 'gzip',
      column: ['a', 'b', 'c'],
    };
    await runSync(sandbox, {
      ...run,
      script: pair(['duckdbreader', from], ['txtfilewriter', lines]),
    });
    expect(gunzipSync(readFileSync(path.join(sandbox.root, 'out.jsonl.gz'))).toString()).toBe(
      '{"a":9,"b":"a,b","c":2}\n',
    );
  });

  it('counts dirty rows against the limit, keeps samples of them, and changes none', async () => {
    sandbox.write('n.csv', 'a,b\n1,x\n2.5,y\n,z\nbad\n300,w\n');
    await runSql(house(), 'CREATE TABLE n (a TINYINT NOT NULL, b VARCHAR)');
    const run = (errorLimit: object) => ({
      connections: connections(),
      script: pair(
        ['txtfilereader', { datasource: 'lake', table: 'n' }],
        ['duckdbwriter', { datasource: 'house', table: 'n', writeMode: 'overwrite' }],
        { errorLimit },
      ),
    });
    const failure = await rejection(runSync(sandbox, run({ record: 3 })));
    expect(failure).toBeInstanceOf(JobError);
    expect(failure.message).toBe(
      'target house.main.n: 4 dirty rows, and the limit is 3; nothing was written. The first: a: 2.5 is no whole number.',
    );
    expect(await runSql(house(), 'SELECT * FROM n')).toEqual([]);
    const { summary } = await runSync(sandbox, run({ record: 4 }));
    expect(summary).toMatchObject({ rows: 1, rowsRead: 5, dirty: { count: 4 } });
    expect(summary.dirty.samples).toEqual([
      { reason: 'a: 2.5 is no whole number', row: '"2.5", "y"' },
      { reason: 'a: is NULL, which the target does not take', row: 'NULL, "z"' },
      { reason: 'a: 300 is out of range (-128 to 127)', row: '"300", "w"' },
      { reason: 'n.csv, line 5: the row has 1 columns where the file has 2', row: 'bad' },
    ]);
    expect(await runSql(house(), 'SELECT * FROM n')).toEqual([{ a: 1, b: 'x' }]);
    const share = await rejection(runSync(sandbox, run({ percentage: 0.7 })));
    expect(share.message).toContain('4 dirty rows, and of 5 rows, the limit is 70 %');
    expect((await runSync(sandbox, run({ percentage: 0.8 }))).summary.rows).toBe(1);
  });

  it('instances that run at the same time overtake none of each other, a run by itself does', async () => {
    sandbox.write('people.csv', 'id\n1\n');
    const script = pair(
      ['txtfilereader', { datasource: 'lake', table: 'people', column: ['*'] }],
      ['txtfilewriter', { datasource: 'lake', table: 'copied', writeMode: 'append' }],
    );
    const copy = (run: number, day: number, more: object = {}) => {
      const instance = { run, scheduleTime: `2026-03-0${day}T00:00:00.000Z`, maxParallel: 2 };
      return runSync(sandbox, { connections: connections(), script, ...instance, ...more });
    };
    await copy(8, 2);
    expect((await copy(7, 1)).summary.committedBefore).toBeUndefined();
    expect((await copy(7, 1, { attempt: 2 })).summary.committedBefore).toBe(true);
    expect((await copy(9, 1)).summary.committedBefore).toBeUndefined();
    const late = 'was already written by a later run';
    expect((await rejection(copy(7, 1, { attempt: 3 }))).message).toContain(late);
    await copy(6, 3, { maxParallel: 1 });
    expect((await rejection(copy(5, 2, { maxParallel: 1 }))).message).toContain(late);
    const text = readFileSync(path.join(sandbox.root, 'copied.csv'), 'utf8');
    expect(text).toBe('id\n1\n1\n1\n1\n');
  });

  it('reads and writes every format, and appends to each', async () => {
    sandbox.write(
      'a.jsonl',
      '{"id":1,"t":"x\\ny","n":null}\n{"id":2,"t":"","big":12345678901234567890.125}\n',
    );
    const formats = ['csv', 'jsonl', 'parquet'];
    for (const fileFormat of formats) {
      const script = pair(
        ['txtfilereader', { datasource: 'lake', table: 'a' }],
        ['txtfilewriter', { datasource: 'lake', table: `to_${fileFormat}`, fileFormat }],
      );
      await runSync(sandbox, { connections: connections(), script });
      await runSync(sandbox, { connections: connections(), script });
      const back = pair(
        [
          'txtfilereader',
          { datasource: 'lake', table: `to_${fileFormat}`, column: ['id', 't', 'n', 'big'] },
        ],
        ['duckdbwriter', { datasource: 'house', table: fileFormat, createTable: true }],
      );
      await runSync(sandbox, { connections: connections(), script: back });
      expect(await runSql(house(), `SELECT * FROM "${fileFormat}" ORDER BY id`)).toEqual(
        [1, 1, 2, 2].map((id) =>
          id === 1
            ? { id: '1', t: 'x\ny', n: null, big: null }
            : { id: '2', t: '', n: null, big: '12345678901234567890.125' },
        ),
      );
    }
  });

  it('brings nested columns of Parquet into DuckDB as they are', async () => {
    const file = path.join(sandbox.root, 'nested.parquet');
    const rows = `SELECT 1 AS id, [1, NULL] AS list, {'a': 'x'} AS part, 1e30::HUGEINT::VARCHAR AS big`;
    await runSql(':memory:', `COPY (${rows}) TO '${file}' (FORMAT parquet)`);
    const { summary } = await runSync(sandbox, {
      connections: connections(),
      script: pair(
        ['txtfilereader', { datasource: 'lake', table: 'nested' }],
        ['duckdbwriter', { datasource: 'house', table: 'nested', createTable: true }],
      ),
    });
    expect(summary).toMatchObject({ rowsRead: 1, rows: 1 });
    const types = await runSql(house(), 'SELECT column_type FROM (DESCRIBE nested)');
    expect(types.map((row) => row.column_type)).toEqual([
      ...['INTEGER', 'INTEGER[]', 'STRUCT(a VARCHAR)', 'VARCHAR'],
    ]);
  });

  it('reads gzip and other encodings, and counts lines that are broken', async () => {
    sandbox.write('g.csv.gz', gzipSync('a,b\n1,ü\n'));
    sandbox.write('l.csv', Buffer.from('a;b\n1;ü\n2;ß\n', 'latin1'));
    sandbox.write('u.csv', Buffer.from('a,b\n1,\xfc\xfc\n2,x\n3,y\n', 'latin1'));
    for (const [table, reader] of [
      ['g', {}],
      ['l', {}],
      ['u', { encoding: 'utf-8' }],
    ] as const) {
      const script = pair(
        ['txtfilereader', { datasource: 'lake', table, ...reader }],
        ['duckdbwriter', { datasource: 'house', table, createTable: true }],
        { errorLimit: { record: 1 } },
      );
      await runSync(sandbox, { connections: connections(), script });
    }
    expect(await runSql(house(), 'FROM g')).toEqual([{ a: '1', b: 'ü' }]);
    expect(await runSql(house(), 'FROM l')).toEqual([
      { a: '1', b: 'ü' },
      { a: '2', b: 'ß' },
    ]);
    expect(await runSql(house(), 'FROM u')).toEqual([
      { a: '2', b: 'x' },
      { a: '3', b: 'y' },
    ]);
  });
});
