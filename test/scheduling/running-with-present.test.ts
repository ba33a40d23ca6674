/** Letting a gate run with the tables that it has, as the service does it. */
import { admin, openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

const tables = ['crm.main.a', 'crm.main.b'];

async function marked(scheduleTime: string | null) {
  const task = await service.task({ kind: 'triggered', tables, timezone: 'Europe/Berlin' });
  const call = { table: tables[0]!, scheduleTime, receipt: task.id, idempotencyKey: null };
  await service.scheduling.triggers.call(admin, task.id, call);
  return task;
}

const start = (id: string, scheduleTime: string | null = null, key: string | null = null) =>
  service.scheduling.runs.startWithPresent(admin, id, { scheduleTime }, key);

test('its record can be read at once, and the audit says what was missing', async () => {
  const { id } = await marked(null);
  const run = await start(id);
  expect(run).toMatchObject({ status: 'queued', startedBy: 'triggers', startedByUser: 'Ada' });
  const page = { pageSize: 2, pageToken: null };
  const { items } = await service.scheduling.people.audit(admin, { target: `task/${id}` }, page);
  expect(items).toMatchObject([
    {
      action: 'run.startWithPresent',
      detail: { runId: run.id, scheduleTime: null, missing: ['crm.main.b'] },
    },
    { action: 'task.mark', detail: { table: 'crm.main.a', scheduleTime: null, receipt: id } },
  ]);
});

test('the time of a gate is read in the timezone of the task', async () => {
  const { id } = await marked('2026-03-01T02:30');
  const run = await start(id, '2026-03-01 02:30');
  expect(run).toMatchObject({ scheduleTime: '2026-03-01T01:30:00.000Z', attempt: 1 });
  const other = await marked('2026-03-01T02:30');
  expect((await refusalOf(start(other.id, '2026-03-02T02:30'))).code).toBe('gateEmpty');
});

test('an instance that only the records know is rerun by its policy', async () => {
  const time = '2026-03-01T00:00:00.000Z';
  const { id } = await marked(time);
  await service.ran({ id }, time, { attempt: 3 });
  expect((await start(id, time)).attempt).toBe(4);
  const denied = await marked(time);
  await service.edit(denied, { runPolicy: { rerunMode: 'FailureAllowed' } });
  await service.ran(denied, time);
  expect((await refusalOf(start(denied.id, time))).code).toBe('rerunDenied');
});

test('a task that is busy, or not triggered, refuses', async () => {
  const { id } = await marked(null);
  await start(id);
  expect((await refusalOf(start(id))).code).toBe('runInProgress');
  const manual = await service.task();
  expect((await refusalOf(start(manual.id))).code).toBe('taskKindMismatch');
  expect((await refusalOf(start('0'.repeat(32)))).code).toBe('taskNotFound');
});
