/** What holds of the kinds that reach a server over the network: the way there, and what it says. */
import { readdirSync } from 'node:fs';
import { openConnection } from '../../connectors';
import { ConnectorError, type Connection, type TableRef } from '../../connectors/connector';
import { mysqlConfigSchema } from '../../connectors/mysql/config';
import { MysqlSessions } from '../../connectors/mysql/sessions';
import { postgresConfigSchema } from '../../connectors/postgres/config';
import { PostgresSessions } from '../../connectors/postgres/sessions';
import { openMysql } from './support/mysql';
import { openPostgres } from './support/postgres';
import { readTable, rejection, Sandbox } from './support/sandbox';
import { wayTo, type Way } from './support/way';

interface Server {
  config: { host: string; port: number; database: string; user: string; password: string };
  /** Where the tables of these tests are. */
  schema: string;
  sql(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

interface ServerKind {
  type: string;
  /** How it is called in sentences. */
  called: string;
  /** A quoted name. */
  name(...parts: string[]): string;
  /** SQL that gives a text of so many characters. */
  repeat(count: number): string;
  /** SQL of a table `n` of so many numbers. */
  numbers(count: number): string;
  /** Tries to write in a session that is for reading. */
  write(server: Server): Promise<void>;
  /** SQL that counts the statements which still read a table of that name. */
  reading(table: string): string;
  open(sandbox: Sandbox): Promise<Server>;
}

const postgres: ServerKind = {
  type: 'postgres',
  called: 'PostgreSQL',
  name: (...parts) => parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.'),
  repeat: (count) => `repeat('x', ${count})`,
  numbers: (count) => `(SELECT generate_series AS n FROM generate_series(1, ${count})) AS numbers`,
  write: async ({ config, sql }) => {
    await sql(
      `CREATE FUNCTION shop.put() RETURNS text LANGUAGE sql
         AS 'INSERT INTO shop.written VALUES (1) RETURNING ''x'''`,
    );
    const sessions = new PostgresSessions(postgresConfigSchema.parse(config));
    try {
      await sessions.transaction({ mode: 'read', signal: null }, async (client) => {
        await client.query('SELECT shop.put()');
      });
    } finally {
      await sessions.end();
    }
  },
  reading: (table) =>
    `SELECT count(*) AS count FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%${table}%'`,
  open: async (sandbox) => {
    const opened = await openPostgres(sandbox, ['CREATE SCHEMA shop']);
    return { ...opened, schema: 'shop' };
  },
};

const mysql: ServerKind = {
  type: 'mysql',
  called: 'MySQL',
  name: (...parts) => parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.'),
  repeat: (count) => `repeat('x', ${count})`,
  numbers: (count) => `(SELECT seq AS n FROM seq_1_to_${count}) AS numbers`,
  write: async ({ config, schema }) => {
    const sessions = new MysqlSessions(mysqlConfigSchema.parse(config));
    try {
      await sessions.transaction({ mode: 'read', signal: null }, async (session) => {
        await session.run(`INSERT INTO ${schema}.written VALUES (1)`);
      });
    } finally {
      await sessions.end();
    }
  },
  reading: (table) =>
    `SELECT count(*) AS count FROM information_schema.processlist
     WHERE info LIKE 'SELECT%${table}%' AND info NOT LIKE '%processlist%'`,
  open: async (sandbox) => {
    const opened = await openMysql(sandbox, () => []);
    return { ...opened, schema: opened.config.database };
  },
};

describe.each([postgres, mysql])('a server of kind $type', (kind) => {
  const { type, called, name } = kind;
  const sandbox = new Sandbox();
  let server: Server;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await kind.open(sandbox);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });
  afterAll(async () => {
    await server.close();
    sandbox.remove();
  });

  function open(change: Record<string, unknown> = {}): Connection {
    const config = { ...server.config, ...change };
    const connection = openConnection({ type, config }, sandbox.context);
    closing.push(() => connection.close());
    return connection;
  }

  async function way(...how: Parameters<typeof wayTo>): Promise<Way> {
    const made = await wayTo(...how);
    closing.push(made.close);
    return made;
  }

  const ref = (table: string): TableRef => ({ schema: server.schema, table });
  const scan = (connection: Connection, table: string, signal = new AbortController().signal) =>
    connection.prepareScan({
      ...{ ref: ref(table), columns: ['v'], scratchDir: sandbox.scratch, signal },
    });

  async function makeRows(table: string, rows: number, length: number): Promise<void> {
    const target = name(server.schema, table);
    await server.sql(`CREATE TABLE ${target} (v text)`);
    await server.sql(
      `INSERT INTO ${target} SELECT ${kind.repeat(length)} FROM ${kind.numbers(rows)}`,
    );
  }

  it('that refuses the password says so without it, and a retry does not help', async () => {
    const password = 'a-wrong-secret';
    const error = await rejection(open({ password }).test());
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error).toMatchObject({ retryable: false });
    const { host, port, user } = server.config;
    const place = `${called} at ${host}:${port} refuses the user ${user} or the password`;
    expect(error.message).toContain(place);
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain(password);
    const startedAt = Date.now();
    expect((await rejection(open({ password: '' }).test())).message).toContain(place);
    // A server that is sent nothing waits a minute for it.
    expect(Date.now() - startedAt).toBeLessThan(30_000);
  });

  it('that has no such database says so', async () => {
    const error = await rejection(open({ database: 'absent_db' }).test());
    expect(error).toMatchObject({ retryable: false });
    expect(error.message).toMatch(/absent_db/);
  });

