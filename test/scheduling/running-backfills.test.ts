/** Backfills as they are started, paused, cancelled and gone on with. */
import { backfillRequestSchema, type BackfillView, type CellEnd } from '../../model/backfill';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => void (service = await openService()));
beforeEach(() => service.gateway.forget());
afterAll(() => service.close());

const hours = (...numbers: number[]) =>
  numbers.map((hour) => `2026-01-20T${String(hour).padStart(2, '0')}:00:00.000Z`);
const hourly = { kind: 'recurring', recurrence: { every: 'hour' } };
const page = { pageSize: 50, pageToken: null };
const all = { state: null, taskId: null };

const create = (asked: Record<string, unknown>, key: string | null = null): Promise<BackfillView> =>
  service.scheduling.backfills.create(service.caller, backfillRequestSchema.parse(asked), key);
const { get, pause, resume, cancel, retry } = {
  get: (id: string) => service.scheduling.backfills.get(service.caller, id),
  pause: (id: string) => service.scheduling.backfills.pause(service.caller, id),
  resume: (id: string) => service.scheduling.backfills.resume(service.caller, id),
  cancel: (id: string, mode: 'drain' | 'kill' = 'drain') =>
    service.scheduling.backfills.cancel(service.caller, id, mode),
  retry: (id: string) => service.scheduling.backfills.retryFailed(service.caller, id),
};

let step = 1_000_000;
/** A step of the driver, as the activity takes it. */
const advance = (id: string, taskId = '', cells: CellEnd[] = []) =>
  service.store.backfills.advance('default', id, {
    ...{ number: (step += 1), ends: cells.length > 0 ? [{ taskId, cells }] : [] },
    reconcile: false,
  });
const ended = (scheduleTime: string, status: CellEnd['status']): CellEnd => ({
  ...{ scheduleTime, status, runId: null, reason: null },
});
const auditOf = async (id: string) => {
  const target = `backfill/${id}`;
  const { items } = await service.store.audit.list('default', { target }, page);
  return items.map(({ action, actor }) => `${action} by ${actor}`).reverse();
};

const asked = async (count = 3) => {
  const { id } = await service.task(hourly);
  const scheduleTimes = hours(...Array.from({ length: count }, (_, hour) => hour));
  return { taskId: id, scheduleTimes, request: { taskIds: [id], scheduleTimes, concurrency: 2 } };
};

test('a backfill is saved with its plan, and its driver is started', async () => {
  const { taskId, request } = await asked();
  const view = await create({ ...request, existing: 'failed' });
  expect(view).toMatchObject({
    ...{ status: 'running', startedBy: 'backfill', startedByUser: 'Ada', taskIds: [taskId] },
    ...{ downstream: 'none', existing: 'failed', concurrency: 2, count: 3 },
    ...{ finishedAt: null, estimatedEnd: null, counts: { waiting: 3, running: 0 } },
  });
  expect(service.gateway.drivers).toEqual([view.id]);
  expect(await get(view.id)).toEqual(view);
  const { items } = await service.scheduling.backfills.cells(service.caller, view.id, all, page);
  expect(items.map(({ scheduleTime, state }) => [scheduleTime, state])).toEqual(
    hours(2, 1, 0).map((time) => [time, 'waiting']),
  );
  expect(await auditOf(view.id)).toEqual(['backfill.create by Ada']);
});

test('AC-26: one that has nothing to do has succeeded at once, and needs no driver', async () => {
  const { id } = await service.task(hourly);
  const between = { startTime: '2026-01-20 01:10:00', endTime: '2026-01-20 01:20:00' };
  const empty = await create({ taskIds: [id], ...between });
  expect(empty).toMatchObject({ status: 'succeeded', count: 0, finishedAt: expect.any(String) });
  await service.ran({ id }, hours(1)[0]!);
  const skipped = await create({ taskIds: [id], scheduleTimes: hours(1), existing: 'skip' });
  expect(skipped).toMatchObject({ status: 'succeeded', count: 1, counts: { skipped: 1 } });
  expect(service.gateway.drivers).toEqual([]);
});

