/** Trigger calls that name a schedule time: a gate of its own for each (rules 2, 7 and 8). */
import type { TriggerAnswer } from '../../../model/trigger';
import type { InstanceView, RunRead, TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { instancesOf, untilEnded } from './support/due-times';
import {
  createTask,
  gateOf,
  ledgerOf,
  readTask,
  runsOf,
  startRun,
  until,
  urlsOf,
} from './support/flow';

const held = heldJobs();
const steps = stepJobs();
let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  const jobTypes = [held.jobType, steps.jobType];
  // However many cores there are: jobs that a test holds take none of another's places.
  const env = { TABLEGATE_MAX_JOBS: '20' };
  ({ installation, server } = await startServer({ jobTypes, env }));
});
afterAll(() => installation.end());

const tables = ['up.main.a', 'up.main.b'] as const;
const untouched = Object.fromEntries(tables.map((table) => [table, 'Not Triggered']));

async function twoTables(settings: Record<string, unknown> = {}) {
  const task = await createTask(server.api, tables, { job: { type: 'step' }, ...settings });
  const [a = '', b = ''] = await urlsOf(server.api, task.id);
  return { ...task, a, b };
}

const day = (date: number): string => new Date(Date.UTC(2026, 2, date)).toISOString();

/** Calls a trigger URL for a time. @returns what became of it, and what its gate still waits for */
async function triggerAt(url: string, time: string) {
  const answer = await fetch(`${url}/${time}?wait=outcome`);
  expect(await answer.json()).toMatchObject({ data: 'true', success: true });
  const { headers } = answer;
  return {
    outcome: headers.get('x-tablegate-outcome'),
    waitingFor: headers.get('x-tablegate-waiting-for'),
    receipt: headers.get('x-tablegate-receipt') ?? '',
  };
}

/** Marks all tables for a time; the last one starts the run, or has it wait for its turn. */
async function fill({ a, b }: { a: string; b: string }, time: string): Promise<void> {
  await triggerAt(a, time);
  await triggerAt(b, time);
}

const attemptsOf = (all: InstanceView[]) =>
  Object.fromEntries(all.map(({ scheduleTime, attempts }) => [scheduleTime, attempts]));

/** Each dated gate with the tables that are marked. */
async function datedOf(id: string): Promise<Record<string, string[]>> {
  const { gate } = await readTask(server.api, id);
  const marked = (shown: NonNullable<TaskRead['gate']>['dated'][number]) =>
    shown.tables.filter(({ status }) => status === 'Triggered').map(({ table }) => table);
  return Object.fromEntries((gate?.dated ?? []).map((one) => [one.scheduleTime, marked(one)]));
}

/** Waits for an attempt of an instance to end. */
async function untilAttempt(id: string, scheduleTime: string, attempt: number): Promise<RunRead> {
  const runs = await until(
    () => runsOf(server.api, id),
    (all) =>
      all.some(
        (run) =>
          run.scheduleTime === scheduleTime && run.attempt === attempt && run.finishedAt !== null,
      ),
  );
  return runs.find((run) => run.scheduleTime === scheduleTime && run.attempt === attempt)!;
}

test('a call names its time in the path or in the query, in any spelling, and all mark the same gate', async () => {
  const task = await twoTables({ timezone: 'Asia/Shanghai' });
  const time = '2026-03-01T02:30:00.000Z';
  for (const call of [
    `${task.a}/2026-03-01T02:30:00Z`,
    `${task.a}/2026-03-01T02:30:00.000Z`,
    `${task.a}/2026-03-01T10:30:00+08:00`,
    `${task.a}/2026-03-01%2010:30:00`,
    `${task.a}?scheduleTime=2026-03-01T10:30:00%2B08:00`,
    `${task.a}?scheduleTime=2026-03-01T10:30:00+08:00`,
    `${task.a}?scheduleTime=2026-03-01+10:30`,
    `${task.a}/2026-03-01T02:30Z?scheduleTime=2026-03-01T02:30Z`,
  ]) {
    expect(await (await fetch(call)).json()).toMatchObject({ data: 'true', success: true });
  }
  const ledger = await until(
    () => ledgerOf(server.api, task.id),
    (lines) => lines.length === 8,
  );
  expect(new Set(ledger.map((line) => line.scheduleTime))).toEqual(new Set([time]));
  expect(ledger.map(({ outcome }) => outcome).toReversed()).toEqual([
    'counted',
    ...Array<string>(7).fill('duplicate'),
  ]);
  expect(await datedOf(task.id)).toEqual({ [time]: [tables[0]] });
  expect(await gateOf(server.api, task.id)).toEqual(untouched);
  expect(await triggerAt(task.b, time)).toMatchObject({ outcome: 'started', waitingFor: null });
  expect(await untilAttempt(task.id, time, 1)).toMatchObject({
    ...{ status: 'succeeded', startedBy: 'triggers', scheduleTime: time },
  });
});

