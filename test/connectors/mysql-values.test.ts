/** How values of every type come out of MySQL, and how results go in. */
import {
  ConnectorError,
  OutdatedError,
  SupersededError,
  type SwapRequest,
  type TableRef,
} from '../../connectors/connector';
import { smallEngine, withEngine } from '../../connectors/duckdb-engine';
import { hashOf } from '../../connectors/mysql/notes';
import { openMysql, type OpenedMysql } from './support/mysql';
import { readTable, rejection, Sandbox } from './support/sandbox';

const sandbox = new Sandbox();
let opened: OpenedMysql;
let schema: string;
const signal = new AbortController().signal;

beforeAll(async () => {
  opened = await openMysql(sandbox, () => [`SET sql_mode = 'ALLOW_INVALID_DATES'`]);
  schema = opened.config.database;
});
afterAll(async () => {
  await opened.close();
  sandbox.remove();
});

/** [type, SQL of a value, the text it comes as, type in the relation] */
const values: [type: string, value: string, text: string, scanType?: string][] = [
  ['tinyint(1)', '1', '1', 'TINYINT'],
  ['smallint unsigned', '65535', '65535', 'USMALLINT'],
  ['mediumint', '-8388608', '-8388608', 'INTEGER'],
  ['int(8) zerofill', '42', '42', 'UINTEGER'],
  ['bigint', '-9223372036854775808', '-9223372036854775808', 'BIGINT'],
  ['bigint unsigned', '18446744073709551615', '18446744073709551615', 'UBIGINT'],
  [
    'decimal(38,10)',
    '1234567890123456789012345678.0123456789',
    '1234567890123456789012345678.0123456789',
    'DECIMAL(38,10)',
  ],
  ['decimal(20,0) unsigned', '18446744073709551616', '18446744073709551616', 'DECIMAL(20,0)'],
  ['decimal(65,0)', '9'.repeat(65), '9'.repeat(65)],
  ['float', '16777217', '16777216.0', 'FLOAT'],
  ['double', '1e300', '1e+300', 'DOUBLE'],
  ['bit(9)', `b'100000001'`, '257', 'UBIGINT'],
  ['char(5)', `'ab'`, 'ab'],
  ['varchar(20) CHARACTER SET latin1', `'Ünïcode'`, 'Ünïcode'],
  ['text', `'😀 \\\\ "q"'`, '😀 \\ "q"'],
  ["enum('so \"so\"', 'good')", `'so "so"'`, 'so "so"'],
  [`set('a','b','c')`, `'a,c'`, 'a,c'],
  ['json', `'{"a": 1,  "b":[null]}'`, '{"a": 1,  "b":[null]}'],
  ['blob', `X'DEADbeef00'`, '0xdeadbeef00'],
  ['binary(3)', `X'00FF'`, '0x00ff00'],
  ['date', `'0000-00-00'`, '0000-00-00'],
  ['date', `'2026-02-31'`, '2026-02-31'],
  ['datetime(6)', `'2026-01-02 03:04:05.123456'`, '2026-01-02 03:04:05.123456'],
  ['datetime', `'0000-00-00 00:00:00'`, '0000-00-00 00:00:00'],
  ['time', `'-838:59:59'`, '-838:59:59'],
  ['year', '2026', '2026'],
  ['uuid', `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['point', 'POINT(1, 2)', 'POINT(1 2)'],
];

test('values of every type come as texts that say all there is', async () => {
  const columns = values.map(([type], place) => `c${place} ${type}`);
  await opened.sql(`CREATE TABLE all_types (${columns.join(', ')}) CHARACTER SET utf8mb4`);
  await opened.sql(`INSERT INTO all_types VALUES (${values.map(([, sql]) => sql).join(', ')})`);
  const names = values.map((_, place) => `c${place}`);
  const ref = { schema, table: 'all_types' };
  const rows = await readTable(opened.connection, sandbox, ref, names);
  expect(rows).toEqual([values.map(([, , text]) => text)]);
  const scan = await opened.connection.prepareScan({
    ...{ ref, columns: names, scratchDir: sandbox.scratch, signal },
  });
  const types = values.map(([, , , type]) => type ?? 'VARCHAR');
  expect(scan.columns.map(({ type }) => type)).toEqual(types);
  const { rows: shown } = await opened.connection.firstRows(ref, 1);
  expect([shown[0]?.[5], shown[0]?.[18]]).toEqual(['18446744073709551615', '0xdeadbeef00']);
});

test('a timestamp comes in UTC, whatever the zone of the server', async () => {
  await opened.sql('CREATE TABLE zones (at timestamp NULL)');
  await opened.sql(`SET time_zone = '+08:00'`);
  await opened.sql(`INSERT INTO zones VALUES ('2026-01-02 03:04:05')`);
  const rows = await readTable(opened.connection, sandbox, { schema, table: 'zones' }, ['at']);
  expect(rows).toEqual([['2026-01-01 19:04:05']]);
});

test('rows are chosen by the very text, whatever the collation', async () => {
  await opened.sql(
    'CREATE TABLE chosen (n decimal(9,2), f double, t varchar(20)) COLLATE utf8mb4_general_ci',
  );
  await opened.sql(`INSERT INTO chosen VALUES (1.50, 1, 'A'), (2, 0.1, 'a'), (3, 3, 'a ')`);
  const ref = { schema, table: 'chosen' };
  const chosen = async (column: string, text: string) =>
    (
      await readTable(opened.connection, sandbox, ref, ['n', 'f', 't'], {
        columns: [column],
        texts: [text],
      })
    ).map(([n]) => n);
  expect(await chosen('n', '1.50')).toEqual(['1.50']);
  expect(await chosen('n', '1.5')).toEqual([]);
  expect(await chosen('f', '1.0')).toEqual(['1.50']);
  expect(await chosen('t', 'a')).toEqual(['2.00']);
});

function swap(change: Partial<SwapRequest> & Pick<SwapRequest, 'tables'>): Promise<number> {
  const request = { writer: 'task', fence: 1n, startedAtMs: Date.now(), signal, ...change };
  return withEngine(':memory:', smallEngine, null, (engine) =>
    opened.connection.swapIn({ ...request, engine }),
  );
}

const relationOf = (rows: number) => `(SELECT range::VARCHAR AS n FROM range(${rows}))`;
const target = (table: string) => ({ schema, table });
/** How many tables of ours hold rows on their way into one; those of other tests are there too. */
const onTheirWay = async (ref: TableRef) =>
  Number(
    (
      await opened.sql(
        `SELECT count(*) AS count FROM information_schema.tables
         WHERE table_schema = 'tablegate' AND table_name REGEXP '^(new|old)_${hashOf(ref.schema, ref.table)}'`,
      )
    )[0]?.count,
  );
/** Comes back when rows are on their way. */
async function untilOnTheirWay(ref: TableRef): Promise<void> {
  while ((await onTheirWay(ref)) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a result of every type of DuckDB is written, with texts that need care', async () => {
  const relation = `(SELECT 18446744073709551615::UBIGINT AS u, 1.5::DECIMAL(9,2) AS d, true AS b,
    'tab\tnew\nline\rback\\slash ''q'' "q" 😀' AS t, NULL::VARCHAR AS nothing, '' AS empty,
    'x'::ENUM('x', 'y') AS e, DATE '2026-01-02' AS day, TIMESTAMP '2026-01-02 03:04:05.5' AS at,
    TIMESTAMPTZ '2026-01-02 03:04:05+00' AS tz, '\\xDE\\xAD'::BLOB AS bytes, [1, 2] AS list,
    170141183460469231731687303715884105727::HUGEINT AS huge, 1.25::DOUBLE AS f)`;
  await expect(swap({ tables: [{ ref: target('typed'), relation }] })).resolves.toBe(1);
  const [row] = await opened.sql(
    `SELECT CAST(u AS CHAR) AS u, CAST(d AS CHAR) AS d, b, t, nothing, empty, e,
       CAST(day AS CHAR) AS day, CAST(at AS CHAR) AS at, CAST(tz AS CHAR) AS tz,
       HEX(bytes) AS bytes, list, CAST(huge AS CHAR) AS huge, f FROM typed`,
  );
  expect(row).toEqual({
    ...{ u: '18446744073709551615', d: '1.50', b: 1, nothing: null, empty: '', e: 'x', f: 1.25 },
    ...{ t: `tab\tnew\nline\rback\\slash 'q' "q" 😀`, day: '2026-01-02', list: '[1, 2]' },
    ...{ at: '2026-01-02 03:04:05.500000', tz: '2026-01-02 03:04:05.000000', bytes: 'DEAD' },
    huge: '170141183460469231731687303715884105727',
  });
});

test('what is noted counts only for a result that came into its place', async () => {
  const ref = target('noted');
  const tables: SwapRequest['tables'] = [{ ref, relation: relationOf(1) }];
  await swap({ tables, note: async () => 'of the first' });
  const held = () => opened.connection.lastWrite(ref);
  expect(await held()).toEqual({ writer: 'task', fence: 1n, note: 'of the first' });
  // As a process leaves it that ends when its fence is raised, before its tables are in place.
  await opened.sql(
    `UPDATE tablegate.last_writes SET fence = 2, note = 'of the second'
     WHERE schema_name = '${schema}' AND table_name = 'noted'`,
  );
  expect(await held()).toEqual({ writer: 'task', fence: 2n, note: null });
  await swap({ tables, fence: 2n, note: async () => 'of the second' });
  expect(await held()).toEqual({ writer: 'task', fence: 2n, note: 'of the second' });
});

test('a result that was read while another was about to take its place is refused', async () => {
  const ref = target('awaited');
  const tables: SwapRequest['tables'] = [{ ref, relation: relationOf(1) }];
  await swap({ tables, note: async () => 'of the first' });
  // The fence is raised then, and the tables come into their place when the reader has ended.
  await opened.sql('START TRANSACTION');
  await opened.sql('SELECT * FROM awaited');
  const second = swap({ tables, fence: 2n, note: async () => 'of the second' });
  let basedOn = await opened.connection.lastWrite(ref);
  while (basedOn?.fence !== 2n) basedOn = await opened.connection.lastWrite(ref);
  await opened.sql('COMMIT');
  await second;
  await expect(swap({ tables, fence: 3n, basedOn })).rejects.toThrow(OutdatedError);
  basedOn = await opened.connection.lastWrite(ref);
  await expect(swap({ tables, fence: 3n, basedOn })).resolves.toBe(1);
});

test('who reads while a result is replaced sees the former one or the new one', async () => {
  await swap({ tables: [{ ref: target('watched'), relation: relationOf(1_000) }] });
  const seen = new Set<number>();
  let isOver = false;
  const watch = (async () => {
    while (!isOver) {
      seen.add(Number((await opened.sql('SELECT count(*) AS n FROM watched'))[0]?.n));
    }
  })();
  for (const [place, rows] of [20_000, 7, 20_000].entries()) {
    const tables: SwapRequest['tables'] = [{ ref: target('watched'), relation: relationOf(rows) }];
    await swap({ tables, fence: BigInt(place + 2) });
  }
  isOver = true;
  await watch;
  expect([...seen].filter((rows) => ![1_000, 20_000, 7].includes(rows))).toEqual([]);
  expect(seen.size).toBeGreaterThan(1);
});

test('a table or view of somebody else is not replaced', async () => {
  await opened.sql('CREATE TABLE theirs (n int)');
  await opened.sql('CREATE VIEW their_view AS SELECT 1 AS n');
  for (const table of ['theirs', 'their_view']) {
    const error = await rejection(
      swap({ tables: [{ ref: target(table), relation: relationOf(1) }] }),
    );
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error.message).toContain(`${schema}.${table}`);
  }
});

test('a number that MySQL cannot hold is told, and the former result stays', async () => {
  const ref = target('infinite');
  await swap({ tables: [{ ref, relation: relationOf(2) }] });
  const relation = `(SELECT 'inf'::DOUBLE AS n)`;
  const error = await rejection(swap({ tables: [{ ref, relation }], fence: 2n }));
  expect(error).toBeInstanceOf(ConnectorError);
  expect(await opened.sql('SELECT count(*) AS n FROM infinite')).toEqual([{ n: 2 }]);
  expect(await onTheirWay(ref)).toBe(0);
});

test('a swap that is aborted leaves the former result and none of its rows', async () => {
  const ref = target('aborted');
  await swap({ tables: [{ ref, relation: relationOf(2) }] });
  const controller = new AbortController();
  const reason = new Error('cancelled by a person');
  const swapping = rejection(
    swap({
      ...{ tables: [{ ref, relation: relationOf(100_000_000_000) }], fence: 2n },
      signal: controller.signal,
    }),
  );
  await untilOnTheirWay(ref);
  controller.abort(reason);
  expect(await swapping).toBe(reason);
  expect(await onTheirWay(ref)).toBe(0);
  expect(await opened.sql('SELECT count(*) AS n FROM aborted')).toEqual([{ n: 2 }]);
});

test('a try that is overtaken while its rows come is refused, and what it has left is cleared', async () => {
  const ref = target('overtaken');
  const sleeper = rejection(
    swap({ tables: [{ ref, relation: relationOf(100_000_000_000) }], fence: 1n }),
  );
  await untilOnTheirWay(ref);
  await swap({ tables: [{ ref, relation: relationOf(3) }], fence: 2n });
  expect(await sleeper).toBeInstanceOf(SupersededError);
  expect(await opened.sql('SELECT count(*) AS n FROM overtaken')).toEqual([{ n: 3 }]);
  expect(await onTheirWay(ref)).toBe(0);
});
