/** DataArts' calls over the whole service: rows HW-01 to HW-44. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ScheduleNotFoundError } from '@temporalio/client';
import { metadataCollectionConfigSchema } from '../../../activities/jobs/metadata-collection/config';
import { defineJobType } from '../../../model/job-type';
import { scheduleIdOf } from '../../../model/names';
import type { User } from '../../../model/people';
import type { TaskRead } from '../../../scheduling/scheduling';
import {
  askForToken,
  DataArtsClient,
  exampleText,
  exampleWith,
  quietBody,
  refusalIn,
  tokenRequest,
  type Body,
  type SentCall,
} from '../../support/dataarts';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { historyOf, withTemporal } from '../../support/temporal';
import { beforeDue } from './support/due-times';
import { readTask, runsOf, until, untilIdle, writeSource } from './support/flow';

const exec = promisify(execFile);
const held = heldJobs();
/** In place of the real job, which is tried by tests of its own. */
const collection = defineJobType({
  ...held.jobType,
  type: 'metadata-collection',
  configSchema: metadataCollectionConfigSchema,
  lineage: () => ({ reads: [], writes: [] }),
});

const env = { TABLEGATE_TIMEZONE: 'Asia/Shanghai' };

let installation: Installation;
let server: TestServer;
let admin: DataArtsClient;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [collection], env }));
  admin = new DataArtsClient(server.url, await tokenOf(server.api.key, 'admin'));
});
afterAll(() => installation.end());

async function tokenOf(key: string, name: string, scope?: Body): Promise<string> {
  const user = { name, password: key, domain: { name: 'default' } };
  const { status, token, text } = await askForToken(server.url, tokenRequest(user, scope));
  if (status !== 201 || token === null) throw new Error(`${status} ${text}`);
  return token;
}

/** A user with a key and a token. */
async function userOf(name: string, role: User['role']) {
  const { id } = await server.api.post<User>('/users', { name, role });
  const key = await server.api.post<{ id: string; secret: string }>('/keys', {
    userId: id,
    name: 'ci',
  });
  const token = await tokenOf(key.secret, name);
  return { id, key, token, client: new DataArtsClient(server.url, token) };
}

const nativeTask = (id: string): Promise<TaskRead> => readTask(server.api, id);

async function countTasks(): Promise<number> {
  const { total } = await server.api.get<{ total: { count: number } }>('/tasks?pageSize=1');
  return total.count;
}

async function hasSchedule(id: string): Promise<boolean> {
  return withTemporal(async (client) => {
    try {
      await client.schedule.getHandle(scheduleIdOf('default', id)).describe();
      return true;
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return false;
      throw error;
    }
  });
}

/** Tries to create; holds it to be refused and to make nothing. @returns the message */
async function refused(status: number, body: unknown, sent: SentCall = {}): Promise<string> {
  const before = await countTasks();
  const message = refusalIn(await admin.call('POST', '/create', { body, ...sent }), status);
  expect(await countTasks()).toBe(before);
  return message;
}

test('HW-01, HW-35, HW-37, HW-38, HW-39: the example as printed is taken, and read back as sent', async () => {
  const answer = await admin.call<{ task_id: string }>('POST', '/create', { body: exampleText });
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/^\{"task_id":"[0-9a-f]{32}"\}$/);
  const { task_id: id } = answer.body;
  const task = await admin.read(id);
  const sent = JSON.parse(exampleText) as Body;
  expect(task).toMatchObject({ ...sent, id });
  expect(task.task_config).toEqual(sent.task_config);
  expect(task.schedule_config).toEqual(sent.schedule_config);
  expect(await historyOf('default', id)).not.toBeNull();
  const run = await held.next(id);
  expect(run.config).toMatchObject({
    ...{ connection: 'dli_test', databases: ['ygy1'], tables: ['ygy1.ygy'] },
    ...{ aliveObjectPolicy: '3', deletedObjectPolicy: '3', filterByRegex: false },
    ...{ profile: false, classify: false, profileMode: 'fast' },
    ...{ dataSourceType: 'DLI', projectId: 'default' },
  });
  run.succeed();
  await untilIdle(server.api, id, 1);
});

