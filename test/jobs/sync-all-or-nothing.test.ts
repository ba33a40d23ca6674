import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { openMysql, type OpenedMysql } from '../connectors/support/mysql';
import { openPostgres, type OpenedPostgres } from '../connectors/support/postgres';
import { rejection, runSql, Sandbox } from '../connectors/support/sandbox';
import { pair, runSync, type SyncRun } from './support/run-sync';

let sandbox: Sandbox;
let my: OpenedMysql;
let pg: OpenedPostgres;

beforeAll(async () => {
  sandbox = new Sandbox();
  my = await openMysql(sandbox, () => []);
  pg = await openPostgres(sandbox, [
    'SET search_path = public',
    'CREATE TABLE numbers AS SELECT n AS id, md5(n::text) AS name FROM generate_series(1, 30000) AS n',
    'CREATE TABLE copied (id integer, name text)',
    "INSERT INTO copied VALUES (-1, 'old')",
    `CREATE TABLE wide (${Array.from({ length: 300 }, (_, n) => `c${n} text`).join(', ')})`,
    `INSERT INTO wide (c0, c299) VALUES ('first', 'last'), (NULL, '')`,
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
      lake: { type: 'files', config: { path: sandbox.root } },
    },
    script,
    ...more,
  });

type Side = [string, object];
const numbers: Side = ['postgresqlreader', { datasource: 'pg', table: 'numbers' }];
const columns = { column: ['id', 'name'] };

/** How often each row of a target is there. */
const targets: Record<string, { side: Side; count(): Promise<{ rows: number; ids: number }> }> = {
  postgres: {
    side: [
      'postgresqlwriter',
      { datasource: 'pg', table: 'copied', writeMode: 'overwrite', ...columns },
    ],
    count: async () => {
      const [row] = await pg.sql(
        'SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids FROM copied',
      );
      return row as { rows: number; ids: number };
    },
  },
  mysql: {
    side: ['mysqlwriter', { datasource: 'my', table: 'copied', createTable: true, ...columns }],
    count: async () => {
      const [row] = await my.sql(
        `SELECT count(*) AS \`rows\`, count(DISTINCT id) AS ids FROM \`${my.config.database}\`.copied`,
      );
      return row as { rows: number; ids: number };
    },
  },
  duckdb: {
    side: ['duckdbwriter', { datasource: 'house', table: 'copied', createTable: true, ...columns }],
    count: async () => {
      const [row] = await runSql(
        house(),
        'SELECT count(*)::INT AS rows, count(DISTINCT id)::INT AS ids FROM copied',
      );
      return row as { rows: number; ids: number };
    },
  },
  files: {
    side: ['txtfilewriter', { datasource: 'lake', table: 'copied', ...columns }],
    count: async () => {
      const file = path.join(sandbox.root, 'copied.csv');
      const [row] = await runSql(
        ':memory:',
        `SELECT count(*)::INT AS rows, count(DISTINCT id)::INT AS ids FROM read_csv('${file}')`,
      );
      return row as { rows: number; ids: number };
    },
  },
};

/** Slow enough to be met in the middle of it. */
const slowly = { speed: { record: 3_000 } };
/** Read in pieces, so that there is a middle; what is straight through has none. */
const inPieces: Side = [
  'postgresqlreader',
  { datasource: 'pg', querySql: 'SELECT id::bigint, name FROM numbers' },
];

it.each(Object.keys(targets))(
  'a copy into %s that is killed in the middle and tried again has each row once',
  async (kind) => {
    const { side, count } = targets[kind]!;
    let pid = 0;
    const killed = rejection(
      run(pair(inPieces, side, slowly), {
        ...{ run: 500, attempt: 1, child: true },
        onChild: (child) => (pid = child),
        onProgress: ({ text }) => {
          if (/^copying: \d/.test(text)) process.kill(pid, 'SIGKILL');
        },
      }),
    );
    expect((await killed).message).toContain('killed by the system');
    const { summary } = await run(pair(inPieces, side), { run: 500, attempt: 2 });
    expect(summary.committedBefore).toBeUndefined();
    expect(await count()).toEqual({ rows: 30_000, ids: 30_000 });
    const again = await run(pair(inPieces, side), { run: 500, attempt: 3 });
    expect(again.summary.committedBefore).toBe(true);
    expect(await count()).toEqual({ rows: 30_000, ids: 30_000 });
    expect(readdirSync(sandbox.root).filter((name) => name.startsWith('.tablegate-'))).toEqual([]);
  },
);

it('readers of the target see what was there or all that came, never a part', async () => {
  await pg.sql("TRUNCATE copied; INSERT INTO copied VALUES (-1, 'old')");
  const seen = new Set<number>();
  const url = new Client({ ...pg.config });
  await url.connect();
  let isOver = false;
  const look = async () => {
    const { rows } = await url.query('SELECT count(*)::int AS n FROM public.copied');
    seen.add((rows[0] as { n: number }).n);
  };
  await look();
  const watching = (async () => {
    while (!isOver) await look();
  })();
  await run(pair(numbers, targets.postgres!.side));
  await run(pair(inPieces, targets.postgres!.side, { speed: { record: 60_000 } }));
  isOver = true;
  await watching;
  await look();
  await url.end();
  expect([...seen].toSorted((a, b) => a - b)).toEqual([1, 30_000]);
});

it('a cancelled copy ends at once, on the servers too, and leaves nothing', async () => {
  const before = (await targets.postgres!.count()).rows;
  const stop = new AbortController();
  const sleeping: Side = [
    'postgresqlreader',
    { datasource: 'pg', querySql: 'SELECT 1 AS id, pg_sleep(86400)::text AS name' },
  ];
  let isCancelled = false;
  const failure = await rejection(
    run(pair(sleeping, targets.postgres!.side), {
      signal: stop.signal,
      child: true,
      onProgress: ({ text }) => {
        if (text !== 'copying' || isCancelled) return;
        isCancelled = true;
        stop.abort(new Error('cancelled by a person'));
      },
    }),
  );
  expect(failure.message).toBe('cancelled by a person');
  const live = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE '%pg_sleep(86400)%' AND pid <> pg_backend_pid()`;
  // The server takes a moment to end what it was told to; by itself it would sleep for a day.
  while ((await pg.sql(live))[0]!.n !== 0) await delay(50);
  expect((await targets.postgres!.count()).rows).toBe(before);
});

it('tables of 300 columns and tables without a row go between all kinds', async () => {
  const sides: Record<string, { read: string; write: string; datasource: string }> = {
    pg: { read: 'postgresqlreader', write: 'postgresqlwriter', datasource: 'pg' },
    my: { read: 'mysqlreader', write: 'mysqlwriter', datasource: 'my' },
    house: { read: 'duckdbreader', write: 'duckdbwriter', datasource: 'house' },
    lake: { read: 'txtfilereader', write: 'txtfilewriter', datasource: 'lake' },
  };
  for (const [from, one] of Object.entries(sides)) {
    for (const [into, other] of Object.entries(sides)) {
      const source = from === 'pg' ? 'wide' : `wide_pg_${from}`;
      const target = `wide_${from}_${into}`;
      const write = { datasource: other.datasource, table: target, createTable: true };
      const copied = await run(
        pair([one.read, { datasource: one.datasource, table: source }], [other.write, write]),
      );
      expect([target, copied.summary.rows, copied.summary.dirty.count]).toEqual([target, 2, 0]);
    }
  }
  const wide = 'SELECT c0, c1, c299 FROM';
  const rows = [
    { c0: 'first', c1: null, c299: 'last' },
    { c0: null, c1: null, c299: '' },
  ];
  for (const from of ['my', 'house', 'lake']) {
    expect(await pg.sql(`${wide} wide_${from}_pg ORDER BY c0`)).toEqual(rows);
    expect(await runSql(house(), `${wide} wide_${from}_house ORDER BY c0 NULLS LAST`)).toEqual(
      rows,
    );
  }
  for (const [into, { write, datasource }] of Object.entries(sides)) {
    const none: Side = [
      'postgresqlreader',
      { datasource: 'pg', table: 'numbers', where: 'id < 0' },
    ];
    const { summary } = await run(
      pair(none, [write, { datasource, table: `none_${into}`, createTable: true }]),
    );
    expect(summary).toMatchObject({ rowsRead: 0, rows: 0 });
  }
});

it('DuckDB replaces all, a part, or what has the same key, in one transaction with preSql and postSql', async () => {
  await runSql(
    house(),
    "CREATE TABLE keyed (id INTEGER PRIMARY KEY, t VARCHAR); INSERT INTO keyed VALUES (1, 'a'), (2, 'b')",
  );
  const rows = (sql: string): Side => ['postgresqlreader', { datasource: 'pg', querySql: sql }];
  const into = (more: object): Side => [
    'duckdbwriter',
    { datasource: 'house', table: 'keyed', ...more },
  ];
  const all = () => runSql(house(), 'FROM keyed ORDER BY id');
  await run(pair(rows("VALUES (2, 'new'), (3, 'c'), (3, 'last')"), into({ writeMode: 'update' })));
  expect(await all()).toEqual([
    { id: 1, t: 'a' },
    { id: 2, t: 'new' },
    { id: 3, t: 'last' },
  ]);
  await run(
    pair(
      rows("SELECT 3, 'again'"),
      into({ writeMode: 'overwrite', where: 'id > 2', postSql: "UPDATE @table SET t = t || '!'" }),
    ),
  );
  expect(await all()).toEqual([
    { id: 1, t: 'a!' },
    { id: 2, t: 'new!' },
    { id: 3, t: 'again!' },
  ]);
  const broken = await rejection(
    run(
      pair(
        rows("SELECT 9, 'x' UNION ALL SELECT 1, 'twice'"),
        into({ preSql: 'DELETE FROM keyed WHERE id = 3' }),
      ),
    ),
  );
  expect(broken.message).toMatch(/^target house.main.keyed: .*[Dd]uplicate key/);
  expect(await all()).toHaveLength(3);
  await run(pair(rows("SELECT 7, 'only'"), into({ writeMode: 'overwrite' })));
  expect(await all()).toEqual([{ id: 7, t: 'only' }]);
});

it('DP-31: puts schedule parameters into the script, and says what is not set', async () => {
  const reader: Side = [
    'postgresqlreader',
    {
      datasource: 'pg',
      querySql: "SELECT '${bizdate}' AS a, '${name}' AS b, '$[HHmmss -1/24]' AS c",
    },
  ];
  const script = pair(reader, [
    'duckdbwriter',
    { datasource: 'house', table: 'day', createTable: true },
  ]);
  const unset = await rejection(run(script));
  expect(unset.message).toBe('The script names ${name}, for which nothing is set.');
  await run(script, {
    parameters: { name: 'O\'Neil "x"'.replaceAll("'", "''") },
    scheduleTime: '2026-03-01T02:30:00.000Z',
  });
  expect(await runSql(house(), 'SELECT a, b FROM day')).toEqual([
    { a: '20260228', b: 'O\'Neil "x"' },
  ]);
});

it('DP-16, DP-18: fails where the author of the script may not read or write any more, naming both', async () => {
  for (const side of ['read', 'write'] as const) {
    const failure = await rejection(
      run(pair(numbers, targets.duckdb!.side), { mayUse: (asked) => asked !== side }),
    );
    const [name, may] = side === 'read' ? ['source pg', 'read from'] : ['target house', 'write to'];
    expect(failure.message).toContain(
      `${name}: the author of the script (user ann) may not ${may} the connection`,
    );
  }
});