test('DW-43: of several ranges all are started, or none', async () => {
  const { id, number } = await service.task(hourly);
  const range = (day: number, from: number, to: number) => ({
    ...{ startTime: `2026-01-${day} 0${from}:00:00`, endTime: `2026-01-${day} 0${to}:00:00` },
  });
  const supplement = (...ranges: ReturnType<typeof range>[]) =>
    service.scheduling.byNumber.supplement(service.caller, {
      ...{ numbers: [number], environment: null, ranges, downstream: 'none' as const },
      ...{ concurrency: 1, comment: null },
    });
  const statuses = async () => {
    const filter = { status: null, taskId: id };
    const { items } = await service.scheduling.backfills.list(service.caller, filter, page);
    return items.map(({ status }) => status).toSorted();
  };
  const refused = await refusalOf(supplement(range(20, 1, 2), range(21, 2, 1)));
  expect(refused.fields.endTime).toContain('comes before startTime');
  const twoYears = { startTime: '2024-01-01 00:00:00', endTime: '2025-12-31 00:00:00' };
  const tooLarge = await refusalOf(supplement(range(20, 1, 2), twoYears));
  expect(tooLarge.code).toBe('confirmationNeeded');
  expect(await statuses()).toEqual([]);
  // Temporal goes away between the two.
  service.gateway.onDriver = () => {
    service.gateway.isDown = true;
    return Promise.resolve();
  };
  const broken = supplement(range(20, 1, 2), range(21, 1, 2));
  expect(await refusalOf(broken)).toMatchObject({ code: 'temporalUnavailable' });
  expect(await statuses()).toEqual(['cancelled', 'cancelling']);
  service.gateway.forget();
  service.gateway.isDown = false;
  expect(await supplement(range(20, 1, 2), range(21, 1, 2))).toHaveLength(2);
});

test('the same key is the same backfill, and starts its driver if that is not there', async () => {
  const { request, taskId } = await asked();
  service.gateway.isDown = true;
  expect(await refusalOf(create(request, 'key'))).toMatchObject({ code: 'temporalUnavailable' });
  service.gateway.isDown = false;
  const first = await create(request, 'key');
  const again = await create(request, 'key');
  expect(again.id).toBe(first.id);
  expect(service.gateway.drivers).toEqual([first.id, first.id]);
  const { items } = await service.scheduling.backfills.list(
    service.caller,
    { status: null, taskId },
    page,
  );
  expect(items).toHaveLength(1);
  expect((await create(request, 'other key')).id).not.toBe(first.id);
});

test('without a key, one whose driver could not be started does not go on by itself', async () => {
  const { request, taskId } = await asked();
  service.gateway.isDown = true;
  expect(await refusalOf(create(request))).toMatchObject({ code: 'temporalUnavailable' });
  service.gateway.isDown = false;
  const { items } = await service.store.backfills.list('default', { status: null, taskId }, page);
  expect(items).toMatchObject([{ status: 'cancelled', counts: { cancelled: 3 } }]);
  const live = (await service.store.backfills.live()).map(({ id }) => id);
  expect(live).not.toContain(items[0]!.id);
});

test('more than 10,000 instances have to be confirmed', async () => {
  const { id } = await service.task(hourly);
  const twoYears = { taskIds: [id], startTime: '2024-01-01', endTime: '2025-12-31 23:00:00' };
  const { code, message } = await refusalOf(create(twoYears));
  expect(code).toBe('confirmationNeeded');
  expect(message).toContain('17544 instances');
  expect(message).toContain('"confirm": true');
  expect(service.gateway.drivers).toEqual([]);
  expect((await create({ ...twoYears, confirm: true })).count).toBe(17_544);
});

describe('one that runs', () => {
  test('is paused and resumed, and its driver is told', async () => {
    const { id } = await create((await asked()).request);
    expect((await pause(id)).status).toBe('paused');
    expect((await pause(id)).status).toBe('paused');
    expect((await resume(id)).status).toBe('running');
    expect(service.gateway.told).toEqual([1, 2, 3].map(() => ({ id, kill: false })));
    expect(await auditOf(id)).toEqual([
      ...['backfill.create by Ada', 'backfill.pause by Ada', 'backfill.pause by Ada'],
      'backfill.resume by Ada',
    ]);
  });

  test.each([
    ['drain', false],
    ['kill', true],
  ] as const)('is cancelled by %s', async (mode, kill) => {
    const { id } = await create((await asked()).request);
    expect((await cancel(id, mode)).status).toBe('cancelling');
    expect((await cancel(id, 'kill')).status).toBe('cancelling');
    expect(service.gateway.told).toEqual([
      { id, kill },
      { id, kill: true },
    ]);
    expect(await refusalOf(pause(id))).toMatchObject({ code: 'backfillNotLive' });
  });

  test('whose driver is lost gets one before it is told', async () => {
    const { id } = await create((await asked()).request);
    service.gateway.driving.clear();
    await cancel(id, 'kill');
    expect(service.gateway.drivers).toEqual([id, id]);
    expect(service.gateway.told).toEqual([{ id, kill: true }]);
  });

  test('tells when it will be over, from the usual time and then from its own pace', async () => {
    const { taskId, request } = await asked(4);
    await service.ran({ id: taskId }, null);
    const from = Date.now();
    const { id, estimatedEnd } = await create(request);
    const estimatedMs = Date.parse(estimatedEnd!) - 20_000;
    expect(estimatedMs).toBeGreaterThanOrEqual(from);
    expect(estimatedMs).toBeLessThanOrEqual(Date.now());
    await advance(id);
    await advance(id, taskId, [ended(hours(0)[0]!, 'succeeded')]);
    const later = await get(id);
    expect(later.counts).toMatchObject({ succeeded: 1, running: 2, waiting: 1 });
    const sinceMs = Date.now() - from;
    expect(Date.parse(later.estimatedEnd!)).toBeLessThanOrEqual(Date.now() + 3 * (sinceMs + 2000));
    expect((await pause(id)).estimatedEnd).toBeNull();
  });
});