test('HW-30, HW-28: RUN_ONCE is one run and no Schedule, ended after its minutes', async () => {
  const id = await admin.create(exampleText);
  (await held.next(id)).succeed();
  const runs = await untilIdle(server.api, id, 1);
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ status: 'succeeded', startedBy: 'manual' });
  expect(await hasSchedule(id)).toBe(false);
  const { kind, runPolicy } = await nativeTask(id);
  expect([kind, runPolicy.timeout]).toEqual(['manual', 600]);
});

test('HW-30, HW-39: RUN_ONCE is taken while no worker is there, and has its run when one comes', async () => {
  const other = await startServer({ jobTypes: [collection], roles: { worker: false } });
  try {
    const { api, url } = other.server;
    const user = { name: 'admin', password: api.key };
    const { token } = await askForToken(url, tokenRequest(user));
    const id = await new DataArtsClient(url, token!).create(exampleText);
    expect(await runsOf(api, id)).toMatchObject([{ status: 'queued', startedBy: 'manual' }]);
    await other.installation.start({ jobTypes: [collection], roles: { api: false } });
    (await held.next(id)).succeed();
    expect(await untilIdle(api, id, 1)).toHaveLength(1);
  } finally {
    await other.installation.end();
  }
});

test('HW-02, HW-43: a project that there is not is 404', async () => {
  expect(await refused(404, exampleText, { project: 'f'.repeat(32) })).toContain('project');
  await refused(404, exampleText, { project: '0833a573fe80d540' });
  await refused(404, exampleText, { project: 'a%00b' });
});

test('HW-03, HW-41: without a token, or with a wrong one, it is 401, and the answer says where to get one', async () => {
  for (const token of [null, '', 'x', `${admin.token}A`, admin.token.slice(1), server.api.key]) {
    const message = await refused(401, exampleText, { headers: { 'X-Auth-Token': token } });
    expect(message).toContain('POST /v3/auth/tokens');
  }
});

test('HW-04: without the header workspace it is 400, with one that there is not 404', async () => {
  expect(await refused(400, exampleText, { headers: { workspace: null } })).toContain('workspace');
  expect(await refused(404, exampleText, { headers: { workspace: 'other' } })).toContain('default');
  const headers = { workspace: null, 'X-Workspace': 'default' };
  expect(await refused(400, exampleText, { headers })).toContain('workspace');
});

test('HW-05: an id may be null or left out, and the service has its own', async () => {
  const one = await admin.create(quietBody({ id: null }));
  const other = await admin.create(quietBody({ id: undefined }));
  const third = await admin.create(quietBody({ id: one }));
  expect(new Set([one, other, third]).size).toBe(3);
  expect((await admin.read(third)).id).toBe(third);
});

test.each([
  ['HW-06: name', 'name', [undefined, null, 7, '', ' ']],
  ['HW-08: user_id', 'user_id', [undefined, null, 7]],
  ['HW-11: dir_id', 'dir_id', [undefined, null, 0]],
  ['HW-12: schedule_config', 'schedule_config', [undefined, null, [], 'RUN_ONCE', 7]],
  ['HW-23: data_source_type', 'data_source_type', [undefined, null, 7]],
  ['HW-24: task_config', 'task_config', [undefined, null, 'x', []]],
])('%s is needed, and refused where it is of another type', async (_title, field, values) => {
  for (const value of values) {
    expect(await refused(400, exampleWith({ [field]: value }))).toContain(field);
  }
});

test('HW-07: the description may be empty', async () => {
  const id = await admin.create(quietBody({ description: '' }));
  expect((await admin.read(id)).description).toBe('');
});

