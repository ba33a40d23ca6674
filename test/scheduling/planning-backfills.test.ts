/** What a backfill would run, before it starts. */
import type { BackfillRequest, PlanView } from '../../model/backfill';
import { backfillRequestSchema } from '../../model/backfill';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => void (service = await openService()));
afterAll(() => service.close());

const request = (asked: Record<string, unknown>): BackfillRequest =>
  backfillRequestSchema.parse(asked);
const plan = (asked: Record<string, unknown>): Promise<PlanView> =>
  service.scheduling.backfills.plan(service.caller, request(asked));

const hourly = { kind: 'recurring', recurrence: { every: 'hour' } };
const daily = { kind: 'recurring', recurrence: { every: 'day', at: '03:00' } };
const range = (from: string, to: string) => ({ startTime: from, endTime: to });
const hours = (...numbers: number[]) =>
  numbers.map((hour) => `2026-01-20T${String(hour).padStart(2, '0')}:00:00.000Z`);
const timesOf = ({ cells }: PlanView) => cells.map((cell) => cell.scheduleTime);

let tables = 0;
const newTable = () => `analysis.main.t${(tables += 1)}`;

describe('which times there are', () => {
  test('AC-23, AC-24: a closed range has all times of the recurrence, both ends among them', async () => {
    const { id } = await service.task(hourly);
    const answer = await plan({
      ...{ taskIds: [id], ...range('2026-01-20 01:00:00', '2026-01-20 05:00:00') },
    });
    expect(timesOf(answer)).toEqual(hours(1, 2, 3, 4, 5));
    expect(answer).toMatchObject({ count: 5, marks: [], estimatedSeconds: null });
    expect(answer.cells[0]).toEqual({
      ...{ taskId: id, scheduleTime: hours(1)[0], action: 'create', reason: null },
    });
  });

  test('AC-26: a range without any has nothing in it', async () => {
    const { id } = await service.task(hourly);
    const between = range('2026-01-20 01:10:00', '2026-01-20 01:20:00');
    expect(await plan({ taskIds: [id], ...between })).toEqual({
      ...{ cells: [], marks: [], count: 0, estimatedSeconds: 0 },
    });
  });

  test('named times are taken as named, each once, oldest first', async () => {
    const { id } = await service.task(hourly);
    const scheduleTimes = [
      ...['2026-01-20 03:00:00', '2026-01-20 00:00:00', '2026-01-20T03:00:00Z'],
      '2026-01-20T01:17:00+00:00',
    ];
    const answer = await plan({ taskIds: [id], scheduleTimes });
    expect(timesOf(answer)).toEqual([...hours(0), '2026-01-20T01:17:00.000Z', ...hours(3)]);
  });

  test('a range may begin with an offset and end without one', async () => {
    const { id } = await service.task({ ...hourly, timezone: 'America/New_York' });
    const mixed = range('2026-01-01T01:00:00-05:00', '2026-01-01 03:00:00');
    expect(timesOf(await plan({ taskIds: [id], ...mixed }))).toHaveLength(3);
    const swapped = range('2026-01-01T04:00:00-05:00', '2026-01-01 03:00:00');
    const { fields } = await refusalOf(plan({ taskIds: [id], ...swapped }));
    expect(fields.endTime).toContain('comes before startTime');
  });

  test('AC-24: of an end that the clocks show twice both instants are in the range', async () => {
    // Temporal fires at the second 02:30 of that night.
    const { id } = await service.task({
      ...{ ...daily, recurrence: { every: 'day', at: '02:30' }, timezone: 'Europe/Berlin' },
    });
    const days = range('2025-10-25 02:30:00', '2025-10-26 02:30:00');
    const both = ['2025-10-25T00:30:00.000Z', '2025-10-26T01:30:00.000Z'];
    expect(timesOf(await plan({ taskIds: [id], ...days }))).toEqual(both);
    const named = await plan({ taskIds: [id], scheduleTimes: ['2025-10-26 02:30:00'] });
    expect(timesOf(named)).toEqual(both.slice(1));
  });

  test('times without an offset are read in the timezone of each task', async () => {
    const berlin = await service.task({ ...daily, timezone: 'Europe/Berlin' });
    const tokyo = await service.task({ ...daily, timezone: 'Asia/Tokyo' });
    const taskIds = [berlin.id, tokyo.id];
    const answer = await plan({ taskIds, scheduleTimes: ['2026-01-20 03:00:00'] });
    expect(answer.cells.map(({ taskId, scheduleTime }) => [taskId, scheduleTime])).toEqual([
      [tokyo.id, '2026-01-19T18:00:00.000Z'],
      [berlin.id, '2026-01-20T02:00:00.000Z'],
    ]);
    const day = await plan({ taskIds, ...range('2026-01-20', '2026-01-20 23:59:59') });
    expect(timesOf(day)).toEqual(timesOf(answer));
  });

  test('a range stops at now; a named time may lie up to a year ahead', async () => {
    const { id } = await service.task(daily);
    const dayMs = 86_400_000;
    const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, '');
    const soon = range(iso(Date.now() - 3 * dayMs), iso(Date.now() + 30 * dayMs));
    const answer = await plan({ taskIds: [id], ...soon });
    expect([3, 4]).toContain(answer.count);
    expect(timesOf(answer).every((time) => Date.parse(time) <= Date.now())).toBe(true);
    const ahead = (days: number) =>
      plan({ taskIds: [id], scheduleTimes: [iso(Date.now() + days * dayMs)] });
    expect((await ahead(300)).count).toBe(1);
    expect(await refusalOf(ahead(400))).toMatchObject({
      code: 'invalidInput',
      fields: { 'scheduleTimes[0]': expect.stringContaining('more than a year ahead') },
    });
  });

  test('without a recurrence a range has the times of instances and of open gates', async () => {
    const task = await service.task({ kind: 'triggered', tables: ['a.b.c'] });
    await service.ran(task, hours(2)[0]!);
    await service.ran(task, hours(9)[0]!);
    await service.scheduling.triggers.call(service.caller, task.id, {
      ...{ table: 'a.b.c', scheduleTime: hours(4)[0]!, receipt: '0'.repeat(30) },
      idempotencyKey: null,
    });
    const asked = { taskIds: [task.id], ...range('2026-01-20 01:00:00', '2026-01-20 05:00:00') };
    expect(timesOf(await plan(asked))).toEqual(hours(2, 4));
  });

  test.each([
    ['AC-27: a start after the end', range('2026-01-21', '2026-01-20'), 'endTime'],
    ['a start that is no time', range('x', '2026-01-20'), 'startTime'],
    [
      'a day that there is not',
      { scheduleTimes: ['2026-01-01', '2026-02-30'] },
      'scheduleTimes[1]',
    ],
  ])('%s is refused by name', async (_case, times, path) => {
    const { id } = await service.task(hourly);
    const { code, fields } = await refusalOf(plan({ taskIds: [id], ...times }));
    expect([code, Object.keys(fields)]).toEqual(['invalidInput', [path]]);
  });

  test('a range with more times than a plan may have is refused before it is made', async () => {
    const { id, name } = await service.task({
      ...{ kind: 'recurring', recurrence: { cron: '* * * * * ?' } },
    });
    const { code, fields } = await refusalOf(
      plan({ taskIds: [id], ...range('2000-01-01', '2026-01-01') }),
    );
    expect(code).toBe('invalidInput');
    expect(fields.startTime).toContain(name);
  });
});

