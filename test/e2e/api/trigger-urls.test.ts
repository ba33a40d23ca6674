/** What a trigger URL is and how it answers: QA-22 to QA-24, QA-26 to QA-28, QA-36, QA-37. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TriggerAnswer } from '../../../model/trigger';
import type { DraftView, TriggerUrl } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import {
  gateOf,
  heldTask,
  ledgerOf,
  runsOf,
  trigger,
  until,
  untilIdle,
  urlsOf,
} from './support/flow';

const exec = promisify(execFile);
const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
});
afterAll(() => installation.end());

const tables = ['up.main.a', 'up.main.b', 'up.main.订单'];
const untouched = Object.fromEntries(tables.map((table) => [table, 'Not Triggered']));

async function waitingTask() {
  const { id } = await heldTask(server.api, tables);
  const [a = '', b = '', c = ''] = await urlsOf(server.api, id);
  return { id, urls: [a, b, c], a, b, c };
}

/** Status and body of a refusal, but for the trace id, which no two calls share. */
async function refusal(url: string, init?: RequestInit) {
  const answer = await fetch(url, init);
  const { traceId, ...body } = (await answer.json()) as TriggerAnswer;
  expect(traceId).toMatch(/^[0-9a-f]{30}$/);
  return { status: answer.status, body };
}

const oneByteOff = (url: string) => url.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

test('QA-26: the line of the shell script, curl -k -s with the URL and nothing more, triggers', async () => {
  const { id, a } = await waitingTask();
  const { stdout } = await exec('curl', ['-k', '-s', a]);
  expect(JSON.parse(stdout)).toMatchObject({ data: 'true', success: true });
  expect(await gateOf(server.api, id)).toEqual({ ...untouched, 'up.main.a': 'Triggered' });
});

test('QA-26: the line of the Python script, requests.get with the URL, triggers', async () => {
  const { id, b } = await waitingTask();
  const script = 'import requests, sys; print(requests.get(sys.argv[1]).text)';
  const { stdout } = await exec('python3', ['-c', script, b]);
  expect(JSON.parse(stdout)).toMatchObject({ data: 'true', success: true });
  expect(await gateOf(server.api, id)).toEqual({ ...untouched, 'up.main.b': 'Triggered' });
});

test('QA-27: the URL answers 200 without a redirect and needs no quotes in a shell', async () => {
  const { id, c } = await waitingTask();
  const line = `curl -k -s -o /dev/null -w '%{http_code} %{num_redirects}' ${c}`;
  const { stdout } = await exec('sh', ['-c', line]);
  expect(stdout).toBe('200 0');
  expect(c).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/trigger\/[0-9a-f]{40}$/);
  expect(await gateOf(server.api, id)).toEqual({ ...untouched, 'up.main.订单': 'Triggered' });
});

test.each([
  ['JSON', ['-H', 'Content-Type: application/json', '-d', '{}']],
  ['a form', ['-d', 'table=up.main.b&success=false']],
  ['what says JSON and is none', ['-H', 'Content-Type: application/json', '-d', '{{{']],
  ['nothing', ['-X', 'POST']],
  ['2 MiB', ['--data-binary', '@-']],
])('QA-28: POST with %s does what GET does', async (what, args) => {
  const { id, a } = await waitingTask();
  const running = exec('curl', ['-s', ...args, a]);
  running.child.stdin?.end(what === '2 MiB' ? Buffer.alloc(2 ** 21, 'x') : '');
  const { stdout } = await running;
  expect(JSON.parse(stdout)).toMatchObject({ data: 'true', success: true });
  expect(await gateOf(server.api, id)).toEqual({ ...untouched, 'up.main.a': 'Triggered' });
});

test('QA-36: the success body is the documented one byte for byte, but for a trace id of each call', async () => {
  const { a } = await waitingTask();
  const bodies = [await (await fetch(a)).text(), await (await fetch(a)).text()];
  const documented =
    /^\{"data":"true","errorCode":null,"errorDesc":null,"exStack":null,"opers":\[\],"solution":null,"success":true,"traceId":"([0-9a-f]{30})"\}$/;
  const traceIds = bodies.map((body) => documented.exec(body)?.[1] ?? body);
  expect(traceIds).toEqual([expect.stringMatching(/^.{30}$/), expect.stringMatching(/^.{30}$/)]);
  expect(traceIds[0]).not.toBe(traceIds[1]);
});

test('QA-24, QA-37: a token with one character changed gets the eight keys, not an empty body, and triggers nothing', async () => {
  const { id, urls } = await waitingTask();
  for (const url of urls) {
    const answer = await fetch(oneByteOff(url));
    expect(answer.status).toBe(404);
    const text = await answer.text();
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      ...['data', 'errorCode', 'errorDesc', 'exStack'],
      ...['opers', 'solution', 'success', 'traceId'],
    ]);
    expect(text).toContain('"success":false');
    expect(JSON.parse(text)).toMatchObject({
      errorCode: 'triggerUrlRefused',
      errorDesc: expect.stringMatching(/./) as string,
    });
  }
  expect(await gateOf(server.api, id)).toEqual(untouched);
  expect(await ledgerOf(server.api, id)).toEqual([]);
});