test('two dates never mix, nor does either with the open round', async () => {
  const task = await twoTables();
  expect(await triggerAt(task.a, day(1))).toMatchObject({
    ...{ outcome: 'counted', waitingFor: tables[1] },
  });
  expect(await triggerAt(task.b, day(2))).toMatchObject({
    ...{ outcome: 'counted', waitingFor: tables[0] },
  });
  const undated = await fetch(`${task.a}?wait=outcome`);
  expect(undated.headers.get('x-tablegate-waiting-for')).toBe(tables[1]);
  expect(await datedOf(task.id)).toEqual({ [day(1)]: [tables[0]], [day(2)]: [tables[1]] });
  expect(await gateOf(server.api, task.id)).toEqual({ ...untouched, [tables[0]]: 'Triggered' });
  expect(await runsOf(server.api, task.id)).toEqual([]);

  expect(await triggerAt(task.a, day(2))).toMatchObject({ outcome: 'started' });
  await untilAttempt(task.id, day(2), 1);
  expect(await datedOf(task.id)).toEqual({ [day(1)]: [tables[0]] });
  expect(await gateOf(server.api, task.id)).toEqual({ ...untouched, [tables[0]]: 'Triggered' });
  expect(await runsOf(server.api, task.id)).toHaveLength(1);
});

test('dated calls during a run are not ignored: their full gates wait and run one by one, oldest first', async () => {
  const task = await twoTables({ job: { type: 'held' } });
  const byHand = await startRun(server.api, task.id);
  const live = await held.next(task.id);
  expect(live.runId).toBe(byHand.id);
  for (const date of [3, 1, 2]) {
    await triggerAt(task.a, day(date));
    expect(await triggerAt(task.b, day(date))).toMatchObject({ outcome: 'counted' });
  }
  const waiting = await instancesOf(server.api, task.id);
  expect(waiting.map(({ status, reason }) => [status, reason])).toEqual(
    Array(3).fill(['waiting', 'it waits for its turn']),
  );
  live.succeed();
  for (const _date of [1, 2, 3]) (await held.next(task.id)).succeed();
  await untilEnded(server.api, task.id, 3);
  const runs = await runsOf(server.api, task.id);
  expect(runs.map(({ scheduleTime }) => scheduleTime)).toEqual([day(3), day(2), day(1), null]);
});

test.each([
  ['2016-01-01', /more than 10 years back/],
  ['2196-01-01T00:00:00Z', /more than a year ahead/],
  ['yesterday', /must be a time such as/],
  ['2026-02-30', /no such day/],
  ['2026-03-29%2002:30:00', /clocks skip it/],
  ['2026-03-01T02:30:00.5Z', /whole second/],
  ['', /must be a time such as/],
])('a call for "%s" is refused in the eight keys and marks nothing', async (time, reason) => {
  const task = await twoTables({ timezone: 'Europe/Berlin' });
  const calls = [`${task.a}?scheduleTime=${time}`, ...(time ? [`${task.a}/${time}`] : [])];
  for (const call of calls) {
    const answer = await fetch(call);
    const body = (await answer.json()) as TriggerAnswer;
    expect(answer.status).toBe(400);
    expect(Object.keys(body)).toHaveLength(8);
    expect(body).toMatchObject({ data: null, success: false, errorCode: 'invalidInput' });
    expect(body.errorDesc).toMatch(reason);
  }
  const named = { table: tables[0], scheduleTime: decodeURIComponent(time) };
  const byKey = await server.api.call('POST', `/tasks/${task.id}/triggers`, { body: named });
  expect(byKey).toMatchObject({ status: 400, body: { errors: [{ path: 'scheduleTime' }] } });
  expect(await ledgerOf(server.api, task.id)).toEqual([]);
  expect(await datedOf(task.id)).toEqual({});
});

