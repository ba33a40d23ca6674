/** Table triggers at schedule times: what they do to each task that lists or reads the table. */
import type { BackfillService } from '../../scheduling/scheduling';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => void (service = await openService()));
afterAll(() => service.close());

let tables = 0;
/** The table of the test. */
let table: string;
beforeEach(() => {
  tables += 1;
  table = `default_catalog.sales.FACT_SALES_${tables}`;
  service.gateway.forget();
});
const hours = (...numbers: number[]) =>
  numbers.map((hour) => `2026-01-20T${String(hour).padStart(2, '0')}:00:00.000Z`);
const hourly = { recurrence: { every: 'hour' } };
const page = { pageSize: 1000, pageToken: null };

type Times = Parameters<BackfillService['triggerTable']>[1]['times'];
const trigger = (times: Times, options: { plain?: boolean; key?: string } = {}) =>
  service.scheduling.backfills.triggerTable(
    service.caller,
    { table, times },
    {
      ...{ plainTimes: options.plain ?? true, receipt: 'a'.repeat(30) },
      idempotencyKey: options.key ?? null,
    },
  );
const range = (from: number, to: number) => ({
  startTime: `2026-01-20 0${from}:00:00`,
  endTime: `2026-01-20 0${to}:00:00`,
});

/** Task, time and action of each cell, oldest first. */
async function cellsOf(id: string | null) {
  const filter = { state: null, taskId: null };
  const { items } = await service.scheduling.backfills.cells(service.caller, id!, filter, page);
  return items.map(({ taskId, scheduleTime, action }) => [taskId, scheduleTime, action]).reverse();
}

test('AC-15, AC-16, AC-17: a recurring task gets an instance for each time named, and none between', async () => {
  const { id } = await service.task({ kind: 'recurring', ...hourly, reads: [table] });
  const done = await trigger(['2026-01-20 03:00:00', '2026-01-20 00:00:00']);
  expect(done).toEqual({ backfillId: expect.any(String), cells: 2, marks: 0 });
  expect(await cellsOf(done.backfillId)).toEqual(hours(0, 3).map((at) => [id, at, 'create']));
  const view = await service.scheduling.backfills.get(service.caller, done.backfillId!);
  expect(view).toMatchObject({
    ...{ startedBy: 'tableTrigger', startedByUser: 'Ada', downstream: 'matching' },
    ...{ existing: 'rerun', taskIds: [id], status: 'running' },
  });
  expect(service.gateway.drivers).toEqual([done.backfillId]);
});

test('AC-18, AC-25: what exists is run again, with all that comes after it', async () => {
  const clean = 'analysis.main.clean';
  const first = await service.task({
    ...{ kind: 'recurring', ...hourly, reads: [table], writes: [clean] },
  });
  const second = await service.task({ kind: 'recurring', ...hourly, reads: [clean] });
  await service.ran(first, hours(2)[0]!);
  await service.ran(second, hours(2)[0]!);
  const { backfillId } = await trigger(range(1, 2));
  expect(await cellsOf(backfillId)).toEqual([
    [first.id, hours(1)[0], 'create'],
    [second.id, hours(1)[0], 'create'],
    [first.id, hours(2)[0], 'rerun'],
    [second.id, hours(2)[0], 'rerun'],
  ]);
});

test('AC-23, AC-24: a range has all instances in it, both ends among them', async () => {
  const { id } = await service.task({ kind: 'recurring', ...hourly, reads: [table] });
  const { backfillId } = await trigger(range(1, 5));
  expect(await cellsOf(backfillId)).toEqual(hours(1, 2, 3, 4, 5).map((at) => [id, at, 'create']));
});

test('AC-26: a range without an instance starts nothing and is no error', async () => {
  await service.task({ kind: 'recurring', ...hourly, reads: [table] });
  const between = { startTime: '2026-01-20 01:10:00', endTime: '2026-01-20 01:20:00' };
  expect(await trigger(between)).toEqual({ backfillId: null, cells: 0, marks: 0 });
  expect(service.gateway.drivers).toEqual([]);
});