describe('what becomes of each instance', () => {
  async function ranTask(rerunMode = 'AllAllowed') {
    const task = await service.task({ ...hourly, runPolicy: { rerunMode } });
    await service.ran(task, hours(1)[0]!);
    await service.ran(task, hours(2)[0]!, { status: 'failed' });
    await service.ran(task, hours(3)[0]!, { status: 'skipped', attempt: 0 });
    return { taskIds: [task.id], ...range('2026-01-20 01:00:00', '2026-01-20 04:00:00') };
  }
  const actions = ({ cells }: PlanView) => cells.map(({ action }) => action);

  test.each([
    ['rerun', ['rerun', 'rerun', 'create', 'create']],
    ['failed', ['skip', 'rerun', 'create', 'create']],
    ['skip', ['skip', 'skip', 'create', 'create']],
  ])('is decided by `existing`: %s', async (existing, expected) => {
    expect(actions(await plan({ ...(await ranTask()), existing }))).toEqual(expected);
  });

  test('is a skip with its reason where the run policy denies reruns', async () => {
    const answer = await plan(await ranTask('FailureAllowed'));
    expect(actions(answer)).toEqual(['skip', 'rerun', 'create', 'create']);
    expect(answer.cells[0]!.reason).toContain('run policy');
  });
});