test('QA-24: unknown, shortened, rotated, dropped and removed tokens all get the same refusal', async () => {
  const { id, a, b, c } = await waitingTask();
  const rotated = await server.api.post<TriggerUrl>(
    `/tasks/${id}/trigger-urls/${tables[0]}:rotate`,
  );
  const first = await refusal(a);
  expect(first).toMatchObject({ status: 404, body: { success: false, data: null } });
  expect(await trigger(rotated.url)).toEqual(['counted']);
  await server.api.patch(`/tasks/${id}`, { tables: tables.slice(0, 2) });
  const removed = await waitingTask();
  await server.api.delete(`/tasks/${removed.id}`);
  const others = [
    ...[oneByteOff(b), b.slice(0, -1), `${server.url}/trigger/x`, `${server.url}/trigger/`],
    ...[c, ...removed.urls],
  ];
  for (const url of others) expect({ url, ...(await refusal(url)) }).toEqual({ url, ...first });
});

test('a table that is taken out and put back gets a new URL, and the old one stays refused', async () => {
  const { id, a, b } = await waitingTask();
  await server.api.patch(`/tasks/${id}`, { tables: tables.slice(1) });
  await server.api.patch(`/tasks/${id}`, { tables });
  const [again = ''] = await urlsOf(server.api, id);
  expect(again).not.toBe(a);
  expect(await refusal(a)).toMatchObject({ status: 404 });
  expect(await urlsOf(server.api, id)).toContain(b);
  expect(await trigger(again, b)).toEqual(['counted', 'counted']);
});

test.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE'])(
  '%s on a trigger URL triggers nothing',
  async (method) => {
    const { id, a } = await waitingTask();
    expect((await fetch(a, { method })).status).toBe(405);
    expect(await gateOf(server.api, id)).toEqual(untouched);
  },
);

test('a schedule time that cannot be is refused in the eight keys and marks nothing', async () => {
  const { id, a } = await waitingTask();
  for (const time of ['2026-02-30T00:00:00Z', 'tomorrow', '1999-01-01T00:00:00Z', '2999-01-01']) {
    for (const url of [`${a}/${time}`, `${a}?scheduleTime=${time}`]) {
      expect(await refusal(url)).toMatchObject({
        status: 400,
        body: { success: false, errorCode: 'invalidInput' },
      });
    }
  }
  expect(await gateOf(server.api, id)).toEqual(untouched);
});

test('?wait=outcome tells what became of the call, what is missing and which run it started', async () => {
  const { id, a, b, c } = await waitingTask();
  const told = async (url: string) => {
    const { headers } = await fetch(`${url}?wait=outcome`);
    const [outcome, waitingFor, run] = ['outcome', 'waiting-for', 'run'].map((name) =>
      headers.get(`x-tablegate-${name}`),
    );
    return { outcome, waitingFor, run };
  };
  const third = encodeURIComponent('up.main.订单').replaceAll('%2E', '.');
  expect(await told(a)).toEqual({
    ...{ outcome: 'counted', run: null },
    waitingFor: `up.main.b,${third}`,
  });
  expect(await told(a)).toMatchObject({ outcome: 'duplicate', waitingFor: `up.main.b,${third}` });
  expect(await told(b)).toMatchObject({ outcome: 'counted', waitingFor: third });
  const last = await told(c);
  const run = await jobs.next();
  expect(last).toEqual({ outcome: 'started', waitingFor: null, run: run.runId });
  expect(await told(a)).toMatchObject({ outcome: 'ignored' });
  run.succeed();
  await untilIdle(server.api, id, 1);
});

test('a call that is not waited for tells its receipt only, which finds it in the ledger', async () => {
  const { id, a } = await waitingTask();
  const answer = await fetch(a, { headers: { 'user-agent': 'dolphin-shell' } });
  const { traceId } = (await answer.json()) as TriggerAnswer;
  expect(answer.headers.get('x-tablegate-receipt')).toBe(traceId);
  expect(answer.headers.get('x-tablegate-outcome')).toBeNull();
  expect(await ledgerOf(server.api, id)).toMatchObject([
    { receipt: traceId, table: 'up.main.a', outcome: 'counted', caller: '127.0.0.1 dolphin-shell' },
  ]);
});

