import { scriptEndpoints, scriptLineage } from '../../model/script-endpoints';
import { connectionAt, type KnownConnection } from '../../model/script-connections';
import { planOf } from '../../model/script-plan';
import { parseScriptTable } from '../../model/script-table-name';
import { z } from 'zod';
import { maxScriptLength, parseScript, scriptSchema } from '../../model/script';
import { selfCommitting } from '../../model/self-committing';
import { storedScriptSchema } from '../../model/sync-script-config';
import { splitStatements } from '../../model/sql-statements';

const known: KnownConnection[] = [
  { name: 'shop', type: 'mysql', config: { host: 'db.example', port: 3306, database: 'shop' } },
  { name: 'dwh', type: 'postgres', config: { host: 'localhost', port: 5433, database: 'dwh' } },
  { name: 'lake', type: 'files', config: { path: '/data/lake' } },
];

function scriptOf(reader: object, writer: object, setting?: object): string {
  return JSON.stringify({
    job: {
      ...(setting && { setting }),
      content: [
        {
          reader: { name: 'mysqlreader', parameter: reader },
          writer: { name: 'duckdbwriter', parameter: writer },
        },
      ],
    },
  });
}
const from = { datasource: 'shop', table: 'orders', column: ['id', 'name'] };
const into = { datasource: 'o', table: 'main.y', column: ['*'], writeMode: 'overwrite' };

function messagesOf(text: string): string[] {
  return parseScript(text).problems.map((one) => `${one.severity} ${one.path}: ${one.message}`);
}

