/** The id-mapping job over tables of PostgreSQL and MySQL, with its result in either. */
import type { JobConnection } from '../../model/job-type';
import { openMysql, type OpenedMysql } from '../connectors/support/mysql';
import { openPostgres, type OpenedPostgres } from '../connectors/support/postgres';
import { Sandbox } from '../connectors/support/sandbox';
import { askResult, runIdMapping, usersOf, type ResultRow } from './support/run-job';

const sandbox = new Sandbox();
let postgres: OpenedPostgres;
let mysql: OpenedMysql;

beforeAll(async () => {
  postgres = await openPostgres(sandbox, [
    'CREATE SCHEMA "Crm"',
    'CREATE TABLE "Crm".customers (mobile varchar(20), "E-Mail" text, visits numeric(9,2))',
    `INSERT INTO "Crm".customers VALUES ('0138', 'Ann@x.org', 1), ('0139', 'bob@x.org', 2), ('', NULL, 3)`,
  ]);
  mysql = await openMysql(sandbox, () => [
    'CREATE TABLE orders (nr int, mobile bigint unsigned, mail varchar(50)) CHARACTER SET latin1',
    `INSERT INTO orders VALUES (1, 138, 'ann@x.org'), (2, NULL, 'BOB@x.org'), (3, 140, NULL)`,
  ]);
});
afterAll(async () => {
  await postgres.close();
  await mysql.close();
  sandbox.remove();
});

const run = (target: 'crm' | 'shop', change: { fence: bigint; runId: string }) => {
  const connections: Record<string, Omit<JobConnection, 'name'>> = {
    crm: { type: 'postgres', config: { ...postgres.config } },
    shop: { type: 'mysql', config: { ...mysql.config } },
  };
  const schema = target === 'crm' ? 'results' : mysql.config.database;
  return {
    tables: [
      {
        name: 'crm.Crm.customers',
        idMapping: [
          { column: 'mobile', idType: 'phone' },
          { column: 'E-Mail', idType: 'email' },
        ],
      },
      {
        name: `shop.${mysql.config.database}.orders`,
        idMapping: [
          { column: 'mobile', idType: 'number' },
          { column: 'mail', idType: 'email' },
        ],
      },
    ],
    connections,
    config: { analysisSource: target, output: `${schema}.people` },
    ...change,
  };
};

const read = (target: 'crm' | 'shop') =>
  (target === 'crm'
    ? postgres.sql('SELECT * FROM results.people ORDER BY id_type, id_value')
    : mysql.sql('SELECT * FROM people ORDER BY id_type, id_value')) as Promise<unknown> as Promise<
    ResultRow[]
  >;

const changes = (target: 'crm' | 'shop') =>
  target === 'crm'
    ? postgres.sql('SELECT change FROM results.people_changes')
    : mysql.sql('SELECT `change` FROM people_changes');

test.each(['crm', 'shop'] as const)(
  'tables of both are read, and a result in %s keeps its users from run to run',
  async (target) => {
    const { result } = await runIdMapping(sandbox, run(target, { fence: 1n, runId: 'first' }));
    expect(result.summary).toMatchObject({ users: 3, ids: 6 });
    const first = await read(target);
    expect(usersOf(first)).toEqual([
      ['email:ann@x.org', 'number:138', 'phone:0138'],
      ['email:bob@x.org', 'phone:0139'],
      ['number:140'],
    ]);
    expect(await changes(target)).toHaveLength(3);
    const again = await runIdMapping(sandbox, run(target, { fence: 2n, runId: 'first' }));
    expect(again.result.summary).toEqual({
      ...result.summary,
      seconds: again.result.summary.seconds,
    });
    expect(new Set((await changes(target)).map(({ change }) => change))).toEqual(new Set(['new']));
    await runIdMapping(sandbox, run(target, { fence: 3n, runId: 'second' }));
    const second = await read(target);
    expect(second.map(({ one_id, id_value }) => [one_id, id_value])).toEqual(
      first.map(({ one_id, id_value }) => [one_id, id_value]),
    );
    expect(new Set(second.map(({ run_id }) => run_id))).toEqual(new Set(['second']));
    const { answer } = await askResult(sandbox, run(target, { fence: 3n, runId: 'second' }), {
      about: 'user',
      id: { idType: 'phone', value: '0138' },
    });
    expect(JSON.stringify(answer)).toContain('ann@x.org');
  },
);

test('a source that does not answer is told by the name of its table, without its password', async () => {
  const broken = run('crm', { fence: 3n, runId: 'third' });
  broken.connections.shop = {
    type: 'mysql',
    config: { ...mysql.config, password: 'a-wrong-secret' },
  };
  const failure = await runIdMapping(sandbox, broken).then(
    () => null,
    (error: Error) => error,
  );
  expect(failure?.message).toContain(`shop.${mysql.config.database}.orders: MySQL at 127.0.0.1:`);
  expect(JSON.stringify([failure?.message, failure?.cause, failure?.stack])).not.toContain(
    'a-wrong-secret',
  );
});