test('the list of trigger URLs tells when and by whom each was called last', async () => {
  const { id, a } = await waitingTask();
  await fetch(a, { headers: { 'user-agent': 'nightly' } });
  const list = () =>
    server.api.get<{ items: TriggerUrl[] }>(`/tasks/${id}/trigger-urls`).then(({ items }) => items);
  const [first, second] = await until(list, (items) => items[0]?.lastUsedAt !== null);
  expect(first).toMatchObject({ table: 'up.main.a', lastCaller: '127.0.0.1 nightly' });
  expect(second).toMatchObject({ table: 'up.main.b', lastUsedAt: null, lastCaller: null });
});

test('QA-22, QA-23: a draft gives whole URLs, which are refused before Save and work after it', async () => {
  const draft = await server.api.post<DraftView>('/tasks:draft', { tables });
  expect(draft.triggerUrls.map(({ table }) => table)).toEqual(tables);
  const urls = draft.triggerUrls.map(({ url }) => url);
  for (const url of urls) expect(await refusal(url)).toMatchObject({ status: 404 });
  expect((await server.api.call('GET', `/tasks/${draft.id}`)).status).toBe(404);

  const task = await heldTask(server.api, tables, { id: draft.id });
  expect(task.id).toBe(draft.id);
  expect(await urlsOf(server.api, draft.id)).toEqual(urls);
  expect(await trigger(...urls)).toEqual(['counted', 'counted', 'started']);
  (await jobs.next()).succeed();
  await untilIdle(server.api, draft.id, 1);
});

test('QA-22: a draft can be given other tables and keeps the URLs of those that stay', async () => {
  const one = await server.api.post<DraftView>('/tasks:draft', { tables: tables.slice(0, 1) });
  const all = await server.api.post<DraftView>('/tasks:draft', { id: one.id, tables });
  expect(all.id).toBe(one.id);
  expect(all.triggerUrls[0]).toEqual(one.triggerUrls[0]);
});

test('QA-22, QA-39: what an edit will add has its URL before Save, and what stays keeps its own', async () => {
  const task = await heldTask(server.api, tables.slice(0, 1));
  const before = await urlsOf(server.api, task.id);
  const draft = () => server.api.post<DraftView>('/tasks:draft', { id: task.id, tables });
  const { id, expiresAt, triggerUrls } = await draft();
  expect([id, expiresAt]).toEqual([task.id, null]);
  const urls = triggerUrls.map(({ url }) => url);
  expect(urls.slice(0, 1)).toEqual(before);
  expect(await refusal(urls[1]!)).toMatchObject({ status: 404 });
  await server.api.patch(`/tasks/${id}`, { tables });
  expect(await urlsOf(server.api, id)).toEqual(urls);
  await server.api.patch(`/tasks/${id}`, { kind: 'manual' });
  const again = (await draft()).triggerUrls.map(({ url }) => url);
  expect(again.filter((url) => urls.includes(url))).toEqual([]);
  await server.api.patch(`/tasks/${id}`, { kind: 'triggered' });
  expect(await urlsOf(server.api, id)).toEqual(again);
  await server.api.delete(`/tasks/${id}`);
});

test("a draft's id is used once, also after its task is removed; ids that were not given out are refused", async () => {
  const { id } = await server.api.post<DraftView>('/tasks:draft', { tables });
  const save = (taskId: string) =>
    server.api.call('POST', '/tasks', {
      body: { id: taskId, name: 'Again', kind: 'manual', tables, job: { type: 'held' } },
    });
  expect((await save(id)).status).toBe(201);
  expect(await save(id)).toMatchObject({ status: 409, body: { code: 'idTaken' } });
  await server.api.delete(`/tasks/${id}`);
  expect(await save(id)).toMatchObject({ status: 409, body: { code: 'idTaken' } });
  const redraft = await server.api.call('POST', '/tasks:draft', { body: { id, tables } });
  expect(redraft).toMatchObject({ status: 409, body: { code: 'idTaken' } });
  expect(await save('f'.repeat(32))).toMatchObject({
    status: 400,
    body: { code: 'draftExpired', errors: [{ path: 'id' }] },
  });
});

test('no token reaches a log line, whatever is done with it', async () => {
  const { id, urls, a } = await waitingTask();
  await trigger(...urls);
  await fetch(`${a}?wait=outcome`);
  await fetch(a, { method: 'PUT' });
  await fetch(`${a}/2026-03-01T02:30:00Z`);
  await fetch(oneByteOff(a));
  (await jobs.next()).fail('broken');
  await untilIdle(server.api, id, 1);
  const { url } = await server.api.post<TriggerUrl>(
    `/tasks/${id}/trigger-urls/${tables[0]}:rotate`,
  );
  const tokens = [...urls, url, oneByteOff(a)].map((one) => one.split('/').at(-1) ?? '');
  const logged = installation.logged();
  expect(logged).toContain('"route":"/trigger/{token}"');
  expect(tokens.filter((token) => logged.includes(token))).toEqual([]);
  expect(await runsOf(server.api, id)).toHaveLength(1);
});
