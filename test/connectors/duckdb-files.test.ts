import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { Connection } from '../../connectors/connector';
import { queryRows, smallEngine, withEngine } from '../../connectors/duckdb-engine';
import { createDuckdbConnector } from '../../connectors/duckdb/connector';
import { duckdbError } from '../../connectors/duckdb/errors';
import { withDatabaseFile } from '../../connectors/duckdb/open-file';
import { readTable, rejection, runSql, Sandbox } from './support/sandbox';

let sandbox: Sandbox;
let file: string;
beforeEach(() => {
  sandbox = new Sandbox();
  file = path.join(sandbox.root, 'x.duckdb');
});
afterEach(() => sandbox.remove());

const patient = { callWaitMs: 200_000, runWaitMs: 200_000 };
const impatient = { callWaitMs: 0, runWaitMs: 0 };
const ref = { schema: 'main', table: 't' };

function open(timing = impatient): Connection {
  return createDuckdbConnector(timing).connect({ path: file }, sandbox.context);
}

async function swap(
  connection: Connection,
  signal = new AbortController().signal,
  content = 'new',
  note?: () => Promise<string>,
) {
  return withEngine(':memory:', smallEngine, null, (engine) =>
    connection.swapIn({
      engine,
      tables: [{ ref, relation: `(SELECT '${content}' AS id)` }],
      writer: 'task',
      fence: 1n,
      startedAtMs: 0,
      signal,
      ...(note && { note }),
    }),
  );
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

it('a file that an earlier version has written into tells who did, and then keeps notes', async () => {
  await runSql(
    file,
    'CREATE SCHEMA tablegate',
    `CREATE TABLE tablegate.last_writes (
       schema_name VARCHAR, table_name VARCHAR, writer VARCHAR NOT NULL, fence BIGINT NOT NULL,
       written_at_ms BIGINT NOT NULL, PRIMARY KEY (schema_name, table_name))`,
    `INSERT INTO tablegate.last_writes VALUES ('main', 't', 'task', 1, 1)`,
    `CREATE TABLE t AS SELECT 'old' AS id`,
  );
  const connection = open();
  expect(await connection.lastWrite(ref)).toEqual({ writer: 'task', fence: 1n, note: null });
  await swap(connection, undefined, 'new', async () => 'noted');
  expect(await connection.lastWrite(ref)).toEqual({ writer: 'task', fence: 1n, note: 'noted' });
});

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

  it('may be saved, but is refused in use, when its folder is not there either', async () => {
    file = path.join(sandbox.root, 'absent', 'x.duckdb');
    await expect(open().check()).resolves.toBeUndefined();
    expect((await rejection(open().test())).message).toMatch(/absent does not exist/);
  });
});

it('a folder is refused as a DuckDB file', async () => {
  mkdirSync(file);
  for (const use of ['check', 'test'] as const) {
    expect((await rejection(open()[use]())).message).toMatch(
      /x\.duckdb is a folder, not a DuckDB file\.$/,
    );
  }
});

it('a file that is no DuckDB database is refused by name', async () => {
  sandbox.write('x.duckdb', 'id,phone\n1,0138\n');
  expect((await rejection(open().test())).message).toBe('x.duckdb is not a DuckDB database.');
});

