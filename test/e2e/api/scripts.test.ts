/** Scripts from the call that creates them to their runs: DP-23, DP-29 to DP-33, DP-39 to DP-42. */
import { once } from 'node:events';
import path from 'node:path';
import { defineJobType, JobError } from '../../../model/job-type';
import { resolveParameters } from '../../../model/schedule-parameters';
import type { ScriptView } from '../../../model/script-object';
import {
  parameterList,
  syncScriptType,
  syncScriptConfigSchema,
} from '../../../model/sync-script-config';
import type { TaskRead } from '../../../scheduling/scheduling';
import { runSql } from '../../connectors/support/sandbox';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { copyScript, idleSyncScript } from '../../support/sync-script-job';
import { historyOf } from '../../support/temporal';
import { startBackfill, untilOver } from './support/backfills';
import { scheduleOf } from './support/due-times';
import { isOver, readTask, runsOf, startRun, until, writeSource } from './support/flow';
import { hour, hourly } from './support/hourly-tasks';

interface Seen {
  taskId: string;
  scheduleTime: string | null;
  timezone: string;
  text: string;
  author: string;
  mayWrite: boolean;
}

/** What the jobs were given, in their order. */
const seen: Seen[] = [];
const broken = new Set<string>();
/** Ids of scripts whose runs come to no end by themselves. */
const endless = new Set<string>();

/** In place of the job that moves data: notes what it would move. */
const noting = defineJobType({
  ...idleSyncScript,
  type: syncScriptType,
  configSchema: syncScriptConfigSchema,
  run: async (context) => {
    const { config, taskId, scheduleTime, timezone, askedAt } = context;
    if (!('scriptId' in config)) throw new JobError('the text was not stored');
    const { text, author, parameters } = await context.scriptText(config.scriptId, config.version);
    const at = { scheduleTime: new Date(scheduleTime ?? askedAt), timezone };
    const all = [...parameters, ...parameterList(config.parameters)];
    const resolved = resolveParameters(text, all, at);
    const mayWrite = await context.mayUse(author, 'analysis', 'write');
    seen.push({ taskId, scheduleTime, timezone, text: resolved.text, author, mayWrite });
    if (broken.has(config.scriptId)) throw new JobError('broken by the test');
    if (endless.has(config.scriptId)) {
      await once(context.signal, 'abort');
      throw new JobError('it was ended');
    }
    return { tables: [], summary: { values: resolved.values } };
  },
});

let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [noting] }));
  const file = path.join(installation.dataDir, 'files/analysis.duckdb');
  await runSql(file, 'create table orders (id integer, made timestamp)');
});
afterAll(() => installation.end());

let names = 0;

async function create(change: Record<string, unknown> = {}): Promise<ScriptView> {
  names += 1;
  return server.api.post('/scripts', {
    ...{ project: 'default', name: `Script ${names}`, scheduleType: 'Recurring Task Node' },
    ...{ sourceType: 'duckdb', source: 'analysis', targetType: 'duckdb', target: 'analysis' },
    ...change,
  });
}

const dayScript = copyScript({ where: "made >= '${day}' and made < '${next}'" });
const parameters = [
  { name: 'day', value: '${yyyy-MM-dd}' },
  { name: 'next', value: '$[yyyy-MM-dd]' },
];

/** A script that runs at every hour of days that are over. */
async function ready(
  patch: Record<string, unknown> = {},
  change: Record<string, unknown> = {},
): Promise<ScriptView> {
  const { id } = await create(change);
  return server.api.patch(`/scripts/${id}`, {
    ...{ text: dayScript, scheduleParameters: parameters },
    scheduleConfiguration: { recurrence: hourly, timezone: 'UTC' },
    runConfiguration: { timeout: 60 },
    ...patch,
  });
}

async function submit({ id }: { id: string }): Promise<ScriptView> {
  const body = { remarks: 'for the test' };
  return (await server.api.post<{ script: ScriptView }>(`/scripts/${id}:submit`, body)).script;
}

const seenOf = (taskId: string | null) => seen.filter((one) => one.taskId === taskId);

