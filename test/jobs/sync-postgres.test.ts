import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openPostgres, type OpenedPostgres } from '../connectors/support/postgres';
import { rejection, runSql, Sandbox } from '../connectors/support/sandbox';
import { pair, runSync, type SyncRun } from './support/run-sync';

let sandbox: Sandbox;
let pg: OpenedPostgres;

const everyType = `
  a_int integer, a_small smallint, a_big bigint, a_num numeric(12,4), a_any numeric, a_real real,
  a_double double precision, a_bool boolean, a_text text, a_var varchar(20), a_char char(5),
  a_bytes bytea, a_date date, a_time time, a_stamp timestamp, a_zoned timestamptz, a_span interval,
  a_json json, a_jsonb jsonb, a_uuid uuid, a_bits bit(4), a_list integer[], an_inet inet`;

beforeAll(async () => {
  sandbox = new Sandbox();
  pg = await openPostgres(sandbox, [
    // The user of the run is called like the schema of our own notes, which is his then.
    'SET search_path = public',
    `CREATE TABLE types (${everyType})`,
    `INSERT INTO types VALUES
      (1, -2, 9223372036854775807, 12345678.1234, 1234567890123456789012345.5, 0.1, 0.1, true,
       E'a\\tb\\n\\\\N 😀', '', 'ab', '\\x00ff', '2026-02-28', '23:59:59.5', '2026-02-28 01:02:03.000004',
       '2026-02-28 01:02:03+02', '1 year 2 mons 3 days 04:05:06', '{"a": 1}', '[1, "x"]',
       'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '0101', '{1,NULL,3}', '10.0.0.1'),
      (2, NULL, NULL, -0.5, 'NaN', 'Infinity', '-Infinity', false, repeat('é', 524288), NULL, NULL, '',
       'infinity', '24:00:00', '0044-03-15 00:00:00 BC', 'infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      (3, ${Array.from({ length: 22 }, () => 'NULL').join(', ')})`,
    'CREATE TABLE numbers AS SELECT n AS id, md5(n::text) AS name FROM generate_series(1, 20000) AS n',
  ]);
});
afterAll(async () => {
  await pg.close();
  sandbox.remove();
});

const house = () => path.join(sandbox.root, 'house.duckdb');
const run = (script: object, more: Partial<SyncRun> = {}) =>
  runSync(sandbox, {
    connections: {
      pg: { type: 'postgres', config: pg.config },
      house: { type: 'duckdb', config: { path: house() } },
      lake: { type: 'files', config: { path: sandbox.root } },
    },
    script,
    ...more,
  });
const from = (table: string, more: object = {}): [string, object] => [
  'postgresqlreader',
  { datasource: 'pg', table, column: ['*'], ...more },
];
const into = (table: string, more: object = {}): [string, object] => [
  'postgresqlwriter',
  { datasource: 'pg', table, column: ['*'], ...more },
];
const countOf = async (table: string, condition = 'true') =>
  Number((await pg.sql(`SELECT count(*) FROM ${table} WHERE ${condition}`))[0]!.count);