test('a time that was run is run again when all tables have been marked anew, as its next attempt', async () => {
  const task = await twoTables();
  await fill(task, day(1));
  await untilAttempt(task.id, day(1), 1);
  expect(await triggerAt(task.a, day(1))).toMatchObject({ outcome: 'counted' });
  const [half] = await instancesOf(server.api, task.id);
  expect(half).toMatchObject({ status: 'succeeded', attempts: 1 });
  expect(await triggerAt(task.b, day(1))).toMatchObject({ outcome: 'started' });
  await untilAttempt(task.id, day(1), 2);
  expect(attemptsOf(await instancesOf(server.api, task.id))).toEqual({ [day(1)]: 2 });
  expect(await runsOf(server.api, task.id)).toHaveLength(2);
});

test('instances that wait for tables are listed among those that ran, by time, status and page', async () => {
  const task = await twoTables();
  for (const date of [2, 4]) await fill(task, day(date));
  for (const date of [1, 3, 5]) await triggerAt(task.b, day(date));
  await untilEnded(server.api, task.id, 2);
  const all = await instancesOf(server.api, task.id);
  expect(all.map(({ scheduleTime, status }) => [scheduleTime, status])).toEqual(
    [1, 2, 3, 4, 5].map((date) => [day(date), date % 2 ? 'waiting' : 'succeeded']),
  );
  expect(all[0]).toEqual({
    ...{ taskId: task.id, scheduleTime: day(1), attempts: 0, status: 'waiting', run: null },
    reason: `waiting for tables ${tables[0]}`,
  });
  const list = async (query: string) => {
    const path = `/tasks/${task.id}/instances?${query}`;
    const { items, nextPageToken } = await server.api.get<{
      items: InstanceView[];
      nextPageToken: string | null;
    }>(path);
    return { times: items.map(({ scheduleTime }) => scheduleTime), nextPageToken };
  };
  expect((await list('status=waiting')).times).toEqual([day(5), day(3), day(1)]);
  expect((await list('from=2026-03-02&to=2026-03-03')).times).toEqual([day(3), day(2)]);
  const paged: string[] = [];
  for (let token: string | null = ''; token !== null;) {
    const page = await list(`pageSize=2&pageToken=${encodeURIComponent(token)}`);
    paged.push(...page.times);
    token = page.nextPageToken;
  }
  expect(paged).toEqual([5, 4, 3, 2, 1].map(day));
});

test('a call past the most gates that may be open is ignored, and applied by hand when there is room', async () => {
  const many = Array.from({ length: 500 }, (_, index) => `up.main.t${index}`);
  const { id } = await createTask(server.api, many, { job: { type: 'step' } });
  const call = async (date: number): Promise<string> => {
    const body = { table: many[0], scheduleTime: day(date) };
    const { receipt } = await server.api.post<{ receipt: string }>(`/tasks/${id}/triggers`, body);
    return receipt;
  };
  const open = [1, 2, 3, 4, 5];
  for (const date of open) await call(date);
  const receipt = await call(6);
  const [last] = await until(
    () => ledgerOf(server.api, id),
    (lines) => lines.length === 6,
  );
  expect(last).toMatchObject({
    ...{ receipt, outcome: 'ignored', scheduleTime: day(6) },
    reason: '5 schedule times are open already',
  });
  const apply = () => server.api.call('POST', `/tasks/${id}/triggers/${receipt}:apply`);
  expect(await apply()).toMatchObject({ status: 409, body: { code: 'triggerNotApplicable' } });
  await server.api.post(`/tasks/${id}:reset-gate`, { scheduleTime: day(1) });
  expect(await apply()).toMatchObject({
    status: 200,
    body: { outcome: 'counted', scheduleTime: day(6), appliedBy: 'admin' },
  });
  expect(await datedOf(id)).toEqual(
    Object.fromEntries([2, 3, 4, 5, 6].map((date) => [day(date), [many[0]]])),
  );
});

