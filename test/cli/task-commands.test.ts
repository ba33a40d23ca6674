import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import nodePath from 'node:path';
import { Readable } from 'node:stream';
import { run } from './support/command-line';
import { fakeApi, problem, type FakeApi } from './support/fake-api';
import { aRun, aTask, idOf, listOf, runId, taskId } from './support/samples';

const before = { ...process.env };
const stdin = Object.getOwnPropertyDescriptor(process, 'stdin');
let api: FakeApi;
let dir: string;
beforeEach(async () => {
  api = await fakeApi();
  dir = await mkdtemp(nodePath.join(tmpdir(), 'task-commands-'));
  process.env = { ...before, TABLEGATE_URL: api.url, TABLEGATE_KEY: 'key' };
});
afterEach(async () => {
  process.env = { ...before };
  if (stdin) Object.defineProperty(process, 'stdin', stdin);
  await api.end();
  await rm(dir, { recursive: true, force: true });
});

const path = `/tasks/${taskId}`;

const summaryOf = (status: 'failed' | 'succeeded') => ({
  ...{ id: runId, status, startedBy: 'manual' as const, queuedAt: '2026-01-20T10:00:00.000Z' },
  ...{ finishedAt: null, failureReason: null },
});

async function fileOf(text: string): Promise<string> {
  const file = nodePath.join(dir, 'body.json');
  await writeFile(file, text);
  return file;
}

test('task list shows one a line, the next run in the zone of the task', async () => {
  const daily = aTask({
    ...{ id: idOf(9), name: '每日', kind: 'recurring', latestRun: summaryOf('failed') },
    nextRunTime: '2026-01-21T01:30:00.000Z',
  });
  api.on('GET /tasks', { body: listOf(daily, aTask({ paused: true })) });
  expect((await run(['task', 'list', '--search', 'a b', '--kind', 'recurring'])).out).toBe(
    [
      'id                                name   kind       paused  latest run  next run',
      `${idOf(9)}  每日   recurring  -       failed      2026-01-21T02:30:00+01:00`,
      `${taskId}  Unify  triggered  paused  -           -`,
      '',
    ].join('\n'),
  );
  expect(api.lines()).toEqual(['GET /tasks?search=a+b&kind=recurring']);
});

test('task show tells of gate, upstream, latest run and next run', async () => {
  const mark = { status: 'Triggered', at: '2026-01-20T10:00:00.000Z', caller: 'ann' } as const;
  const none = { status: 'Not Triggered', at: null, caller: null } as const;
  const tables = [
    { table: 'crm.main.orders', ...mark },
    { table: 'crm.main.customers', ...none },
  ];
  const dated = {
    ...{ scheduleTime: '2026-01-20T01:30:00.000Z', tables: [tables[1]!] },
    upstream: { status: 'waiting' as const, reason: 'Load has not run' },
  };
  api.on(`GET ${path}`, {
    body: aTask({
      gate: { tables, dated: [dated], running: null },
      dependsOn: [idOf(9)],
      latestRun: summaryOf('succeeded'),
    }),
  });
  api.on(`GET /tasks/${idOf(9)}`, { body: aTask({ id: idOf(9), name: 'Load' }) });
  const { code, out } = await run(['task', 'show', taskId]);
  expect(code).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toBe(`Unify (${taskId})`);
  expect(out).toMatch(/^ {2}comes after +Load$/m);
  expect(out).toMatch(new RegExp(`^ {2}latest run +succeeded \\(${runId}\\)$`, 'm'));
  expect(lines.slice(lines.indexOf('Gate'))).toEqual([
    'Gate',
    '  [x] crm.main.orders  2026-01-20T10:00:00Z by ann',
    '  [ ] crm.main.customers',
    'Gate of 2026-01-20T02:30:00+01:00',
    '  [ ] crm.main.customers',
    '  upstream waiting: Load has not run',
    '',
  ]);
});

test('task show says where it is only the copy of the store', async () => {
  api.on(`GET ${path}`, { body: { ...aTask(), stale: true } });
  expect((await run(['task', 'show', taskId])).out).toContain('this is the copy of the store');
});

describe('task create and edit', () => {
  const body = { name: 'Unify', kind: 'triggered', tables: ['crm.main.orders'] };

  test('create sends a file as it is', async () => {
    api.on('POST /tasks', { status: 201, body: aTask() });
    const { code, out } = await run(['task', 'create', '-f', await fileOf(JSON.stringify(body))]);
    expect(code).toBe(0);
    expect(api.calls[0]?.body).toEqual(body);
    expect(out).toBe(
      `Created the task Unify (${taskId}).\nIts trigger URLs: npx tablegate task urls ${taskId}\n`,
    );
  });

  test('create reads standard input too', async () => {
    const typed = Readable.from([JSON.stringify(body)]);
    Object.defineProperty(process, 'stdin', { value: typed, configurable: true });
    api.on('POST /tasks', { status: 201, body: aTask() });
    expect((await run(['task', 'create', '-f', '-'])).code).toBe(0);
    expect(api.calls[0]?.body).toEqual(body);
  });

  test('edit sends only what the file holds', async () => {
    api.on(`PATCH ${path}`, { body: aTask({ version: 2 }) });
    const file = await fileOf('{"name":"Unify"}');
    expect((await run(['task', 'edit', taskId, '-f', file])).out).toContain('Saved version 2');
    expect(api.calls[0]?.body).toEqual({ name: 'Unify' });
  });

  test('a file that is no JSON or not there is a wrong command line, and nothing is sent', async () => {
    const broken = await run(['task', 'create', '-f', await fileOf('{"name":')]);
    expect(broken.code).toBe(2);
    expect(broken.err).toContain('body.json is not JSON: ');
    const missing = await run(['task', 'create', '-f', nodePath.join(dir, 'none.json')]);
    expect(missing.code).toBe(2);
    expect(missing.err).toMatch(/none\.json cannot be read: ENOENT/);
    expect(api.calls).toEqual([]);
  });
});