describe('from PostgreSQL to PostgreSQL', () => {
  it('DP-25: brings every type over as it is, straight through and row by row', async () => {
    await pg.sql(`CREATE TABLE straight (LIKE types); CREATE TABLE by_row (LIKE types)`);
    await pg.sql(
      'ALTER TABLE straight ALTER a_json TYPE json; ALTER TABLE by_row ALTER a_var TYPE varchar(30)',
    );
    const straight = await run(pair(from('types'), into('straight')));
    expect(straight.summary).toMatchObject({ rows: 3, dirty: { count: 0 } });
    await run(pair(from('types'), into('by_row')));
    await run(pair(from('types'), into('made', { createTable: true })));
    const texts = (table: string) => pg.sql(`SELECT t::text FROM ${table} AS t ORDER BY a_int`);
    const wanted = (await texts('types')).map((row) => row.t);
    for (const table of ['straight', 'by_row', 'made']) {
      expect((await texts(table)).map((row) => row.t)).toEqual(wanted);
    }
  });

  it('DP-25: reads by several channels one state of the table, each row once', async () => {
    const { summary } = await run(
      pair(
        from('numbers', { splitPk: 'id', where: 'id % 2 = 0' }),
        into('shares', { createTable: true }),
        {
          speed: { channel: 3 },
        },
      ),
    );
    expect(summary.rows).toBe(10_000);
    expect(await countOf('(SELECT DISTINCT id FROM shares) AS d')).toBe(10_000);
    const target = { datasource: 'house', table: 'shares', createTable: true };
    const speed = { speed: { channel: 3 } };
    await run(pair(from('numbers', { splitPk: 'id' }), ['duckdbwriter', target], speed));
    const counts = 'SELECT count(*)::INT AS rows, count(DISTINCT id)::INT AS ids FROM shares';
    expect(await runSql(house(), counts)).toEqual([{ rows: 20_000, ids: 20_000 }]);
  });

  it('replaces all, a part, or what has the same key, and leaves the rest', async () => {
    await pg.sql('CREATE TABLE days (day date, n integer, PRIMARY KEY (day, n))');
    await pg.sql(`INSERT INTO days VALUES ('2026-01-01', 1), ('2026-01-02', 1)`);
    const rows = (sql: string) =>
      ['postgresqlreader', { datasource: 'pg', querySql: [sql] }] as [string, object];
    const mode = { writeMode: 'overwrite', where: "day = '${day}'" };
    await run(
      pair(rows("SELECT date '${day}', g FROM generate_series(5, 6) AS g"), into('days', mode)),
      {
        parameters: { day: '$[yyyy-MM-dd -1]' },
        scheduleTime: '2026-01-03T00:00:00.000Z',
      },
    );
    expect(await countOf('days')).toBe(3);
    expect(await countOf('days', "day = '2026-01-02' AND n > 4")).toBe(2);
    await pg.sql('CREATE TABLE keyed (id integer PRIMARY KEY, a text, b text)');
    await pg.sql(`INSERT INTO keyed VALUES (1, 'x', 'kept'), (2, 'y', 'kept')`);
    const upsert = { column: ['id', 'a'], writeMode: 'update' };
    await run(pair(rows("VALUES (2, 'new'), (3, 'z'), (3, 'last')"), into('keyed', upsert)));
    expect(await pg.sql('SELECT * FROM keyed ORDER BY id')).toEqual([
      { id: 1, a: 'x', b: 'kept' },
      { id: 2, a: 'new', b: 'kept' },
      { id: 3, a: 'last', b: null },
    ]);
    await run(
      pair(
        rows("SELECT 9, 'only'"),
        into('keyed', { column: ['id', 'a'], writeMode: 'overwrite' }),
      ),
    );
    expect(await countOf('keyed')).toBe(1);
  });

  it('DP-16: a reader runs one statement, and what stands behind it is refused', async () => {
    await pg.sql('CREATE TABLE safe AS SELECT 1 AS a');
    await pg.sql('CREATE TABLE taken (a integer)');
    const escape = 'COMMIT; DELETE FROM safe; ';
    const tries = [
      { querySql: `SELECT 1) AS x; ${escape}SELECT * FROM (SELECT 1` },
      { querySql: ['SELECT 1 AS a', `SELECT 1) TO STDOUT; ${escape}COPY (SELECT 1`] },
      { table: 'safe', where: `true); ${escape}SELECT (1` },
      { table: 'safe', where: `true); ${escape}SELECT (1`, splitPk: 'a' },
      { table: 'safe', column: [`1 FROM safe; ${escape}SELECT 1`] },
    ];
    for (const parameter of tries) {
      const reader: [string, object] = ['postgresqlreader', { datasource: 'pg', ...parameter }];
      await rejection(run(pair(reader, into('taken'), { speed: { channel: 2 } })));
      expect(await countOf('safe')).toBe(1);
    }
    const commented = { datasource: 'pg', querySql: 'SELECT a FROM safe -- all' };
    await run(pair(['postgresqlreader', commented], into('taken')));
    expect(await countOf('taken')).toBe(1);
  });

  it('DP-25: tables of other types than the first are judged by their own', async () => {
    await pg.sql('CREATE TABLE whole (a integer)');
    await pg.sql('INSERT INTO whole VALUES (1)');
    // As many bytes as an integer.
    await pg.sql('CREATE TABLE broken AS SELECT 2.5::real AS a UNION ALL SELECT 3');
    await pg.sql('CREATE TABLE both_types (a integer)');
    const limit = { errorLimit: { record: 1 } };
    const reader: [string, object] = [
      'postgresqlreader',
      { datasource: 'pg', table: ['whole', 'broken'] },
    ];
    const { summary } = await run(pair(reader, into('both_types'), limit));
    expect(summary).toMatchObject({ rows: 2, rowsRead: 3, dirty: { count: 1 } });
    expect(await pg.sql('SELECT a FROM both_types ORDER BY a')).toEqual([{ a: 1 }, { a: 3 }]);
  });

  it('two copies that replace all rows at once leave those of one', async () => {
    await pg.sql('CREATE TABLE replaced (id integer)');
    const rows: [string, object] = [
      'postgresqlreader',
      { datasource: 'pg', querySql: 'SELECT id FROM numbers' },
    ];
    const target = into('replaced', { writeMode: 'overwrite' });
    const copies = [1, 2].map(() => run(pair(rows, target)));
    // The earlier run gives way where the later one has committed.
    await Promise.allSettled(copies);
    expect(await countOf('replaced')).toBe(20_000);
  });

  it('two copies that make one table at the same time both write into it', async () => {
    // The first has its rows when the second has come as far as it can.
    await pg.sql('SELECT pg_advisory_lock(77)');
    const gate = 'EXISTS (SELECT 1 FROM pg_advisory_xact_lock_shared(77))';
    const gated = { datasource: 'pg', querySql: `SELECT id FROM numbers WHERE ${gate}` };
    const target = into('made_by_both', { createTable: true });
    const start = (taskId: string) =>
      run(pair(['postgresqlreader', gated], target), { taskId: taskId.repeat(32) });
    const both = ['c', 'd'].map(start);
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database()
      AND wait_event_type = 'Lock' AND query LIKE 'SELECT pg_advisory_xact_lock(%'`;
    while ((await pg.sql(waiting))[0]!.n !== 1) await delay(50);
    await pg.sql('SELECT pg_advisory_unlock(77)');
    for (const { summary } of await Promise.all(both)) expect(summary.rows).toBe(20_000);
    expect(await countOf('made_by_both')).toBe(40_000);
  });

  it('DP-25: an upsert keeps each row whose key has NULL in it', async () => {
    await pg.sql('CREATE TABLE half_keyed (a integer, b integer, c text, UNIQUE (a, b))');
    const rows = "VALUES (1, NULL, 'x'), (1, NULL, 'y'), (1, 2, 'old'), (1, 2, 'new')";
    const mode = { writeMode: 'update', key: ['a', 'b'] };
    const reader: [string, object] = ['postgresqlreader', { datasource: 'pg', querySql: rows }];
    await run(pair(reader, into('half_keyed', mode)));
    expect(await pg.sql('SELECT c FROM half_keyed ORDER BY c')).toEqual(
      ['new', 'x', 'y'].map((c) => ({ c })),
    );
  });

  it('leaves the target as it was when its last row breaks a rule, and tells which', async () => {
    await pg.sql('CREATE TABLE unique_names (id integer, name text UNIQUE)');
    await pg.sql(`INSERT INTO unique_names VALUES (0, md5('20000'))`);
    const script = (record: number) =>
      pair(
        from('numbers'),
        into('unique_names', {
          preSql: ['UPDATE @table SET id = -1'],
          postSql: ['DELETE FROM @table WHERE id = 1'],
        }),
        { errorLimit: { record } },
      );
    const failure = await rejection(run(script(0)));
    expect(failure.message).toMatch(
      /^target pg.public.unique_names: one dirty row, and the limit is 0; nothing was written. The first: duplicate key .*Key \(name\)=/,
    );
    expect(await pg.sql('SELECT id FROM unique_names')).toEqual([{ id: 0 }]);
    const { summary } = await run(script(1));
    expect(summary).toMatchObject({ rowsRead: 20_000, rows: 19_999, dirty: { count: 1 } });
    expect(await countOf('unique_names')).toBe(19_999);
  });

  it('counts what the target cannot hold, and changes none of it', async () => {
    await pg.sql(
      'CREATE TABLE tight (a smallint, b numeric(4,1), c varchar(3), d timestamp(0), e real)',
    );
    const rows = `VALUES (1, '1.5', 'abc', '2026-01-01 00:00:00', '0.5'), (70000, '1', 'a', NULL, NULL),
      (2, '1.25', 'a', NULL, NULL), (3, '1', 'abcd', NULL, NULL), (4, '1', 'a', '2026-01-01 00:00:00.5', NULL),
      (5, '1', 'a', NULL, '0.123456789012'), (6, '1000', 'a', NULL, NULL), (7, 'x', 'a', NULL, NULL)`;
    const { summary } = await run(
      pair(['postgresqlreader', { datasource: 'pg', querySql: rows }], into('tight'), {
        errorLimit: { record: 7 },
      }),
    );
    expect(await pg.sql('SELECT a, b, c FROM tight')).toEqual([{ a: 1, b: '1.5', c: 'abc' }]);
    expect(summary.dirty.samples.map(({ reason }) => reason)).toEqual([
      'a: 70000 is out of range (-32768 to 32767)',
      'b: 1.25 is too exact: 1 digits after the point fit',
      'c: has 4 characters; at most 3 fit',
      'd: 2026-01-01 00:00:00.5 is too exact: 0 digits after the point fit',
      'e: 0.123456789012 is too exact for a floating-point number',
      'b: 1000 is out of range: 3 digits before the point fit',
      'b: x is no number',
    ]);
  });

  it('tells which side has gone away in the middle, and leaves the target as it was', async () => {
    await pg.sql('CREATE TABLE cut (id bigint, name text)');
    for (const [side, statement] of [
      ['source', 'COPY (select id::bigint%'],
      ['target', 'COPY "public"."cut"%'],
    ] as const) {
      let isCut = false;
      const script = pair(
        [
          'postgresqlreader',
          {
            datasource: 'pg',
            querySql: 'select id::bigint, name from numbers, generate_series(1, 20)',
          },
        ],
        into('cut', { column: ['id', 'name'], batchSize: 10 }),
        { speed: { byte: 4_000_000 } },
      );
      const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '${statement}' AND pid <> pg_backend_pid()`;
      const failure = await rejection(
        run(script, {
          onProgress: ({ text }) => {
            if (isCut || !/^copying: \d/.test(text)) return;
            isCut = true;
            void pg.sql(end);
          },
        }),
      );
      expect(failure.message).toMatch(
        new RegExp(
          `^${side} pg.*PostgreSQL at .* says: terminating connection|^${side} pg.*has cut the connection`,
        ),
      );
      expect(await countOf('cut')).toBe(0);
    }
  });

  it('takes a try that committed for done, and lets no try write after a later run', async () => {
    const script = pair(
      from('numbers', { where: 'id <= 10' }),
      into('once', { createTable: true }),
    );
    await run(script, { run: 901, attempt: 1 });
    const again = await run(script, { run: 901, attempt: 2 });
    expect(again.summary).toMatchObject({ rows: 10, committedBefore: true });
    expect(await countOf('once')).toBe(10);
    await run(script, { run: 902 });
    expect(await countOf('once')).toBe(20);
    const late = await rejection(run(script, { run: 901, attempt: 3 }));
    expect(late.message).toContain('was already written by a later run');
    expect(await countOf('once')).toBe(20);
  });
});