test('a change of kind drops what was marked for any time: a task that is triggered again begins anew', async () => {
  const task = await twoTables();
  await triggerAt(task.a, day(1));
  const { id } = task;
  await server.api.patch(`/tasks/${id}`, { kind: 'manual' });
  await server.api.patch(`/tasks/${id}`, { kind: 'triggered' });
  expect(await datedOf(id)).toEqual({});
  const [a = ''] = await urlsOf(server.api, id);
  expect(a).not.toBe(task.a);
  expect((await fetch(`${task.b}/${day(1)}`)).status).toBe(404);
  expect(await triggerAt(a, day(1))).toMatchObject({ outcome: 'counted', waitingFor: tables[1] });
});

test.each([
  ['AllDenied', false, 'its run policy allows no rerun'],
  ['AllDenied', true, 'its run policy allows no rerun'],
  ['FailureAllowed', false, 'its run policy allows reruns only after a failure'],
])(
  'with `rerunMode` %s a time that was run (failed: %s) is not run again, and the record says why',
  async (rerunMode, fails, reason) => {
    const task = await twoTables({ runPolicy: { rerunMode } });
    if (fails) steps.break(task.id);
    await fill(task, day(1));
    const first = await untilAttempt(task.id, day(1), 1);
    expect(first.status).toBe(fails ? 'failed' : 'succeeded');
    await fill(task, day(1));
    const [skipped] = await until(
      () => runsOf(server.api, task.id),
      (all) => all.length === 2,
    );
    expect(skipped).toMatchObject({ status: 'skipped', attempt: 0, startedBy: 'triggers' });
    expect(skipped?.failureReason).toContain(reason);
    expect(steps.ran.filter((ran) => ran === task.id)).toHaveLength(1);
    expect(await datedOf(task.id)).toEqual({});
    expect(attemptsOf(await instancesOf(server.api, task.id))).toEqual({ [day(1)]: 1 });
  },
);

test('with `rerunMode` FailureAllowed a time that failed is run again', async () => {
  const task = await twoTables({ runPolicy: { rerunMode: 'FailureAllowed' } });
  steps.break(task.id);
  await fill(task, day(1));
  await untilAttempt(task.id, day(1), 1);
  steps.mend(task.id);
  await fill(task, day(1));
  expect(await untilAttempt(task.id, day(1), 2)).toMatchObject({ status: 'succeeded' });
});

test('while a task is paused its dated gates fill, and on resume the oldest runs first', async () => {
  const task = await twoTables();
  await server.api.post(`/tasks/${task.id}:pause`);
  for (const date of [2, 1]) await fill(task, day(date));
  expect(await runsOf(server.api, task.id)).toEqual([]);
  expect((await instancesOf(server.api, task.id)).map(({ status }) => status)).toEqual([
    'waiting',
    'waiting',
  ]);
  await server.api.post(`/tasks/${task.id}:resume`);
  await untilEnded(server.api, task.id, 2);
  const runs = await runsOf(server.api, task.id);
  expect(runs.map(({ scheduleTime }) => scheduleTime)).toEqual([day(2), day(1)]);
});

test('a table that is triggered by key at a time marks triggered tasks, and reruns what has run with what comes after it', async () => {
  const table = 'up.main.whole';
  const job = { type: 'step' };
  const one = await createTask(server.api, [table], { job });
  const two = await createTask(server.api, [table, 'up.main.other'], { job });
  const after = await createTask(server.api, [table], {
    ...{ kind: 'manual', job, dependsOn: [one.id] },
    tables: ['up.main.unrelated'],
  });
  const call = () => server.api.post<object>(`/tables/${table}:trigger`, { scheduleTime: day(1) });
  expect(await call()).toEqual({ backfillId: null, cells: 0, marks: 2 });
  await untilAttempt(one.id, day(1), 1);
  expect(await datedOf(two.id)).toEqual({ [day(1)]: [table] });
  expect(await runsOf(server.api, after.id)).toEqual([]);

  expect(await call()).toMatchObject({ cells: 2, marks: 1 });
  expect(await untilAttempt(one.id, day(1), 2)).toMatchObject({ startedBy: 'backfill' });
  expect(await untilAttempt(after.id, day(1), 1)).toMatchObject({ status: 'succeeded' });
  expect(await datedOf(two.id)).toEqual({ [day(1)]: [table] });
});
