/** Lists of tasks: their filters, their orders, and how many there are. */
import type { RunSummary, TaskProjection } from '../../model/task';
import { usualOrder, type TaskQuery } from '../../model/task-list';
import { allTasks } from '../support/all-tasks';
import { newId, openTestStore, type OpenedStore } from './support/opened';
import { batchOf, sampleRun, sampleTask } from './support/samples';
import { Client } from 'pg';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

async function save(change: Partial<TaskProjection>): Promise<TaskProjection> {
  const task = sampleTask(change);
  await opened.store.tasks.project(batchOf({ task }));
  return task;
}

function latestRun(status: RunSummary['status'], second: number): RunSummary {
  return {
    ...{ id: newId(), status, startedBy: 'manual', queuedAt: at(second) },
    ...{ finishedAt: null, failureReason: null },
  };
}

/** Names of a list, read in pages of two. */
async function names(tenant: string, query: Partial<TaskQuery>): Promise<string[]> {
  const all: string[] = [];
  let pageToken: string | null = null;
  do {
    const page = { pageSize: 2, pageToken };
    const found = await opened.store.tasks.list(tenant, { ...allTasks, ...query }, page);
    all.push(...found.items.map(({ name }) => name));
    pageToken = found.nextPageToken;
  } while (pageToken !== null);
  return all;
}

async function total(tenant: string, query: Partial<TaskQuery> = {}) {
  const page = { pageSize: 1, pageToken: null };
  return (await opened.store.tasks.list(tenant, { ...allTasks, ...query }, page)).total;
}

const daily = { every: 'day', at: '02:30' } as const;
const always = { startTime: null, endTime: null, mode: 'normal', catchUp: 'latest' } as const;
const hourly = { every: 'hour', from: '00:15', interval: 1 } as const;

describe('tasks are listed', () => {
  const tenant = 'orders';
  beforeAll(async () => {
    const recurring = { kind: 'recurring', timezone: 'UTC' } as const;
    await save({ tenant, name: 'bravo', createdAt: at(1), latestRun: latestRun('failed', 9) });
    await save({
      ...{ tenant, name: 'Alpha', createdAt: at(2), latestRun: latestRun('succeeded', 5) },
      ...{ ...recurring, recurrence: { ...hourly, ...always } },
    });
    await save({
      ...{ tenant, name: 'echo', createdAt: at(3), latestRun: latestRun('failed', 7) },
      ...{ ...recurring, recurrence: { ...daily, ...always, endTime: at(0) } },
    });
    await save({
      ...{ tenant, name: 'Charlie', createdAt: at(4), latestRun: null },
      ...{ ...recurring, recurrence: { ...daily, ...always, startTime: '2099-01-01T00:00:00Z' } },
    });
    await save({
      ...{ tenant, name: 'delta', createdAt: at(5), latestRun: null, paused: true },
      ...{ ...recurring, recurrence: { ...hourly, ...always } },
    });
  });

  test.each([
    ['created', ['delta', 'Charlie', 'echo', 'Alpha', 'bravo']],
    ['name', ['Alpha', 'bravo', 'Charlie', 'delta', 'echo']],
    ['latestRun', ['bravo', 'echo', 'Alpha', 'Charlie', 'delta']],
    ['nextRun', ['Alpha', 'Charlie', 'bravo', 'delta', 'echo']],
  ] as const)('by %s, either way', async (sort, expected) => {
    const order = usualOrder[sort];
    // Those without such a run are by id among themselves.
    const settled = (found: string[]) => {
      const known = sort === 'latestRun' ? 3 : sort === 'nextRun' ? 2 : 5;
      return [...found.slice(0, known), ...found.slice(known).toSorted()];
    };
    const found = await names(tenant, { sort, order });
    expect(settled(found)).toEqual(expected);
    const reversed = await names(tenant, { sort, order: order === 'asc' ? 'desc' : 'asc' });
    expect(reversed).toEqual(found.toReversed());
  });

  test.each<[string, Partial<TaskQuery>, string[]]>([
    ['by how their latest run stands', { status: 'failed' }, ['bravo', 'echo']],
    ['where they have not run yet', { status: 'none' }, ['Charlie', 'delta']],
    ['where they are paused', { paused: true }, ['delta']],
    ['where they are not', { paused: false, kind: 'triggered' }, ['bravo']],
    ['by several of these', { status: 'none', search: 'L', paused: false }, ['Charlie']],
  ])('%s', async (_what, query, expected) => {
    expect(await names(tenant, { ...query, sort: 'name', order: 'asc' })).toEqual(expected);
    expect(await total(tenant, query)).toEqual({ count: expected.length, more: false });
  });
});

