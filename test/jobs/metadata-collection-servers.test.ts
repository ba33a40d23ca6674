import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { openMysql, type OpenedMysql } from '../connectors/support/mysql';
import { openPostgres, type OpenedPostgres } from '../connectors/support/postgres';
import { rejection, Sandbox } from '../connectors/support/sandbox';
import { newId, openTestStore, type OpenedStore } from '../store/support/opened';
import { runCollection } from './support/run-collection';

let opened: OpenedStore;
const sandbox = new Sandbox();
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(async () => {
  await opened.close();
  sandbox.remove();
});

const anything = {
  ...{ connection: null, schema: null, kind: null, class: null },
  ...{ tag: null, owner: null, deleted: null },
};
const page = { pageSize: 1000, pageToken: null };

const strange = 'x"; drop table y;--';

/** Collects and reads what there is in a tenant of its own. */
function catalogueOf(source: { type: string; config: Record<string, unknown> }) {
  const tenant = newId();
  return {
    collect: (config: Record<string, unknown> = {}) =>
      runCollection(sandbox, opened.store.catalogue, {
        tenant,
        connections: { dw: source },
        config: { connection: 'dw', ...config },
      }),
    names: async () =>
      (await opened.store.catalogue.tables(tenant, anything, page)).items.map(({ name }) => name),
    table: async (name: string) => {
      const found = await opened.store.catalogue.table(tenant, name);
      if (found === null) throw new Error(`the catalogue has no ${name}`);
      return found;
    },
    changed: async () => {
      const { items } = await opened.store.catalogue.tables(tenant, anything, page);
      return items.flatMap(({ table, version }) => (version > 1 ? [table] : []));
    },
  };
}

