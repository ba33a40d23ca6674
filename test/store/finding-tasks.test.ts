import type { TaskKind, TaskProjection } from '../../model/task';
import { allTasks } from '../support/all-tasks';
import { newId, openTestStore, type OpenedStore } from './support/opened';
import { batchOf, outputTable, sampleTask } from './support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

async function save(change: Partial<TaskProjection>): Promise<TaskProjection> {
  const task = sampleTask(change);
  await opened.store.tasks.project(batchOf({ task }));
  return task;
}

const listings = (...names: string[]) => names.map((name) => ({ name, by: 'url' as const }));

describe('tasks are found by a part of their name', () => {
  const tenant = 'names';
  const names = ['Unify Users', 'unify_orders', '100%', 'Straße', 'ΟΔΟΣ', 'Café', '用户合并'];
  beforeAll(async () => {
    for (const name of names) await save({ tenant, name });
  });

  test.each([
    ['UNIFY', ['Unify Users', 'unify_orders']],
    ['y_o', ['unify_orders']],
    ['y%u', []],
    ['0%', ['100%']],
    ['STRASSE', ['Straße']],
    ['οδος', ['ΟΔΟΣ']],
    ['cafe\u0301', ['Café']],
    ['户合', ['用户合并']],
    ['\\', []],
    ['a\0', []],
    ['', names],
  ])('%p', async (search, expected) => {
    const page = { pageSize: 100, pageToken: null };
    const { items } = await opened.store.tasks.list(tenant, { ...allTasks, search }, page);
    expect(items.map((task) => task.name).toSorted()).toEqual(expected.toSorted());
  });
});

test('a task keeps its name for lists of its records once it is removed', async () => {
  const tenant = 'gone';
  const live = await save({ tenant, name: 'Live' });
  const gone = await save({ tenant, name: 'Gone' });
  await save({ ...gone, removedAt: '2026-01-02T03:04:05.678Z', revision: 2 });
  const named = await opened.store.tasks.named(tenant, [live.id, gone.id, newId()]);
  expect(named.map(({ name, removed }) => `${name} ${removed}`).toSorted()).toEqual([
    ...['Gone true', 'Live false'],
  ]);
  expect(await opened.store.tasks.named('other', [live.id])).toEqual([]);
  expect(await opened.store.tasks.named(tenant, [])).toEqual([]);
});

test('tasks are listed by kind, as they are now, without the removed ones', async () => {
  const tenant = 'kinds';
  const kinds: TaskKind[] = ['manual', 'triggered', 'recurring', 'triggered'];
  const tasks = [];
  for (const kind of kinds) tasks.push(await save({ tenant, kind, name: kind }));
  await save({ ...tasks[0]!, kind: 'triggered', name: 'changed', revision: 2 });
  await save({ ...tasks[1]!, removedAt: '2026-01-02T03:04:05.678Z', revision: 2 });
  const listed = async (kind: TaskKind | null) => {
    const page = { pageSize: 100, pageToken: null };
    const { items } = await opened.store.tasks.list(tenant, { ...allTasks, kind }, page);
    return items.map((task) => task.name).toSorted();
  };
  expect(await listed(null)).toEqual(['changed', 'recurring', 'triggered']);
  expect(await listed('triggered')).toEqual(['changed', 'triggered']);
  expect(await listed('manual')).toEqual([]);
});

describe('who uses a table or a connection', () => {
  const tenant = 'users';
  const named = ({ id, name }: TaskProjection) => ({ id, name });
  const usersOfTable = (table: string) => opened.store.tasks.usersOfTable(tenant, table);
  const usersOfConnection = (name: string) => opened.store.tasks.usersOfConnection(tenant, name);

  test('are the live tasks that list it or write it', async () => {
    const reader = await save({ tenant, name: 'r', tables: listings('a.s.t.x', 'b.s.t', 'b.s.u') });
    const writer = await save({ tenant, name: 'w', tables: listings('c.s.t') });
    await opened.store.tasks.reserveOutputs(
      tenant,
      writer.id,
      ['d.s.out', 'a.s.t.x'].map(outputTable),
    );
    expect(await usersOfTable('a.s.t.x')).toEqual(
      expect.arrayContaining([named(reader), named(writer)]),
    );
    expect(await usersOfTable('a.s.t')).toEqual([]);
    expect(await usersOfConnection('b')).toEqual([named(reader)]);
    expect(await usersOfConnection('d')).toEqual([named(writer)]);
    expect(await usersOfTable('d.s.out')).toEqual([named(writer)]);
    expect(await usersOfConnection('s')).toEqual([]);
    expect(await opened.store.tasks.usersOfTable('other', 'b.s.t')).toEqual([]);
    await save({ ...reader, tables: listings('e.s.t'), revision: 2 });
    await save({ ...writer, removedAt: '2026-01-02T03:04:05.678Z', revision: 2 });
    expect(await usersOfTable('a.s.t.x')).toEqual([]);
    expect(await usersOfConnection('d')).toEqual([]);
    expect(await usersOfConnection('e')).toEqual([named(reader)]);
  });

  test('are at most ten', async () => {
    for (let nr = 0; nr < 12; nr += 1) {
      await save({ tenant, name: `task ${nr}`, tables: listings('many.s.t'), id: newId() });
    }
    expect(await usersOfTable('many.s.t')).toHaveLength(10);
    expect(await usersOfConnection('many')).toHaveLength(10);
  });
});
