/** DataWorks' API as the vendor's own SDK for Python calls it: each action, against a started server. */
import { Client } from 'pg';
import request from 'supertest';
import type { AuditEntry } from '../../../model/people';
import { scheduleIdOf, runWorkflowId } from '../../../model/names';
import type { RunRead, TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { withTemporal } from '../../support/temporal';
import { signedHeaders } from '../../support/acs3';
import { startSdk, type Sdk, type SdkAnswer } from './support/dataworks-sdk';
import { addTables, isOver, readTask, runsOf, startRun, until, untilIdle } from './support/flow';

const steps = stepJobs();
const held = heldJobs();
let installation: Installation;
let server: TestServer;
let sdk: Sdk;
let crm: string[];
let key: { id: string; secret: string };

/** From here on numbers are no doubles. */
const firstNumber = 2n ** 53n + 1n;

beforeAll(async () => {
  const jobTypes = [steps.jobType, held.jobType];
  ({ installation, server } = await startServer({ jobTypes }));
  crm = await addTables(installation, server.api, 'crm');
  key = await server.api.post('/access-keys', { name: 'sdk' });
  const client = new Client({ connectionString: installation.databaseUrl });
  await client.connect();
  const counter = `update tablegate.counters set value = $1 where name = 'taskNumber'`;
  await client.query(counter, [String(firstNumber - 1n)]);
  await client.query(`select setval('tablegate.run_numbers', $1)`, [String(firstNumber)]);
  await client.end();
  sdk = startSdk(server.url, [key.id, key.secret]);
});
afterAll(async () => {
  sdk.end();
  await installation.end();
});

const nightly = { kind: 'recurring', recurrence: { cron: '0 30 2 * * ?' } };
const task = (given: Record<string, unknown> = {}): Promise<TaskRead> =>
  server.api.post('/tasks', {
    ...{ name: 'Nightly', kind: 'manual', tables: crm, job: { type: 'step' } },
    ...given,
  });
const idOf = ({ number }: { number: string }) => BigInt(number);

function bodyOf<Body>({ body, error }: SdkAnswer): Body {
  if (error) throw new Error(`${error.code}: ${error.message}`);
  return body as Body;
}

type SuccessInfo = Record<string, { Success: boolean; Message: string }>;
const update = async (tasks: object[], comment?: string): Promise<SuccessInfo> => {
  const answer = await sdk.call('BatchUpdateTasks', { Tasks: tasks, Comment: comment });
  return bodyOf<{ SuccessInfo: SuccessInfo }>(answer).SuccessInfo;
};
const getTask = async (id: bigint): Promise<Record<string, unknown>> =>
  bodyOf<{ Task: Record<string, unknown> }>(await sdk.call('GetTask', { Id: id })).Task;
const describeSchedule = (id: string) =>
  withTemporal((client) =>
    client.schedule
      .getHandle(scheduleIdOf('default', id))
      .describe()
      .catch(() => null),
  );
/** When the Schedule of a task fires next; null where it has none. */
const nextTimes = async (id: string): Promise<Date[] | null> =>
  (await describeSchedule(id))?.info.nextActionTimes ?? null;
/** The queues that the jobs of a run were put on; none while its workflow has not begun. */
const jobQueuesOf = (taskId: string, runId: string): Promise<string[]> =>
  withTemporal(async (client) => {
    const handle = client.workflow.getHandle(runWorkflowId('default', taskId, runId));
    const { events } = await handle.fetchHistory().catch(() => ({ events: [] }));
    return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'runJob' ? scheduled.taskQueue!.name! : [],
    );
  });

const good = { Success: true, Message: '' };