describe('PostgreSQL', () => {
  let server: OpenedPostgres;
  let catalogue: ReturnType<typeof catalogueOf>;
  beforeAll(async () => {
    server = await openPostgres(sandbox, [
      'CREATE SCHEMA ygy1',
      'CREATE TABLE public.customers (id bigint PRIMARY KEY, mail text UNIQUE, level int DEFAULT 1)',
      "COMMENT ON TABLE public.customers IS '客户主表'",
      "COMMENT ON COLUMN public.customers.mail IS 'where letters go'",
      "INSERT INTO public.customers SELECT n, 'u' || n || '@x.org', n % 3 FROM generate_series(1, 900) n",
      `CREATE TABLE ygy1.ygy (a numeric(10, 2) NOT NULL, customer bigint
         REFERENCES public.customers (id), made timestamptz, note json)`,
      "INSERT INTO ygy1.ygy SELECT n, 1 + n % 9, '2026-01-01Z'::timestamptz + n * interval '1 day', NULL FROM generate_series(1, 100) n",
      'CREATE INDEX by_lower ON ygy1.ygy (lower(note::text), a)',
      'CREATE TABLE ygy1.parts (day date) PARTITION BY RANGE (day)',
      "CREATE TABLE ygy1.parts_2025 PARTITION OF ygy1.parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
      "CREATE TABLE ygy1.parts_2026 PARTITION OF ygy1.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
      'CREATE VIEW ygy1.seen AS SELECT a FROM ygy1.ygy',
      'CREATE MATERIALIZED VIEW ygy1.kept AS SELECT a FROM ygy1.ygy',
      `CREATE TABLE ygy1."${strange.replaceAll('"', '""')}" ("in""side" int)`,
      'CREATE TABLE ygy1.y (a int)',
      'CREATE VIEW ygy1.endless AS SELECT pg_sleep(86400)::text AS a',
    ]);
    catalogue = catalogueOf({ type: 'postgres', config: server.config });
  });
  afterAll(() => server.close());

  test('HW-36, HW-45: tells keys, comments, indexes, partitions, sizes, views and strange names', async () => {
    await catalogue.collect({ databases: ['ygy1'], tables: ['ygy1.ygy'] });
    expect(await catalogue.names()).toEqual(['dw.ygy1.ygy']);
    const { result } = await catalogue.collect();
    expect(await catalogue.names()).toEqual([
      'dw.public.customers',
      ...['endless', 'kept', 'parts', 'seen', strange, 'y', 'ygy'].map((name) => `dw.ygy1.${name}`),
    ]);
    expect(result.summary).toMatchObject({ added: 7, unchanged: 1, failed: 0 });
    expect(await catalogue.table('dw.public.customers')).toMatchObject({
      ...{ comment: '客户主表', primaryKey: ['id'], kind: 'table' },
      indexes: [{ name: 'customers_mail_key', columns: ['mail'], unique: true }],
      columns: [
        { name: 'id', type: 'bigint', nullable: false, inPrimaryKey: true },
        { name: 'mail', comment: 'where letters go', nullable: true },
        { name: 'level', type: 'integer', default: '1' },
      ],
    });
    expect(await catalogue.table('dw.ygy1.ygy')).toMatchObject({
      bytes: expect.any(Number) as number,
      columns: [{ type: 'numeric(10,2)' }, {}, { type: 'timestamp with time zone' }, {}],
      indexes: [{ name: 'by_lower', columns: ['lower(note::text)', 'a'], unique: false }],
      foreignKeys: [
        { columns: ['customer'], references: 'public.customers', referencedColumns: ['id'] },
      ],
    });
    expect(await catalogue.table('dw.ygy1.parts')).toMatchObject({
      ...{ partitionedBy: 'RANGE (day)', partitionCount: 2 },
      partitions: ['parts_2025', 'parts_2026'],
    });
    expect(await catalogue.table('dw.ygy1.seen')).toMatchObject({ kind: 'view', bytes: null });
    expect(await catalogue.table('dw.ygy1.kept')).toMatchObject({ kind: 'materializedView' });
  });

  test('is profiled by its statistics, by a sample or exactly, and keeps nobody waiting', async () => {
    await server.sql('ANALYZE public.customers');
    const profile = { profile: true, classify: true, tables: ['public.customers', 'ygy1.ygy'] };
    await catalogue.collect(profile);
    const fast = await catalogue.table('dw.public.customers');
    expect(fast.profile).toMatchObject({ method: 'statistics', rows: 900 });
    expect(fast.classes).toEqual(['email']);
    const [id, mail, level] = fast.columns.map((column) => column.profile);
    expect(id).toMatchObject({ nullShare: 0, distinct: 900, min: '1', max: '900' });
    expect(mail).toMatchObject({ withheld: true, top: [] });
    expect(level).toMatchObject({ distinct: 3, quantiles: ['0', '0', '1', '2', '2'] });
    expect((await catalogue.table('dw.ygy1.ygy')).profile).toMatchObject({
      ...{ method: 'sample', rows: 100 },
    });
    await catalogue.collect({ ...profile, profileMode: 'exact' });
    const exact = await catalogue.table('dw.ygy1.ygy');
    expect(exact.profile).toMatchObject({ method: 'exact', rows: 100 });
    expect(exact.columns.map((column) => column.profile)).toMatchObject([
      { min: '1.00', max: '100.00', quantiles: ['5.00', '25.00', '50.00', '75.00', '95.00'] },
      { distinct: 9, top: [{ value: '2', share: 0.12 }, {}, {}, {}, {}, {}, {}, {}, {}] },
      { min: '2026-01-02 00:00:00+00' },
      { nullShare: 1, distinct: 0, min: null },
    ]);
    // Long enough for a table that answers, on a busy machine too; the other one takes a day.
    const limits = { silenceMs: 60_000, sampleMs: 10_000, exactMs: 10_000 };
    const { result } = await runCollection(sandbox, opened.store.catalogue, {
      ...{
        tenant: newId(),
        limits,
        connections: { dw: { type: 'postgres', config: server.config } },
      },
      config: { connection: 'dw', profile: true, tables: ['ygy1.endless', 'ygy1.y'] },
    });
    expect(result.summary).toMatchObject({ tables: 2, profiled: 1, failed: 1 });
    expect(result.tables[0]).toMatchObject({ table: 'dw.ygy1.endless', status: 'failed' });
  });

  test('makes versions of what changed between two collections of some hundred tables only', async () => {
    const many = catalogueOf({ type: 'postgres', config: server.config });
    await server.sql('CREATE SCHEMA many');
    await server.sql(
      `DO $$ BEGIN FOR n IN 1..300 LOOP
         EXECUTE format('CREATE TABLE many.t%s (id int PRIMARY KEY, name text)', n);
       END LOOP; END $$`,
    );
    await many.collect({ databases: ['many'] });
    await server.sql('ALTER TABLE many.t7 ADD COLUMN mobile text');
    await server.sql('ALTER TABLE many.t8 DROP COLUMN name');
    await server.sql('DROP TABLE many.t9');
    await server.sql('CREATE TABLE many.t301 (a int)');
    const { result } = await many.collect({ databases: ['many'] });
    expect(result.summary).toMatchObject({
      ...{ tables: 300, added: 1, changed: 2, unchanged: 297, deleted: 1 },
    });
    expect(await many.changed()).toEqual(['t7', 't8', 't9']);
  });

  test('HW-45: a table that somebody has locked does not keep the others out', async () => {
    await server.sql('BEGIN');
    // One by itself, one by its index only, as `REINDEX` does.
    await server.sql('LOCK TABLE ygy1.y IN ACCESS EXCLUSIVE MODE');
    await server.sql('REINDEX INDEX ygy1.by_lower');
    const other = catalogueOf({ type: 'postgres', config: server.config });
    const collecting = other.collect({ tables: ['ygy1.y', 'ygy1.ygy', 'ygy1.parts'] });
    await collecting.catch(() => undefined);
    await server.sql('ROLLBACK');
    const { result } = await collecting;
    expect(await other.names()).toEqual(['dw.ygy1.parts']);
    const reason = 'it is locked by another session; the next run looks again.';
    expect(result.summary).toMatchObject({
      ...{ tables: 1, failed: 2 },
      failures: [
        { table: 'dw.ygy1.y', reason },
        { table: 'dw.ygy1.ygy', reason },
      ],
    });
  });

  test('what is broken off ends on the server, and so does what a process asked for that was killed', async () => {
    const asking = async (): Promise<unknown> => {
      const [row] = await server.sql(
        `SELECT count(*)::int AS n FROM pg_stat_activity
         WHERE state = 'active' AND query LIKE '%"endless"%' AND pid <> pg_backend_pid()`,
      );
      return row!.n;
    };
    const comeTo = async (wanted: number): Promise<void> => {
      // By itself the view takes a day; the test's time limit bounds this.
      while ((await asking()) !== wanted) await delay(50);
    };
    const look = (how: { signal?: AbortSignal; onChild?: (pid: number) => void }) =>
      rejection(
        runCollection(sandbox, opened.store.catalogue, {
          ...{ tenant: newId(), ...how },
          connections: { dw: { type: 'postgres', config: server.config } },
          config: {
            ...{ connection: 'dw', profile: true, profileMode: 'exact' },
            tables: ['ygy1.endless'],
          },
        }),
      );
    const stop = new AbortController();
    const cancelled = look({ signal: stop.signal });
    await comeTo(1);
    stop.abort(new Error('cancelled by a person'));
    expect((await cancelled).message).toBe('cancelled by a person');
    await comeTo(0);
    let child = 0;
    const killed = look({ onChild: (pid) => (child = pid) });
    await comeTo(1);
    process.kill(child, 'SIGKILL');
    expect((await killed).message).toContain('killed by the system');
    await comeTo(0);
  });

  test('a server that refuses is named in the sentence', async () => {
    const wrong = catalogueOf({
      type: 'postgres',
      config: { ...server.config, password: 'wrong', user: 'nobody' },
    });
    await expect(wrong.collect()).rejects.toThrow(/^dw: PostgreSQL at .* refuses the user nobody/);
  });
});

