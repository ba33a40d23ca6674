/** Aloudata's two calls over the whole service: AC-01, AC-06 to AC-09, AC-15 to AC-18, AC-23 to AC-26, AC-29, AC-33, AC-34. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { CellRequest } from '../../../model/backfill';
import { defineJobType } from '../../../model/job-type';
import { credentialTypes, type User } from '../../../model/people';
import { endedStatuses } from '../../../model/run';
import type { InstanceView, TaskRead } from '../../../scheduling/scheduling';
import { byRange, byTime, refusalIn, traceIdPattern, type SixKeys } from '../../support/aloudata';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { historyOf, type HistoryEvent } from '../../support/temporal';
import type { TestClient } from '../../support/test-client';
import { addTables, createTask, gateOf, ledgerOf, runsOf, until, untilIdle } from './support/flow';

const exec = promisify(execFile);
const held = heldJobs();

/** Reads its tables and is done. */
const quick = defineJobType({
  type: 'quick',
  title: 'Done at once',
  configSchema: z.unknown(),
  needsIdMapping: false,
  lineage: ({ tables }) => ({ reads: tables, writes: [] }),
  run: () => Promise.resolve({ tables: [], summary: {} }),
});

let installation: Installation;
let server: TestServer;
let user: User;
let key: string;
let admin: string;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [quick, held.jobType] }));
  admin = (await server.api.get<{ name: string }>('/me')).name;
  ({ user, key } = await userOf(server.api, 'ada'));
});
afterAll(() => installation.end());

async function userOf(api: TestClient, account: string): Promise<{ user: User; key: string }> {
  const made = await api.post<User>('/users', {
    ...{ name: account, role: 'operator', account, identityTriggers: true },
  });
  const { secret } = await api.post<{ secret: string }>('/keys', { userId: made.id, name: 'ci' });
  return { user: made, key: secret };
}

let tables = 0;
/** A table that no other test speaks of. */
const newTable = (): string => `cat.db.t${(tables += 1)}`;

/** Every hour of a month that is over, so that no time comes due while a test runs. */
const hourly = {
  ...{ every: 'hour', from: '00:00', interval: 1 },
  ...{ startTime: '2026-01-01 00:00:00', endTime: '2026-01-31 23:00:00' },
};

const hourlyTask = (table: string, settings: Record<string, unknown> = {}): Promise<TaskRead> =>
  createTask(server.api, [table], {
    ...{ kind: 'recurring', recurrence: hourly, job: { type: 'quick' } },
    ...settings,
  });

const at = (hour: string): string => `2026-01-20 ${hour}`;