describe('the text of a sync script', () => {
  it('is read with comments and a comma too many, as DataX writes its samples', () => {
    const text = `{ // what moves
      "setting": {}, "job": { "setting": {"speed": 1048576}, "content": [{
      "reader": {"name": "txtfilereader", "parameter": {"path": ["/data/lake/x"], "column": ["*"],}},
      "writer": {"name": "postgresqlwriter", "parameter": ${JSON.stringify(into)}},
    }]}}`;
    const { script, problems } = parseScript(text);
    expect(problems).toEqual([]);
    expect(planOf(script!)).toMatchObject({ bytesPerSecond: 1_048_576, channels: 1 });
  });

  it('DP-24: is refused where it is not JSON, with the place', () => {
    expect(parseScript('{\n  "job": }').problems).toEqual([
      {
        ...{ path: '', message: 'this is not JSON: value expected', severity: 'error' },
        ...{ offset: 11, line: 2, column: 10 },
      },
    ]);
    expect(parseScript('{').problems).toMatchObject([{ line: 1, column: 2 }]);
    expect(messagesOf('')).toEqual([
      'error : the script is empty; it must be a JSON object with `job`',
    ]);
  });

  it('DP-23: has at most 500,000 characters, whatever they are', () => {
    const text = scriptOf(from, into);
    const longest = text + ' '.repeat(maxScriptLength - text.length);
    expect(parseScript(longest).script).toBeDefined();
    expect(messagesOf(`${longest} `)[0]).toContain('at most 500000 are allowed');
    const animals = `{"a":"${'🐢'.repeat(maxScriptLength - 8)}"}`;
    expect(messagesOf(animals)[0]).not.toContain('characters');
  });

  it('DP-24: is refused where it is nested too deep, and tells of no more than anybody reads', () => {
    const deep = `{"job": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(parseScript(deep).problems).toMatchObject([
      { message: 'it is nested more than 50 levels deep', line: 1, column: 58 },
    ]);
    expect(parseScript(`{"a": "${'[{'.repeat(1000)}"}`).problems[0]?.message).not.toContain('deep');
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, nr) => [`m${nr}`, nr]));
    const { script, problems } = parseScript(scriptOf({ ...from, ...many, table: '' }, into));
    expect(script).toBeUndefined();
    expect(problems).toHaveLength(100);
    expect(problems[0]).toMatchObject({ severity: 'error' });
  });

  it('is refused field by field where it has another shape', () => {
    const text = '{"job":{"content":[{"reader":{"name":"oraclereader"},"writer":{}}]}}';
    expect(messagesOf(text)).toEqual([
      'error job.content[0].reader.name: there are mysqlreader, postgresqlreader, duckdbreader and txtfilereader',
      'error job.content[0].writer.name: there are mysqlwriter, postgresqlwriter, duckdbwriter and txtfilewriter',
    ]);
    const [problem] = parseScript(text).problems;
    expect(text.slice(problem!.offset)).toMatch(/^"name":"oracle/);
  });

  it('holds no password, wherever it stands, and says what to write instead', () => {
    const hint = 'name a connection by "datasource": "<connection>"';
    const parts = [
      { ...from, password: 'x' },
      { connection: [{ jdbcUrl: 'jdbc:mysql://h/d?user=a&password=b', table: 'x' }] },
      { connection: [{ jdbcUrl: ['jdbc:mysql://a:b@h/d'], table: 'x', password: '1' }] },
    ];
    for (const part of parts) expect(messagesOf(scriptOf(part, into)).join()).toContain(hint);
    expect(messagesOf(scriptOf({ ...from, username: 'u', jdbcConfig: {} }, into))).toEqual([
      'warning job.content[0].reader.parameter.username: this has no effect here: it belongs to the connection',
      'warning job.content[0].reader.parameter.jdbcConfig: this has no effect here: it belongs to the connection',
    ]);
  });

  it('warns of parameters that mean nothing, naming those there are', () => {
    const [message] = messagesOf(scriptOf({ ...from, colum: ['a'] }, into));
    expect(message).toContain('mysqlreader has no such parameter, so it has no effect; there are');
    expect(parseScript(scriptOf({ ...from, colum: ['a'] }, into)).script).toBeDefined();
  });

  it('refuses statements that would end the transaction, with the mode to use instead', () => {
    expect(selfCommitting('mysql', '/* all */ TRUNCATE TABLE t')).toContain('"overwrite"');
    expect(selfCommitting('mysql', 'create table x (a int)')).toContain('"createTable": true');
    expect(selfCommitting('mysql', 'create temporary table x (a int)')).toBeNull();
    expect(selfCommitting('mysql', '-- now\ndelete from t')).toBeNull();
    expect(selfCommitting('postgres', 'commit')).toContain('COMMIT would end');
    expect(selfCommitting('postgres', 'create index on t (a)')).toBeNull();
    expect(selfCommitting('duckdb', "ATTACH 'x.db'")).toContain('ATTACH cannot');
    const text = scriptOf(from, { ...into, preSql: ['COMMIT'] });
    expect(messagesOf(text).join()).toContain('parameter.preSql: COMMIT would end');
  });

  it('refuses what would end it behind another statement, or in a comment that MySQL runs', () => {
    const text = scriptOf(from, { ...into, preSql: "DELETE FROM t WHERE a = ';'; COMMIT" });
    expect(messagesOf(text).join()).toContain('parameter.preSql: COMMIT would end');
    expect(selfCommitting('mysql', '/*!40000 COMMIT */')).toContain('COMMIT would end');
    expect(selfCommitting('postgres', '-- now\rCOMMIT')).toContain('COMMIT would end');
    expect(selfCommitting('postgres', '/*-- */# a\n/**/ ;COMMIT')).toContain('COMMIT would end');
    expect(
      splitStatements(`SELECT ';', E'\\';', "a;", $x$;$x$ -- ;\n; /* ; */ SELECT (1;2);;`),
    ).toEqual([`SELECT ';', E'\\';', "a;", $x$;$x$ -- ;`, '/* ; */ SELECT (1;2)']);
  });

  it('DP-16: sets sessions up by SET and SELECT alone, so that a reader stays one', () => {
    const remarks = (session: unknown) => messagesOf(scriptOf({ ...from, session }, into)).join();
    expect(remarks(['SET a = 1', "select set_config('a', 'b', false)"])).toBe('');
    expect(remarks(['COMMIT', 'DELETE FROM t'])).toContain(
      'reader.parameter.session: a session is set up by',
    );
    expect(remarks('SET a = 1; DROP TABLE t')).toContain('DROP is for "preSql"');
    expect(remarks('SET autocommit = 0')).toContain('autocommit would end');
  });

  it('names tables with and without their schema, in the quotes of either kind', () => {
    expect(parseScriptTable('a')).toEqual({ schema: null, table: 'a' });
    expect(parseScriptTable('"my.s"."t ""1"""')).toEqual({ schema: 'my.s', table: 't "1"' });
    expect(parseScriptTable('`d b`.t')).toEqual({ schema: 'd b', table: 't' });
    expect(parseScriptTable('main.data.v2')).toEqual({ schema: 'main', table: 'data.v2' });
    expect(['', '.a', 'a..b', '"a"b'].map(parseScriptTable)).toEqual([null, null, null, null]);
  });

  it('takes the limit of rows before that of their share, as DataX does', () => {
    const limit = (errorLimit: object) =>
      planOf(parseScript(scriptOf(from, into, { errorLimit })).script!).errorLimit;
    expect(limit({ record: 0, percentage: 0.02 })).toEqual({ rows: 0 });
    expect(limit({ percentage: 0.02 })).toEqual({ share: 0.02 });
    expect(limit({})).toEqual({ rows: 0 });
  });
});

