import { Client } from 'pg';
import { lineageTask } from '../../model/lineage';
import { defaultRunPolicy, type TaskProjection } from '../../model/task';
import { allTasks } from '../support/all-tasks';
import { newId, openTestStore, type OpenedStore } from './support/opened';
import { batchOf, sampleTask } from './support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const daily = {
  ...{ every: 'day' as const, at: '02:30', startTime: null, endTime: null },
  ...{ mode: 'normal' as const, catchUp: 'latest' as const },
};
const lists = (...names: string[]) => names.map((name) => ({ name, by: 'url' as const }));

/** Tasks of a tenant of their own, saved in the order in which they are asked for. */
class Saved {
  readonly tenant = `lineage-${newId()}`;
  readonly #names = new Map<string, string>();

  async save(
    change: Partial<TaskProjection>,
    lineage: { reads?: string[]; writes?: string[] } = {},
  ): Promise<TaskProjection> {
    const task = sampleTask({ tenant: this.tenant, tables: lists('c.s.none'), ...change });
    this.#names.set(task.id, task.name);
    await opened.store.tasks.project(
      batchOf({ task, lineage: { reads: [], writes: [], ...lineage } }),
    );
    return task;
  }

  names(tasks: { id: string }[]): string[] {
    return tasks.map(({ id }) => this.#names.get(id)!).toSorted();
  }

  async downstream({ id }: { id: string }, ...writes: string[]): Promise<string[]> {
    return this.names(await opened.store.tasks.downstreamOf(this.tenant, id, writes));
  }

  async upstream(dependsOn: string[], reads: string[]): Promise<string[]> {
    return this.names(await opened.store.tasks.upstreamOf(this.tenant, { dependsOn, reads }));
  }

  async ofTable(table: string): Promise<string[]> {
    return this.names(await opened.store.tasks.tasksOfTable(this.tenant, table));
  }
}

const removedAt = '2026-02-03T04:05:06.007Z';

test('tasks are given as lineage sees them, all of a tenant or some', async () => {
  const saved = new Saved();
  const change = {
    ...{ kind: 'recurring' as const, recurrence: daily, timezone: 'Europe/Berlin' },
    ...{ dependsOn: [newId()], tables: [{ name: 'c.s.t', by: 'task' as const }] },
    runPolicy: { ...defaultRunPolicy, rerunMode: 'AllDenied' as const },
  };
  const lineage = { reads: ['c.s.r'], writes: ['c.s.w', 'c.s.x'] };
  const one = await saved.save(change, lineage);
  const other = await saved.save({ name: 'Other' });
  const gone = await saved.save({ name: 'Gone', removedAt });
  const { tasks } = opened.store;
  expect(await tasks.lineage(saved.tenant, [one.id])).toEqual([lineageTask(one, lineage)]);
  expect(saved.names(await tasks.lineage(saved.tenant))).toEqual(['Other', 'Unify']);
  const some = await tasks.lineage(saved.tenant, [other.id, gone.id, newId()]);
  expect(saved.names(some)).toEqual(['Other']);
  expect(await tasks.lineage(saved.tenant, [])).toEqual([]);
  expect(await tasks.lineage('other', [one.id])).toEqual([]);
});

describe('what comes after a task', () => {
  test('names it, or lists or reads a table that it writes', async () => {
    const saved = new Saved();
    const task = await saved.save({ name: 'task', dependsOn: [] }, { reads: ['c.s.w'] });
    await saved.save({ name: 'names it', dependsOn: [newId(), task.id] });
    await saved.save({ name: 'lists', tables: lists('c.s.other', 'c.s.w') });
    await saved.save({ name: 'reads', tables: lists('c.s.other') }, { reads: ['c.s.w', 'c.s.r'] });
    await saved.save({ name: 'reads too' }, { reads: ['c.s.w2'] });
    await saved.save({ name: 'writes' }, { writes: ['c.s.w'] });
    await saved.save({ name: 'gone', dependsOn: [task.id], removedAt });
    expect(await saved.downstream(task, 'c.s.w', 'c.s.w2')).toEqual([
      ...['lists', 'names it', 'reads', 'reads too'],
    ]);
    expect(await saved.downstream(task)).toEqual(['names it']);
    expect(await opened.store.tasks.downstreamOf('other', task.id, ['c.s.w'])).toEqual([]);
  });
});

describe('what comes before a task', () => {
  test('is named by it, or writes a table that it reads', async () => {
    const saved = new Saved();
    const named = await saved.save({ name: 'named' });
    const gone = await saved.save({ name: 'gone', removedAt }, { writes: ['c.s.a'] });
    await saved.save({ name: 'writes a' }, { writes: ['c.s.a', 'c.s.z'] });
    await saved.save({ name: 'reads a' }, { reads: ['c.s.a'] });
    expect(await saved.upstream([named.id, gone.id, newId()], ['c.s.a', 'c.s.b'])).toEqual([
      ...['named', 'writes a'],
    ]);
    expect(await saved.upstream([], [])).toEqual([]);
  });
});

test('the tasks of a table list it or read it, and no others', async () => {
  const saved = new Saved();
  await saved.save({ name: 'lists', tables: lists('c.s.a') });
  const reads = await saved.save({ name: 'reads' }, { reads: ['c.s.a'] });
  await saved.save({ name: 'writes' }, { writes: ['c.s.a'] });
  await saved.save({ name: 'near', tables: lists('c.s.ab') });
  expect(await saved.ofTable('c.s.a')).toEqual(['lists', 'reads']);
  await saved.save({ ...reads, revision: 2 }, { reads: ['c.s.b'] });
  expect(await saved.ofTable('c.s.a')).toEqual(['lists']);
  await saved.save({ ...reads, revision: 1 }, { reads: ['c.s.a'] });
  expect(await saved.ofTable('c.s.a')).toEqual(['lists']);
});

test('who reads a table without listing it uses it and its connection', async () => {
  const saved = new Saved();
  const task = await saved.save({}, { reads: ['src.s.a'], writes: ['out.s.b'] });
  const { tasks } = opened.store;
  const used = [{ id: task.id, name: task.name }];
  expect(await tasks.usersOfTable(saved.tenant, 'src.s.a')).toEqual(used);
  expect(await tasks.usersOfConnection(saved.tenant, 'src')).toEqual(used);
  expect(await tasks.usersOfConnection(saved.tenant, 'out')).toEqual(used);
  expect(await tasks.usersOfConnection(saved.tenant, 's')).toEqual([]);
});

test('recurring tasks of all tenants come in pages, each once', async () => {
  const tenants = [new Saved(), new Saved()];
  const expected: string[] = [];
  for (const saved of tenants) {
    for (let nr = 0; nr < 3; nr += 1) {
      const recurring = { kind: 'recurring' as const, recurrence: daily, paused: nr === 1 };
      const { id } = await saved.save(recurring, { writes: [`c.s.w${nr}`] });
      expected.push([saved.tenant, id, nr === 1, `c.s.w${nr}`].join(' '));
    }
    await saved.save({ kind: 'triggered', recurrence: daily });
    await saved.save({ kind: 'recurring', recurrence: daily, removedAt });
  }
  const seen: string[] = [];
  for (let after: { tenant: string; id: string } | null = null; ;) {
    const page = await opened.store.tasks.recurring(after, 2);
    seen.push(
      ...page.map(({ tenant, task, paused }) =>
        [tenant, task.id, paused, ...task.writes].join(' '),
      ),
    );
    const last = page.at(-1);
    if (!last) break;
    after = { tenant: last.tenant, id: last.task.id };
  }
  const ours = seen.filter((line) => tenants.some(({ tenant }) => line.startsWith(tenant)));
  expect(ours).toEqual(expected.toSorted());
});

test('a recurring task comes with what the watchdog compares, and with its open times', async () => {
  const saved = new Saved();
  const gate = { scheduleTime: removedAt, tables: [], upstream: null };
  const { tenant, id, version, updatedAt } = await saved.save({
    ...{ kind: 'recurring', recurrence: daily, version: 7 },
    gate: { tables: [], running: null, dated: [gate] },
  });
  const [one] = await opened.store.tasks.recurring({ tenant, id: '' }, 1);
  expect(one).toMatchObject({ tenant, version, updatedAt, openTimes: [removedAt] });
  expect([one?.task.id, version]).toEqual([id, 7]);
});

test('a task that a former version saved is read with defaults for what came later', async () => {
  const saved = new Saved();
  const {
    tenant,
    revision: _,
    removedAt: __,
    ...view
  } = await saved.save({
    gate: {
      ...{ tables: [], running: null },
      dated: [{ scheduleTime: removedAt, tables: [], upstream: null }],
    },
  });
  const { recurrence: _r, dependsOn: _d, notifications: _n, ...former } = view;
  const { maxParallel: _m, gateExpiry: _g, ...runPolicy } = view.runPolicy;
  const gate = { tables: [], dated: [{ scheduleTime: removedAt, tables: [] }] };
  const client = new Client({ connectionString: opened.url });
  await client.connect();
  await client.query(
    `update tablegate.tasks set view = $2, reads = default, writes = default,
      depends_on = default where id = $1`,
    [view.id, JSON.stringify({ ...former, runPolicy, gate })],
  );
  await client.end();
  const { tasks } = opened.store;
  expect(await tasks.find(tenant, view.id)).toEqual(view);
  const page = { pageSize: 10, pageToken: null };
  const { items } = await tasks.list(tenant, allTasks, page);
  expect(items).toEqual([view]);
  const nothing = { reads: [], writes: [] };
  expect(await tasks.lineage(tenant)).toEqual([lineageTask(view, nothing)]);
});
