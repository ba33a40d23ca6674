import { fork } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { registerIdFunctions } from '../../activities/jobs/id-mapping/id-sql';
import type { ComputeRequest } from '../../activities/jobs/id-mapping/messages';
import { Linker } from '../../activities/jobs/id-mapping/linker';
import { readTables } from '../../activities/jobs/id-mapping/read-tables';
import { Reporter } from '../../activities/jobs/id-mapping/report';
import { SupersededError } from '../../connectors/connector';
import { smallEngine, withEngine } from '../../connectors/duckdb-engine';
import { fenceOf } from '../../model/fence';
import { JobError } from '../../model/job-type';
import { rejection, runSql, Sandbox } from '../connectors/support/sandbox';
import { analysisFile, readResult, runIdMapping, textTable, usersOf } from './support/run-job';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const customers = {
  name: 'crm.main.customers',
  idMapping: [
    { column: 'mobile', idType: 'phone' },
    { column: 'mail', idType: 'Email' },
  ],
};
const orders = { name: 'crm.main.orders', idMapping: [{ column: 'mobile', idType: 'phone' }] };
const crm = () => ({ crm: { type: 'files', config: { path: sandbox.root } } });

function writeCrm(): void {
  sandbox.write('customers.csv', 'mobile,mail\n0138,Ann@x.org\n0139,bob@x.org\n');
  sandbox.write('orders.csv', 'order,mobile\n1, 0138\n2,0140\n3,\n');
}

