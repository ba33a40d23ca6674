/** Instances with the gates that wait: of a task, and of all tasks of a table. */
import type { InstanceFilter, InstanceView, PageRequest } from '../../scheduling/scheduling';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => void (service = await openService()));
afterAll(() => service.close());

const at = (hour: number) => `2026-01-20T${String(hour).padStart(2, '0')}:00:00.000Z`;
const everything: InstanceFilter = { from: null, to: null, status: null };
const first: PageRequest = { pageSize: 50, pageToken: null };
const tables = ['crm.main.one', 'crm.main.two'];

const list = ({ id }: { id: string }, filter = everything, page = first) =>
  service.scheduling.runs.instances(service.caller, id, filter, page);
const times = ({ items }: { items: InstanceView[] }) =>
  items.map(({ scheduleTime }) => scheduleTime);

let receipts = 0;
async function mark({ id }: { id: string }, scheduleTime: string, table = tables[0]!) {
  receipts += 1;
  await service.scheduling.triggers.call(service.caller, id, {
    ...{ table, scheduleTime, receipt: String(receipts).padStart(30, '0') },
    idempotencyKey: null,
  });
  await service.store.tasks.project({
    ...{ ledger: [], runs: [], lineage: { reads: [], writes: [] } },
    task: (await service.gateway.snapshot('default', id)).task,
  });
}

const triggered = (input: Record<string, unknown> = {}) =>
  service.task({ kind: 'triggered', tables, ...input });

test('an instance is shown by its latest attempt, with how many there were', async () => {
  const task = await service.task();
  await service.ran(task, at(1), { status: 'failed', failureReason: 'it broke' });
  await service.ran(task, at(1), { status: 'succeeded', attempt: 2 });
  await service.ran(task, at(2), { status: 'failed', failureReason: 'no disk' });
  await service.ran(task, null);
  expect(await list(task)).toMatchObject({
    items: [
      { scheduleTime: at(2), attempts: 1, status: 'failed', reason: 'no disk' },
      { scheduleTime: at(1), attempts: 2, status: 'succeeded', reason: null },
    ],
    nextPageToken: null,
  });
  const { items } = await list(task);
  expect(items[0]!.run).toMatchObject({ taskId: task.id, status: 'failed', temporalUrl: null });
});

test('an open gate without a run is waiting, with the tables that it waits for', async () => {
  const task = await triggered();
  await service.ran(task, at(1));
  await mark(task, at(3));
  await mark(task, at(2), tables[1]);
  expect((await list(task)).items).toMatchObject([
    {
      ...{ taskId: task.id, scheduleTime: at(3), attempts: 0, status: 'waiting', run: null },
      reason: 'waiting for tables crm.main.two',
    },
    { scheduleTime: at(2), status: 'waiting', reason: 'waiting for tables crm.main.one' },
    { scheduleTime: at(1), status: 'succeeded' },
  ]);
});

test('a full gate waits for its turn; one of an instance that there is, is not shown beside it', async () => {
  const task = await triggered();
  await service.scheduling.tasks.pause(service.caller, task.id);
  await service.ran(task, at(1));
  await mark(task, at(1));
  for (const table of tables) await mark(task, at(2), table);
  expect((await list(task)).items).toMatchObject([
    { scheduleTime: at(2), status: 'waiting', reason: 'it waits for its turn' },
    { scheduleTime: at(1), status: 'succeeded', attempts: 1 },
  ]);
});

test('a gate that has expired leaves its instance as missed, with the tables that did not come', async () => {
  const task = await triggered();
  const reason = 'its gate has expired; it still waited for tables crm.main.two';
  const missed = { status: 'missed', attempt: 0, startedBy: 'triggers' } as const;
  for (const hour of [1, 2])
    await service.ran(task, at(hour), { ...missed, failureReason: reason });
  await mark(task, at(2), tables[1]);
  expect((await list(task)).items).toMatchObject([
    // A new mark has opened this one again.
    {
      scheduleTime: at(2),
      status: 'waiting',
      reason: 'waiting for tables crm.main.one',
      run: null,
    },
    { scheduleTime: at(1), status: 'missed', reason, attempts: 0, run: { status: 'missed' } },
  ]);
  expect(times(await list(task, { ...everything, status: 'missed' }))).toEqual([at(2), at(1)]);
  const page = { pageSize: 1, pageToken: null };
  const { nextPageToken } = await list(task, everything, page);
  const rest = await list(task, everything, { ...page, pageToken: nextPageToken });
  expect(times(rest)).toEqual([at(1)]);
});

