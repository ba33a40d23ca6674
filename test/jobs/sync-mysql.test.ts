import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openMysql, type OpenedMysql } from '../connectors/support/mysql';
import { openPostgres, type OpenedPostgres } from '../connectors/support/postgres';
import { rejection, runSql, Sandbox } from '../connectors/support/sandbox';
import { pair, runSync, type SyncRun } from './support/run-sync';

let sandbox: Sandbox;
let my: OpenedMysql;
let pg: OpenedPostgres;

const everyType = `
  a_int int, a_tiny tinyint unsigned, a_big bigint unsigned, a_num decimal(20,4), a_float float,
  a_double double, a_bool tinyint(1), a_text longtext, a_var varchar(20), a_char char(5),
  a_bytes blob, a_fixed binary(3), a_date date, a_time time(3), a_moment datetime(6),
  a_stamp timestamp(3) NULL, a_year year, a_json json, a_bit bit(1), some_bits bit(4),
  an_enum enum('x','y'), a_set set('p','q')`;

beforeAll(async () => {
  sandbox = new Sandbox();
  my = await openMysql(sandbox, () => [
    `CREATE TABLE types (${everyType}) DEFAULT CHARACTER SET utf8mb4`,
    `INSERT INTO types VALUES
      (1, 255, 18446744073709551615, -1234567890123456.7891, 0.1, 0.1, 1, 'O''Hara \\\\ "q" 😀', '', 'ab',
       x'00ff', x'010203', '2026-02-28', '-12:30:00.5', '2026-02-28 01:02:03.000004',
       '2026-02-28 01:02:03.5', 2026, '{"a": 1}', b'1', b'0101', 'y', 'p,q'),
      (2, NULL, NULL, NULL, NULL, NULL, NULL, repeat('é', 524288), NULL, NULL, NULL, NULL,
       '0000-00-00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
    'CREATE TABLE numbers (id int PRIMARY KEY, name varchar(40)) DEFAULT CHARACTER SET utf8mb4',
    `INSERT INTO numbers SELECT seq, md5(seq) FROM seq_1_to_5000`,
  ]);
  pg = await openPostgres(sandbox, [
    'SET search_path = public',
    'CREATE TABLE numbers AS SELECT n AS id, md5(n::text) AS name FROM generate_series(1, 5000) AS n',
  ]);
});
afterAll(async () => {
  await my.close();
  await pg.close();
  sandbox.remove();
});

const house = () => path.join(sandbox.root, 'house.duckdb');
const run = (script: object, more: Partial<SyncRun> = {}) =>
  runSync(sandbox, {
    connections: {
      my: { type: 'mysql', config: my.config },
      pg: { type: 'postgres', config: pg.config },
      house: { type: 'duckdb', config: { path: house() } },
    },
    script,
    ...more,
  });
const url = () => `jdbc:mysql://${my.config.host}:${my.config.port}/${my.config.database}`;
const inMain = (sql: string) => my.sql(sql.replaceAll('@', `\`${my.config.database}\`.`));
const from = (table: string, more: object = {}): [string, object] => [
  'mysqlreader',
  { datasource: 'my', table, column: ['*'], ...more },
];
const into = (table: string, more: object = {}): [string, object] => [
  'mysqlwriter',
  { datasource: 'my', table, column: ['*'], ...more },
];

describe('MySQL', () => {
  it('DP-16: reads what is a query, and runs nothing else of a reader', async () => {
    await inMain('CREATE TABLE @safe AS SELECT 1 AS a');
    const deletion = `DELETE FROM \`${my.config.database}\`.safe`;
    const reader: [string, object] = [
      'mysqlreader',
      { datasource: 'my', querySql: ['SELECT 1 AS a', 'COMMIT', deletion] },
    ];
    const target: [string, object] = [
      'duckdbwriter',
      { datasource: 'house', table: 'safe', createTable: true },
    ];
    await rejection(run(pair(reader, target)));
    expect(await inMain('SELECT count(*) AS n FROM @safe')).toEqual([{ n: 1 }]);
    const commented = { datasource: 'my', querySql: 'SELECT a FROM safe -- all' };
    expect((await run(pair(['mysqlreader', commented], target))).summary.rows).toBe(1);
  });

  it('a number that is no value of an enum is dirty', async () => {
    await inMain("CREATE TABLE @chosen (a enum('x', 'y'))");
    const reader: [string, object] = [
      'mysqlreader',
      { datasource: 'my', querySql: "SELECT 'y' AS a UNION ALL SELECT '1' UNION ALL SELECT 'x'" },
    ];
    const limit = { errorLimit: { record: 1 } };
    const { summary } = await run(pair(reader, into('chosen'), limit));
    expect(summary).toMatchObject({ rows: 2, dirty: { count: 1 } });
    expect(await inMain('SELECT a FROM @chosen ORDER BY a')).toEqual([{ a: 'x' }, { a: 'y' }]);
  });

  it('DP-25: brings every type to another table of its own as it is', async () => {
    await inMain('CREATE TABLE @same LIKE @types');
    await run(pair(from('types'), into('same')));
    const differing = await inMain('SELECT * FROM @types EXCEPT ALL SELECT * FROM @same');
    expect(differing).toEqual([]);
    expect(await inMain('SELECT count(*) AS n FROM @same')).toEqual([{ n: 2 }]);
  });

  it('reads constants with characters that need care as they are', async () => {
    const value = `a\0b 'c' \\n "d" 😀`;
    const column = [{ name: 'id' }, { name: 'text', type: 'string', value }];
    await run(
      pair(from('numbers', { column, where: 'id = 1' }), [
        'duckdbwriter',
        { datasource: 'house', table: 'constants', createTable: true },
      ]),
    );
    expect(await runSql(house(), 'SELECT * FROM constants')).toEqual([{ id: 1, text: value }]);
  });

  it('DP-25: brings every type to PostgreSQL and DuckDB, and counts zero dates as dirty', async () => {
    const limit = { errorLimit: { record: 1 } };
    const { summary } = await run(
      pair(
        from('types'),
        ['postgresqlwriter', { datasource: 'pg', table: 'types', createTable: true }],
        limit,
      ),
    );
    expect(summary.dirty.samples[0]!.reason).toBe(
      'a_date: 0000-00-00 is no day: the target has no zero dates',
    );
    const [row] = await pg.sql('SELECT row_to_json(t)::text AS t FROM public.types AS t');
    expect(
      JSON.parse(String(row!.t).replace(/18446744073709551615|-1234567890123456\.7891/g, '"$&"')),
    ).toEqual({
      ...{ a_int: 1, a_tiny: 255, a_big: '18446744073709551615', a_num: '-1234567890123456.7891' },
      ...{
        a_float: 0.1,
        a_double: 0.1,
        a_bool: 1,
        a_text: 'O\'Hara \\ "q" 😀',
        a_var: '',
        a_char: 'ab',
      },
      ...{ a_bytes: '\\x00ff', a_fixed: '\\x010203', a_date: '2026-02-28', a_time: '-12:30:00.5' },
      ...{ a_moment: '2026-02-28T01:02:03.000004', a_stamp: '2026-02-28T01:02:03.5+00:00' },
      ...{
        a_year: 2026,
        a_json: { a: 1 },
        a_bit: true,
        some_bits: '0101',
        an_enum: 'y',
        a_set: 'p,q',
      },
    });
    await run(
      pair(from('types', { where: 'a_int = 1' }), [
        'duckdbwriter',
        { datasource: 'house', table: 'types', createTable: true },
      ]),
    );
    const [other] = await runSql(
      house(),
      'SELECT a_big::VARCHAR AS big, a_num::VARCHAR AS num, a_float::VARCHAR AS f, a_stamp::VARCHAR AS s, a_time::VARCHAR AS t, hex(a_bytes) AS b, some_bits::VARCHAR AS bits FROM types',
    );
    expect(other).toEqual({
      ...{ big: '18446744073709551615', num: '-1234567890123456.7891', f: '0.1' },
      ...{ s: '2026-02-28 01:02:03.5+00', t: '-12:30:00.5', b: '00FF', bits: '0101' },
    });
  });

  it("DP-25: runs DataX's samples of reader and writer, with a URL that means a connection", async () => {
    await inMain('CREATE TABLE @test (id int, name varchar(40))');
    await inMain("INSERT INTO @test VALUES (0, 'old')");
    const writer = {
      writeMode: 'insert',
      column: ['id', 'name'],
      session: ["set session sql_mode='ANSI'"],
      preSql: ['delete from test'],
      connection: [{ jdbcUrl: `${url()}?useUnicode=true&characterEncoding=gbk`, table: ['test'] }],
    };
    const reader = {
      jdbcConfig: { XXX: 'XXX' },
      column: ['id', 'name'],
      splitPk: 'id',
      connection: [{ table: ['numbers'], jdbcUrl: ['jdbc:mysql://bad_ip:3306/database', url()] }],
    };
    const setting = { speed: { channel: 3 }, errorLimit: { record: 0, percentage: 0.02 } };
    const { summary } = await run(pair(['mysqlreader', reader], ['mysqlwriter', writer], setting));
    expect(summary).toMatchObject({ rows: 5000, source: [`my.${my.config.database}.numbers`] });
    expect(
      await inMain('SELECT count(*) AS n, count(DISTINCT id) AS ids, min(id) AS first FROM @test'),
    ).toEqual([{ n: 5000, ids: 5000, first: 1 }]);
    const query = {
      connection: [{ querySql: ['select id,name from numbers where id < 10;'], jdbcUrl: [url()] }],
    };
    await run(
      pair(
        ['mysqlreader', query],
        ['postgresqlwriter', { datasource: 'pg', table: 'nine', createTable: true }],
      ),
    );
    expect(await pg.sql('SELECT count(*)::int AS n FROM public.nine')).toEqual([{ n: 9 }]);
  });

  it('replaces and updates by key, and overwrites a part', async () => {
    await inMain("CREATE TABLE @keyed (id int PRIMARY KEY, a text, b varchar(9) DEFAULT 'usual')");
    await inMain("INSERT INTO @keyed VALUES (1, 'x', 'kept'), (2, 'y', 'kept')");
    const rows = [
      'postgresqlreader',
      { datasource: 'pg', querySql: "VALUES (2, 'new'), (3, 'z')" },
    ] as [string, object];
    await run(pair(rows, into('keyed', { column: ['id', 'a'], writeMode: 'update' })));
    const all = () => inMain('SELECT * FROM @keyed ORDER BY id');
    expect(await all()).toEqual([
      { id: 1, a: 'x', b: 'kept' },
      { id: 2, a: 'new', b: 'kept' },
      { id: 3, a: 'z', b: 'usual' },
    ]);
    await run(pair(rows, into('keyed', { column: ['id', 'a'], writeMode: 'replace' })));
    expect((await all())[1]).toEqual({ id: 2, a: 'new', b: 'usual' });
    const part = { column: ['id', 'a'], writeMode: 'overwrite', where: 'id > 1' };
    await run(pair(rows, into('keyed', part)));
    expect(await all()).toHaveLength(3);
    const key = await rejection(
      run(pair(rows, into('keyed', { column: ['id', 'a'], writeMode: 'update', key: 'a' }))),
    );
    expect(key.message).toContain('has no unique key of the columns a.');
  });

  it('leaves the target as it was when its last row breaks a rule, and finds that row within a limit', async () => {
    await inMain('CREATE TABLE @unique_names (id int, name varchar(40) UNIQUE)');
    await inMain("INSERT INTO @unique_names VALUES (0, md5('5000'))");
    const script = (record: number) =>
      pair(
        ['postgresqlreader', { datasource: 'pg', table: 'numbers' }],
        into('unique_names', { preSql: 'UPDATE @table SET id = -1' }),
        {
          errorLimit: { record },
        },
      );
    const failure = await rejection(run(script(0)));
    expect(failure.message).toMatch(/^target my\..*unique_names: one dirty row.*Duplicate entry/);
    expect(await inMain('SELECT id FROM @unique_names')).toEqual([{ id: 0 }]);
    expect((await run(script(1))).summary).toMatchObject({ rows: 4999, dirty: { count: 1 } });
    const again = { run: 777, attempt: 1 };
    const once = pair(
      ['postgresqlreader', { datasource: 'pg', table: 'numbers' }],
      into('once', { createTable: true }),
    );
    await run(once, again);
    expect((await run(once, { ...again, attempt: 2 })).summary.committedBefore).toBe(true);
    expect(await inMain('SELECT count(*) AS n FROM @once')).toEqual([{ n: 5000 }]);
  });

  it('has two tasks that replace all rows of an empty table wait for each other', async () => {
    await inMain('CREATE TABLE @emptied (id int, name varchar(40))');
    // Neither has its rows before both have come as far as they can.
    await pg.sql('SELECT pg_advisory_lock(77)');
    const gate = 'EXISTS (SELECT 1 FROM pg_advisory_xact_lock_shared(77))';
    const querySql = `SELECT id, name FROM numbers WHERE ${gate}`;
    const script = pair(
      ['postgresqlreader', { datasource: 'pg', querySql }],
      into('emptied', { writeMode: 'overwrite' }),
    );
    let arrived: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (arrived = resolve));
    const onProgress = ({ text }: { text: string }) => {
      if (text === 'copying') arrived();
    };
    const both = ['c', 'd'].map((id) => run(script, { onProgress, taskId: id.repeat(32) }));
    await first;
    const waiting = `SELECT count(*) AS n FROM information_schema.processlist
      WHERE user = '${my.config.user}' AND info LIKE 'SELECT GET_LOCK%'`;
    while ((await my.sql(waiting))[0]!.n !== 1) await delay(50);
    await pg.sql('SELECT pg_advisory_unlock(77)');
    for (const { summary } of await Promise.all(both)) expect(summary.rows).toBe(5000);
    expect(await inMain('SELECT count(*) AS n FROM @emptied')).toEqual([{ n: 5000 }]);
  });

  it('lets several tasks make one table at the same time', async () => {
    const making = { createTable: true };
    const start = (reader: object, table: string, taskId: string) => {
      let arrived: () => void = () => undefined;
      const copying = new Promise<void>((resolve) => (arrived = resolve));
      const onProgress = ({ text }: { text: string }) => {
        if (text === 'copying') arrived();
      };
      const script = pair(
        ['postgresqlreader', { datasource: 'pg', ...reader }],
        into(table, making),
      );
      const ended = run(script, { onProgress, taskId: taskId.repeat(32) });
      ended.catch(() => undefined);
      return { copying, ended };
    };
    const gated = (key: number, columns: string) => {
      const gate = `EXISTS (SELECT 1 FROM pg_advisory_xact_lock_shared(${key}))`;
      return { querySql: `SELECT ${columns} FROM numbers WHERE ${gate}` };
    };
    const countOf = async (table: string) =>
      (await inMain(`SELECT count(*) AS n FROM @${table}`))[0]!.n;
    // Whoever comes second finds it there, or is told so when it makes it.
    const both = ['c', 'd'].map((id) => start({ table: 'numbers' }, 'made_by_both', id).ended);
    for (const { summary } of await Promise.all(both)) expect(summary.rows).toBe(5000);
    expect(await countOf('made_by_both')).toBe(10_000);
    // The one that has made it fails while another is about to bring rows.
    await pg.sql('SELECT pg_advisory_lock(78), pg_advisory_lock(79)');
    const broken = gated(78, 'id / (id - 5000) AS id, name');
    const maker = start(broken, 'kept_for_other', 'c');
    await maker.copying;
    const other = start(gated(79, 'id, name'), 'kept_for_other', 'd');
    await other.copying;
    const nothing = start(broken, 'kept_empty', 'c');
    await nothing.copying;
    const none = { querySql: 'SELECT id, name FROM numbers WHERE false' };
    expect((await start(none, 'kept_empty', 'd').ended).summary.rows).toBe(0);
    await pg.sql('SELECT pg_advisory_unlock(78)');
    for (const { ended } of [maker, nothing]) {
      expect((await rejection(ended)).message).toContain('division by zero');
    }
    await pg.sql('SELECT pg_advisory_unlock(79)');
    expect((await other.ended).summary.rows).toBe(5000);
    expect(await countOf('kept_for_other')).toBe(5000);
    // What has committed no rows has made a table all the same.
    expect(await countOf('kept_empty')).toBe(0);
  });

  it('refuses tables without transactions, and takes back a table that it made in vain', async () => {
    await inMain('CREATE TABLE @quick (id int, name text) ENGINE = MyISAM');
    const reader: [string, object] = ['postgresqlreader', { datasource: 'pg', table: 'numbers' }];
    const engine = await rejection(run(pair(reader, into('quick'))));
    expect(engine.message).toContain('is of the engine MyISAM, which has no transactions');
    const broken: [string, object] = [
      'postgresqlreader',
      { datasource: 'pg', querySql: 'SELECT 1 / (3 - g) AS n FROM generate_series(1, 3) AS g' },
    ];
    const failure = await rejection(run(pair(broken, into('vain', { createTable: true }))));
    expect(failure.message).toMatch(/^source pg.*division by zero/);
    expect(await inMain(`SHOW TABLES FROM \`${my.config.database}\` LIKE 'vain'`)).toEqual([]);
  });
});
