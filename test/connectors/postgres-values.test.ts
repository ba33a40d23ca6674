/** How values of every type come out of PostgreSQL, and how results go in. */
import { tableNotFound } from '../../connectors/columns';
import { ConnectorError, type SwapRequest } from '../../connectors/connector';
import { smallEngine, withEngine } from '../../connectors/duckdb-engine';
import { openPostgres, type OpenedPostgres } from './support/postgres';
import { readTable, rejection, Sandbox } from './support/sandbox';

const sandbox = new Sandbox();
let opened: OpenedPostgres;
const signal = new AbortController().signal;

beforeAll(async () => {
  opened = await openPostgres(sandbox, ['CREATE SCHEMA s']);
});
afterAll(async () => {
  await opened.close();
  sandbox.remove();
});

/** [type, SQL of a value, the text it comes as, type in the relation] */
const values: [type: string, value: string, text: string, scanType?: string][] = [
  ['smallint', '-32768', '-32768', 'SMALLINT'],
  ['bigint', '9223372036854775807', '9223372036854775807', 'BIGINT'],
  [
    'numeric(38,10)',
    '1234567890123456789012345678.0123456789',
    '1234567890123456789012345678.0123456789',
    'DECIMAL(38,10)',
  ],
  ['numeric(38)', '9'.repeat(38), '9'.repeat(38), 'DECIMAL(38,0)'],
  ['numeric(5,-2)', '12300', '12300'],
  [
    'numeric(50,2)',
    '123456789012345678901234567890123456789012.50',
    '123456789012345678901234567890123456789012.50',
  ],
  ['numeric', `'NaN'`, 'NaN'],
  ['real', '0.1', '0.1', 'FLOAT'],
  ['double precision', `'Infinity'`, 'inf', 'DOUBLE'],
  ['double precision', '1e300', '1e+300', 'DOUBLE'],
  ['boolean', 'true', 'true', 'BOOLEAN'],
  ['char(5)', `'ab'`, 'ab'],
  ['name', `'n'`, 'n'],
  ['bytea', `'\\xDEADbeef00'`, '\\xdeadbeef00'],
  ['uuid', `'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['json', `'{"a": 1,  "b":[null]}'`, '{"a": 1,  "b":[null]}'],
  ['jsonb', `'{"b":1,"a":"\\u00e9"}'`, '{"a": "é", "b": 1}'],
  ['date', `'0044-03-15 BC'`, '0044-03-15 BC'],
  ['date', `'infinity'`, 'infinity'],
  ['timestamp', `'2026-01-02 03:04:05.123456'`, '2026-01-02 03:04:05.123456'],
  ['timestamptz', `'2026-03-29 03:30:00+02'`, '2026-03-29 01:30:00+00'],
  ['time', `'23:59:59.9'`, '23:59:59.9'],
  ['interval', `'1 year 2 days 03:00'`, 'P1Y2DT3H'],
  ['integer[]', `'{1,NULL,3}'`, '{1,NULL,3}', 'integer[]'],
  ['inet', `'10.0.0.1/8'`, '10.0.0.1/8'],
  ['s.mood', `'so "so"'`, 'so "so"'],
  ['s.small', '7', '7'],
  ['s.pair', `ROW(1,'x y')`, '(1,"x y")'],
];

test('values of every type come as texts that say all there is', async () => {
  await opened.sql(`CREATE TYPE s.mood AS ENUM ('so "so"', 'good')`);
  await opened.sql('CREATE DOMAIN s.small AS int CHECK (VALUE < 10)');
  await opened.sql('CREATE TYPE s.pair AS (a int, b text)');
  const columns = values.map(([type], place) => `c${place} ${type}`);
  await opened.sql(`CREATE TABLE s.all_types (${columns.join(', ')})`);
  await opened.sql(`INSERT INTO s.all_types VALUES (${values.map(([, sql]) => sql).join(', ')})`);
  const names = values.map((_, place) => `c${place}`);
  const ref = { schema: 's', table: 'all_types' };
  const rows = await readTable(opened.connection, sandbox, ref, names);
  expect(rows).toEqual([values.map(([, , text]) => text)]);
  const scan = await opened.connection.prepareScan({
    ...{ ref, columns: names, scratchDir: sandbox.scratch, signal },
  });
  const types = values.map(([, , , type]) => type ?? 'VARCHAR');
  expect(scan.columns.map(({ type }) => type)).toEqual(types);
  const { rows: shown } = await opened.connection.firstRows(ref, 1);
  expect(shown[0]?.[2]).toBe('1234567890123456789012345678.0123456789');
});

test('rows are chosen by the very text of numbers and of texts', async () => {
  await opened.sql(`CREATE TABLE s.chosen (n numeric(9,2), f double precision, t text)`);
  await opened.sql(`INSERT INTO s.chosen VALUES (1.50, 1, 'A'), (2, 0.1, 'a')`);
  const ref = { schema: 's', table: 'chosen' };
  const chosen = async (column: string, text: string, ...further: string[]) =>
    (
      await readTable(opened.connection, sandbox, ref, ['n', 'f', 't'], {
        columns: [column],
        texts: [text, ...further],
      })
    ).map(([n]) => n);
  expect(await chosen('n', '1.50')).toEqual(['1.50']);
  expect(await chosen('n', '1.5')).toEqual([]);
  expect(await chosen('f', '1.0')).toEqual(['1.50']);
  expect(await chosen('t', 'a', 'no\0thing')).toEqual(['2.00']);
  expect(await chosen('t', 'no\0thing')).toEqual([]);
});

test('columns that differ only in case are told apart', async () => {
  await opened.sql('CREATE TABLE s.cases ("Id" text, id text)');
  await opened.sql(`INSERT INTO s.cases VALUES ('upper', 'lower')`);
  const ref = { schema: 's', table: 'cases' };
  expect(await readTable(opened.connection, sandbox, ref, ['id'])).toEqual([['lower']]);
  expect(await readTable(opened.connection, sandbox, ref, ['Id'])).toEqual([['upper']]);
});

test('views, partitioned tables and materialised views are tables; what is not readable is not', async () => {
  await opened.sql('CREATE TABLE s.parts (n int) PARTITION BY RANGE (n)');
  await opened.sql('CREATE TABLE s.part_1 PARTITION OF s.parts FOR VALUES FROM (0) TO (10)');
  await opened.sql('INSERT INTO s.parts VALUES (3)');
  await opened.sql('CREATE VIEW s.seen AS SELECT n FROM s.parts');
  await opened.sql('CREATE MATERIALIZED VIEW s.kept AS SELECT n FROM s.parts');
  await opened.sql('CREATE SEQUENCE s.counted');
  const names = (await opened.connection.listTables()).map(({ table }) => table);
  expect(names).toEqual(expect.arrayContaining(['parts', 'seen', 'kept']));
  expect(names).not.toContain('part_1');
  expect(names).not.toContain('counted');
  for (const table of ['parts', 'seen', 'kept', 'part_1']) {
    const ref = { schema: 's', table };
    expect(await readTable(opened.connection, sandbox, ref, ['n'])).toEqual([['3']]);
  }
  const counted = { schema: 's', table: 'counted' };
  const error = await rejection(opened.connection.describeTable(counted));
  expect(error.message).toContain(tableNotFound(counted, '').message.slice(0, 20));
});

function swap(change: Partial<SwapRequest> & Pick<SwapRequest, 'tables'>): Promise<number> {
  const request = { writer: 'task', fence: 1n, startedAtMs: Date.now(), signal, ...change };
  return withEngine(':memory:', smallEngine, null, (engine) =>
    opened.connection.swapIn({ ...request, engine }),
  );
}

test('a result of every type of DuckDB is written, with texts that need care', async () => {
  const relation = `(SELECT 18446744073709551615::UBIGINT AS u, 1.5::DECIMAL(9,2) AS d, true AS b,
    'tab\tnew\nline\rback\\slash \\N "q"' AS t, NULL::VARCHAR AS nothing, '' AS empty, '\\.' AS dot,
    'x'::ENUM('x', 'y') AS e, DATE '2026-01-02' AS day, TIMESTAMP '2026-01-02 03:04:05.5' AS at,
    TIMESTAMPTZ '2026-01-02 03:04:05+00' AS tz, '\\xDE\\xAD'::BLOB AS bytes, 'inf'::DOUBLE AS f,
    [1, 2] AS list, 170141183460469231731687303715884105727::HUGEINT AS huge)`;
  const ref = { schema: 'results', table: 'typed' };
  await expect(swap({ tables: [{ ref, relation }] })).resolves.toBe(1);
  const [row] = await opened.sql(
    `SELECT u::text, d::text, b::text, t, nothing, empty, dot, e, day::text, at::text, f::text,
       (tz AT TIME ZONE 'UTC')::text AS tz, encode(bytes, 'hex') AS bytes, list, huge::text
     FROM results.typed`,
  );
  expect(row).toEqual({
    ...{ u: '18446744073709551615', d: '1.50', b: 'true', nothing: null, empty: '', dot: '\\.' },
    ...{ t: 'tab\tnew\nline\rback\\slash \\N "q"', e: 'x', day: '2026-01-02', f: 'Infinity' },
    ...{ at: '2026-01-02 03:04:05.5', tz: '2026-01-02 03:04:05', bytes: 'dead', list: '[1, 2]' },
    huge: '170141183460469231731687303715884105727',
  });
});

test('a database that an earlier version has written into tells who did, and then keeps notes', async () => {
  const ref = { schema: 'results', table: 'noted' };
  const tables: SwapRequest['tables'] = [{ ref, relation: '(SELECT 1 AS n)' }];
  await swap({ tables });
  await opened.sql('ALTER TABLE tablegate.last_writes DROP COLUMN note');
  const held = { writer: 'task', fence: 1n };
  expect(await opened.connection.lastWrite(ref)).toEqual({ ...held, note: null });
  await swap({ tables, note: async () => 'noted' });
  expect(await opened.connection.lastWrite(ref)).toEqual({ ...held, note: 'noted' });
});

test('a table keeps its grants, indexes and views when its rows are replaced, and readers never wait', async () => {
  const ref = { schema: 'results', table: 'watched' };
  const tables = (rows: number): SwapRequest['tables'] => [
    { ref, relation: `(SELECT range::VARCHAR AS n FROM range(${rows}))` },
  ];
  await swap({ tables: tables(5) });
  await opened.sql('CREATE VIEW results.over AS SELECT n FROM results.watched');
  await opened.sql('CREATE INDEX by_n ON results.watched (n)');
  await opened.sql('GRANT SELECT ON results.watched TO public');
  // A reader in the middle of a transaction holds its lock on the table all the while.
  await opened.sql('BEGIN ISOLATION LEVEL REPEATABLE READ');
  const count = async () =>
    Number((await opened.sql('SELECT count(*) FROM results.over'))[0]?.count);
  expect(await count()).toBe(5);
  await swap({ tables: tables(3), fence: 2n });
  expect(await count()).toBe(5);
  await opened.sql('COMMIT');
  expect(await count()).toBe(3);
  const [kept] = await opened.sql(
    `SELECT relacl::text AS grants, relhasindex AS indexed FROM pg_class WHERE relname = 'watched'`,
  );
  expect(kept?.grants).toContain('=r/');
  expect(kept?.indexed).toBe(true);
});

test('a table gets new columns where the result has others, unless a view needs the former ones', async () => {
  const ref = { schema: 'results', table: 'changed' };
  await swap({ tables: [{ ref, relation: '(SELECT 1 AS n)' }] });
  await swap({ tables: [{ ref, relation: `(SELECT 'x' AS t)` }], fence: 2n });
  expect(await opened.sql('SELECT * FROM results.changed')).toEqual([{ t: 'x' }]);
  await opened.sql('CREATE VIEW results.of_changed AS SELECT t FROM results.changed');
  const error = await rejection(
    swap({ tables: [{ ref, relation: '(SELECT 1 AS n)' }], fence: 3n }),
  );
  expect(error.message).toContain('other objects depend on it');
  expect(await opened.sql('SELECT * FROM results.changed')).toEqual([{ t: 'x' }]);
});

test('a table or view of somebody else is not replaced', async () => {
  await opened.sql('CREATE TABLE s.theirs (n int)');
  await opened.sql('CREATE VIEW s.their_view AS SELECT 1 AS n');
  for (const table of ['theirs', 'their_view']) {
    const tables: SwapRequest['tables'] = [
      { ref: { schema: 's', table }, relation: '(SELECT 1 AS n)' },
    ];
    const error = await rejection(swap({ tables }));
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error.message).toContain(`s.${table}`);
  }
});

test('a name that PostgreSQL would cut is refused', async () => {
  const relation = '(SELECT 1 AS n)';
  const ref = { schema: 'results', table: '表'.repeat(22) };
  const error = await rejection(swap({ tables: [{ ref, relation }] }));
  expect(error.message).toContain('longer than the 63 bytes');
  const long = `(SELECT 1 AS ${'c'.repeat(64)})`;
  const named = { schema: 'results', table: 'named' };
  await expect(swap({ tables: [{ ref: named, relation: long }] })).rejects.toThrow('63 bytes');
  await expect(swap({ tables: [{ ref: named, relation }] })).resolves.toBe(1);
});

test('a text that PostgreSQL cannot hold is told, and the former result stays', async () => {
  const ref = { schema: 'results', table: 'nul' };
  await swap({ tables: [{ ref, relation: `(SELECT 'x' AS t)` }] });
  const broken = `(SELECT 'a' || chr(0) || 'b' AS t)`;
  const error = await rejection(swap({ tables: [{ ref, relation: broken }], fence: 2n }));
  expect(error.message).toContain('0x00');
  expect(await opened.sql('SELECT * FROM results.nul')).toEqual([{ t: 'x' }]);
});

test('a swap that is aborted leaves the former result, and nobody waits for it', async () => {
  const ref = { schema: 'results', table: 'aborted' };
  await swap({ tables: [{ ref, relation: '(SELECT 1 AS n)' }] });
  const controller = new AbortController();
  const reason = new Error('cancelled by a person');
  const endless = '(SELECT range AS n FROM range(100000000000))';
  const swapping = rejection(
    swap({ tables: [{ ref, relation: endless }], fence: 2n, signal: controller.signal }),
  );
  setTimeout(() => controller.abort(reason), 300);
  expect(await swapping).toBe(reason);
  await swap({ tables: [{ ref, relation: '(SELECT 2 AS n)' }], fence: 3n });
  expect(await opened.sql('SELECT n FROM results.aborted')).toEqual([{ n: 2 }]);
});