async function call(url: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(server.url + url, {
    method: 'POST',
    headers: { 'tenant-id': 'default', 'auth-type': 'UID', 'auth-value': user.id, ...headers },
    body: JSON.stringify({ tenantId: 'default', ...body }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** Calls, and holds the call to be taken. @returns its trace id */
async function taken(url: string, body: object): Promise<string> {
  const { status, text } = await call(url, body);
  const { traceId, ...rest } = JSON.parse(text) as SixKeys;
  expect({ status, ...rest }).toEqual({
    ...{ status: 200, data: true, success: true, code: '200' },
    ...{ errorMsg: null, detailErrorMsg: null },
  });
  expect(traceId).toMatch(traceIdPattern);
  return traceId;
}

const points = (tableName: string, ...hours: string[]) =>
  taken(byTime, { tableName, scheduleTimes: hours.map(at) });
const range = (tableName: string, start: string, end: string) =>
  taken(byRange, { tableName, startTime: at(start), endTime: at(end) });

async function instancesOf(id: string): Promise<InstanceView[]> {
  const { items } = await server.api.get<{ items: InstanceView[] }>(
    `/tasks/${id}/instances?pageSize=1000`,
  );
  return items;
}

async function backfillsOf(status = ''): Promise<number> {
  const { items } = await server.api.get<{ items: object[] }>(
    `/backfills?pageSize=1000${status && `&status=${status}`}`,
  );
  return items.length;
}

/** Waits until nothing is left to be done, and holds these attempts to be all that were made. */
async function expectAttempts(id: string, wanted: Record<string, number>): Promise<void> {
  const read = async () => {
    const live = await backfillsOf('running');
    const all = await instancesOf(id);
    const ended = all.every(({ status }) => endedStatuses.some((one) => one === status));
    const pairs = all.map(({ scheduleTime, attempts }) => [scheduleTime.slice(11, 16), attempts]);
    const attempts = Object.fromEntries(pairs) as Record<string, number>;
    return { over: live === 0 && ended, attempts };
  };
  const sum = (counts: Record<string, number>) =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  const { attempts } = await until(read, (now) => now.over && sum(now.attempts) >= sum(wanted));
  expect(attempts).toEqual(wanted);
}

/** Waits until this many calls have reached the task. */
const untilAsked = (id: string, calls: number) =>
  until(
    async () => new Set(((await historyOf('default', id)) ?? []).flatMap(askedBy)),
    (backfills) => backfills.size === calls,
  );

/** Backfills that ask for an instance by this event. */
function askedBy({ event }: HistoryEvent): string[] {
  const signal = event.workflowExecutionSignaledEventAttributes;
  const [payload] = signal?.input?.payloads ?? [];
  if (signal?.signalName !== 'instancesRequested' || !payload?.data) return [];
  const { cells } = JSON.parse(Buffer.from(payload.data).toString()) as { cells: CellRequest[] };
  return cells.flatMap(({ backfills }) => backfills);
}

test('AC-15, AC-16, AC-17: each point that is named gets a run with its own schedule time, and nothing between them', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table);
  await points(table, '00:00:00', '03:00:00');
  await expectAttempts(id, { '00:00': 1, '03:00': 1 });
  const runs = await runsOf(server.api, id);
  expect(runs.map(({ scheduleTime, status }) => [scheduleTime, status])).toEqual([
    ['2026-01-20T03:00:00.000Z', 'succeeded'],
    ['2026-01-20T00:00:00.000Z', 'succeeded'],
  ]);
});

test('AC-18: a point that was run is run again, as one instance, with everything downstream', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table);
  const next = await hourlyTask(newTable(), { dependsOn: [id] });
  const last = await hourlyTask(newTable(), { dependsOn: [next.id] });
  for (const attempts of [1, 2]) {
    await points(table, '00:00:00');
    for (const task of [id, next.id, last.id]) await expectAttempts(task, { '00:00': attempts });
  }
});

test('AC-23, AC-24: a range brings about every instance in it, those at both ends too', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table);
  await range(table, '01:00:00', '05:00:00');
  await expectAttempts(id, { '01:00': 1, '02:00': 1, '03:00': 1, '04:00': 1, '05:00': 1 });
});

test('AC-25: what a range finds is run again with everything downstream, and the rest is made', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table);
  const next = await hourlyTask(newTable(), { dependsOn: [id] });
  await points(table, '02:00:00');
  for (const task of [id, next.id]) await expectAttempts(task, { '02:00': 1 });
  await range(table, '01:00:00', '03:00:00');
  for (const task of [id, next.id]) {
    await expectAttempts(task, { '01:00': 1, '02:00': 2, '03:00': 1 });
  }
});

test('AC-26: a range without an instance is taken, and starts nothing', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table);
  await range(table, '01:10:00', '01:20:00');
  expect(await instancesOf(id)).toEqual([]);
});

test('AC-29: an unknown table is refused by its name; one that no task lists is taken and starts nothing', async () => {
  for (const [url, body] of [
    [byTime, { scheduleTimes: [at('00:00:00')] }],
    [byRange, { startTime: at('00:00:00'), endTime: at('05:00:00') }],
  ] as const) {
    expect(refusalIn(await call(url, { ...body, tableName: 'a.b.c' }), 404)).toContain('a.b.c');
  }
  const before = await backfillsOf();
  const [known = ''] = await addTables(installation, server.api, 'registered');
  await points(known, '00:00:00');
  await range(known, '00:00:00', '05:00:00');
  expect(await backfillsOf()).toBe(before);
});