test('a gate that waits for tasks upstream says for what', async () => {
  const task = await service.task({ kind: 'recurring', recurrence: { every: 'hour' } });
  const gate = { marks: {}, fullSince: null, scheduleTime: at(1), ask: false };
  const upstream = { status: 'waiting', reason: 'waiting for "Load" at 01:00', recordId: null };
  const { dated } = service.gateway.state(task.id);
  dated.push({ ...gate, upstream } as unknown as (typeof dated)[number]);
  expect((await list(task)).items).toMatchObject([
    { scheduleTime: at(1), status: 'waiting', reason: 'waiting for "Load" at 01:00' },
  ]);
});

describe('the filter', () => {
  let task: { id: string };
  beforeAll(async () => {
    task = await triggered({ timezone: 'Europe/Berlin' });
    for (const hour of [1, 3, 5]) await service.ran(task, at(hour));
    await service.ran(task, at(7), { status: 'failed' });
    for (const hour of [2, 4, 6]) await mark(task, at(hour));
  });

  test('keeps a closed range, read in the timezone of the task', async () => {
    const filter = { ...everything, from: '2026-01-20 03:00:00', to: '2026-01-20T05:00:00Z' };
    expect(times(await list(task, filter))).toEqual([at(5), at(4), at(3), at(2)]);
  });

  test('keeps those of a status', async () => {
    const by = async (status: InstanceFilter['status']) =>
      times(await list(task, { ...everything, status }));
    expect(await by('failed')).toEqual([at(7)]);
    expect(await by('succeeded')).toEqual([at(5), at(3), at(1)]);
    expect(await by('waiting')).toEqual([at(6), at(4), at(2)]);
  });

  test('that names no time is refused by name', async () => {
    const answer = list(task, { ...everything, to: 'soon' });
    expect(await refusalOf(answer)).toMatchObject({ fields: { to: expect.any(String) } });
  });

  test.each([1, 2, 3, 7])('goes on over pages of %i without gap or repeat', async (pageSize) => {
    const seen: string[] = [];
    let pageToken: string | null = null;
    do {
      const page = await list(task, everything, { pageSize, pageToken });
      expect(page.items.length).toBeLessThanOrEqual(pageSize);
      seen.push(...times(page));
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map(at));
  });

  test.each(['x', Buffer.from('yesterday task').toString('base64url')])(
    'refuses %s as a page',
    async (pageToken) => {
      const answer = list(task, everything, { pageSize: 5, pageToken });
      expect(await refusalOf(answer)).toMatchObject({ fields: { pageToken: expect.any(String) } });
    },
  );
});

test('records of a removed task stay to be seen; of a task that never was there are none', async () => {
  const task = await triggered();
  await service.ran(task, at(1));
  await mark(task, at(2));
  await service.scheduling.tasks.remove(service.caller, task.id, null, false);
  expect(times(await list(task))).toEqual([at(1)]);
  const unknown = list({ id: '0'.repeat(32) });
  expect(await refusalOf(unknown)).toMatchObject({ code: 'taskNotFound' });
});

describe('of a table', () => {
  const table = 'crm.main.shared';
  const listTable = (name: string, page = first, filter = everything) =>
    service.scheduling.runs.tableInstances(service.caller, name, filter, page);

  test('those of all tasks that list or read it, in pages by time and then by task', async () => {
    const lists = await triggered({ tables: [table, tables[0]] });
    const reads = await service.task({ reads: [table] });
    await service.ran(await service.task(), at(1));
    for (const task of [lists, reads]) {
      for (const hour of [1, 2, 3]) await service.ran(task, at(hour));
    }
    await mark(lists, at(4), table);
    const ids = [lists.id, reads.id].toSorted();
    const expected = [
      [at(4), lists.id],
      ...[3, 2, 1].flatMap((hour) => ids.map((id) => [at(hour), id])),
    ];
    for (const pageSize of [1, 2, 3, 50]) {
      const seen: string[][] = [];
      let pageToken: string | null = null;
      do {
        const page = await listTable(table, { pageSize, pageToken });
        expect(page.items.length).toBeLessThanOrEqual(pageSize);
        seen.push(...page.items.map(({ scheduleTime, taskId }) => [scheduleTime, taskId]));
        pageToken = page.nextPageToken;
      } while (pageToken !== null);
      expect(seen).toEqual(expected);
    }
  });

  test('a table that nobody has spoken of is not found; one that is only written has none', async () => {
    expect(await refusalOf(listTable('a.b.unknown'))).toMatchObject({ code: 'tableNotFound' });
    await service.task({ writes: ['analysis.main.only_written'] });
    expect(await listTable('analysis.main.only_written')).toEqual({
      ...{ items: [], nextPageToken: null },
    });
  });
});