test('DW-01, DW-02, DW-09 to DW-16, DW-27 to DW-37, DW-43: three tasks are changed by one call and read back', async () => {
  await server.api.post('/resource-groups', { name: 'etl', taskQueue: 'etl' });
  const [one, two, three] = await Promise.all([task(nightly), task(nightly), task()]);
  expect(idOf(one)).toBeGreaterThanOrEqual(firstNumber);
  const unknown = 2n ** 63n - 1n;
  const sent = {
    ...{ Name: 'SQL node', Description: 'test', Owner: '1000', Timeout: 3601 },
    ...{ RerunMode: 'FailureAllowed', RerunTimes: 3, RerunInterval: 60 },
    RuntimeResource: { ResourceGroupId: 'etl', Image: 'i-xxxxxx', Cu: '0.25' },
    DataSource: { Name: 'odps_test' },
    Tags: [{ Key: 'key1', Value: 'value1' }, { Key: 'key2' }],
  };
  expect(
    await update(
      [
        { Id: idOf(one), ...sent },
        { Id: idOf(two), Name: 'renamed' },
        { Id: unknown, Name: 'nobody' },
        { Id: idOf(three), Tags: [], Description: 'changed' },
      ],
      'by the SDK',
    ),
  ).toEqual({
    ...{ [one.number]: good, [two.number]: good, [three.number]: good },
    [String(unknown)]: { Success: false, Message: 'The task does not exist.' },
  });
  expect(await getTask(idOf(one))).toMatchObject({
    ...{ ...sent, Id: idOf(one), EnvType: 'Prod' },
    ...{ Timeout: 3601n, RerunTimes: 3n, RerunInterval: 60n },
  });
  const after = await readTask(server.api, two.id);
  const { version, updatedAt } = after;
  expect(after).toEqual({ ...two, version, updatedAt, name: 'renamed' });
  for (const { id } of [one, two, three]) {
    const { items } = await server.api.get<{ items: AuditEntry[] }>(`/audit?target=task/${id}`);
    expect(items[0]!.detail).toMatchObject({ comment: 'by the SDK', via: 'DataWorks' });
  }
});

test('DW-17 to DW-26, DW-41: the trigger reaches the Schedule of the task', async () => {
  const made = await task();
  const set = async (Trigger: object) => {
    const info = await update([{ Id: idOf(made), Trigger }]);
    return info[made.number]!;
  };
  const shown = async () => (await getTask(idOf(made))).Trigger;
  expect(await set({ Type: 'Scheduler', Recurrence: 'Normal', Cron: '00 00 00 * * ?' })).toEqual(
    good,
  );
  const times = await until(
    () => nextTimes(made.id),
    (found) => found !== null,
  );
  expect(times!.every((time) => time.getTime() % 86_400_000 === 0)).toBe(true);

  const ends = { StartTime: '1970-01-01 00:00:00', EndTime: '9999-01-01 00:00:00' };
  expect(await set(ends)).toEqual(good);
  expect(await shown()).toEqual({
    Type: 'Scheduler',
    Recurrence: 'Normal',
    Cron: '00 00 00 * * ?',
    ...ends,
  });
  expect(await set({ Cron: '0 30 25 * * ?' })).toMatchObject({ Success: false });
  expect(await set({ StartTime: '2026-01-20T00:00:00' })).toMatchObject({ Success: false });

  expect(await set({ Cron: '0 30 2 * * ?', EndTime: '2026-01-01 00:00:00' })).toEqual(good);
  await until(
    () => nextTimes(made.id),
    (found) => found?.length === 0,
  );
  for (const Recurrence of ['Pause', 'Skip', 'Normal']) {
    expect(await set({ Recurrence })).toEqual(good);
    expect(await shown()).toMatchObject({ Recurrence, Cron: '0 30 2 * * ?' });
  }
  expect(await set({ Type: 'Manual', Recurrence: 'Pause', Cron: 'ignored' })).toEqual(good);
  expect(await shown()).toEqual({ Type: 'Manual' });
  await until(
    () => nextTimes(made.id),
    (found) => found === null,
  );
});