test('AC-33: the call is answered while the run goes on, which is seen in the run history and in Temporal', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table, { job: { type: 'held' } });
  await points(table, '00:00:00');
  const run = await held.next();
  const [record] = await until(
    () => runsOf(server.api, id),
    ([first]) => first?.status === 'running',
  );
  expect(record).toMatchObject({ id: run.runId, scheduleTime: '2026-01-20T00:00:00.000Z' });
  expect(record?.temporalUrl).toContain(run.runId);
  run.succeed();
  await expectAttempts(id, { '00:00': 1 });
});

test('AC-34: a point that is named twice in one call is run once', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table);
  await points(table, '00:00:00', '01:00:00', '00:00:00');
  await expectAttempts(id, { '00:00': 1, '01:00': 1 });
});

test('a rerun that is asked for while the instance runs follows it, and is one however often it is asked for', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table, { job: { type: 'held' } });
  await points(table, '00:00:00');
  const first = await held.next();
  await points(table, '00:00:00');
  await points(table, '00:00:00');
  await untilAsked(id, 3);
  first.succeed();
  (await held.next()).succeed();
  await expectAttempts(id, { '00:00': 2 });
});

test('a point that still waits in an earlier call is run once for both', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table, { job: { type: 'held' } });
  await points(table, '00:00:00', '01:00:00');
  const first = await held.next();
  await range(table, '01:00:00', '02:00:00');
  await untilAsked(id, 2);
  first.succeed();
  for (const _of of ['01:00', '02:00']) (await held.next()).succeed();
  await expectAttempts(id, { '00:00': 1, '01:00': 1, '02:00': 1 });
});

test('a point off the schedule is run as it is named', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table);
  await points(table, '00:17:05');
  await expectAttempts(id, { '00:17': 1 });
});

test('times are read in the time zone of each task; one that its clocks skip is refused, and nothing starts', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table, { timezone: 'Asia/Shanghai' });
  const berlin = await hourlyTask(table, { timezone: 'Europe/Berlin' });
  await points(table, '09:00:00');
  await expectAttempts(id, { '01:00': 1 });
  await expectAttempts(berlin.id, { '08:00': 1 });
  const skipped = { tableName: table, scheduleTimes: [at('10:00:00'), '2026-03-29 02:30:00'] };
  expect(refusalIn(await call(byTime, skipped), 400)).toContain('2026-03-29 02:30:00');
  await expectAttempts(id, { '01:00': 1 });
  await expectAttempts(berlin.id, { '08:00': 1 });
});

test('a triggered task that has not run at that time gets the table marked, under the receipt in the trace id', async () => {
  const [one, other] = [newTable(), newTable()];
  const { id } = await createTask(server.api, [one, other], { job: { type: 'quick' } });
  const traceId = await points(one, '00:00:00');
  const [line] = await until(
    () => ledgerOf(server.api, id),
    (lines) => lines.length > 0,
  );
  expect(line).toMatchObject({ table: one, caller: 'ada', outcome: 'counted' });
  expect(traceId).toMatch(new RegExp(`^${line?.receipt ?? 'none'}`));
  expect(await gateOf(server.api, id)).toEqual({
    [one]: 'Not Triggered',
    [other]: 'Not Triggered',
  });
  await points(other, '00:00:00');
  await expectAttempts(id, { '00:00': 1 });
});

test('AC-06: a user’s id, account and key let in, each under its type', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table);
  const values = { UID: user.id, ACCOUNT: 'ada', TOKEN: key, APIKEY: key };
  const body = { tableName: table, scheduleTimes: [at('00:00:00')] };
  for (const [index, type] of credentialTypes.entries()) {
    const headers = { 'auth-type': type, 'auth-value': values[type] };
    expect((await call(byTime, body, headers)).status).toBe(200);
    await expectAttempts(id, { '00:00': index + 1 });
  }
});