/** A fake source whose only table has two ID columns, with a script of what goes wrong. */
function fakeSource(script: Record<string, unknown>) {
  const tables = { 'main.t': textTable(['a', 'b'], [['1', '2']]) };
  return { crm: { type: 'fake', config: { tables, ...script } } };
}
const fakeTable = {
  name: 'crm.main.t',
  idMapping: [
    { column: 'a', idType: 'phone' },
    { column: 'b', idType: 'phone' },
  ],
};

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a run', () => {
  it('leaves who is who in the analysis source, with the table that held each ID first', async () => {
    writeCrm();
    await runIdMapping(sandbox, { tables: [orders, customers], connections: crm(), runId: 'r7' });
    const rows = await readResult(sandbox);
    expect(usersOf(rows)).toEqual([
      ['email:ann@x.org', 'phone:0138'],
      ['email:bob@x.org', 'phone:0139'],
      ['phone:0140'],
    ]);
    expect(rows.map((row) => [row.id_value, row.first_table])).toEqual([
      ['ann@x.org', 'crm.main.customers'],
      ['bob@x.org', 'crm.main.customers'],
      ['0138', 'crm.main.orders'],
      ['0139', 'crm.main.customers'],
      ['0140', 'crm.main.orders'],
    ]);
    expect(new Set(rows.map((row) => row.run_id))).toEqual(new Set(['r7']));
    expect(rows[0]?.one_id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('that a later run of its task has overtaken succeeds, and leaves the later result', async () => {
    writeCrm();
    const run = { tables: [customers], connections: crm() };
    await runIdMapping(sandbox, { ...run, runId: 'later', fence: fenceOf(8, 1, 1) });
    const { result, recorded } = await runIdMapping(sandbox, {
      ...{ ...run, runId: 'overtaken', fence: fenceOf(7, 2, 3) },
    });
    expect(result.summary).toMatchObject({ superseded: true, users: 2 });
    expect(recorded.logs.at(-1)).toContain('a later run had written');
    expect(new Set((await readResult(sandbox)).map((row) => row.run_id))).toEqual(
      new Set(['later']),
    );
  });

  it('recalculates everything: the whole result carries the new run', async () => {
    writeCrm();
    await runIdMapping(sandbox, { tables: [customers], connections: crm(), runId: 'r1' });
    sandbox.write('customers.csv', 'mobile,mail\n0138,Ann@x.org\n');
    const again = { tables: [customers], connections: crm(), runId: 'r2', fence: 2n };
    await runIdMapping(sandbox, again);
    const rows = await readResult(sandbox);
    expect(rows.map((row) => row.run_id)).toEqual(['r2', 'r2']);
  });

  it('tells what it read, what it found and how far it is', async () => {
    writeCrm();
    const { result, recorded } = await runIdMapping(sandbox, {
      tables: [customers, orders],
      connections: crm(),
    });
    expect(result.tables).toMatchObject([
      { table: 'crm.main.customers', status: 'succeeded', rowsRead: 2, rowsWritten: 4 },
      { table: 'crm.main.orders', status: 'succeeded', rowsRead: 3, rowsWritten: 1 },
    ]);
    expect(result.summary).toMatchObject({
      output: 'analysis.main.id_mapping_42',
      users: 3,
      ids: 5,
      idsByType: { phone: 3, email: 2 },
      rowsRead: 5,
      leftOut: [],
      leftOutCount: 0,
    });
    const fractions = recorded.progress.map((progress) => progress.fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(recorded.progress.map((progress) => progress.text)).toContain('reading crm.main.orders');
    expect(recorded.details[0]).toMatchObject({ table: 'crm.main.customers', status: 'waiting' });
    expect(recorded.logs).toContain('info: crm.main.orders: 3 rows read');
  });

  it('counts as written by a table only what is not left out', async () => {
    const shared = Array.from({ length: 5 }, (_, n) => `000,m${n}@x.org\n`).join('');
    sandbox.write('customers.csv', `mobile,mail\n${shared}`);
    sandbox.write('orders.csv', 'mobile\n000\n');
    const { result } = await runIdMapping(sandbox, {
      tables: [customers, orders],
      connections: crm(),
      config: { maxSharedBy: 3 },
    });
    expect(result.tables.map((table) => table.rowsWritten)).toEqual([5, 0]);
    expect(await readResult(sandbox)).toHaveLength(5);
  });

  it('reads numbers of every type as a person writes them', async () => {
    const file = path.join(sandbox.root, 'numbers.parquet');
    await runSql(
      ':memory:',
      `COPY (
        SELECT 13800000000::BIGINT AS i, 13800000000::DOUBLE AS d, 13800000000::DECIMAL(18,3) AS c,
          '13800000000' AS t, '13800000000'::BLOB AS b
        UNION ALL SELECT NULL, 'nan'::DOUBLE, 12.5, '-0', '12.50'::BLOB
        UNION ALL SELECT 0, -0.0::DOUBLE, NULL, NULL, NULL
        UNION ALL SELECT NULL, 0.5, NULL, NULL, NULL
        UNION ALL SELECT NULL, 'inf'::DOUBLE, NULL, 'n', NULL
      ) TO '${file}' (FORMAT parquet)`,
    );
    const idMapping = ['i', 'd', 'c', 't', 'b'].map((column) => ({ column, idType: 'phone' }));
    const tables = [{ name: 'crm.main.numbers', idMapping }];
    await runIdMapping(sandbox, { tables, connections: crm() });
    expect(usersOf(await readResult(sandbox))).toEqual([
      ['phone:-0', 'phone:12.5', 'phone:12.50'],
      ['phone:0'],
      ['phone:0.5'],
      ['phone:13800000000'],
      ['phone:n'],
    ]);
  });

  it('keeps rows together where a column has the name that DuckDB numbers rows under', async () => {
    const rows = `SELECT (19 - n)::VARCHAR AS file_row_number, (39 - n) AS "RowID", 'm' || n AS mail
      FROM range(10) AS v(n)`;
    const file = path.join(sandbox.root, 'people.parquet');
    await runSql(':memory:', `COPY (${rows}) TO '${file}' (FORMAT parquet)`);
    await runSql(analysisFile(sandbox), `CREATE TABLE people AS ${rows}`);
    const idMapping = [
      { column: 'file_row_number', idType: 'phone' },
      { column: 'RowID', idType: 'device_id' },
      { column: 'mail', idType: 'card' },
    ];
    const names = ['crm.main.people', 'analysis.main.people'];
    for (const [fence, name] of names.entries()) {
      const run = { tables: [{ name, idMapping }], connections: crm(), fence: BigInt(fence + 1) };
      await runIdMapping(sandbox, run);
      expect(usersOf(await readResult(sandbox))).toEqual(
        Array.from({ length: 10 }, (_, n) => [
          `card:m${n}`,
          `device_id:${39 - n}`,
          `phone:${19 - n}`,
        ]),
      );
    }
  });

  it('reads from a DuckDB file and writes into the same one', async () => {
    await runSql(
      analysisFile(sandbox),
      `CREATE SCHEMA "原始"`,
      `CREATE TABLE "原始"."客 户" AS SELECT '1' AS "手机", 'A' AS mail`,
    );
    const idMapping = [
      { column: '手机', idType: 'phone' },
      { column: 'mail', idType: 'email' },
    ];
    await runIdMapping(sandbox, {
      tables: [{ name: 'analysis.原始.客 户', idMapping }],
      connections: {},
      config: { output: '结果.用户 "1"' },
    });
    const rows = await runSql(
      analysisFile(sandbox),
      'SELECT id_value FROM "结果"."用户 ""1""" ORDER BY 1',
    );
    expect(rows).toEqual([{ id_value: '1' }, { id_value: 'a' }]);
  });
});

describe('a run that cannot succeed says which table and why, and keeps the former result', () => {
  beforeEach(async () => {
    writeCrm();
    await runIdMapping(sandbox, { tables: [customers], connections: crm(), runId: 'former' });
  });

  /** What the run failed with, once it is sure that the former result stands. */
  async function failureOf(run: Promise<unknown>): Promise<Error> {
    const error = await rejection(run);
    const rows = await readResult(sandbox);
    expect(new Set(rows.map((row) => row.run_id))).toEqual(new Set(['former']));
    expect(rows).toHaveLength(4);
    return error;
  }

  const failing = (name: string) => ({ name, idMapping: orders.idMapping });

  it.each([
    ['orders', 'mobile\n"0138\n', 'orders.csv, line 2: the quoting is broken'],
    ['orders', 'order,mobile\n1\n', 'orders.csv, line 2: the row has 1 columns'],
    ['orders', 'order\n1\n', 'orders.csv has no column "mobile"'],
    ['orders', '', 'orders.csv is empty'],
    ['logins', 'no table at all', 'There is no table main.logins'],
  ])('%s with %j', async (table, content, problem) => {
    sandbox.write(`${table === 'orders' ? 'orders' : 'other'}.csv`, content);
    const tables = [customers, failing(`crm.main.${table}`)];
    const error = await failureOf(runIdMapping(sandbox, { tables, connections: crm(), fence: 2n }));
    expect(error).toBeInstanceOf(JobError);
    expect(error.message).toContain(`crm.main.${table}: ${problem}`);
    expect((error as JobError).tables).toMatchObject([
      { table: 'crm.main.customers', status: 'waiting', rowsRead: null, rowsWritten: null },
      { table: `crm.main.${table}`, status: 'failed', error: error.message },
    ]);
  });

  it.each([
    ['a connection that is gone', failing('gone.main.t'), 'gone.main.t: There is no connection'],
    ['no ID mapping', { name: 'crm.main.orders', idMapping: [] }, 'has no ID mapping'],
  ])('%s', async (_, table, problem) => {
    const run = { tables: [customers, table], connections: crm(), fence: 2n };
    const error = await failureOf(runIdMapping(sandbox, run));
    expect(error).toBeInstanceOf(JobError);
    expect(error.message).toContain(problem);
  });

  it.each([
    [
      'bytes that are no text',
      `SELECT from_hex('ff') AS mobile`,
      'crm.main.odd: odd.parquet cannot be read as Parquet',
    ],
    [
      'texts that do not fit into memory',
      // Different only at their ends: nothing makes them shorter on the way.
      `SELECT repeat(chr((97 + range % 26)::INTEGER), 200_000) || range AS mobile FROM range(1_500)`,
      'The IDs of type phone take more memory than a run may have (384 MiB)',
    ],
  ])('%s', async (_, rows, problem) => {
    const file = path.join(sandbox.root, 'odd.parquet');
    await runSql(':memory:', `COPY (${rows}) TO '${file}' (FORMAT parquet)`);
    const run = { tables: [failing('crm.main.odd')], connections: crm(), fence: 2n };
    const error = await failureOf(runIdMapping(sandbox, run));
    expect(error).toBeInstanceOf(JobError);
    expect(error.message).toContain(problem);
  });

  it('an ID column of lists', async () => {
    const file = path.join(sandbox.root, 'lists.parquet');
    await runSql(':memory:', `COPY (SELECT ['1'] AS mobile) TO '${file}' (FORMAT parquet)`);
    const run = { tables: [failing('crm.main.lists')], connections: crm(), fence: 2n };
    expect((await failureOf(runIdMapping(sandbox, run))).message).toContain(
      'crm.main.lists: the column "mobile" is of type VARCHAR[]',
    );
  });

  it('files of another tenant', async () => {
    const run = { tables: [customers], connections: crm(), tenant: 'other', fence: 2n };
    const error = await failureOf(runIdMapping(sandbox, run));
    expect(error.message).toContain('crm.main.customers: The path');
    expect(error.message).toContain(`outside the allowed folders (${sandbox.outside})`);
  });

  it('a source that fails', async () => {
    const failures = [{ on: 'prepareScan', message: 'the server is away' }];
    const run = { tables: [fakeTable], connections: fakeSource({ failures }), fence: 2n };
    const error = await failureOf(runIdMapping(sandbox, run));
    expect(error.message).toBe('crm.main.t: the server is away');
  });

  it('a target that cannot hold a result', async () => {
    const run = { tables: [customers], connections: crm(), config: { analysisSource: 'crm' } };
    const error = await failureOf(runIdMapping(sandbox, run));
    expect(error.message).toContain('crm: a connection of kind files cannot hold a result');
  });

  it('a target that fails in the swap', async () => {
    const failures = [{ on: 'swapIn', message: 'the disk is full' }];
    const connections = { ...crm(), out: { type: 'fake', config: { failures } } };
    const run = { tables: [customers], connections, config: { analysisSource: 'out' } };
    const error = await failureOf(runIdMapping(sandbox, run));
    expect(error.message).toBe('out.main.id_mapping_42: the disk is full');
  });

  it('a computation that the system kills', async () => {
    const run = {
      tables: [fakeTable],
      connections: fakeSource({ killOn: 'prepareScan' }),
      fence: 2n,
    };
    const error = await failureOf(runIdMapping(sandbox, run));
    expect(error).toBeInstanceOf(JobError);
    expect(error.message).toContain('memory ran out');
  });

  it('a try that a later one has overtaken', async () => {
    const fence = fenceOf(0, 0, 0);
    const run = { tables: [customers], connections: crm(), fence };
    expect(await failureOf(runIdMapping(sandbox, run))).toBeInstanceOf(SupersededError);
  });

  it('a cancelled run, whose process is gone when it ends', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled by a person');
    let pid = 0;
    const run = runIdMapping(sandbox, {
      tables: [fakeTable],
      connections: fakeSource({ hangs: ['prepareScan'] }),
      signal: controller.signal,
      fence: 2n,
      onChild: (child) => (pid = child),
      onProgress: ({ text }) => text.startsWith('reading') && controller.abort(reason),
    });
    expect(await failureOf(run)).toBe(reason);
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('a run cancelled before it began', async () => {
    const signal = AbortSignal.abort(new Error('too early'));
    const error = await failureOf(
      runIdMapping(sandbox, { tables: [customers], connections: crm(), signal }),
    );
    expect(error.message).toBe('too early');
  });
});

describe('a Parquet file that is another one while it is read', () => {
  const problem = 'crm.main.visits: the table was changed while it was read; run the task again.';
  let file = '';
  let other = '';
  beforeEach(async () => {
    file = path.join(sandbox.root, 'visits.parquet');
    other = path.join(sandbox.root, 'other');
    await runSql(
      ':memory:',
      `COPY (SELECT unnest(['0138', '0139']) AS mobile) TO '${file}' (FORMAT parquet)`,
      `COPY (SELECT unnest(['0139', '0138', '0140']) AS mobile) TO '${other}' (FORMAT parquet)`,
    );
  });

  /** Reads the table in this process, so that what happens to it meanwhile happens at its moment. */
  async function readVisits(engine: DuckDBConnection, collecting: () => void): Promise<unknown> {
    const crmOfJob = { name: 'crm', ...crm().crm };
    const visits = {
      ...{ name: 'crm.main.visits', connection: crmOfJob },
      ...{ ref: { schema: 'main', table: 'visits' } },
      idColumns: [{ column: 'mobile', idType: 'phone' }],
    };
    const request: ComputeRequest = {
      ...{ runId: 'r', fence: '1', startedAtMs: 0, writer: 'task-1', fake: false },
      ...{ filesRoots: [sandbox.root], scratchDir: sandbox.scratch, tables: [visits] },
      target: { connection: crmOfJob, ref: visits.ref },
      ...{ output: 'crm.main.visits', guards: { maxSharedBy: null, priority: [], idTypes: {} } },
    };
    const told: string[] = [];
    const reporter = new Reporter((message) => {
      if (message.type === 'table') told.push(message.detail.status);
      if (message.type === 'progress' && message.progress.text.startsWith('collecting')) {
        collecting();
      }
    });
    const linker = new Linker();
    try {
      registerIdFunctions(engine);
      return await readTables(engine, request, linker, reporter, new AbortController().signal);
    } finally {
      await linker.close();
      reporter.end();
      expect(told.at(-1)).toBe('failed');
    }
  }

  it('because another took its place', async () => {
    const error = await rejection(
      withEngine(':memory:', smallEngine, null, (engine) =>
        readVisits(engine, () => renameSync(other, file)),
      ),
    );
    expect(error.message).toBe(problem);
  });

  it('because it was written anew, so that reading it broke off', async () => {
    const error = await rejection(
      withEngine(':memory:', smallEngine, null, (engine) => {
        const run = engine.run.bind(engine);
        jest.spyOn(engine, 'run').mockImplementation(async (sql, ...values) => {
          if (!sql.startsWith('COPY')) return run(sql, ...values);
          copyFileSync(other, file);
          throw new Error('TProtocolException: Invalid data');
        });
        return readVisits(engine, () => undefined);
      }),
    );
    expect(error).toBeInstanceOf(JobError);
    expect(error.message).toBe(problem);
  });
});

describe('a kill of the process while it writes the result', () => {
  const people = 60_000;

  it.each([0, 20, 50, 90, 150])(
    'after %d ms leaves the former result whole or the new one, and the run ends as that says',
    async (delayMs) => {
      const rows = Array.from({ length: people }, (_, n) => `${n},p${n}@x.org\n`);
      sandbox.write('customers.csv', `mobile,mail\n${rows.join('')}`);
      const run = { tables: [customers], connections: crm() };
      await runIdMapping(sandbox, { ...run, runId: 'former' });
      let pid = 0;
      const outcome = runIdMapping(sandbox, {
        ...run,
        runId: 'new',
        fence: 2n,
        onChild: (child) => (pid = child),
        onProgress: ({ text }) =>
          text.startsWith('replacing') &&
          setTimeout(() => isAlive(pid) && process.kill(pid, 'SIGKILL'), delayMs),
      }).then(
        () => 'new',
        (error: unknown) => (error instanceof JobError ? 'former' : 'other'),
      );
      const result = await outcome;
      expect(['new', 'former']).toContain(result);
      const kept = await readResult(sandbox);
      expect(kept).toHaveLength(2 * people);
      expect(new Set(kept.map((row) => row.run_id))).toEqual(new Set([result]));
      await runIdMapping(sandbox, { ...run, runId: 'next', fence: 3n });
      expect((await readResult(sandbox))[0]?.run_id).toBe('next');
    },
  );
});

it('the computation ends by itself when the process that asked for it dies', async () => {
  const parent = fork(path.join(__dirname, 'support', 'dying-parent.ts'), {
    execArgv: ['--require', path.join(__dirname, '../../activities/jobs/from-source.cjs')],
  });
  const scratchDir = mkdtempSync(path.join(sandbox.scratch, 'try-'));
  parent.send({ scratchDir, root: sandbox.root });
  const pid = await new Promise<number>((resolve) => {
    parent.on('message', (message: { reading: number }) => resolve(message.reading));
  });
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  // It is no child of ours, so its end can only be looked for; the test's time limit bounds this.
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isAlive(pid)).toBe(false);
});