test('DW-15, DW-16, DW-28, DW-41: reruns and resource group hold from the next run on', async () => {
  const made = await task();
  steps.break(made.id);
  await update([{ Id: idOf(made), RerunMode: 'AllAllowed', RerunTimes: 2, RerunInterval: 0 }]);
  await startRun(server.api, made.id);
  expect(await untilIdle(server.api, made.id, 1)).toMatchObject([{ status: 'failed', tries: 3 }]);
  await update([{ Id: idOf(made), RerunMode: 'AllDenied', RerunTimes: 2 }]);
  await startRun(server.api, made.id);
  expect((await untilIdle(server.api, made.id, 2))[0]).toMatchObject({ tries: 1 });

  await update([{ Id: idOf(made), RuntimeResource: { ResourceGroupId: 'etl' } }]);
  const { id: runId } = await startRun(server.api, made.id);
  const queues = await until(
    () => jobQueuesOf(made.id, runId),
    (names) => names.length > 0,
  );
  expect(queues).toEqual(['etl-jobs']);
  steps.mend(made.id);
  const group = await installation.start({
    ...{ roles: { api: false }, jobTypes: [steps.jobType], env: { TABLEGATE_GROUP_QUEUE: 'etl' } },
  });
  const path = `/tasks/${made.id}/runs/${runId}`;
  expect(await until(() => server.api.get<RunRead>(path), isOver)).toMatchObject({
    status: 'succeeded',
  });
  await group.stop();
});

test('DW-43: tasks are listed in pages, changed and removed one by one', async () => {
  const made = await Promise.all(
    ['one', 'two', 'three'].map((name) => task({ ...nightly, name: `List ${name}`, owner: '77' })),
  );
  const list = async (request: object) =>
    bodyOf<{ PagingInfo: { TotalCount: bigint; Tasks: { Id: bigint; Name: string }[] } }>(
      await sdk.call('ListTasks', { ProjectId: 1, ...request }),
    ).PagingInfo;
  const first = await list({ Owner: '77', PageNumber: 1, PageSize: 2, SortBy: 'Id Asc' });
  const second = await list({ Owner: '77', PageNumber: 2, PageSize: 2, SortBy: 'Id Asc' });
  expect([first.TotalCount, second.TotalCount]).toEqual([3n, 3n]);
  const ids = made.map(idOf).toSorted((a, b) => (a < b ? -1 : 1));
  expect([...first.Tasks, ...second.Tasks].map(({ Id }) => Id)).toEqual(ids);
  const named = await list({
    Name: 'list TWO',
    TriggerType: 'Scheduler',
    TriggerRecurrence: 'Normal',
  });
  expect(named.Tasks.map(({ Name }) => Name)).toEqual(['List two']);
  expect((await list({ Ids: [ids[0]!, 5], ProjectEnv: 'Prod' })).Tasks).toHaveLength(1);
  expect((await list({ Owner: '77', WorkflowId: 1 })).TotalCount).toBe(3n);
  expect((await list({ Owner: '77', WorkflowId: 99 })).TotalCount).toBe(0n);

  const [one] = made as [TaskRead];
  const changed = await sdk.call('UpdateTask', {
    Id: idOf(one),
    Tags: [{ Key: 'k' }],
    Trigger: { Recurrence: 'Pause' },
  });
  expect(bodyOf(changed)).toMatchObject({ Success: true });
  expect(await readTask(server.api, one.id)).toMatchObject({ paused: true, tags: [{ key: 'k' }] });
  const script = await sdk.call('UpdateTask', { Id: idOf(one), Script: { Content: 'select 1' } });
  expect(script.error).toMatchObject({ code: 'InvalidParameter', status_code: 400n });
  expect(bodyOf(await sdk.call('DeleteTask', { Id: idOf(one) }))).toMatchObject({ Success: true });
  expect((await sdk.call('GetTask', { Id: idOf(one) })).error).toMatchObject({
    ...{ code: 'InvalidTask.NotFound', status_code: 404n },
    message: expect.stringContaining('The task does not exist.'),
  });
});

interface Instance {
  Id: bigint;
  TaskId: bigint;
  Status: string;
  RunNumber: bigint;
  Bizdate: bigint;
  TriggerTime?: bigint;
}