describe('a DuckDB file that another process holds', () => {
  let holder: ChildProcess;
  beforeEach(async () => {
    await swap(open(), undefined, 'old');
    holder = await holdElsewhere();
  });
  afterEach(() => release(holder));

  it('is given up after the wait, naming the process', async () => {
    const uses = [() => open().listTables(), () => readTable(open(), sandbox, ref, ['id'])];
    for (const use of [...uses, () => swap(open())]) {
      const error = await rejection(use());
      expect(error.message).toContain('x.duckdb is held open by');
      expect(error.message).toContain(`PID ${holder.pid}`);
    }
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

describe('uses of one file within a process', () => {
  beforeEach(() => swap(open(), undefined, 'old'));

  it('take turns', async () => {
    const uses = Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0 ? swap(open(patient)) : open(patient).describeTable(ref),
    );
    await expect(Promise.all(uses)).resolves.toHaveLength(6);
  });

  it('are given up after the wait, and when the run is cancelled', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const use = { file, mode: 'read' as const, waitMs: 0, signal: null, folders: [sandbox.root] };
    const first = withDatabaseFile({ ...use, limits: smallEngine }, () => held);
    expect((await rejection(open().listTables())).message).toBe(
      'x.duckdb is in use by other calls of this process; waited 0 s for it.',
    );
    const controller = new AbortController();
    const queued = rejection(swap(open(patient), controller.signal));
    controller.abort(new Error('cancelled while queued'));
    await expect(queued).resolves.toThrow('cancelled while queued');
    const next = swap(open(patient));
    letGo();
    await first;
    await expect(next).resolves.toBe(1);
  });
});

describe('for an engine that reads at once', () => {
  /** Reads the column `id` of the table; `meanwhile` before that. */
  const readHeld = (reader: Connection, meanwhile: () => Promise<void>) =>
    withEngine(':memory:', smallEngine, null, async (engine) => {
      const signal = new AbortController().signal;
      const request = { ref, columns: ['id'], scratchDir: sandbox.scratch, signal };
      try {
        const scan = await reader.prepareScan({ ...request, engine, mayHold: true });
        await meanwhile();
        for (const sql of scan.setup) await engine.run(sql);
        return await queryRows(engine, `SELECT id FROM ${scan.relation}`);
      } finally {
        await reader.close();
      }
    });

  it('a table is held, not copied, until the connection is closed', async () => {
    await swap(open());
    const rows = await readHeld(open(), async () => {
      expect(readdirSync(sandbox.scratch)).toEqual([]);
      expect((await rejection(swap(open()))).message).toContain('in use by other calls');
    });
    expect(rows).toEqual([{ id: 'new' }]);
    await expect(swap(open())).resolves.toBe(1);
  });

  it('a view is copied, as it may read any file, and so is nothing held', async () => {
    await runSql(file, 'CREATE VIEW t AS SELECT 1 AS id');
    const rows = await readHeld(open(), async () => {
      expect(readdirSync(sandbox.scratch)).toHaveLength(1);
      await expect(open().listTables()).resolves.toEqual([ref]);
    });
    expect(rows).toEqual([{ id: 1 }]);
  });

  it('a column that is not there is named, and nothing is held', async () => {
    await runSql(file, 'CREATE TABLE t AS SELECT 1 AS other');
    const reading = readHeld(open(), async () => undefined);
    expect((await rejection(reading)).message).toContain('id');
    await expect(open().listTables()).resolves.toEqual([ref]);
  });
});

describe('the key of a target', () => {
  const keyOf = (given: string) => {
    const config = { path: given };
    return createDuckdbConnector().connect(config, sandbox.context).targetKey(ref);
  };

  it('is one for all spellings of one path, before the file is there and after', async () => {
    symlinkSync(sandbox.root, path.join(sandbox.root, 'link'));
    symlinkSync(file, path.join(sandbox.root, 'other-name.duckdb'));
    const spellings = [
      file,
      'x.duckdb',
      `${sandbox.root}/absent/../x.duckdb`,
      `${sandbox.root}/link/x.duckdb`,
      'other-name.duckdb',
    ];
    const keys = [...(await Promise.all(spellings.map(keyOf)))];
    await swap(open());
    keys.push(...(await Promise.all(spellings.map(keyOf))));
    expect(new Set(keys).size).toBe(1);
    await expect(keyOf('y.duckdb')).resolves.not.toBe(keys[0]);
  });

  it('is refused outside the allowed folders', async () => {
    const error = await rejection(keyOf(path.join(sandbox.outside, 'x.duckdb')));
    expect(error).toMatchObject({ code: 'pathOutsideRoots' });
  });
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

describe('a table that no task has written', () => {
  it('is not replaced by a result, whatever the case of its name', async () => {
    await runSql(file, `CREATE TABLE T AS SELECT 'mine' AS id`);
    await expect(swap(open())).rejects.toThrow(/there already and was not written by a task/);
    const mine = { schema: 'main', table: 'T' };
    await expect(readTable(open(), sandbox, mine, ['id'])).resolves.toEqual([['mine']]);
  });

  it('can be dropped to make room for one', async () => {
    await runSql(file, `CREATE TABLE t AS SELECT 'mine' AS id`);
    await runSql(file, 'DROP TABLE t');
    await expect(swap(open())).resolves.toBe(1);
    await expect(swap(open())).resolves.toBe(1);
  });
});

it('a full disk is told by the file that did not fit', () => {
  const full = new Error(
    'IO Error: Could not write file "/data/.tablegate-1-2.duckdb": No space left on device\nStack',
  );
  expect(duckdbError('shop.duckdb', full).message).toBe(
    'shop.duckdb does not fit: the disk is full.',
  );
});