test('DP-22, DP-23: 500,000 characters are saved as typed, and 500,001 are refused in words, whatever they are', async () => {
  const { id } = await create();
  const text = ` {"🐢": "\r\n${'🐢'.repeat(499_990)}`;
  expect(Array.from(text)).toHaveLength(500_000);
  const saved = await server.api.patch<ScriptView>(`/scripts/${id}`, { text });
  expect(saved.text === text).toBe(true);
  expect((await server.api.get<ScriptView>(`/scripts/${id}`)).text === text).toBe(true);
  const message = 'it has 500001 characters; at most 500000 are allowed';
  const calls = [
    ['PATCH', `/scripts/${id}`, { text: `${text}x` }, 'text'],
    ['POST', '/scripts:validate', { script: `${text}x` }, 'script'],
    [
      'POST',
      '/tasks',
      {
        ...{ name: 'Long', kind: 'manual', tables: ['analysis.main.orders'] },
        job: { type: 'sync-script', config: { script: `${text}x` } },
      },
      'job.config.script',
    ],
  ] as const;
  for (const [method, to, body, field] of calls) {
    const answer = await server.api.call(method, to, { body });
    expect([answer.status, answer.body.errors]).toEqual([400, [{ path: field, message }]]);
  }
});

test('DP-10, DP-40, DP-42, DP-41: a Schedule is there after the submission in a Basic project, and not before', async () => {
  const script = await ready();
  const { items: tasks } = await server.api.get<{ items: TaskRead[] }>(
    `/tasks?search=${encodeURIComponent(script.name)}`,
  );
  expect(tasks).toEqual([]);
  const { prodTaskId, state } = await submit(script);
  expect(state).toBe('published');
  expect(await scheduleOf(prodTaskId!)).not.toBeNull();
  const { items } = await server.api.get<{ items: { script: ScriptView; task: TaskRead }[] }>(
    '/operation-center',
  );
  expect(items.find((one) => one.script.id === script.id)?.task).toMatchObject({
    ...{ id: prodTaskId, environment: 'Prod', kind: 'recurring' },
  });
  await server.api.post(`/scripts/${script.id}:unpublish`);
  expect(await scheduleOf(prodTaskId!)).toBeNull();
});

test('DP-39, DP-29: in a Dev-Prod project nothing is scheduled before it is published', async () => {
  const project = await server.api.post<{ id: string }>('/projects', {
    ...{ name: 'Two', mode: 'DevProd' },
  });
  const script = await ready({}, { project: project.id, environment: 'Dev' });
  const submitted = await submit(script);
  expect(submitted).toMatchObject({ state: 'submitted', prodTaskId: null });
  const { devTaskId } = submitted;
  expect(await scheduleOf(devTaskId!)).toBeNull();
  const run = await startRun(server.api, devTaskId!);
  await until(
    () => runsOf(server.api, devTaskId!),
    ([latest]) => latest!.id === run.id && isOver(latest!),
  );
  expect(seenOf(devTaskId)).toHaveLength(1);
  const published = await server.api.post<ScriptView>(`/scripts/${script.id}:publish`);
  expect(await scheduleOf(published.prodTaskId!)).not.toBeNull();
  const [dev, prod] = await Promise.all(
    [devTaskId, published.prodTaskId].map((id) => readTask(server.api, id!)),
  );
  expect([dev!.environment, prod!.environment]).toEqual(['Dev', 'Prod']);
  expect(dev!.number).toBe(prod!.number);
});

