import * as fc from 'fast-check';
import { openStore } from '../../store';
import type { TaskProjection } from '../../model/task';
import { newId, openTestStore, tokenDigest, type OpenedStore } from './support/opened';
import { batchOf, sampleTask } from './support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const listings = (tables: string[]) => tables.map((name) => ({ name, by: 'url' as const }));

async function save(change: Partial<TaskProjection>): Promise<TaskProjection> {
  const task = sampleTask(change);
  await opened.store.tasks.project(batchOf({ task }));
  return task;
}

const digestOf = (task: TaskProjection, table: string, version: number) =>
  tokenDigest(task.tenant, task.id, table, version);
const find = (digest: string) => opened.store.tokens.findByDigest(digest);
const list = (task: TaskProjection) => opened.store.tokens.list(task.tenant, task.id);

describe('trigger tokens', () => {
  test('are live, in table order, for the tables that wait for a URL', async () => {
    const task = await save({
      tables: [
        { name: 'crm.main.b', by: 'url' },
        { name: 'crm.main.c', by: 'task' },
        { name: 'crm.main.Z', by: 'url' },
        { name: 'crm.main.a', by: 'url' },
      ],
    });
    const rows = await list(task);
    expect(rows.map((row) => row.table)).toEqual(['crm.main.Z', 'crm.main.a', 'crm.main.b']);
    expect(rows[1]).toEqual({
      tenant: 'default',
      taskId: task.id,
      table: 'crm.main.a',
      version: 1,
      revoked: false,
      lastUsedAt: null,
      lastCaller: null,
    });
    expect(await find(digestOf(task, 'crm.main.a', 1))).toEqual(rows[1]);
    expect(await find(digestOf(task, 'crm.main.c', 1))).toBeNull();
  });

  test('have the version that they would get, before they are live', async () => {
    const task = await save({ tables: listings(['crm.main.a', 'crm.main.b']) });
    const versions = () =>
      opened.store.tokens.versions(task.tenant, task.id, [
        'crm.main.c',
        'crm.main.b',
        'crm.main.a',
      ]);
    expect(await versions()).toEqual([1, 1, 1]);
    await opened.store.tokens.rotate(task.tenant, task.id, 'crm.main.a');
    await save({ ...task, tables: listings(['crm.main.a']), revision: 2 });
    expect(await versions()).toEqual([1, 2, 2]);
    const tables = listings(['crm.main.c', 'crm.main.b', 'crm.main.a']);
    await save({ ...task, tables, revision: 3 });
    expect((await list(task)).map(({ version }) => version)).toEqual([2, 2, 1]);
  });

  test('close when the task is of another kind, and open with new ones when it is back', async () => {
    const task = await save({});
    const table = task.tables[0]!.name;
    await save({ ...task, kind: 'manual', revision: 2 });
    expect(await list(task)).toEqual([]);
    expect(await find(digestOf(task, table, 1))).toBeNull();
    await save({ ...task, revision: 3 });
    expect(await find(digestOf(task, table, 1))).toBeNull();
    expect(await find(digestOf(task, table, 2))).toMatchObject({ table, version: 2 });
  });

  /** What is done to a task's tables, one after another. */
  const steps = fc.array(
    fc.oneof(
      fc.record({
        set: fc.uniqueArray(fc.constantFrom('crm.main.a', 'crm.main.b', 'crm.main.c'), {
          minLength: 1,
        }),
      }),
      fc.record({ rotate: fc.constantFrom('crm.main.a', 'crm.main.b', 'crm.main.c') }),
    ),
    { minLength: 1, maxLength: 12 },
  );

  type Step = { set: string[] } | { rotate: string };

  /** @returns the version that a rotation made; null where it made none, and for an edit */
  async function doStep(task: TaskProjection, revision: number, step: Step) {
    if ('set' in step) {
      await save({ ...task, revision, tables: listings(step.set) });
      return null;
    }
    const row = await opened.store.tokens.rotate('default', task.id, step.rotate);
    return row?.version ?? null;
  }

  test('only grow in version, and only the last one of a listed table is ever found', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const task = sampleTask();
        const last = new Map<string, number>();
        let live = new Set<string>();
        for (const [nr, step] of sequence.entries()) {
          const changed = 'set' in step ? step.set.filter((table) => !live.has(table)) : [];
          if ('set' in step) live = new Set(step.set);
          else if (live.has(step.rotate)) changed.push(step.rotate);
          for (const table of changed) last.set(table, (last.get(table) ?? 0) + 1);
          const rotated = await doStep(task, nr + 1, step);
          const expected = 'rotate' in step && live.has(step.rotate) ? last.get(step.rotate) : null;
          expect(rotated).toBe(expected);
          const versions = (await list(task)).map((row) => [row.table, row.version]);
          expect(versions).toEqual([...live].toSorted().map((table) => [table, last.get(table)]));
        }
        for (const [table, version] of last) {
          for (let known = 1; known <= version + 1; known += 1) {
            const found = await find(digestOf(task, table, known));
            expect(found !== null).toBe(live.has(table) && known === version);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('that are rotated by many at once are rotated as often, and one is live', async () => {
    const task = await save({});
    const table = task.tables[0]!.name;
    const rotated = await Promise.all(
      Array.from({ length: 10 }, () => opened.store.tokens.rotate('default', task.id, table)),
    );
    const versions = rotated.map((row) => row?.version ?? 0).toSorted((a, b) => a - b);
    expect(versions).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect((await list(task)).map((row) => row.version)).toEqual([11]);
  });

  test('that another process rotated are refused from then on', async () => {
    const task = await save({});
    const table = task.tables[0]!.name;
    const other = await openStore(opened.url, { tokenDigest, log: () => {} });
    expect(await other.tokens.findByDigest(digestOf(task, table, 1))).not.toBeNull();
    for (let version = 1; version <= 20; version += 1) {
      await opened.store.tokens.rotate('default', task.id, table);
      expect(await other.tokens.findByDigest(digestOf(task, table, version))).toBeNull();
      expect(await other.tokens.findByDigest(digestOf(task, table, version + 1))).not.toBeNull();
    }
    await other.close();
  });

  test('of a burst of 5,000 calls are each told right, known and unknown ones', async () => {
    const tables = Array.from({ length: 50 }, (_, nr) => `crm.main.t${nr}`);
    const task = await save({ tables: listings(tables) });
    const answers = await Promise.all(
      Array.from({ length: 5000 }, (_, nr) => find(digestOf(task, `crm.main.t${nr % 100}`, 1))),
    );
    const expected = answers.map((_, nr) => (nr % 100 < 50 ? `crm.main.t${nr % 100}` : undefined));
    expect(answers.map((answer) => answer?.table)).toEqual(expected);
  });

  test('of a table that nobody lists cannot be rotated', async () => {
    const task = await save({});
    expect(await opened.store.tokens.rotate('default', task.id, 'crm.main.other')).toBeNull();
    expect(await opened.store.tokens.rotate('default', newId(), 'crm.main.a')).toBeNull();
    expect(await opened.store.tokens.rotate('other', task.id, task.tables[0]!.name)).toBeNull();
  });
});

describe('the last use of a token', () => {
  const use = (task: TaskProjection, table: string, at: string, caller: string) => ({
    tenant: 'default',
    taskId: task.id,
    table,
    at,
    caller,
  });

  test('is the latest that was noted, in whatever order', async () => {
    const task = await save({ tables: listings(['crm.main.a', 'crm.main.b']) });
    const { tokens } = opened.store;
    await tokens.noteUse([
      use(task, 'crm.main.a', '2026-01-01T00:00:02.222Z', 'second'),
      use(task, 'crm.main.a', '2026-01-01T00:00:01.111Z', 'first'),
      use(task, 'crm.main.gone', '2026-01-01T00:00:01.111Z', 'nobody'),
    ]);
    await tokens.noteUse([use(task, 'crm.main.a', '2026-01-01T00:00:00.000Z', 'late')]);
    await tokens.noteUse([]);
    expect(await list(task)).toMatchObject([
      { table: 'crm.main.a', lastUsedAt: '2026-01-01T00:00:02.222Z', lastCaller: 'second' },
      { table: 'crm.main.b', lastUsedAt: null, lastCaller: null },
    ]);
  });

  test('is kept by an edit and begins anew with a rotation', async () => {
    const task = await save({});
    const table = task.tables[0]!.name;
    await opened.store.tokens.noteUse([use(task, table, '2026-01-01T00:00:02.222Z', 'one')]);
    await save({ ...task, revision: 2, tables: listings([table, 'crm.main.new']) });
    expect(await find(digestOf(task, table, 1))).toMatchObject({ lastCaller: 'one' });
    const rotated = await opened.store.tokens.rotate('default', task.id, table);
    expect(rotated).toMatchObject({ version: 2, lastUsedAt: null, lastCaller: null });
    expect(await find(digestOf(task, table, 2))).toEqual(rotated);
  });
});