test('HW-09, HW-14, HW-15, HW-16, HW-17, HW-18, HW-19, HW-20, HW-21, HW-22, HW-25: optional texts are texts', async () => {
  const ofTheService = ['create_time', 'update_time', 'user_name', 'path', 'last_run_time'];
  const kept = ['start_time', 'end_time', 'duty_person', 'update_type', 'data_source_workspace_id'];
  const names = [...ofTheService, 'next_run_time', ...kept];
  for (const name of [...names, 'description', 'project_id']) {
    expect(await refused(400, exampleWith({ [name]: 5 }))).toContain(`\`${name}\``);
  }
  const texts = Object.fromEntries(names.map((name) => [name, `my ${name}`]));
  const id = await admin.create(quietBody(texts));
  const task = await admin.read(id);
  for (const name of kept) expect(task[name]).toBe(`my ${name}`);
  const { createdAt, updatedAt, owner } = await nativeTask(id);
  expect(task).toMatchObject({
    ...{ create_time: createdAt, update_time: updatedAt, user_name: 'admin', path: '/' },
    ...{ last_run_time: null, next_run_time: null },
  });
  expect(owner).toBe('my duty_person');
  expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('HW-10: the project_id of the body is kept beside that of the path', async () => {
  const id = await admin.create(quietBody({ project_id: 'my-product' }));
  expect((await admin.read(id)).project_id).toBe('my-product');
});

test('HW-11: an unknown directory is 404, one that there is shows in the path', async () => {
  expect(await refused(404, exampleWith({ dir_id: 'a'.repeat(32) }))).toContain('directory');
  await refused(404, exampleWith({ dir_id: '1' }));
  const make = (name: string, parent: string) =>
    server.api.post<{ id: string }>('/directories', { project: 'default', parent, name });
  const outer = await make('Sales', '0');
  const inner = await make('Orders', outer.id);
  const id = await admin.create(quietBody({ dir_id: inner.id }));
  expect(await admin.read(id)).toMatchObject({ dir_id: inner.id, path: '/Sales/Orders' });
});

test('HW-13: parameter_config is a list of objects', async () => {
  const list = [{ description: 'd', type: 't', task_id: 'x' }, {}];
  const id = await admin.create(quietBody({ parameter_config: list }));
  expect((await admin.read(id)).parameter_config).toEqual(list);
  await admin.create(quietBody({ parameter_config: [] }));
  expect(await refused(400, exampleWith({ parameter_config: {} }))).toContain('parameter_config');
  const wrong = exampleWith({ parameter_config: [{}, { type: 7 }] });
  expect(await refused(400, wrong)).toContain('parameter_config[1].type');
});

test('HW-24, HW-35, HW-37: what task_config holds is kept to the letter, whoever knows it', async () => {
  const text = exampleText
    .replace('"RUN_ONCE"', 'null')
    .replace(
      '"task_config" : {',
      '"task_config" : { "zz": 12345678901234567890, "y": [1.50, null, {"a":"ü"}],',
    );
  const { body } = await admin.call<{ task_id: string }>('POST', '/create', { body: text });
  const { text: read } = await admin.call('GET', `/${body.task_id}`);
  expect(read).toContain('"zz":12345678901234567890,"y":[1.50,null,{"a":"ü"}]');
  expect(read).toContain('"alive_object_policy":"3"');
  const wrong: [string, unknown][] = [
    ['data_connection_name', 7],
    ['databaseName', 'ygy1'],
    ['tableName', [7]],
    ['alive_object_policy', 3],
    ['deleted_object_policy', 3],
    ['enableDataProfile', 'false'],
    ['enableDataClassification', 0],
    ['enable_table_filter_by_regex', 'no'],
  ];
  for (const [name, value] of wrong) {
    const config = { ...(exampleWith().task_config as Body), [name]: value };
    expect(await refused(400, exampleWith({ task_config: config }))).toContain(
      `task_config.${name}`,
    );
  }
  const config = { tableName: ['a.('], enable_table_filter_by_regex: true };
  const message = await refused(400, exampleWith({ task_config: config }));
  expect(message).toContain('task_config.tableName[0]');
});

test('HW-28, HW-29, HW-30, HW-32, HW-33: fields of schedule_config of another type are refused, by name', async () => {
  const wrong: [string, unknown][] = [
    ...['10', 1.5, true, -1].map((value): [string, unknown] => ['max_time_out', value]),
    ['interval', 15],
    ['schedule_type', 1],
    ['schedule_type', 'SOMETIMES'],
    ['job_id', '7'],
    ...[true, '1', 2].map((value): [string, unknown] => ['enabled', value]),
    ['cron_expression', 5],
    ['start_time', 1776096000000],
    ['end_time', {}],
    ['start_time', 'soon'],
  ];
  for (const [name, value] of wrong) {
    const message = await refused(400, exampleWith({ schedule_config: { [name]: value } }));
    expect(message).toContain(`schedule_config.${name}`);
  }
  const text = JSON.stringify(quietBody()).replace(
    '"schedule_config":{}',
    '"schedule_config":{"job_id":9223372036854775807,"max_time_out":10.0,"enabled":1}',
  );
  const id = await admin.create(text);
  expect((await admin.call('GET', `/${id}`)).text).toContain('"job_id":9223372036854775807');
  expect((await nativeTask(id)).runPolicy.timeout).toBe(600);
  expect(await admin.create(quietBody({ schedule_config: { job_id: 7 } }))).toMatch(/^\w{32}$/);
});

test('HW-34: an empty schedule_config is taken, and nothing runs by itself', async () => {
  const id = await admin.create(exampleWith({ schedule_config: {} }));
  expect(await nativeTask(id)).toMatchObject({ kind: 'manual', latestRun: null, paused: false });
  expect(await hasSchedule(id)).toBe(false);
});

test('HW-26, HW-29: CRON runs by its expression, also beside an interval', async () => {
  const schedule = { schedule_type: 'CRON', cron_expression: '* * * * * ?', interval: '1 hours' };
  const id = await admin.create(exampleWith({ schedule_config: schedule }));
  (await held.next(id)).succeed();
  expect(await hasSchedule(id)).toBe(true);
  const { recurrence, timezone } = await nativeTask(id);
  expect(recurrence).toMatchObject({ cron: '* * * * * ?' });
  expect(timezone).toBe('Asia/Shanghai');
  const task = await admin.read(id);
  expect(task.schedule_config).toEqual(schedule);
  expect(task.next_run_time).toMatch(/^\d{4}-/);
  expect(task.last_run_time).toMatch(/^\d{4}-/);
  await admin.call('POST', `/${id}/action?action=stop`);
  expect((await runsOf(server.api, id))[0]!.startedBy).toBe('schedule');
});

test('HW-29: an interval counts without an expression, and one that no calendar holds is 400', async () => {
  const at = { start_time: '2099-04-14T00:07:00 +08' };
  const schedule = { interval: '15 minutes', ...at };
  const id = await admin.create(exampleWith({ schedule_config: schedule }));
  expect((await nativeTask(id)).nextRunTime).toBe('2099-04-13T16:07:00.000Z');
  for (const interval of ['7 minutes', '5 hours', '2 days', 'often', '0 minutes']) {
    const message = await refused(400, exampleWith({ schedule_config: { interval, ...at } }));
    expect(message).toContain('schedule_config.interval');
  }
  const none = await refused(400, exampleWith({ schedule_config: { schedule_type: 'CRON' } }));
  expect(none).toContain('schedule_config.cron_expression');
  const cron_expression = '0 0 25 * * ?';
  const wrong = await refused(400, exampleWith({ schedule_config: { cron_expression } }));
  expect(wrong).toContain('schedule_config.cron_expression');
});

test('HW-27: after the end nothing runs any more', async () => {
  const end = { cron_expression: '* * * * * ?', end_time: '2026-04-14T00:00:00 +08' };
  const id = await admin.create(exampleWith({ schedule_config: end }));
  const once = { schedule_type: 'RUN_ONCE', end_time: '2026-04-14T00:00:00+08:00' };
  const other = await admin.create(exampleWith({ schedule_config: once }));
  for (const task of [await nativeTask(id), await nativeTask(other)]) {
    expect([task.nextRunTime, task.latestRun]).toEqual([null, null]);
  }
  const backwards = { ...end, start_time: '2026-04-14T00:00:01 +08' };
  const message = await refused(400, exampleWith({ schedule_config: backwards }));
  expect(message).toContain('schedule_config.end_time');
});

test('HW-31: before the start nothing runs, at it RUN_ONCE runs once', async () => {
  const start_time = '2099-04-14T00:00:00 +08';
  for (const type of [{ schedule_type: 'RUN_ONCE' }, { cron_expression: '* * * * * ?' }]) {
    const id = await admin.create(exampleWith({ schedule_config: { ...type, start_time } }));
    const task = await nativeTask(id);
    expect(task.latestRun).toBeNull();
    expect(Date.parse(task.nextRunTime!)).toBeGreaterThanOrEqual(
      Date.parse('2099-04-13T16:00:00Z'),
    );
    expect((await admin.read(id)).schedule_config).toEqual({ ...type, start_time });
  }
  const { id, soon } = await beforeDue(async (due) => {
    const start_time = due.replace(/\.\d+/, '');
    const schedule_config = { schedule_type: 'RUN_ONCE', start_time };
    return { id: await admin.create(exampleWith({ schedule_config })), soon: start_time };
  });
  (await held.next(id)).succeed();
  const [run] = await untilIdle(server.api, id, 1);
  expect(Date.parse(run!.queuedAt)).toBeGreaterThanOrEqual(Date.parse(soon));
  expect((await nativeTask(id)).nextRunTime).toBeNull();
});

test('HW-33: with enabled 0 nothing is scheduled', async () => {
  const off = { cron_expression: '* * * * * ?', enabled: 0 };
  const id = await admin.create(exampleWith({ schedule_config: off }));
  const once = await admin.create(
    exampleWith({ schedule_config: { schedule_type: 'RUN_ONCE', enabled: 0 } }),
  );
  for (const task of [id, once]) {
    expect(await nativeTask(task)).toMatchObject({ paused: true, nextRunTime: null });
    expect((await runsOf(server.api, task)).filter(({ status }) => status !== 'skipped')).toEqual(
      [],
    );
  }
});

test('HW-40, HW-44: bodies that are no JSON, or no object, are 400 and make nothing', async () => {
  for (const body of [
    '',
    '{',
    '[]',
    '"x"',
    'null',
    '7',
    `${'['.repeat(30_000)}`,
    '{"name":"\\u0000"}',
  ]) {
    await refused(400, body);
  }
  const deep = `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`;
  expect(await refused(400, exampleText.replace('[ "ygy1" ]', deep))).toMatch(/deep/);
  await refused(413, exampleWith({ description: 'x'.repeat(70_000) }));
  const message = await refused(400, { name: 7, id: 8 });
  for (const field of ['name', 'id', 'user_id', 'dir_id', 'schedule_config', 'task_config']) {
    expect(message).toContain(`\`${field}\``);
  }
});

test('HW-42: a user to whom the project is not open is refused, and so is a role below developer', async () => {
  const { id: project } = await server.api.post<{ id: string }>('/projects', {
    name: 'Closed',
    mode: 'Basic',
  });
  const member = await userOf('Mia', 'developer');
  const stranger = await userOf('Sam', 'developer');
  await server.api.put(`/projects/${project}/members/${member.id}`, {});
  const body = quietBody();
  await member.client.create(body, { project });
  const answer = await stranger.client.call('POST', '/create', { body, project });
  expect(refusalIn(answer, 403)).toContain('Closed');
  const operator = await userOf('Olaf', 'operator');
  const before = await countTasks();
  expect(refusalIn(await operator.client.call('POST', '/create', { body }), 403)).toMatch(
    /developer/,
  );
  expect(await countTasks()).toBe(before);
  const scoped = new DataArtsClient(
    server.url,
    await tokenOf(member.key.secret, 'Mia', { project: { name: 'closed' } }),
  );
  await scoped.create(body, { project });
  expect(refusalIn(await scoped.call('POST', '/create', { body }), 403)).toContain(
    'another project',
  );
});

test('a connection that there is takes a grant, one that there is not may come later', async () => {
  await writeSource(installation, 'crm', 'a.csv', 'a\n1\n');
  const config = { path: `${installation.filesDir}/crm` };
  await server.api.post('/connections', { name: 'crm', type: 'files', config });
  const { client, id: userId } = await userOf('Dora', 'developer');
  const byName = quietBody({ task_config: { data_connection_name: 'crm' } });
  const byId = quietBody({
    task_config: { data_connection_name: 'gone', data_connection_id: 'crm' },
  });
  for (const body of [byName, byId]) {
    const answer = await client.call('POST', '/create', { body });
    expect(refusalIn(answer, 403)).toContain('crm');
  }
  await server.api.put(`/users/${userId}/grants/crm`, { read: true, write: false });
  const made = await nativeTask(await client.create(byId));
  expect(made.job.config).toMatchObject({ connection: 'crm' });
  await client.create(quietBody());
});

test('a token is good at every API process, ends with its key, and says until when it is good', async () => {
  const { key, client, id } = await userOf('Tom', 'viewer');
  const answer = await askForToken(
    server.url,
    tokenRequest({ id, password: key.secret }, { project: { id: 'default' } }),
  );
  expect(answer.status).toBe(201);
  const { token } = answer.body as { token: Body };
  const inHours = (Date.parse(token.expires_at as string) - Date.now()) / 3_600_000;
  expect(inHours).toBeGreaterThan(23.9);
  expect(token).toMatchObject({
    user: { id, name: 'Tom', domain: { id: 'default' } },
    project: { id: 'default' },
  });
  const elsewhere = await installation.start({
    jobTypes: [collection],
    env,
    roles: { worker: false },
  });
  const both = [client, new DataArtsClient(elsewhere.url, answer.token!)];
  const search = () => Promise.all(both.map((one) => one.call('POST', '/search', { body: {} })));
  expect((await search()).map(({ status }) => status)).toEqual([200, 200]);
  await server.api.delete(`/keys/${key.id}`);
  for (const refusal of await search()) refusalIn(refusal, 401);
  await elsewhere.stop();
});

test('HW-03: the lines of the page get a token and create a task with it', async () => {
  const page = readFileSync(path.join(__dirname, '../../../docs/dataarts.md'), 'utf8');
  const lines = /```sh\n([^]*?)```/.exec(page)![1]!;
  const here = lines
    .replace(/^URL=.*$/m, `URL=${server.url}`)
    .replace(/^KEY=.*$/m, `KEY=${server.api.key}`);
  const { stdout } = await exec('sh', ['-c', here]);
  const { task_id: id } = JSON.parse(stdout) as { task_id: string };
  (await held.next(id)).succeed();
  expect(await untilIdle(server.api, id, 1)).toHaveLength(1);
});

test('another tenant has nothing to do with a task', async () => {
  const { adminKey } = await server.api.post<{ adminKey: string }>('/tenants', {
    ...{ id: 'other', name: 'Other' },
  });
  const user = { name: 'admin', password: adminKey, domain: { name: 'Other' } };
  const { token } = await askForToken(server.url, tokenRequest(user));
  const other = new DataArtsClient(server.url, token!);
  const id = await admin.create(quietBody());
  refusalIn(await other.call('GET', `/${id}`), 404);
  refusalIn(await other.call('DELETE', `/${id}`), 404);
  const { body } = await other.call<Body>('POST', '/search', { body: {} });
  expect(body).toMatchObject({ count: 0, total_records: 0, resources: [] });
  expect((await admin.read(id)).id).toBe(id);
});

test('a token is refused for a wrong password, user, domain or scope', async () => {
  const { key } = server.api;
  const user = { name: 'admin', password: key, domain: { name: 'default' } };
  const wrong: [number, Body, Body?][] = [
    [401, { ...user, password: 'tgk_wrong' }],
    [401, { ...user, name: 'Admin2' }],
    [401, { ...user, domain: { name: 'other' } }],
    [404, user, { project: { name: 'cn-north-4' } }],
    [400, { password: key }],
  ];
  for (const [status, who, scope] of wrong) {
    const answer = await askForToken(server.url, tokenRequest(who, scope));
    expect([answer.status, answer.token]).toEqual([status, null]);
    expect(answer.body).toMatchObject({ error: { code: status }, error_msg: expect.any(String) });
  }
  const bodies = ['{', { auth: {} }, { auth: { identity: { methods: ['totp'] } } }, []];
  for (const body of bodies) expect((await askForToken(server.url, body)).status).toBe(400);
});

test('a token may be got with an access key', async () => {
  const made = await server.api.post<{ id: string; secret: string }>('/access-keys', {
    name: 'sdk',
  });
  const ask = (secret: string) =>
    askForToken(server.url, {
      auth: {
        identity: {
          methods: ['hw_ak_sk'],
          hw_ak_sk: { access: { key: made.id }, secret: { key: secret } },
        },
      },
    });
  expect((await ask('wrong')).status).toBe(401);
  const { token } = await ask(made.secret);
  const client = new DataArtsClient(server.url, token!);
  expect((await client.call('POST', '/search', {})).status).toBe(200);
  await server.api.delete(`/access-keys/${made.id}`);
  expect((await client.call('POST', '/search', {})).status).toBe(401);
});

test('start runs a task now and nothing more while it runs; stop cancels the run and the schedule', async () => {
  // Nothing comes due while this runs.
  const schedule_config = { interval: '1 days', start_time: '2099-04-14T00:07:00 +08' };
  const id = await admin.create(quietBody({ schedule_config }));
  const act = (action: string) => admin.call('POST', `/${id}/action?action=${action}`);
  for (const action of ['start', 'runimmediate', 'START']) {
    const { status, text } = await act(action);
    expect([status, text]).toEqual([200, '{}']);
  }
  const run = await held.next(id);
  const log = await admin.call<Body>('POST', `/${id}/${run.runId}/log`, { body: {} });
  expect(log.body).toMatchObject({ enable_bridge: true, bridge_status: 'RUNNING' });
  expect((await act('stop')).status).toBe(200);
  const [ended] = await untilIdle(server.api, id, 1);
  expect(ended!.status).toBe('cancelled');
  expect(await runsOf(server.api, id)).toHaveLength(1);
  expect(await admin.read(id)).toMatchObject({
    schedule_config: { enabled: 0 },
    next_run_time: null,
  });
  for (const action of ['run', 'scheduling']) expect((await act(action)).status).toBe(200);
  const on = await admin.read(id);
  expect(on.schedule_config).toEqual(schedule_config);
  expect(on.next_run_time).not.toBeNull();
  for (const action of ['', 'fly', '__proto__', 'run&action=stop'])
    expect(refusalIn(await act(action), 400)).toMatch(/start/);
  refusalIn(await admin.call('POST', `/${id}/action`), 400);
});

test('a PUT changes the running task, and what is read is what was sent', async () => {
  const id = await admin.create(quietBody());
  const sent = exampleWith({
    ...{ name: 'Other', description: 'new', duty_person: 'Eve', data_source_type: 'DWS' },
    task_config: { data_connection_name: 'dws', databaseName: ['a'], extra: 1 },
    schedule_config: { schedule_type: 'CRON', cron_expression: '0 0 3 1 1 ?', max_time_out: 2 },
  });
  const answer = await admin.call('PUT', `/${id}`, { body: sent });
  expect([answer.status, answer.text]).toEqual([200, '{}']);
  expect(await admin.read(id)).toMatchObject({ ...sent, id });
  expect(await nativeTask(id)).toMatchObject({
    ...{ name: 'Other', description: 'new', owner: 'Eve', kind: 'recurring' },
    recurrence: { cron: '0 0 3 1 1 ?' },
    job: { config: { connection: 'dws', databases: ['a'], dataSourceType: 'DWS' } },
    runPolicy: { timeout: 120 },
  });
  // What was read goes back as it is.
  const read = await admin.read(id);
  expect((await admin.call('PUT', `/${id}`, { body: read })).status).toBe(200);
  expect(await admin.read(id)).toMatchObject({ ...sent, id });
  const off = { ...sent, schedule_config: { ...(sent.schedule_config as Body), enabled: 0 } };
  await admin.call('PUT', `/${id}`, { body: off });
  expect((await nativeTask(id)).paused).toBe(true);
  const once = { ...sent, schedule_config: { schedule_type: 'RUN_ONCE', enabled: 1 } };
  await admin.call('PUT', `/${id}`, { body: once });
  expect(await nativeTask(id)).toMatchObject({ paused: false, kind: 'manual', latestRun: null });
  const { name: _name, ...nameless } = sent;
  expect(refusalIn(await admin.call('PUT', `/${id}`, { body: nameless }), 400)).toContain('name');
  expect((await admin.read(id)).name).toBe('Other');
});

test('what the native API changes is shown as it is now', async () => {
  const id = await admin.create(quietBody({ schedule_config: { interval: '1 hours', job_id: 7 } }));
  await server.api.patch(`/tasks/${id}`, {
    ...{ name: 'Renamed', recurrence: { every: 'day', at: '02:30' }, runPolicy: { timeout: 90 } },
    job: { type: 'metadata-collection', config: { connection: 'crm2', tables: ['a.b'] } },
  });
  const task = await admin.read(id);
  expect(task).toMatchObject({
    name: 'Renamed',
    schedule_config: {
      ...{ schedule_type: 'CRON', cron_expression: '0 30 2 * * ?', interval: null },
      ...{ max_time_out: 2, job_id: 7 },
    },
    task_config: { data_connection_name: 'crm2', tableName: ['a.b'], databaseName: null },
  });
});

test('tasks are found by what they are, in pages, and not after they are gone', async () => {
  const { client } = await userOf('Finder', 'developer');
  const config = { data_connection_id: 'conn-7', bucketName: 'b-1' };
  const ids: string[] = [];
  for (const name of ['Lager Nord', 'lager süd', 'Other']) {
    const type = name === 'Other' ? 'OBS' : 'DWS';
    ids.push(await client.create(quietBody({ name, data_source_type: type, task_config: config })));
  }
  const find = async (query: Body) => {
    const { body, status } = await client.call<{
      count: number;
      total_records: number;
      max_records: number;
      resources: Body[];
    }>('POST', '/search', { body: query });
    expect(status).toBe(200);
    return { ...body, ids: body.resources.map(({ id }) => id) };
  };
  const newestFirst = [...ids].reverse();
  expect((await find({ data_connection_id: 'conn-7' })).ids).toEqual(newestFirst);
  expect((await find({ name: 'LAGER' })).ids).toEqual([ids[1], ids[0]]);
  expect((await find({ user_name: 'finder' })).ids).toEqual(newestFirst);
  expect((await find({ bucket_name: 'b-1', data_source_type: 'OBS' })).ids).toEqual([ids[2]]);
  expect((await find({ user_name: 'finder', directory_id: '0' })).count).toBe(3);
  expect((await find({ user_name: 'finder', directory_id: 'x' })).count).toBe(0);
  const page = await find({ user_name: 'Finder', limit: 1, offset: 1 });
  expect([page.ids, page.count]).toEqual([[ids[1]], 3]);
  expect(page.total_records).toBeGreaterThan(3);
  expect(page.max_records).toBeGreaterThan(page.total_records);
  const { create_time: first } = await client.read(ids[0]!);
  const later = await find({ user_name: 'finder', start_time: first, end_time: '2099-01-01' });
  expect(later.count).toBe(3);
  expect((await find({ user_name: 'finder', end_time: '2026-01-01T00:00:00 +08' })).count).toBe(0);
  for (const query of [
    { limit: 0 },
    { limit: '5' },
    { offset: -1 },
    { name: 5 },
    { start_time: 'x' },
  ]) {
    refusalIn(await client.call('POST', '/search', { body: query }), 400);
  }
  expect((await client.call('DELETE', `/${ids[0]}`)).status).toBe(200);
  expect((await find({ user_name: 'finder' })).ids).toEqual([ids[2], ids[1]]);
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/action?action=start'],
  ] as const) {
    refusalIn(await client.call(method, `/${ids[0]}${path}`), 404);
  }
});