describe('one that has ended', () => {
  async function failed() {
    const { taskId, request } = await asked(2);
    const { id } = await create(request);
    await advance(id);
    await advance(id, taskId, [ended(hours(0)[0]!, 'succeeded'), ended(hours(1)[0]!, 'failed')]);
    service.gateway.driving.delete(id);
    return id;
  }

  test.each([
    ['pause', 'running'],
    ['resume', 'paused'],
    ['cancel', 'running or paused'],
  ] as const)('refuses to %s, naming its status and what that needs', async (move, needed) => {
    const id = await failed();
    const { code, message } = await refusalOf({ pause, resume, cancel }[move](id));
    expect([code, message]).toEqual([
      'backfillNotLive',
      `The backfill ${id} is failed; ${move} needs one that is ${needed}.`,
    ]);
    expect(service.gateway.told).toEqual([]);
  });

  test('goes on with what failed, by a new driver', async () => {
    const id = await failed();
    expect((await get(id)).status).toBe('failed');
    const after = await retry(id);
    expect(after).toMatchObject({ status: 'running', finishedAt: null });
    expect(after.counts).toMatchObject({ succeeded: 1, waiting: 1 });
    expect(service.gateway.drivers).toEqual([id, id]);
    expect(await auditOf(id)).toEqual(['backfill.create by Ada', 'backfill.retryFailed by Ada']);
  });

  test('and has nothing that failed is answered as it is', async () => {
    const { id } = await service.task(hourly);
    const empty = await create({
      taskIds: [id],
      startTime: '2026-01-20 01:10:00',
      endTime: '2026-01-20 01:20:00',
    });
    expect((await retry(empty.id)).status).toBe('succeeded');
    expect(service.gateway.drivers).toEqual([]);
  });

  test('cannot be gone on with while it is being cancelled', async () => {
    const { id } = await create((await asked()).request);
    await advance(id);
    await cancel(id);
    expect(await refusalOf(retry(id))).toMatchObject({ code: 'backfillNotLive' });
  });
});

test('backfills are listed newest first, by status and by task', async () => {
  const one = await asked();
  const two = await asked();
  const [first, second] = [await create(one.request), await create(two.request)];
  await pause(second.id);
  const list = async (filter: { status: 'paused' | null; taskId: string | null }) => {
    const { items } = await service.scheduling.backfills.list(service.caller, filter, page);
    return items.map(({ id }) => id);
  };
  expect((await list({ status: null, taskId: null })).slice(0, 2)).toEqual([second.id, first.id]);
  expect((await list({ status: 'paused', taskId: null }))[0]).toBe(second.id);
  expect(await list({ status: 'paused', taskId: one.taskId })).toEqual([]);
  expect(await list({ status: null, taskId: one.taskId })).toEqual([first.id]);
});

test('a backfill that is not there, or is of another tenant, is not found', async () => {
  const { id } = await create((await asked()).request);
  const stranger = { ...service.caller, tenant: 'other' };
  const elsewhere = service.scheduling.backfills.get(stranger, id);
  const answers = [elsewhere, get('0'.repeat(32)), get("x' or 1=1"), pause('0'.repeat(32))];
  for (const answer of answers) {
    expect(await refusalOf(answer)).toMatchObject({ code: 'backfillNotFound' });
  }
  const cells = service.scheduling.backfills.cells(stranger, id, all, page);
  expect(await refusalOf(cells)).toMatchObject({ code: 'backfillNotFound' });
});