test('task pause and resume say how the task is now', async () => {
  api.on(`POST ${path}:pause`, { body: aTask({ paused: true }) });
  api.on(`POST ${path}:resume`, { body: aTask() });
  expect((await run(['task', 'pause', taskId])).out).toBe('The task Unify is paused.\n');
  expect((await run(['task', 'resume', taskId])).out).toBe('The task Unify is active.\n');
});

describe('task remove', () => {
  test('removes by name', async () => {
    api.on('GET /tasks', { body: listOf(aTask()) });
    api.on(`DELETE ${path}`, { status: 204 });
    expect((await run(['task', 'remove', 'Unify'])).out).toBe(
      `Removed the task Unify (${taskId}).\n`,
    );
  });

  test('says that --detach helps where others come after it, and sends it', async () => {
    const words = 'Daily comes after this task.';
    api.on(`DELETE ${path}`, problem(409, 'taskInUse', words));
    expect(await run(['task', 'remove', taskId])).toEqual({
      ...{ code: 1, out: '', err: `${words}\nWith --detach they no longer come after it.\n` },
    });
    api.on(`DELETE ${path}?detach=true`, { status: 204 });
    const { code, out } = await run(['task', 'remove', taskId, '--detach', '--json']);
    expect([code, JSON.parse(out)]).toEqual([0, null]);
  });
});

test('task urls shows a table with each URL', async () => {
  const url = 'http://127.0.0.1:8080/trigger/abc';
  const item = { table: 'crm.main.orders', url, lastUsedAt: null, lastCaller: null };
  api.on(`GET ${path}/trigger-urls`, { body: listOf(item) });
  expect((await run(['task', 'urls', taskId])).out).toBe(
    `table            last used  url\ncrm.main.orders  -          ${url}\n`,
  );
});

test('task instances shows times with their latest attempts', async () => {
  const item = {
    ...{ taskId, scheduleTime: '2026-01-20T01:30:00.000Z', attempts: 2, status: 'failed' },
    ...{ reason: 'no such column', run: aRun() },
  };
  api.on(`GET ${path}/instances`, { body: listOf(item) });
  api.on(`GET ${path}`, { body: aTask() });
  const filters = ['--from', '2026-01-01', '--to', '2026-01-31', '--status', 'failed'];
  const { out } = await run(['task', 'instances', taskId, ...filters]);
  expect(out).toMatch(
    new RegExp(`^2026-01-20T02:30:00\\+01:00 +failed +2 +${runId} +no such column$`, 'm'),
  );
  expect(api.lines()[0]).toBe(`GET ${path}/instances?from=2026-01-01&to=2026-01-31&status=failed`);
});

describe('task preview', () => {
  const dstRule = 'When the clocks go forward, times that they skip do not run.';
  const preview = async (...args: string[]) => {
    const times = [{ time: '2026-03-28T02:30:00+01:00', note: null }];
    api.on('POST /recurrences:preview', { body: { times, dstRule } });
    const { code, out, err } = await run(['task', 'preview', ...args]);
    return { code, out, err, body: api.calls.at(-1)?.body };
  };

  test.each([
    [['--cron', '0 30 2 * * ?'], { cron: '0 30 2 * * ?' }],
    [['--every', 'day', '--at', '02:30'], { every: 'day', at: '02:30' }],
    [
      ['--every', 'hour', '--at', '00:15', '--interval', '2'],
      { every: 'hour', from: '00:15', interval: 2 },
    ],
    [['--every', 'hour'], { every: 'hour' }],
  ])('%j asks for %j', async (args, recurrence) => {
    const zone = ['--timezone', 'Europe/Berlin', '--after', '2026-03-28'];
    const { code, out, body } = await preview(...args, ...zone);
    expect(code).toBe(0);
    expect(body).toEqual({ recurrence, timezone: 'Europe/Berlin', from: '2026-03-28' });
    expect(out).toBe('2026-03-28T02:30:00+01:00\n');
  });

  test('shows what the clocks do, with the rule', async () => {
    const times = [{ time: '2026-03-30T02:30:00+02:00', note: 'the day before was skipped' }];
    api.on('POST /recurrences:preview', { body: { times, dstRule } });
    expect((await run(['task', 'preview', '--cron', 'x'])).out).toBe(
      `2026-03-30T02:30:00+02:00  the day before was skipped\n\n${dstRule}\n`,
    );
  });

  test.each([
    [['--every', 'day'], '--every day needs --at'],
    [['--cron', 'x', '--at', '02:30'], '--at and --interval belong to --every'],
    [['--every', 'day', '--at', '02:30', '--interval', '2'], '--interval belongs to --every hour'],
    [[], 'Give either --cron or --every'],
  ])('%j is a wrong command line', async (args, words) => {
    const { code, err, body } = await preview(...args);
    expect([code, body]).toEqual([2, undefined]);
    expect(err).toContain(words);
  });
});