test('DP-31, DP-25: a backfill of past days puts in the values of those days, and no history holds the text', async () => {
  const script = await ready({
    scheduleConfiguration: {
      recurrence: { ...hourly, every: 'hour', interval: 24 },
      timezone: 'Asia/Shanghai',
    },
  });
  const { prodTaskId } = await submit(script);
  const taskId = prodTaskId!;
  const backfill = await startBackfill(server.api, {
    ...{ taskIds: [taskId], startTime: '2026-01-20 00:00:00', endTime: '2026-01-21 00:00:00' },
  });
  expect(await untilOver(server.api, backfill.id)).toMatchObject({ status: 'succeeded', count: 2 });
  const admin = await server.api.get<{ userId: string }>('/me');
  expect(seenOf(taskId)).toMatchObject(
    [
      ['2026-01-19T16:00:00.000Z', '2026-01-19', '2026-01-20'],
      ['2026-01-20T16:00:00.000Z', '2026-01-20', '2026-01-21'],
    ].map(([scheduleTime, day, next]) => ({
      ...{ scheduleTime, timezone: 'Asia/Shanghai', author: admin.userId, mayWrite: true },
      text: expect.stringContaining(`made >= '${day}' and made < '${next}'`),
    })),
  );
  const history = JSON.stringify(await historyOf('default', taskId));
  const payloads = [...history.matchAll(/"data":"([^"]+)"/g)].map(([, data]) =>
    Buffer.from(data!, 'base64').toString(),
  );
  expect(payloads.join()).toContain(script.id);
  expect(payloads.join()).not.toContain('made >=');
  const [run] = await runsOf(server.api, taskId);
  expect(run?.summary).toEqual({ values: { day: '2026-01-20', next: '2026-01-21' } });
});

test('DP-30: a script starts after the ones that it depends on, and not at all where one has failed', async () => {
  const first = await ready();
  const second = await ready({ scheduleDependency: { dependsOn: [first.id] } });
  const [up, down] = [await submit(first), await submit(second)];
  const run = async (time: string) => {
    const body = { taskIds: [up.prodTaskId, down.prodTaskId], scheduleTimes: [time] };
    return untilOver(server.api, (await startBackfill(server.api, body)).id);
  };
  expect(await run(hour(1))).toMatchObject({ status: 'succeeded' });
  const order = seen.map(({ taskId }) => taskId);
  expect(order.indexOf(up.prodTaskId!)).toBeLessThan(order.indexOf(down.prodTaskId!));
  broken.add(first.id);
  expect(await run(hour(2))).toMatchObject({ counts: { failed: 1, blocked: 1 } });
  expect(seenOf(down.prodTaskId)).toHaveLength(1);
});

test('DP-33, DP-11: a failing manual node is tried again as set, and has no Schedule', async () => {
  const script = await ready(
    {
      scheduleConfiguration: { timezone: 'UTC' },
      runConfiguration: { timeout: 60, rerunTimes: 2, rerunInterval: 0 },
    },
    { scheduleType: 'Manual Task Node' },
  );
  broken.add(script.id);
  const { prodTaskId } = await submit(script);
  expect(await scheduleOf(prodTaskId!)).toBeNull();
  await startRun(server.api, prodTaskId!);
  const [run] = await until(
    () => runsOf(server.api, prodTaskId!),
    ([latest]) => latest !== undefined && isOver(latest),
  );
  expect(run).toMatchObject({ status: 'failed', tries: 3, failureReason: 'broken by the test' });
  const today = new Date(run!.queuedAt).toISOString().slice(0, 10);
  expect(seenOf(prodTaskId)[0]).toMatchObject({
    ...{ scheduleTime: null, text: expect.stringContaining(`made < '${today}'`) },
  });
});

test('DP-32: a run that takes longer than its timeout is ended', async () => {
  const script = await ready(
    { scheduleConfiguration: { timezone: 'UTC' }, runConfiguration: { timeout: 1 } },
    { scheduleType: 'Manual Task Node' },
  );
  endless.add(script.id);
  const { prodTaskId } = await submit(script);
  await startRun(server.api, prodTaskId!);
  const [run] = await until(
    () => runsOf(server.api, prodTaskId!),
    ([latest]) => latest !== undefined && isOver(latest),
  );
  expect(run).toMatchObject({
    ...{ status: 'timedOut', failureReason: 'The job took longer than its limit of 1 s.' },
  });
});