const instancesOf = async (made: TaskRead, day: string, more: object = {}): Promise<Instance[]> => {
  const request = { ProjectId: 1, Bizdate: Date.parse(day), TaskId: idOf(made), ...more };
  const answer = await sdk.call('ListTaskInstances', request);
  return (
    bodyOf<{ PagingInfo: { TaskInstances?: Instance[] } }>(answer).PagingInfo.TaskInstances ?? []
  );
};

test('DW-43: instances are brought about, listed by business day, read, rerun and stopped', async () => {
  const made = await task({ ...nightly, timezone: 'Asia/Shanghai' });
  const triggered = await sdk.call('TriggerSchedulerTaskInstance', {
    TaskId: idOf(made),
    TriggerTime: Date.parse('2026-01-20T02:30:00+08:00'),
  });
  expect(bodyOf(triggered)).toMatchObject({ Success: true });
  const day = '2026-01-19T00:00:00+08:00';
  const [instance] = await until(
    () => instancesOf(made, day),
    ([found]) => found?.Status === 'Success',
  );
  expect(instance).toMatchObject({
    ...{ TaskId: idOf(made), RunNumber: 1n, Bizdate: BigInt(Date.parse(day)) },
    TriggerTime: BigInt(Date.parse('2026-01-20T02:30:00+08:00')),
  });
  const { Id } = instance!;
  expect(Id).toBeGreaterThan(firstNumber);
  expect(await instancesOf(made, '2026-01-20T00:00:00+08:00')).toEqual([]);
  expect(await instancesOf(made, day, { Status: 'Failure' })).toEqual([]);

  const rerun = await sdk.call('RerunTaskInstances', { Ids: [Id, 5], Comment: 'once more' });
  expect(bodyOf<{ SuccessInfo: SuccessInfo }>(rerun).SuccessInfo).toEqual({
    [String(Id)]: good,
    5: { Success: false, Message: 'The task instance does not exist.' },
  });
  const read = async () =>
    bodyOf<{ TaskInstance: Instance }>(await sdk.call('GetTaskInstance', { Id })).TaskInstance;
  expect(
    await until(read, ({ RunNumber, Status }) => RunNumber === 2n && Status === 'Success'),
  ).toMatchObject({ Id, TaskName: 'Nightly' });
  const log = async (more: object) =>
    bodyOf<{ TaskInstanceLog: string }>(await sdk.call('GetTaskInstanceLog', { Id, ...more }))
      .TaskInstanceLog;
  expect(await log({})).toMatch(/INFO Try 1 begins/);
  expect(await log({ RunNumber: 1 })).not.toBe(await log({ RunNumber: 2 }));

  const long = await task({ job: { type: 'held' } });
  const { id: runId, queuedAt } = await startRun(server.api, long.id);
  await held.next(long.id);
  const yesterday = new Date(Date.parse(queuedAt) - 86_400_000).toISOString();
  const [live] = await until(
    () => instancesOf(long, yesterday),
    ([found]) => found?.Status === 'Running',
  );
  const stop = await sdk.call('StopTaskInstances', { Ids: [live!.Id] });
  expect(bodyOf<{ SuccessInfo: SuccessInfo }>(stop).SuccessInfo).toEqual({
    [String(live!.Id)]: good,
  });
  const path = `/tasks/${long.id}/runs/${runId}`;
  expect(await until(() => server.api.get<RunRead>(path), isOver)).toMatchObject({
    status: 'cancelled',
  });
});

test('DW-14: AllDenied and FailureAllowed hold for reruns by the SDK', async () => {
  const made = await task({ ...nightly, runPolicy: { rerunMode: 'FailureAllowed' } });
  const at = Date.parse('2026-01-20T02:30:00Z');
  await sdk.call('TriggerSchedulerTaskInstance', { TaskId: idOf(made), TriggerTime: at });
  const [{ Id } = { Id: 0n }] = await until(
    () => instancesOf(made, '2026-01-19T00:00:00Z'),
    ([found]) => found?.Status === 'Success',
  );
  const answer = await sdk.call('RerunTaskInstances', { Ids: [Id] });
  expect(bodyOf<{ SuccessInfo: SuccessInfo }>(answer).SuccessInfo[String(Id)]).toEqual({
    ...{ Success: false, Message: expect.stringContaining('only after a failure') },
  });
});