test('AC-34: a time that is named twice counts once', async () => {
  const { id } = await service.task({ kind: 'recurring', ...hourly, reads: [table] });
  const { backfillId } = await trigger(['2026-01-20 01:00:00', '2026-01-20 01:00:00']);
  expect(await cellsOf(backfillId)).toEqual([[id, hours(1)[0], 'create']]);
});

test('a time off the schedule is run as named', async () => {
  const { id } = await service.task({ kind: 'recurring', ...hourly, reads: [table] });
  const { backfillId } = await trigger(['2026-01-20 01:17:00']);
  expect(await cellsOf(backfillId)).toEqual([[id, '2026-01-20T01:17:00.000Z', 'create']]);
});

test('each task reads the times in its timezone', async () => {
  const zoned = (timezone: string) =>
    service.task({ kind: 'recurring', ...hourly, reads: [table], timezone });
  const [berlin, tokyo] = [await zoned('Europe/Berlin'), await zoned('Asia/Tokyo')];
  const { backfillId } = await trigger(['2026-01-20 12:00:00']);
  expect(await cellsOf(backfillId)).toEqual([
    [tokyo.id, hours(3)[0], 'create'],
    [berlin.id, hours(11)[0], 'create'],
  ]);
});

describe('a triggered task', () => {
  const listing = () => ({ kind: 'triggered', tables: [table, 'a.b.other'] });

  test('is marked at times at which it has not run, and runs again at those at which it has', async () => {
    const task = await service.task({ ...listing(), ...hourly });
    await service.ran(task, hours(2)[0]!, { status: 'failed' });
    const done = await trigger(range(1, 3));
    expect(done).toMatchObject({ cells: 1, marks: 2 });
    expect(await cellsOf(done.backfillId)).toEqual([[task.id, hours(2)[0], 'rerun']]);
    expect(service.gateway.triggers).toMatchObject(
      hours(1, 3).map((scheduleTime) => ({ taskId: task.id, table, scheduleTime, caller: 'Ada' })),
    );
    const receipts = service.gateway.triggers.map(({ receipt }) => receipt);
    expect(new Set(receipts).size).toBe(2);
    for (const receipt of receipts) expect(receipt).toMatch(/^[0-9a-f]{30}$/);
  });

  test('without a recurrence has in a range the times that it has run at, or is marked for', async () => {
    const task = await service.task(listing());
    await service.ran(task, hours(2)[0]!);
    await service.scheduling.triggers.call(service.caller, task.id, {
      ...{ table: 'a.b.other', scheduleTime: hours(4)[0]!, receipt: '1'.repeat(30) },
      idempotencyKey: null,
    });
    const done = await trigger(range(1, 5));
    expect(await cellsOf(done.backfillId)).toEqual([[task.id, hours(2)[0], 'rerun']]);
    expect(service.gateway.triggers.at(-1)).toMatchObject({ table, scheduleTime: hours(4)[0] });
    expect(done.marks).toBe(1);
  });

  test('that was skipped at a time has not run then', async () => {
    const task = await service.task(listing());
    await service.ran(task, hours(2)[0]!, { status: 'skipped', attempt: 0 });
    expect(await trigger(range(1, 5))).toEqual({ backfillId: null, cells: 0, marks: 1 });
    expect(service.gateway.triggers).toMatchObject([
      { taskId: task.id, scheduleTime: hours(2)[0] },
    ]);
  });

  test('that reads the table and does not list it has nothing to mark', async () => {
    const task = await service.task({ kind: 'triggered', reads: [table], tables: ['a.b.c'] });
    await service.ran(task, hours(2)[0]!);
    const done = await trigger(['2026-01-20 01:00:00', '2026-01-20 02:00:00']);
    expect(await cellsOf(done.backfillId)).toEqual([[task.id, hours(2)[0], 'rerun']]);
    expect(service.gateway.triggers).toEqual([]);
  });

  test('is not marked for a time that its gates do not take', async () => {
    await service.task(listing());
    expect(await refusalOf(trigger(['2001-01-20 01:00:00']))).toMatchObject({
      code: 'invalidInput',
      fields: { scheduleTimes: expect.stringContaining('more than 10 years back') },
    });
  });
});