test('a plain task takes the text of its script, and shows it again', async () => {
  const body = {
    ...{ name: 'Plain', kind: 'manual', tables: ['analysis.main.orders'], timezone: 'UTC' },
    job: {
      type: 'sync-script',
      config: { script: dayScript, parameters: { day: '$bizdate', next: 'x' } },
    },
  };
  const task = await server.api.post<TaskRead>('/tasks', body);
  expect(task.job.config).toMatchObject({ scriptId: task.id, version: 1 });
  expect(task.job.config).not.toHaveProperty('script');
  expect(await server.api.get(`/tasks/${task.id}/script`)).toMatchObject({
    ...{ scriptId: task.id, version: 1, isObject: false, text: dayScript },
    parameters: [
      { name: 'day', value: '$bizdate' },
      { name: 'next', value: 'x' },
    ],
  });
  await startRun(server.api, task.id);
  await until(
    () => Promise.resolve(seenOf(task.id)),
    (runs) => runs.length === 1,
  );
  expect(seenOf(task.id)[0]?.text).toMatch(/made >= '\d{8}' and made < 'x'/);
});

test('a viewer reads scripts and changes nothing; a refusal says what to do', async () => {
  const { id: userId } = await server.api.post<{ id: string }>('/users', {
    ...{ name: 'Vera', role: 'viewer' },
  });
  const { secret } = await server.api.post<{ secret: string }>('/keys', { userId, name: 'k' });
  const viewer = server.api.as(secret);
  const script = await ready();
  expect(await viewer.get(`/scripts/${script.id}`)).toMatchObject({ name: script.name });
  for (const [method, to, body] of [
    ['PATCH', `/scripts/${script.id}`, { text: '' }],
    ['POST', `/scripts/${script.id}:submit`, {}],
    ['DELETE', `/scripts/${script.id}`, undefined],
  ] as const) {
    expect((await viewer.call(method, to, { body })).status).toBe(403);
  }
  const empty = await create();
  const refused = await server.api.call('POST', `/scripts/${empty.id}:submit`, {
    ...{ body: { remarks: 'x' }, headers: { 'If-Match': '"1"' } },
  });
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'scriptChecksFailed', errors: [{ path: 'script' }, { path: 'script' }] },
  });
  const stale = await server.api.call('POST', `/scripts/${script.id}:submit`, {
    ...{ body: { remarks: 'x' }, headers: { 'If-Match': '"1"' } },
  });
  expect(stale).toMatchObject({ status: 412, body: { code: 'staleVersion' } });
});

test('DP-25: the job that moves data does what a script of the production says', async () => {
  const real = await startServer();
  try {
    const { api } = real.server;
    const { filesDir, dataDir } = real.installation;
    await writeSource(real.installation, 'shop', 'orders.csv', 'id,name\n1,Ann\n2,Bob\n');
    const config = { path: path.join(filesDir, 'shop') };
    await api.post('/connections', { name: 'shop', type: 'files', config });
    const { id } = await api.post<ScriptView>('/scripts', {
      ...{ project: 'default', name: 'Orders', scheduleType: 'Manual Task Node' },
      ...{ sourceType: 'files', source: 'shop', targetType: 'duckdb', target: 'analysis' },
    });
    const { text } = await api.get<ScriptView>(`/scripts/${id}`);
    const filled = text
      .replace('"table": ""', '"table": "orders"')
      .replace('"table": ""', '"table": "main.orders_${bizdate}"')
      .replace('"createTable": false', '"createTable": true');
    await api.patch(`/scripts/${id}`, { text: filled, runConfiguration: { timeout: 60 } });
    const body = { remarks: 'first' };
    const { script } = await api.post<{ script: ScriptView }>(`/scripts/${id}:submit`, body);
    await startRun(api, script.prodTaskId!);
    const [run] = await until(
      () => runsOf(api, script.prodTaskId!),
      ([latest]) => latest !== undefined && isOver(latest),
    );
    expect(run).toMatchObject({ status: 'succeeded', failureReason: null });
    const day = new Date(Date.parse(run!.queuedAt) - 86_400_000).toISOString().slice(0, 10);
    const table = `orders_${day.replaceAll('-', '')}`;
    const file = path.join(dataDir, 'files/analysis.duckdb');
    const rows = await runSql(file, `select id::integer as id, name from ${table} order by id`);
    expect(rows).toEqual([
      { id: 1, name: 'Ann' },
      { id: 2, name: 'Bob' },
    ]);
  } finally {
    await real.installation.end();
  }
});
