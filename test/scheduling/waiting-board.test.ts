/** The board of waiting tasks, over a real store. */
import { projectTask } from '../../model/task-state';
import type { TaskRead } from '../../scheduling/scheduling';
import { batchOf, sampleLine } from '../store/support/samples';
import { openService, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

const tables = ['crm.main.a', 'crm.main.b', 'crm.main.c'];
const page = { pageSize: 2, pageToken: null };

async function triggered(name: string): Promise<TaskRead> {
  return service.task({ name, kind: 'triggered', tables });
}

/** Marks tables, as the task and then its projection do. */
async function mark(task: TaskRead, ...marked: string[]): Promise<void> {
  const { scheduling, gateway, store, caller } = service;
  for (const table of marked) {
    const call = { table, scheduleTime: null, receipt: `${task.id}${table}`, idempotencyKey: null };
    await scheduling.triggers.call(caller, task.id, call);
  }
  const state = gateway.state(task.id);
  await store.tasks.project(batchOf({ task: projectTask(state), ledger: state.outbox.ledger }));
}

const board = (query = {}, asked: { pageSize: number; pageToken: string | null } = page) =>
  service.scheduling.waiting.board(service.caller, { search: null, taskId: null, ...query }, asked);

test('it holds tasks with a gate that is partly filled, longest waiting first, in pages', async () => {
  const names = ['w1', 'w2', 'w3'];
  const tasks = [];
  for (const name of names) tasks.push(await triggered(name));
  await triggered('untouched');
  for (const task of tasks) await mark(task, 'crm.main.a');
  const first = await board();
  expect(first.items.map(({ name }) => name)).toEqual(['w1', 'w2']);
  expect(first.total).toEqual({ count: 3, more: false });
  const second = await board({}, { pageSize: 2, pageToken: first.nextPageToken });
  expect(second.items.map(({ name }) => name)).toEqual(['w3']);
  expect(second.nextPageToken).toBeNull();
  expect((await board({ search: 'W2' })).items.map(({ name }) => name)).toEqual(['w2']);
  expect((await board({ taskId: tasks[2]!.id })).items.map(({ name }) => name)).toEqual(['w3']);
  await mark(tasks[0]!, 'crm.main.b', 'crm.main.c');
  expect((await board()).items.map(({ name }) => name)).toEqual(['w2', 'w3']);
  for (const { id } of tasks.slice(1)) {
    await service.scheduling.tasks.resetGate(service.caller, id, null);
  }
  expect((await board()).items).toEqual([]);
});

test('it says of each missing table when it usually comes, where the ledger tells', async () => {
  const task = await triggered('learned');
  const now = Date.now();
  const hours = (ago: number) => new Date(now - ago * 3_600_000).toISOString();
  const former = [1, 2, 3, 4, 5, 6].map((ago) =>
    sampleLine({ taskId: task.id, table: 'crm.main.b', at: hours(ago + 0.5), outcome: 'counted' }),
  );
  const ignored = [1, 2, 3, 4, 5, 6].map((ago) =>
    sampleLine({ taskId: task.id, table: 'crm.main.c', at: hours(ago), outcome: 'ignored' }),
  );
  await service.store.tasks.project(batchOf({ ledger: [...former, ...ignored] }));
  await mark(task, 'crm.main.a');
  const [shown] = (await board({ taskId: task.id })).items;
  const [gate] = shown!.gates;
  expect(shown).toMatchObject({ taskId: task.id, kind: 'triggered', gateCount: 1 });
  expect(gate).toMatchObject({ scheduleTime: null, arrivedCount: 1, missingCount: 2 });
  expect(gate!.arrived).toMatchObject([{ table: 'crm.main.a', caller: 'Ada' }]);
  expect(gate!.missing).toMatchObject([
    { table: 'crm.main.b', basis: 'interval', samples: 6, lateSeconds: 0 },
    { table: 'crm.main.c', basis: null, usualAt: null, lateSeconds: null },
  ]);
  expect(Date.parse(gate!.missing[0]!.usualAt!)).toBeGreaterThanOrEqual(Date.parse(hours(0.5)));
});

test('it says which gates are past their deadline, as long as something is missing', async () => {
  const task = await triggered('late');
  await service.edit(task, { notifications: { webhooks: [], deadline: 60 } });
  const gates = async () => (await board({ taskId: task.id })).items[0]!.gates;
  await mark(task, 'crm.main.a');
  expect(await gates()).toMatchObject([{ isLate: false, deadline: expect.any(String) as string }]);
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
  expect(await gates()).toMatchObject([{ isLate: true }]);
  clock.mockRestore();
  await service.scheduling.tasks.pause(service.caller, task.id);
  await mark(task, 'crm.main.b', 'crm.main.c');
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
  expect(await gates()).toMatchObject([{ isLate: false, status: 'full' }]);
  jest.restoreAllMocks();
});

test('a removed task is not on it', async () => {
  const task = await triggered('removed');
  await mark(task, 'crm.main.a');
  expect((await board({ taskId: task.id })).items).toHaveLength(1);
  await service.scheduling.tasks.remove(service.caller, task.id, null, false);
  expect((await board({ taskId: task.id })).items).toEqual([]);
});