describe('a manual task', () => {
  test('is run at times that are named, and at those of its recurrence', async () => {
    const plain = await service.task({ reads: [table] });
    const regular = await service.task({ ...hourly, reads: [table] });
    const named = await trigger(['2026-01-20 01:00:00']);
    const ran = (await cellsOf(named.backfillId)).map(([taskId]) => taskId);
    expect(new Set(ran)).toEqual(new Set([plain.id, regular.id]));
    const ranged = await trigger(range(1, 1));
    expect(await cellsOf(ranged.backfillId)).toEqual([[regular.id, hours(1)[0], 'create']]);
  });

  test('without a recurrence has nothing in a range, whatever it has run', async () => {
    const task = await service.task({ reads: [table] });
    await service.ran(task, hours(2)[0]!);
    expect(await trigger(range(1, 5))).toEqual({ backfillId: null, cells: 0, marks: 0 });
  });
});

describe('the times', () => {
  const withTask = () => service.task({ kind: 'recurring', ...hourly, reads: [table] });

  test.each(['2026-01-20T00:00:00', '2026-01-20T00:00:00Z', '2026-01-20', '2026-02-30 00:00:00'])(
    'AC-14: are plain where that is asked for: %s is refused',
    async (time) => {
      await withTask();
      expect(await refusalOf(trigger(['2026-01-20 00:00:00', time]))).toMatchObject({
        code: 'invalidInput',
        fields: { 'scheduleTimes[1]': expect.any(String) },
      });
    },
  );

  test('may be of any form otherwise', async () => {
    const { id } = await withTask();
    const { backfillId } = await trigger(['2026-01-20T09:00:00+08:00'], { plain: false });
    expect(await cellsOf(backfillId)).toEqual([[id, hours(1)[0], 'create']]);
  });

  test('AC-27: may not end before they begin, also where no task reads them', async () => {
    expect(await refusalOf(trigger(range(2, 1)))).toMatchObject({
      code: 'invalidInput',
      fields: { endTime: expect.any(String) },
    });
  });
});

test('AC-29: a table that nobody has spoken of is not found', async () => {
  const { code, message } = await refusalOf(trigger(['2026-01-20 00:00:00']));
  expect(code).toBe('tableNotFound');
  expect(message).toContain(table);
});

test('a known table that no task lists or reads starts nothing', async () => {
  const parts = { connection: 'default_catalog', schema: 'sales', table: table.split('.')[2]! };
  const row = {
    tenant: 'default',
    name: parts.connection,
    type: 'duckdb',
    config: {},
    secrets: null,
  };
  await service.store.sources.createConnection(row, null);
  await service.store.sources.putTable('default', parts, null);
  expect(await trigger(['2026-01-20 00:00:00'])).toEqual({ backfillId: null, cells: 0, marks: 0 });
});

test('a repeat with the same key is the same backfill', async () => {
  const { id: taskId } = await service.task({ kind: 'recurring', ...hourly, reads: [table] });
  const first = await trigger(range(1, 3), { key: 'k' });
  const again = await trigger(range(1, 3), { key: 'k' });
  expect(again).toEqual(first);
  const { items } = await service.store.backfills.list('default', { status: null, taskId }, page);
  expect(items).toHaveLength(1);
});

test('it is one line of the audit', async () => {
  await service.task({ kind: 'recurring', ...hourly, reads: [table] });
  await trigger(range(1, 3));
  const { items } = await service.store.audit.list('default', { target: `table/${table}` }, page);
  expect(items).toMatchObject([{ action: 'table.trigger', actor: 'Ada', detail: { cells: 3 } }]);
});

test('100,000 times are taken in one call', async () => {
  const { id } = await service.task({ kind: 'recurring', ...hourly, reads: [table] });
  const first = Date.UTC(2016, 0, 1);
  const times = Array.from({ length: 100_000 }, (_, minute) =>
    new Date(first + minute * 60_000).toISOString().slice(0, 19).replace('T', ' '),
  );
  const { backfillId, cells } = await trigger(times);
  expect(cells).toBe(100_000);
  const view = await service.scheduling.backfills.get(service.caller, backfillId!);
  expect(view).toMatchObject({ count: 100_000, taskIds: [id], counts: { waiting: 100_000 } });
});