test('DW-43: SupplementData is a backfill of the days after the business days', async () => {
  const made = await task({ ...nightly, timezone: 'Asia/Shanghai' });
  const created = await sdk.call('CreateWorkflowInstances', {
    ...{ ProjectId: 1, WorkflowId: 1, Name: 'January', Type: 'SupplementData', EnvType: 'Prod' },
    Periods: { BizDates: [{ StartBizDate: '2026-01-01', EndBizDate: '2026-01-03' }] },
    DefaultRunProperties: {
      ...{ Mode: 'General', RootTaskIds: [idOf(made)], Parallelism: 2 },
      Analysis: { Enabled: false },
    },
  });
  const { OperationId } = bodyOf<{ OperationId: string }>(created);
  const runs = await until(
    () => runsOf(server.api, made.id),
    (all) => all.length === 3 && all.every(isOver),
  );
  expect(new Set(runs.map(({ scheduleTime }) => scheduleTime))).toEqual(
    new Set(['2026-01-01T18:30:00.000Z', '2026-01-02T18:30:00.000Z', '2026-01-03T18:30:00.000Z']),
  );
  // The backfill hears of the end of each run a moment after its record.
  const { Result } = await until(
    async () =>
      bodyOf<{ Result: Record<`Workflow${'Task' | ''}InstanceIds`, bigint[]> }>(
        await sdk.call('GetCreateWorkflowInstancesResult', { OperationId }),
      ),
    (answer) => answer.Result.WorkflowTaskInstanceIds.length === 3,
  );
  expect(Result).toMatchObject({ Status: 'Created', WorkflowInstanceIds: [expect.any(BigInt)] });
  const number = Result.WorkflowInstanceIds[0]!;
  const day = '2026-01-02T00:00:00+08:00';
  const [unasked] = await instancesOf(made, day);
  expect(Result.WorkflowTaskInstanceIds).toContain(unasked!.Id);
  for (const more of [
    { WorkflowInstanceId: number },
    { UnifiedWorkflowInstanceId: number },
    { WorkflowInstanceId: number, WorkflowInstanceType: 'SupplementData', WorkflowId: 1 },
  ]) {
    const [found] = await instancesOf(made, day, more);
    expect(found).toMatchObject({ Id: unasked!.Id, WorkflowInstanceId: number, WorkflowId: 1n });
  }
  for (const more of [
    { WorkflowInstanceId: number + 1n },
    { WorkflowInstanceId: number, UnifiedWorkflowInstanceId: number + 1n },
    { WorkflowInstanceType: 'Normal' },
    { WorkflowInstanceType: 'SmokeTest' },
    { WorkflowId: 77 },
  ]) {
    expect([more, await instancesOf(made, day, more)]).toEqual([more, []]);
  }
  const chain = await sdk.call('CreateWorkflowInstances', {
    ...{ ProjectId: 1, WorkflowId: 1, Name: 'x', Type: 'SupplementData' },
    Periods: { BizDates: [{ StartBizDate: '2026-01-01', EndBizDate: '2026-01-01' }] },
    DefaultRunProperties: { Mode: 'Chain', IncludeTaskIds: [1, 2] },
  });
  expect(chain.error).toMatchObject({ code: 'InvalidParameter' });
});