  it('that is not there may be there later', async () => {
    const { port, close } = await wayTo(null);
    await close();
    const error = await rejection(open({ host: '127.0.0.1', port }).test());
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toBe(
      `${called} at 127.0.0.1:${port} refuses connections: nothing listens there.`,
    );
  });

  it('that takes connections and says nothing is given up in time', async () => {
    const { host, port } = await way(null);
    const startedAt = Date.now();
    const error = await rejection(open({ host, port, connectTimeoutSeconds: 1 }).listTables());
    // Without the setting it takes ten seconds.
    expect(Date.now() - startedAt).toBeLessThan(9_000);
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toBe(`${called} at ${host}:${port} does not answer.`);
  });

  it('that goes away in the middle of a table is told, with nothing left behind', async () => {
    await makeRows('cut', 2_000, 1_000);
    const { host, port } = await way(server.config, { after: 200_000, end: 'cut' });
    const error = await rejection(scan(open({ host, port }), 'cut'));
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toBe(`${called} at ${host}:${port} has cut the connection.`);
  });

  it('that falls silent in the middle of a table is given up in time', async () => {
    await makeRows('silent', 2_000, 1_000);
    const { host, port } = await way(server.config, { after: 200_000, end: 'silence' });
    const error = await rejection(scan(open({ host, port, statementTimeoutSeconds: 1 }), 'silent'));
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toMatch(/has not answered for \d s/);
  });

  it('does not go on with what was broken off', async () => {
    await makeRows('endless', 20_000, 10);
    const table = name(server.schema, 'endless');
    const view = name(server.schema, 'slow');
    await server.sql(
      `CREATE VIEW ${view} AS SELECT count(*) AS v FROM ${table} a, ${table} b, ${table} c
       WHERE a.v < c.v OR b.v < c.v`,
    );
    const controller = new AbortController();
    const reason = new Error('cancelled by a person');
    const reading = rejection(scan(open(), 'slow', controller.signal));
    const running = async () => Number((await server.sql(kind.reading('slow')))[0]?.count);
    while ((await running()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort(reason);
    expect(await reading).toBe(reason);
    // By itself it would go on for days.
    while ((await running()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('is read by sessions that cannot write', async () => {
    await server.sql(`CREATE TABLE ${name(server.schema, 'written')} (n int)`);
    const error = await rejection(kind.write(server));
    expect(error.message).toMatch(/takes no writes: .*read.?only/i);
    expect(await server.sql(`SELECT * FROM ${name(server.schema, 'written')}`)).toEqual([]);
  });

  it('tells NULL, an empty text and texts that look like NULL apart', async () => {
    const target = name(server.schema, 'nulls');
    await server.sql(`CREATE TABLE ${target} (v text)`);
    await server.sql(
      `INSERT INTO ${target} VALUES (NULL), (''), ('NULL'), (concat(chr(92), 'N')), ('"'), (',')`.replace(
        /chr\(92\)/,
        type === 'mysql' ? 'char(92 using utf8mb4)' : 'chr(92)',
      ),
    );
    const rows = await readTable(open(), sandbox, ref('nulls'), ['v']);
    expect(rows.flat()).toEqual([null, '', 'NULL', '\\N', '"', ',']);
  });

  it('is read whole where a row has megabytes, and leaves no copy beside the scan', async () => {
    const target = name(server.schema, 'long');
    const textType = type === 'mysql' ? 'longtext' : 'text';
    await server.sql(`CREATE TABLE ${target} (v ${textType})`);
    await server.sql(`INSERT INTO ${target} VALUES (${kind.repeat(5_000_000)}), ('short')`);
    const rows = await readTable(open(), sandbox, ref('long'), ['v']);
    expect(rows.map(([text]) => text?.length)).toEqual([5_000_000, 5]);
    expect(readdirSync(sandbox.scratch).filter((file) => file.endsWith('.csv'))).toEqual([]);
  });

  it('has its tables and columns by any name', async () => {
    const names = ['select', 'UPPER', 'a.b', 'sp ace', `q'uo"te\``, '客户', 'back\\slash'];
    if (type === 'postgres') names.push('😀');
    for (const table of names) {
      const columns = names.map((column) => `${name(column)} varchar(20)`);
      await server.sql(`CREATE TABLE ${name(server.schema, table)} (${columns.join(', ')})`);
      const values = names.map((_, place) => `'${place}'`);
      await server.sql(`INSERT INTO ${name(server.schema, table)} VALUES (${values.join(', ')})`);
    }
    const connection = open();
    const listed = (await connection.listTables()).map(({ table }) => table);
    expect(listed).toEqual(expect.arrayContaining(names));
    for (const table of names) {
      const described = await connection.describeTable(ref(table));
      expect(described.map((column) => column.name)).toEqual(names);
      const only = { columns: [names[3]!], texts: ['3'] };
      const rows = await readTable(connection, sandbox, ref(table), names, only);
      expect(rows).toEqual([names.map((_, place) => String(place))]);
      expect((await connection.firstRows(ref(table), 5)).rows).toEqual(rows);
    }
  });

  it('is refused as it is configured where that can mean nothing', () => {
    const wrong = [
      ...[{ host: '' }, { host: 'a b' }, { host: 'postgres://x/y' }, { host: '/var/run' }],
      ...[{ port: 0 }, { port: 70_000 }, { database: '' }, { user: '' }, { ssl: 'maybe' }],
      ...[{ sslCa: 'no certificate' }, { connectTimeoutSeconds: 0 }, { unknown: 1 }],
    ];
    for (const change of wrong) {
      const [field] = Object.keys(change);
      const refused = () =>
        openConnection({ type, config: { ...server.config, ...change } }, sandbox.context);
      expect(refused).toThrow(field === 'unknown' ? 'unknown' : `config.${field}`);
    }
  });
});