describe('downstream', () => {
  async function aChain() {
    const [raw, clean] = [newTable(), newTable()];
    const first = await service.task({ ...hourly, writes: [raw] });
    const second = await service.task({ ...hourly, reads: [raw], writes: [clean] });
    const third = await service.task({ ...daily, reads: [clean] });
    return { raw, first, second, third };
  }
  const named = ({ cells }: PlanView) => cells.map(({ taskId }) => taskId);

  test('comes after what was asked for, to any depth, where `downstream` is matching', async () => {
    const { first, second, third } = await aChain();
    const asked = { taskIds: [first.id], scheduleTimes: ['2026-01-20 03:00:00'] };
    expect(named(await plan({ ...asked, downstream: 'matching' }))).toEqual([
      ...[first.id, second.id, third.id],
    ]);
    expect(named(await plan(asked))).toEqual([first.id]);
  });

  test('is planned from all tasks that list or read a table', async () => {
    const { raw, second, third } = await aChain();
    const lists = await service.task({ ...hourly, tables: [raw] });
    const asked = { tables: [raw], scheduleTimes: ['2026-01-20 03:00:00'] };
    const answer = await plan({ ...asked, downstream: 'matching' });
    expect(new Set(named(answer))).toEqual(new Set([second.id, lists.id, third.id]));
    expect(named(answer).at(-1)).toBe(third.id);
  });
});

describe('how long it takes', () => {
  test('is told from how long runs usually took, and how many may run at once', async () => {
    const { id } = await service.task({ ...hourly, runPolicy: { maxParallel: 2 } });
    await service.ran({ id }, null);
    const day = { taskIds: [id], ...range('2026-01-20 01:00:00', '2026-01-20 08:00:00') };
    expect((await plan(day)).estimatedSeconds).toBe(40);
    expect((await plan({ ...day, concurrency: 1 })).estimatedSeconds).toBe(80);
    const other = await service.task(hourly);
    const both = await plan({ ...day, taskIds: [id, other.id] });
    expect(both.estimatedSeconds).toBe(80);
  });
});

describe('what is not there', () => {
  test('an unknown task is not found, nor one of another tenant', async () => {
    const unknown = '0'.repeat(32);
    const asked = { taskIds: [unknown], scheduleTimes: ['2026-01-20'] };
    const { code, message } = await refusalOf(plan(asked));
    expect([code, message]).toEqual(['taskNotFound', `There is no task ${unknown}.`]);
    const { id } = await service.task(hourly);
    const stranger = { ...service.caller, tenant: 'other' };
    const elsewhere = service.scheduling.backfills.plan(
      stranger,
      request({ taskIds: [id], scheduleTimes: ['2026-01-20'] }),
    );
    expect(await refusalOf(elsewhere)).toMatchObject({ code: 'taskNotFound' });
  });

  test('a removed task is not found', async () => {
    const { id } = await service.task(hourly);
    await service.scheduling.tasks.remove(service.caller, id, null, false);
    const asked = plan({ taskIds: [id], scheduleTimes: ['2026-01-20'] });
    expect(await refusalOf(asked)).toMatchObject({ code: 'taskNotFound' });
  });

  test('AC-29: an unknown table is not found', async () => {
    await service.task({ tables: ['a.b.known'] });
    const asked = plan({ tables: ['a.b.known', 'a.b.unknown'], scheduleTimes: ['2026-01-20'] });
    expect(await refusalOf(asked)).toMatchObject({
      code: 'tableNotFound',
      message: expect.stringContaining('a.b.unknown'),
      fields: { 'tables[1]': expect.any(String) },
    });
  });
});

test('a year of hours is planned whole; of more than 10,000 instances the first are shown', async () => {
  const { id } = await service.task(hourly);
  const year = await plan({ taskIds: [id], ...range('2025-01-01', '2025-12-31 23:00:00') });
  expect([year.count, year.cells.length]).toEqual([8760, 8760]);
  const two = await plan({ taskIds: [id], ...range('2024-01-01', '2025-12-31 23:00:00') });
  expect([two.count, two.cells.length]).toEqual([8784 + 8760, 10_000]);
});

describe('a range with very many times', () => {
  const table = newTable();
  const days = range('2025-01-01', '2025-05-30');
  const minutely = { kind: 'triggered', tables: [table], recurrence: { cron: '0 * * * * ?' } };

  test('marks a table at each of them', async () => {
    await service.task(minutely);
    const { marks, count } = await plan({ tables: [table], ...days });
    expect([marks.length, count]).toEqual([10_000, 0]);
    expect(marks[0]).toMatchObject({ table, scheduleTime: '2025-01-01T00:00:00.000Z' });
  });

  test('is refused where too many tables would be marked, over all tasks', async () => {
    await service.task(minutely);
    await service.task(minutely);
    const { code, fields } = await refusalOf(plan({ tables: [table], ...days }));
    expect([code, fields.startTime]).toEqual([
      'invalidInput',
      expect.stringMatching(/more than 500000 tables would be marked/),
    ]);
  });
});