describe('between PostgreSQL, DuckDB and files', () => {
  it('DP-25: decodes columns for DuckDB to the same values as their texts', async () => {
    await run(
      pair(from('types', { where: 'a_int <> 2' }), [
        'duckdbwriter',
        { datasource: 'house', table: 'types', createTable: true },
      ]),
    );
    const [row] = await runSql(
      house(),
      `SELECT a_num::VARCHAR AS num, a_any AS any_number, a_real::VARCHAR AS real, a_text, hex(a_bytes) AS bytes, a_zoned::VARCHAR AS zoned,
         a_stamp::VARCHAR AS stamp, a_uuid::VARCHAR AS uuid, a_list, a_bits::VARCHAR AS bits FROM types WHERE a_int = 1`,
    );
    expect(row).toEqual({
      num: '12345678.1234',
      any_number: '1234567890123456789012345.5',
      real: '0.1',
      a_text: 'a\tb\n\\N 😀',
      bytes: '00FF',
      zoned: '2026-02-27 23:02:03+00',
      stamp: '2026-02-28 01:02:03.000004',
      uuid: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      a_list: '{1,NULL,3}',
      bits: '0101',
    });
    const columns = [
      'a_int',
      'a_big',
      'a_num',
      'a_double',
      'a_bool',
      'a_text',
      'a_date',
      'a_stamp',
      'a_zoned',
      'a_bytes',
      'a_jsonb',
    ];
    const fast = { datasource: 'house', table: 'quick', createTable: true, writeMode: 'overwrite' };
    await run(pair(from('types', { column: columns }), ['duckdbwriter', fast]));
    await run(
      pair(from('types', { column: columns, where: 'a_int <> 2' }), [
        'duckdbwriter',
        { ...fast, table: 'quick2' },
      ]),
    );
    const values = `SELECT a_int, a_num::VARCHAR, a_double::VARCHAR, a_bool, a_text, a_date::VARCHAR, a_stamp::VARCHAR, a_zoned::VARCHAR, a_bytes::VARCHAR, a_jsonb::VARCHAR`;
    const [slow, quick] = await Promise.all([
      runSql(house(), `${values} FROM quick WHERE a_int <> 2 ORDER BY a_int`),
      Promise.resolve(null),
    ]);
    expect(quick).toBeNull();
    expect(await runSql(house(), `${values} FROM quick2 ORDER BY a_int`)).toEqual(slow);
    const back = await run(
      pair(
        ['duckdbreader', { datasource: 'house', table: 'quick' }],
        into('back', { createTable: true }),
      ),
    );
    expect(back.summary.rows).toBe(3);
    expect(
      await countOf('back', "a_stamp = '0044-03-15 00:00:00 BC' AND a_zoned = 'infinity'"),
    ).toBe(1);
  });

  it('DP-25: takes a CSV straight, and row by row where a value would be changed', async () => {
    const lines = Array.from({ length: 500 }, (_, n) => `${n},${n}.25,"text ""${n}""",,""\n`);
    sandbox.write('plain.csv', `id,amount,name,none,empty\n${lines.join('')}`);
    await pg.sql(
      'CREATE TABLE plain (id integer, amount numeric(8,2), name varchar(20), none text, empty text)',
    );
    const reader: [string, object] = ['txtfilereader', { datasource: 'lake', table: 'plain' }];
    expect((await run(pair(reader, into('plain')))).summary.rows).toBe(500);
    expect(
      await countOf(
        'plain',
        `amount = id + 0.25 AND none IS NULL AND empty = '' AND name = 'text "' || id || '"'`,
      ),
    ).toBe(500);
    await pg.sql(
      'CREATE TABLE rough (LIKE plain); ALTER TABLE rough ALTER amount TYPE numeric(8,1)',
    );
    const rough = await rejection(run(pair(reader, into('rough'))));
    expect(rough.message).toContain('amount: 0.25 is too exact: 1 digits after the point fit');
    sandbox.write('bad.csv', 'id,name\n1,a\nx,b\n3,\\.\n4,d\n');
    await pg.sql('CREATE TABLE bad (id integer, name text)');
    const bad = pair(['txtfilereader', { datasource: 'lake', table: 'bad' }], into('bad'), {
      errorLimit: { record: 1 },
    });
    const { summary } = await run(bad);
    expect(summary).toMatchObject({ rowsRead: 4, rows: 3, dirty: { count: 1 } });
    expect(summary.dirty.samples[0]!.reason).toBe('id: x is no whole number');
    expect(await countOf('bad', String.raw`name = '\.'`)).toBe(1);
    // COPY would take both lines for one.
    sandbox.write('pipes.csv', 'id,name\n1,12" pipe\n2,10" pipe\n');
    await pg.sql('CREATE TABLE pipes (id integer, name text)');
    await run(pair(['txtfilereader', { datasource: 'lake', table: 'pipes' }], into('pipes')));
    expect(await countOf('pipes', `name LIKE '1_" pipe'`)).toBe(2);
  });

  it('writes JSON lines with numbers digit by digit', async () => {
    const columns = ['a_big', 'a_any', 'a_jsonb', 'a_bool', 'a_date'];
    await run(
      pair(from('types', { column: columns, where: 'a_int = 1' }), [
        'txtfilewriter',
        { datasource: 'lake', table: 'out', fileFormat: 'jsonl' },
      ]),
    );
    expect(readFileSync(path.join(sandbox.root, 'out.jsonl'), 'utf8')).toBe(
      '{"a_big":9223372036854775807,"a_any":1234567890123456789012345.5,"a_jsonb":[1, "x"],"a_bool":true,"a_date":"2026-02-28"}\n',
    );
  });

  it('refuses a NUL and what no text is, as rows of a limit', async () => {
    await runSql(
      house(),
      `CREATE TABLE odd AS SELECT 'a' || chr(0) AS t, '\\xFF'::BLOB AS b UNION ALL SELECT 'ok', 'ok'::BLOB`,
    );
    const script = pair(
      ['duckdbreader', { datasource: 'house', table: 'odd', column: ['t', 'b'] }],
      into('odd', { createTable: true }),
      { errorLimit: { percentage: 0.5 } },
    );
    const { summary } = await run(script);
    expect(summary).toMatchObject({
      rows: 1,
      dirty: {
        count: 1,
        samples: [{ reason: 't: holds a NUL character, which the target does not take' }],
      },
    });
  });
});