describe('MySQL', () => {
  let server: OpenedMysql;
  let schema: string;
  let catalogue: ReturnType<typeof catalogueOf>;
  beforeAll(async () => {
    server = await openMysql(sandbox, (name) => {
      schema = name;
      return [
        `CREATE TABLE \`${name}\`.customers (id BIGINT PRIMARY KEY, mail VARCHAR(100) COMMENT '邮箱',
           level INT DEFAULT 1, UNIQUE KEY by_mail (mail)) COMMENT = '客户主表'`,
        `CREATE TABLE \`${name}\`.orders (nr INT NOT NULL, customer BIGINT,
           CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES customers (id)) ENGINE = InnoDB`.replace(
          'REFERENCES customers',
          `REFERENCES \`${name}\`.customers`,
        ),
        `CREATE TABLE \`${name}\`.parts (y INT) PARTITION BY RANGE (y)
           (PARTITION p1 VALUES LESS THAN (2026), PARTITION p2 VALUES LESS THAN MAXVALUE)`,
        `CREATE VIEW \`${name}\`.seen AS SELECT mail FROM \`${name}\`.customers`,
        `CREATE TABLE \`${name}\`.\`${strange}\` (a INT)`,
        `INSERT INTO \`${name}\`.customers WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 60)
           SELECT i, concat('u', i, '@x.org'), i % 3 FROM n`,
      ];
    });
    catalogue = catalogueOf({ type: 'mysql', config: server.config });
  });
  afterAll(() => server.close());

  test('HW-36, HW-45: tells keys, comments, indexes, partitions, sizes, views and strange names', async () => {
    const { result } = await catalogue.collect({ databases: [schema] });
    expect(result.summary).toMatchObject({ tables: 5, failed: 0 });
    expect(await catalogue.names()).toEqual(
      ['customers', 'orders', 'parts', 'seen', strange].map((name) => `dw.${schema}.${name}`),
    );
    expect(await catalogue.table(`dw.${schema}.customers`)).toMatchObject({
      ...{ kind: 'table', comment: '客户主表', primaryKey: ['id'] },
      indexes: [{ name: 'by_mail', columns: ['mail'], unique: true }],
      columns: [{ nullable: false }, { comment: '邮箱', default: null }, { default: '1' }],
      sourceChangedAt: expect.stringMatching(/Z$/) as string,
    });
    expect(await catalogue.table(`dw.${schema}.orders`)).toMatchObject({
      foreignKeys: [
        { name: 'of_customer', columns: ['customer'], references: `${schema}.customers` },
      ],
    });
    expect(await catalogue.table(`dw.${schema}.parts`)).toMatchObject({
      ...{ partitionCount: 2, partitions: ['p1', 'p2'] },
      partitionedBy: expect.stringMatching(/^RANGE/) as string,
    });
    expect(await catalogue.table(`dw.${schema}.seen`)).toMatchObject({ kind: 'view', rows: null });
  });

  test('is profiled by a sample or exactly', async () => {
    for (const profileMode of ['fast', 'exact']) {
      const { result } = await catalogue.collect({ profile: true, classify: true, profileMode });
      expect(result.summary).toMatchObject({ profiled: 5, failed: 0 });
      const { columns, profile, classes } = await catalogue.table(`dw.${schema}.customers`);
      expect(profile?.rows).toBe(60);
      expect(classes).toEqual(['email']);
      expect(columns.map((column) => column.profile)).toMatchObject([
        { distinct: 60, min: '1', max: '60', top: [] },
        { distinct: 60, withheld: true, min: null },
        { distinct: 3, top: [{ share: 0.3333 }, { share: 0.3333 }, { share: 0.3333 }] },
      ]);
    }
  });

  test('wide tables come in slices that are bounded by their columns', async () => {
    const wide = `${server.prefix}wide`;
    await server.sql(`CREATE DATABASE \`${wide}\``);
    const columns = Array.from({ length: 900 }, (_, n) => `c${n} INT`);
    await server.sql(`CREATE TABLE \`${wide}\`.t10 (${columns.join(', ')})`);
    for (let n = 11; n < 22; n += 1) {
      await server.sql(`CREATE TABLE \`${wide}\`.t${n} LIKE \`${wide}\`.t10`);
    }
    const slices: string[][] = [];
    const request = { databases: [wide], takes: () => true, signal: new AbortController().signal };
    for await (const { tables } of server.connection.catalogue().tables(request)) {
      expect(tables.map(({ definition }) => definition.columns.length)).toContain(900);
      slices.push(tables.map(({ table }) => table));
    }
    const all = Array.from({ length: 12 }, (_, n) => `t${10 + n}`);
    expect(slices).toEqual([all.slice(0, 11), all.slice(11)]);
  });
});

test.each(['postgres', 'mysql'])(
  'a %s that takes the connection and says nothing ends the run with a sentence',
  async (type) => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', () => resolve());
    });
    const { port } = silent.address() as AddressInfo;
    const config = { host: '127.0.0.1', port, database: 'd', user: 'u', password: 'p' };
    const error = await rejection(
      runCollection(sandbox, opened.store.catalogue, {
        ...{ tenant: newId(), connections: { dw: { type, config } } },
        ...{ config: { connection: 'dw' } },
        limits: { silenceMs: 1_000, sampleMs: 1_000, exactMs: 1_000 },
      }),
    );
    expect(error.message).toMatch(/^dw: the source said nothing for 1 s/);
    for (const socket of sockets) socket.destroy();
    silent.close();
  },
);