test('a task of another project or workspace, and one of the native API, is not found', async () => {
  const { id: project } = await server.api.post<{ id: string }>('/projects', {
    name: 'Second',
    mode: 'Basic',
  });
  const there = await admin.create(quietBody(), { project });
  refusalIn(await admin.call('GET', `/${there}`), 404);
  expect((await admin.call('GET', `/${there}`, { project })).status).toBe(200);
  const workspace = await server.api.post<{ id: string }>(`/projects/${project}/workspaces`, {
    name: 'Lab',
  });
  const headers = { workspace: workspace.id };
  refusalIn(await admin.call('GET', `/${there}`, { project, headers }), 404);
  const job = { type: 'metadata-collection', config: { connection: 'x' } };
  const native = await server.api.post<TaskRead>('/tasks', {
    ...{ name: 'Native', kind: 'manual', tables: [], job },
  });
  refusalIn(await admin.call('GET', `/${native.id}`), 404);
  refusalIn(await admin.call('POST', `/${there}/${native.id}/log`, { project }), 404);
});

test('a task without tables is for jobs that need none: one that waits for tables has one', async () => {
  const job = { type: 'metadata-collection', config: { connection: 'x' } };
  const made = await server.api.post<TaskRead>('/tasks', {
    ...{ name: 'Native', kind: 'manual', tables: [], job },
  });
  const wrong: [string, string, Body][] = [
    ['POST', '/tasks', { name: 'x', kind: 'triggered', tables: [], job }],
    ['POST', '/tasks', { name: 'x', kind: 'manual', tables: [], job: { type: 'id-mapping' } }],
    ['PATCH', `/tasks/${made.id}`, { kind: 'triggered' }],
  ];
  for (const [method, path, body] of wrong) {
    const answer = await server.api.call(method, path, { body });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, 'tables']);
  }
  await until(
    () => nativeTask(made.id),
    ({ kind }) => kind === 'manual',
  );
});
