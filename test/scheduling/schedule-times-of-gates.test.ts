/** Schedule times of trigger URLs, of triggers with a key, and of gates that are reset. */
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => void (service = await openService()));
afterAll(() => service.close());

const tables = ['crm.main.one', 'crm.main.two'];
const zone = { kind: 'triggered', tables, timezone: 'Europe/Berlin' };
let receipts = 0;
const receipt = () => String((receipts += 1)).padStart(30, '0');

async function urlOf({ id }: { id: string }): Promise<string> {
  const { items } = await service.scheduling.tasks.triggerUrls(service.caller, id);
  return items[0]!.url.split('/trigger/')[1]!;
}

const callUrl = (token: string, scheduleTime: string | null) =>
  service.scheduling.triggers.callUrl({
    ...{ token, scheduleTime, receipt: receipt(), caller: 'curl', idempotencyKey: null },
  });

const callWithKey = (id: string, scheduleTime: string) =>
  service.scheduling.triggers.call(service.caller, id, {
    ...{ table: tables[0]!, scheduleTime, receipt: receipt(), idempotencyKey: null },
  });

const lastTime = () => service.gateway.triggers.at(-1)?.scheduleTime;
const year = new Date().getUTCFullYear();

describe.each([
  ['a trigger URL', async (task: { id: string }, time: string) => callUrl(await urlOf(task), time)],
  ['a trigger with a key', ({ id }: { id: string }, time: string) => callWithKey(id, time)],
])('%s', (_name, call) => {
  test.each([
    [`${year}-01-15T02:30:00`, `${year}-01-15T01:30:00.000Z`],
    [`${year}-01-15 02:30:00`, `${year}-01-15T01:30:00.000Z`],
    [`${year}-01-15T02:30:00+08:00`, `${year}-01-14T18:30:00.000Z`],
    [`${year}-01-15T02:30:00Z`, `${year}-01-15T02:30:00.000Z`],
    ['2025-10-26 02:30:00', '2025-10-26T00:30:00.000Z'],
  ])('marks for %s, read in the timezone of the task', async (time, instant) => {
    await call(await service.task(zone), time);
    expect(lastTime()).toBe(instant);
  });

  test.each([
    'tomorrow',
    '2026-02-30 00:00:00',
    '2025-03-30 02:30:00',
    `${year - 11}-01-01`,
    `${year + 2}-01-01T00:00:00Z`,
  ])('refuses %s by name, and marks nothing', async (time) => {
    const task = await service.task(zone);
    const before = service.gateway.triggers.length;
    expect(await refusalOf(call(task, time))).toMatchObject({
      code: 'invalidInput',
      fields: { scheduleTime: expect.any(String) },
    });
    expect(service.gateway.triggers).toHaveLength(before);
  });
});

test('a URL that is not valid is refused as such, whatever the time', async () => {
  expect(await refusalOf(callUrl('nobody', 'tomorrow'))).toMatchObject({
    code: 'triggerUrlRefused',
  });
});

test('an undated call marks the open round', async () => {
  await callUrl(await urlOf(await service.task(zone)), null);
  expect(lastTime()).toBeNull();
});

test('the gate of a time is reset by that time, read in the timezone of the task', async () => {
  const task = await service.task(zone);
  await callWithKey(task.id, `${year}-01-15 02:30:00`);
  await callWithKey(task.id, `${year}-01-16 02:30:00`);
  const { tasks } = service.scheduling;
  const after = await tasks.resetGate(service.caller, task.id, `${year}-01-15 02:30:00`);
  expect(after.gate?.dated.map((gate) => gate.scheduleTime)).toEqual([
    `${year}-01-16T01:30:00.000Z`,
  ]);
  const refused = tasks.resetGate(service.caller, task.id, 'yesterday');
  expect(await refusalOf(refused)).toMatchObject({ fields: { scheduleTime: expect.any(String) } });
});

test('a table is marked in every triggered task that lists it, and in no other', async () => {
  const table = 'crm.main.shared';
  const one = await service.task({ kind: 'triggered', tables: [table] });
  const two = await service.task({
    ...{ kind: 'triggered', tables: ['a.b.c', { name: table, by: 'task' }] },
  });
  await service.task({ kind: 'triggered', reads: [table] });
  await service.task({ tables: [table] });
  const before = service.gateway.triggers.length;
  const call = () =>
    service.scheduling.triggers.callTable(service.caller, table, {
      ...{ receipt: receipt(), idempotencyKey: 'load' },
    });
  expect(await call()).toEqual({ marks: 2 });
  const sent = service.gateway.triggers.slice(before);
  expect(sent).toMatchObject([one, two].map(({ id }) => ({ taskId: id, table, caller: 'Ada' })));
  expect(new Set(sent.map((trigger) => trigger.receipt)).size).toBe(2);
  expect(sent.every((trigger) => trigger.scheduleTime === null)).toBe(true);
  await call();
  const keys = service.gateway.triggers.slice(before).map(({ key }) => key);
  expect(new Set(keys).size).toBe(1);
});

test('a table that nobody has spoken of is not found; one that is registered marks nothing', async () => {
  const call = (table: string) =>
    service.scheduling.triggers.callTable(service.caller, table, {
      ...{ receipt: receipt(), idempotencyKey: null },
    });
  expect(await refusalOf(call('a.b.unknown'))).toMatchObject({
    code: 'tableNotFound',
    message: expect.stringContaining('a.b.unknown'),
  });
  const known = { connection: 'analysis', schema: 'main', table: 'registered' };
  await service.store.sources.putTable('default', known, null);
  expect(await call('analysis.main.registered')).toEqual({ marks: 0 });
  await service.task({ writes: ['analysis.main.written'] });
  expect(await call('analysis.main.written')).toEqual({ marks: 0 });
});
