/** Records that are run again. */
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => void (service = await openService()));
beforeEach(() => service.gateway.forget());
afterAll(() => service.close());

const time = '2026-01-20T01:00:00.000Z';
const hourly = { kind: 'recurring', recurrence: { every: 'hour' } };
const page = { pageSize: 50, pageToken: null };

const rerun = (
  { id }: { id: string },
  run: { id: string },
  downstream: 'none' | 'matching' = 'none',
  idempotencyKey: string | null = null,
) => service.scheduling.runs.rerun(service.caller, id, run.id, { downstream, idempotencyKey });

async function cellsOf(id: string | null) {
  const filter = { state: null, taskId: null };
  const { items } = await service.scheduling.backfills.cells(service.caller, id!, filter, page);
  return items.map(({ taskId, scheduleTime, action }) => [taskId, scheduleTime, action]).reverse();
}

test('an instance is run again by a backfill of its one time', async () => {
  const task = await service.task(hourly);
  const run = await service.ran(task, time, { status: 'failed', attempt: 2 });
  const next = { status: 'queued', attempt: 3, startedBy: 'backfill' } as const;
  service.gateway.onDriver = () => service.ran(task, time, next);
  const answer = await rerun(task, run);
  expect(answer).toMatchObject({
    ...{ scheduleTime: time, attempt: 3, backfillId: expect.any(String) },
    run: { taskId: task.id, scheduleTime: time, attempt: 3, status: 'queued' },
  });
  expect(await cellsOf(answer.backfillId)).toEqual([[task.id, time, 'rerun']]);
  const view = await service.scheduling.backfills.get(service.caller, answer.backfillId!);
  expect(view).toMatchObject({
    ...{ startedBy: 'rerun', startedByUser: 'Ada', taskIds: [task.id], downstream: 'none' },
    ...{ existing: 'rerun', count: 1 },
  });
  expect(service.gateway.drivers).toEqual([answer.backfillId]);
});

test('with `matching` all that comes after it is run again too', async () => {
  const table = 'analysis.main.rerun';
  const task = await service.task({ ...hourly, writes: [table] });
  const after = await service.task({ ...hourly, reads: [table] });
  const run = await service.ran(task, time);
  service.gateway.onDriver = () => service.ran(task, time, { attempt: 2 });
  const { backfillId } = await rerun(task, run, 'matching');
  expect(await cellsOf(backfillId)).toEqual([
    [task.id, time, 'rerun'],
    [after.id, time, 'create'],
  ]);
});

test('one whose turn does not come at once is answered without a record', async () => {
  const task = await service.task(hourly);
  const run = await service.ran(task, time, { status: 'running', finishedAt: null });
  expect(await rerun(task, run)).toMatchObject({ run: null, attempt: 2, scheduleTime: time });
});

test('one that is asked for again with the same key is not run twice, and has its driver', async () => {
  const task = await service.task(hourly);
  const run = await service.ran(task, time);
  service.gateway.onDriver = () => service.ran(task, time, { attempt: 2 });
  const key = 'the same key';
  const first = await rerun(task, run, 'none', key);
  service.gateway.driving.delete(first.backfillId!);
  expect(await rerun(task, run, 'none', key)).toMatchObject({
    ...{ backfillId: first.backfillId, scheduleTime: time, attempt: 2 },
  });
  expect(service.gateway.drivers).toEqual([first.backfillId, first.backfillId]);
  expect((await rerun(task, run, 'none', 'another key')).backfillId).not.toBe(first.backfillId);
});

test('an instance that was never run has its first attempt', async () => {
  const task = await service.task(hourly);
  const run = await service.ran(task, time, { status: 'missed', attempt: 0 });
  service.gateway.onDriver = () => service.ran(task, time, { attempt: 1 });
  expect(await rerun(task, run)).toMatchObject({ attempt: 1, run: { attempt: 1 } });
});

test('a run without a schedule time is started by hand', async () => {
  const task = await service.task();
  const run = await service.ran(task, null, { status: 'failed', startedBy: 'manual' });
  const answer = await rerun(task, run);
  expect(answer).toMatchObject({
    ...{ backfillId: null, scheduleTime: null, attempt: 1 },
    run: { taskId: task.id, status: 'queued', startedBy: 'manual', startedByUser: 'Ada' },
  });
  expect(service.gateway.drivers).toEqual([]);
  expect(await refusalOf(rerun(task, run))).toMatchObject({ code: 'runInProgress' });
  expect(await refusalOf(rerun(task, run, 'matching'))).toMatchObject({
    code: 'invalidInput',
    fields: { downstream: expect.stringContaining('no schedule time') },
  });
});

describe.each([[time], [null]])('with the schedule time %p', (scheduleTime) => {
  test.each([
    ['AllDenied', 'failed'],
    ['AllDenied', 'succeeded'],
    ['FailureAllowed', 'succeeded'],
  ] as const)('%s denies one that has %s', async (rerunMode, status) => {
    const task = await service.task({ ...hourly, runPolicy: { rerunMode } });
    const run = await service.ran(task, scheduleTime, { status });
    const { code, message } = await refusalOf(rerun(task, run));
    expect(code).toBe('rerunDenied');
    expect(message).toContain('run policy');
    expect(service.gateway.drivers).toEqual([]);
  });
});

test('it is the instance that the run policy looks at, not the record', async () => {
  const task = await service.task({ ...hourly, runPolicy: { rerunMode: 'FailureAllowed' } });
  const failed = await service.ran(task, time, { status: 'failed' });
  await service.ran(task, time, { attempt: 2 });
  expect(await refusalOf(rerun(task, failed))).toMatchObject({ code: 'rerunDenied' });
});

test('a record that is not there, or whose task is gone, is not found', async () => {
  const task = await service.task(hourly);
  const unknown = { id: '0'.repeat(32) };
  expect(await refusalOf(rerun(task, unknown))).toMatchObject({ code: 'runNotFound' });
  const run = await service.ran(task, time);
  await service.scheduling.tasks.remove(service.caller, task.id, null, false);
  expect(await refusalOf(rerun(task, run))).toMatchObject({ code: 'taskNotFound' });
});

test('it is in the audit of the task', async () => {
  const task = await service.task();
  const run = await service.ran(task, null);
  await rerun(task, run);
  const target = `task/${task.id}`;
  const { items } = await service.store.audit.list('default', { target }, page);
  expect(items[0]).toMatchObject({ action: 'run.rerun', actor: 'Ada', detail: { runId: run.id } });
});