test('AC-05, AC-07, AC-08, AC-09: logins that are refused start nothing, and the tenant is that of the header', async () => {
  const table = newTable();
  const { id } = await hourlyTask(table);
  const body = { tableName: table, scheduleTimes: [at('00:00:00')] };
  const { adminKey } = await server.api.post<{ adminKey: string }>('/tenants', {
    ...{ id: 'elsewhere', name: 'Elsewhere' },
  });
  const stranger = await userOf(server.api.as(adminKey), 'ada');
  await server.api.patch(`/users/${user.id}`, { identityTriggers: false });
  const closed = await call(byTime, body);
  await server.api.patch(`/users/${user.id}`, { identityTriggers: true });
  const refusals = [
    closed,
    await call(byTime, body, { 'auth-value': 'nobody' }),
    await call(byTime, body, { 'auth-value': stranger.user.id }),
    await call(byTime, body, { 'auth-type': 'APIKEY' }),
    await call(byTime, body, { 'auth-type': 'ACCOUNT' }),
    await call(byTime, body, { 'auth-type': 'TOKEN', 'auth-value': stranger.key }),
    await call(byTime, body, { 'auth-type': 'TOKEN', 'auth-value': key, 'tenant-id': 'elsewhere' }),
    await call(byTime, body, { 'tenant-id': 'nowhere' }),
  ];
  expect(new Set(refusals.map((answer) => refusalIn(answer, 401))).size).toBe(1);
  const inTheirs = { 'tenant-id': 'elsewhere', 'auth-value': stranger.user.id };
  const unknown = await call(byTime, { ...body, tenantId: 'elsewhere' }, inTheirs);
  expect(refusalIn(unknown, 404)).toContain(table);
  expect(await runsOf(server.api, id)).toEqual([]);
  const opened = [user.id, 'ada'].map((value) => server.api.as(value).call('GET', '/tasks'));
  expect((await Promise.all(opened)).map(({ status }) => status)).toEqual([401, 401]);
});

test('the audit says who called, which table, and that it was by this surface', async () => {
  const table = newTable();
  await hourlyTask(table);
  await points(table, '00:00:00');
  const { items } = await server.api.get<{ items: object[] }>(`/audit?target=table/${table}`);
  expect(items).toMatchObject([
    { actor: 'ada', action: 'table.trigger', detail: { via: 'Aloudata', cells: 1 } },
  ]);
});

test('AC-01, AC-02, AC-03, AC-11: the two command lines of README work as they stand there', async () => {
  const readme = readFileSync(path.resolve(__dirname, '../../../README.md'), 'utf8');
  const block = /^## Aloudata's calls[^]*?^```sh\n(?<lines>[^]*?)^```$/m.exec(readme)?.groups
    ?.lines;
  const { id } = await hourlyTask('crm.main.customers');
  const [pointsLine = '', rangeLine = ''] = (block ?? '')
    .replaceAll('http://127.0.0.1:8080', server.url)
    .replaceAll('.tablegate/admin.key', path.join(installation.dataDir, 'admin.key'))
    .split(/^(?=curl)/m);
  const run = async (line: string) => (await exec('sh', ['-c', line])).stdout;
  expect(await run(pointsLine)).toContain('"data":true,"success":true,"code":"200"');
  await expectAttempts(id, { '00:00': 1, '01:00': 1 });
  expect(await run(rangeLine)).toContain('"data":true,"success":true,"code":"200"');
  await expectAttempts(id, {
    ...{ '00:00': 1, '01:00': 2, '02:00': 1, '03:00': 1, '04:00': 1, '05:00': 1 },
  });
  const runs = await untilIdle(server.api, id, 7);
  expect(new Set(runs.map(({ startedByUser }) => startedByUser))).toEqual(new Set([admin]));
});