it('DP-22: a script has a JSON Schema, by which editors complete it', () => {
  const schema = JSON.stringify(z.toJSONSchema(scriptSchema));
  for (const name of ['postgresqlreader', 'createTable', 'splitPk']) expect(schema).toContain(name);
});

describe('what a script reads and writes', () => {
  it('DP-37: is told by table and column, with what its queries read', () => {
    const querySql =
      'with c as (select * from o) select c.a from c join `d b`.t on true where a in (select 1 from z)';
    const { script } = parseScript(scriptOf({ datasource: 'shop', querySql: [querySql] }, into));
    const endpoints = scriptEndpoints(script!, known);
    expect(endpoints).toMatchObject([
      { side: 'read', kind: 'mysql', connection: 'shop', columns: null, parsed: true },
      { side: 'write', kind: 'duckdb', connection: 'o', columns: null },
    ]);
    const { reads, writes } = scriptLineage(endpoints);
    expect(reads.toSorted()).toEqual(['shop.d b.t', 'shop.shop.o', 'shop.shop.z']);
    expect(writes).toEqual(['o.main.y']);
    const plain = parseScript(scriptOf(from, { ...into, column: ['a', 'b'] }));
    expect(scriptEndpoints(plain.script!, known).map(({ columns }) => columns)).toEqual([
      ['id', 'name'],
      ['a', 'b'],
    ]);
  });

  it('finds the tables of a query that the parser does not know', () => {
    const reader = { datasource: 'dwh', querySql: 'select * from ONLY a.b tablesample system(1)' };
    const { script } = parseScript(scriptOf(reader, into));
    const [read] = scriptEndpoints(script!, known);
    expect(read).toMatchObject({ parsed: false, tables: [{ schema: 'a', table: 'b' }] });
  });

  it('picks names out of queries that are too long to be parsed, past comments and texts', () => {
    const noise = "/* from c1 */ -- from c2\n 'it''s from c3' ";
    const sql = `select ${noise.repeat(600)} from a.b join c on true where d = '/* from x`;
    const { script } = parseScript(scriptOf({ datasource: 'dwh', querySql: sql }, into));
    expect(scriptEndpoints(script!, known)[0]).toMatchObject({
      ...{ parsed: false, tables: [{ schema: 'a', table: 'b' }, { table: 'c' }] },
    });
    const begin = performance.now();
    const long = scriptOf({ datasource: 'dwh', querySql: '/*'.repeat(200_000) }, into);
    expect(scriptEndpoints(parseScript(long).script!, known)[0]?.tables).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it('finds the connection that a URL or a path means', () => {
    const byUrl = (kind: 'mysql' | 'postgres', ...urls: string[]) =>
      connectionAt(kind, { by: 'jdbcUrl', urls }, known);
    expect(byUrl('mysql', 'jdbc:mysql://bad:1/x', 'jdbc:mysql://DB.example/shop?a=b')).toBe('shop');
    expect(byUrl('postgres', 'jdbc:postgresql://127.0.0.1:5433/dwh')).toBe('dwh');
    expect(byUrl('postgres', 'jdbc:postgresql://127.0.0.1/dwh')).toBeNull();
    expect(byUrl('mysql', 'jdbc:postgresql://127.0.0.1:5433/dwh')).toBeNull();
    const byPath = (path: string) => connectionAt('files', { by: 'path', path }, known);
    expect(
      ['/data/lake/a/*', '/data//lake', '/data/lakes/x', '/data/lake/../x'].map(byPath),
    ).toEqual(['lake', 'lake', null, null]);
  });
});

it('the number of a version is one that can be stored', () => {
  const stored = { scriptId: 'a'.repeat(32), version: 2 ** 40 };
  expect(storedScriptSchema.safeParse(stored).success).toBe(false);
});