test('tasks are listed by a tag, with or without its value', async () => {
  const tenant = 'tags';
  await save({ tenant, name: 'plain', tags: [{ key: 'team' }] });
  await save({ tenant, name: 'crm', tags: [{ key: 'x' }, { key: 'team', value: 'crm' }] });
  await save({ tenant, name: 'none', tags: [] });
  const byTag = async (tag: string) => (await names(tenant, { tag })).toSorted();
  expect(await byTag('team')).toEqual(['crm', 'plain']);
  expect(await byTag('team=crm')).toEqual(['crm']);
  expect(await byTag('crm')).toEqual([]);
});

test('a list follows its tasks', async () => {
  const tenant = 'changes';
  const task = await save({ tenant, name: 'a', tags: [{ key: 'x' }] });
  const later = { ...task, revision: 2, paused: true, tags: [], latestRun: latestRun('queued', 1) };
  await opened.store.tasks.project(batchOf({ task: later }));
  expect(await names(tenant, { tag: 'x' })).toEqual([]);
  expect(await names(tenant, { paused: true, status: 'queued' })).toEqual(['a']);
  const removed = { ...later, revision: 3, removedAt: at(9) };
  await opened.store.tasks.project(batchOf({ task: removed }));
  expect(await total(tenant)).toEqual({ count: 0, more: false });
});

test('a token serves the order that it came from', async () => {
  const tenant = 'tokens';
  for (const name of ['a', 'b', 'c']) await save({ tenant, name });
  const query = { ...allTasks, sort: 'name', order: 'asc' } as const;
  const page = await opened.store.tasks.list(tenant, query, { pageSize: 1, pageToken: null });
  const other = { ...query, order: 'desc' } as const;
  await expect(
    opened.store.tasks.list(tenant, other, { pageSize: 1, pageToken: page.nextPageToken }),
  ).rejects.toMatchObject({ code: 'invalidInput' });
});

test('what runs are doing is told by id, of the own tenant', async () => {
  const tenant = 'doings';
  const progress = { fraction: 0.5, text: 'reading' };
  const run = sampleRun({ tenant, startedAt: at(1), progress });
  await opened.store.runs.project(run);
  const told = await opened.store.runs.doings(tenant, [run.id, newId()]);
  expect([...told]).toEqual([[run.id, { startedAt: at(1), progress }]]);
  expect(await opened.store.runs.doings('other', [run.id])).toEqual(new Map());
  expect(await opened.store.runs.doings(tenant, [])).toEqual(new Map());
});

describe('10,000 tasks', () => {
  const tenant = 'many';
  const count = 10_000;
  let client: Client;
  beforeAll(async () => {
    const task = await save({ tenant, name: 'first' });
    client = new Client({ connectionString: opened.url });
    await client.connect();
    await client.query(
      `insert into tablegate.tasks
        select (json_populate_record(task, json_build_object(
          'id', md5(nr::text), 'folded_name', 'task ' || nr,
          'created_at', task.created_at + make_interval(secs => nr),
          'by_latest_run', task.created_at - make_interval(secs => nr),
          'latest_status', case when nr % 100 = 0 then 'failed' else 'succeeded' end))).*
        from tablegate.tasks as task, generate_series(2, $2) as nr where id = $1`,
      [task.id, count],
    );
    await client.query('analyze tablegate.tasks');
  });
  afterAll(() => client.end());

  test('are counted, and of more it is told that there are more', async () => {
    expect(await total(tenant)).toEqual({ count, more: false });
    expect(await total(tenant, { status: 'failed' })).toEqual({ count: 100, more: false });
    await save({ tenant, name: 'one more' });
    expect(await total(tenant)).toEqual({ count, more: true });
  });

  test.each([
    ['created_at', 'tasks_newest'],
    ['folded_name collate "C"', 'tasks_by_name'],
    ['by_latest_run', 'tasks_by_latest_run'],
    ['by_next_run', 'tasks_by_next_run'],
  ])('are listed by %s without sorting them all', async (column, index) => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain select id from tablegate.tasks where tenant = 'many' and removed_at is null
        order by ${column} desc, id desc limit 51`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan|Full-sort|Sort Key: (?!.*Presorted)/);
  });

  test.each(['name', 'latestRun', 'nextRun'] as const)(
    'are paged to the end by %s, each once',
    async (sort) => {
      const query = { ...allTasks, sort, order: usualOrder[sort] };
      const seen: string[] = [];
      let pageToken: string | null = null;
      do {
        const page = { pageSize: 1000, pageToken };
        const found = await opened.store.tasks.list(tenant, query, page);
        seen.push(...found.items.map(({ number, name }) => `${number} ${name}`));
        pageToken = found.nextPageToken;
      } while (pageToken !== null);
      expect(seen).toHaveLength(count + 1);
    },
  );
});