test('DW-43: of an instance that is there, a backfill has what it runs, not what it is still to reach', async () => {
  const made = await task({ ...nightly, job: { type: 'held' } });
  const day = '2026-01-19T00:00:00Z';
  const at = Date.parse('2026-01-20T02:30:00Z');
  await sdk.call('TriggerSchedulerTaskInstance', { TaskId: idOf(made), TriggerTime: at });
  (await held.next(made.id)).succeed();
  await until(
    () => instancesOf(made, day),
    ([found]) => found?.Status === 'Success',
  );
  const created = await sdk.call('CreateWorkflowInstances', {
    ...{ ProjectId: 1, WorkflowId: 1, Name: 'x', Type: 'SupplementData' },
    Periods: { BizDates: [{ StartBizDate: '2026-01-18', EndBizDate: '2026-01-19' }] },
    DefaultRunProperties: { Mode: 'General', RootTaskIds: [idOf(made)], Parallelism: 1 },
  });
  const { OperationId } = bodyOf<{ OperationId: string }>(created);
  const first = await held.next(made.id);
  const result = await sdk.call('GetCreateWorkflowInstancesResult', { OperationId });
  const { Result } = bodyOf<{ Result: { WorkflowInstanceIds: bigint[] } }>(result);
  const [WorkflowInstanceId] = Result.WorkflowInstanceIds;
  const ofIt = (on: string) => instancesOf(made, on, { WorkflowInstanceId });
  const before = '2026-01-18T00:00:00Z';
  const [running] = await until(
    () => ofIt(before),
    (found) => found.length === 1,
  );
  expect(running).toMatchObject({ Status: 'Running', WorkflowInstanceId });
  expect(await ofIt(day)).toEqual([]);
  first.succeed();
  (await held.next(made.id)).succeed();
  const [rerun] = await until(
    () => ofIt(day),
    ([found]) => found?.Status === 'Success',
  );
  expect(rerun).toMatchObject({ RunNumber: 2n, WorkflowInstanceId });
});

test('DW-03, DW-42: refusals reach the SDK with code, message and RequestId', async () => {
  const call = (one: Pick<Sdk, 'call'>) => one.call('BatchUpdateTasks', { Tasks: [] });
  const wrong = (await call(sdk.as([key.id, 'wrong']))).error!;
  expect(wrong).toMatchObject({ code: 'SignatureDoesNotMatch', status_code: 400n });
  expect(wrong.request_id).toMatch(/^[0-9A-F-]{36}$/);
  const user = await server.api.post<{ id: string }>('/users', { name: 'Vi', role: 'viewer' });
  const other = await server.api.post<typeof key>('/access-keys', { userId: user.id, name: 'x' });
  const viewer = sdk.as([other.id, other.secret]);
  expect((await call(viewer)).error).toMatchObject({ code: 'NoPermission', status_code: 403n });
  expect((await viewer.call('ListTasks', { ProjectId: 1 })).error).toBeUndefined();
  await server.api.delete(`/access-keys/${other.id}`);
  expect((await call(viewer)).error).toMatchObject({ code: 'InvalidAccessKeyId.NotFound' });
});

test('DW-03, DW-42: a nonce is good once on all processes; below the Basic edition the call is refused', async () => {
  const env = { TABLEGATE_EDITION: 'Free' };
  const second = await installation.start({ roles: { worker: false }, env });
  const headers = signedHeaders(new URL(server.url).host, { key });
  const send = async (url: string) => {
    const { body } = await request(url).post('/').set(headers);
    return (body as { Code?: string }).Code ?? 'taken';
  };
  expect([await send(server.url), await send(second.url)]).toEqual(['taken', 'SignatureNonceUsed']);
  const other = startSdk(second.url, [key.id, key.secret]);
  const refused = await other.call('BatchUpdateTasks', { Tasks: [{ Id: 1, Name: 'x' }] });
  expect(refused.error).toMatchObject({
    ...{ code: 'Forbidden.Access', status_code: 403n },
    message: expect.stringContaining('Basic edition'),
  });
  other.end();
  await second.stop();
});

test('DW-36, DW-40: many tasks with every tenth unknown: the others are changed', async () => {
  const made: TaskRead[] = [];
  for (let left = 18; left > 0; left -= 1) made.push(await task());
  const entries = made.flatMap((one, index) => [
    { Id: idOf(one), Name: `new ${index}` },
    ...(index % 9 === 0 ? [{ Id: 99_999_999 + index, Name: 'nobody' }] : []),
  ]);
  const ends = Object.values(await update(entries));
  expect([ends.length, ends.filter(({ Success }) => Success).length]).toEqual([20, 18]);
  expect(await readTask(server.api, made.at(-1)!.id)).toMatchObject({ name: 'new 17' });
});
