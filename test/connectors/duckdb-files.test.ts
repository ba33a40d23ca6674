import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Connection } from '../../connectors/connector';
import { createDuckdbConnector } from '../../connectors/duckdb/connector';
import { readTable, rejection, runSql, Sandbox } from './support/sandbox';

let sandbox: Sandbox;
let file: string;
beforeEach(() => {
  sandbox = new Sandbox();
  file = path.join(sandbox.root, 'x.duckdb');
});
afterEach(() => sandbox.remove());

const patient = { callWaitMs: 30_000, runWaitMs: 30_000 };
const impatient = { callWaitMs: 0, runWaitMs: 0 };
const ref = { schema: 'main', table: 't' };

function open(timing = impatient): Connection {
  return createDuckdbConnector(timing).connect({ path: file }, sandbox.context);
}

async function swap(connection: Connection, signal = new AbortController().signal) {
  const parquetPath = path.join(sandbox.scratch, 'result.parquet');
  await runSql(':memory:', `COPY (SELECT 'new' AS id) TO '${parquetPath}' (FORMAT parquet)`);
  return await connection.swapIn({ ref, parquetPath, fenceKey: 'k', fence: 1n, signal });
}

/** Another process that holds the file open for writing until it is killed. */
async function holdElsewhere(): Promise<ChildProcess> {
  const script = path.join(__dirname, 'support', 'hold-duckdb.cjs');
  const holder = fork(script, [file], { execArgv: [] });
  await new Promise((resolve) => holder.once('message', resolve));
  return holder;
}

async function release(holder: ChildProcess): Promise<void> {
  if (holder.signalCode !== null) return;
  const gone = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await gone;
}

describe('a DuckDB file that is not there yet', () => {
  it('can be used as a target and has no tables', async () => {
    await expect(open().test()).resolves.toBeUndefined();
    await expect(open().listTables()).resolves.toEqual([]);
    expect(await rejection(open().describeTable(ref))).toMatchObject({ code: 'tableNotFound' });
    expect(existsSync(file)).toBe(false);
  });

  it('is made by the first result', async () => {
    await swap(open());
    await expect(readTable(open(), sandbox, ref, ['id'])).resolves.toEqual([['new']]);
  });

  it('is refused when its folder is not there either', async () => {
    file = path.join(sandbox.root, 'absent', 'x.duckdb');
    expect((await rejection(open().test())).message).toMatch(/absent does not exist/);
  });
});

it('a file that is no DuckDB database is refused by name', async () => {
  sandbox.write('x.duckdb', 'id,phone\n1,0138\n');
  expect((await rejection(open().test())).message).toBe('x.duckdb is not a DuckDB database.');
});

describe('a DuckDB file that another process holds', () => {
  let holder: ChildProcess;
  beforeEach(async () => {
    await runSql(file, "CREATE TABLE t AS SELECT 'old' AS id");
    holder = await holdElsewhere();
  });
  afterEach(() => release(holder));

  it('is given up after the wait, naming the process, as worth another try', async () => {
    for (const use of [open().listTables(), readTable(open(), sandbox, ref, ['id'])]) {
      const error = await rejection(use);
      expect(error.message).toContain('x.duckdb is held open by');
      expect(error.message).toContain(`PID ${holder.pid}`);
      expect(error).toMatchObject({ retryable: true });
    }
    expect(await rejection(swap(open()))).toMatchObject({ retryable: true });
  });

  it('is read and written once it is free', async () => {
    const reading = readTable(open(patient), sandbox, ref, ['id']);
    const writing = swap(open(patient));
    await release(holder);
    await expect(writing).resolves.toBe(1);
    expect([[['old']], [['new']]]).toContainEqual(await reading);
  });

  it('is waited for no longer when the run is cancelled', async () => {
    const controller = new AbortController();
    const waiting = rejection(swap(open(patient), controller.signal));
    controller.abort(new Error('cancelled'));
    await expect(waiting).resolves.toThrow('cancelled');
  });
});

it('uses of one file within a process take turns', async () => {
  await runSql(file, "CREATE TABLE t AS SELECT 'old' AS id");
  const uses = Array.from({ length: 6 }, (_, index) =>
    index % 2 === 0 ? swap(open()) : open().describeTable(ref),
  );
  await expect(Promise.all(uses)).resolves.toHaveLength(6);
});

it('a file whose writer was killed is read as it was last committed', async () => {
  const holder = await holdElsewhere();
  await release(holder);
  await expect(open().listTables()).resolves.toEqual([{ schema: 'main', table: 'held' }]);
});

it('views are read, but not over files outside the allowed folders', async () => {
  const outside = path.join(sandbox.outside, 'secret.csv');
  const inside = sandbox.write('open.csv', 'id\n5\n');
  await runSql(':memory:', `COPY (SELECT 'secret' AS id) TO '${outside}' (HEADER)`);
  await runSql(
    file,
    `CREATE VIEW outside AS FROM read_csv('${outside}')`,
    `CREATE VIEW inside AS FROM read_csv('${inside}')`,
  );
  const view = (table: string) => readTable(open(), sandbox, { schema: 'main', table }, ['id']);
  await expect(view('inside')).resolves.toEqual([['5']]);
  expect((await rejection(view('outside'))).message).toContain('outside the allowed folders');
});

it('a view is not replaced by a result', async () => {
  await runSql(file, 'CREATE VIEW t AS SELECT 1 AS id');
  expect((await rejection(swap(open()))).message).toContain('cannot replace a view');
});
