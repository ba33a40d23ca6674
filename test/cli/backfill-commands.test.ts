import { run } from './support/command-line';
import { fakeApi, problem, type FakeApi } from './support/fake-api';
import {
  aBackfill,
  aCell,
  aDoneBackfill,
  aTask,
  backfillId,
  idOf,
  listOf,
  taskId,
} from './support/samples';

const before = { ...process.env };
let api: FakeApi;
beforeEach(async () => {
  api = await fakeApi();
  api.on(`GET /tasks/${taskId}`, { body: aTask() });
  process.env = { ...before, TABLEGATE_URL: api.url, TABLEGATE_KEY: 'key' };
});
afterEach(async () => {
  process.env = { ...before };
  await api.end();
});

const path = `/backfills/${backfillId}`;

describe('backfill list', () => {
  test('shows one a line, with what is done and what went wrong', async () => {
    const failing = aBackfill({ id: idOf(4), counts: { failed: 1, blocked: 1, running: 1 } });
    api.on('GET /backfills', { body: listOf(failing, aDoneBackfill()) });
    expect((await run(['backfill', 'list'])).out.split('\n')).toEqual([
      'id                                status     done  wrong  started by        started               took',
      `${idOf(4)}  running    2/3   2      admin (backfill)  2026-01-20T10:00:00Z  -`,
      `${backfillId}  succeeded  3/3   0      admin (backfill)  2026-01-20T10:00:00Z  12 s`,
      '',
    ]);
  });

  test('asks for one status, one task, one page, and says how to go on', async () => {
    api.on('GET /backfills', { body: { items: [aDoneBackfill()], nextPageToken: 'abc' } });
    const page = ['--limit', '1', '--page-token', 'xyz'];
    const filters = ['--status', 'succeeded', '--task', taskId];
    const { out } = await run(['backfill', 'list', ...filters, ...page]);
    expect(api.lines()).toEqual([
      `GET /backfills?status=succeeded&taskId=${taskId}&pageSize=1&pageToken=xyz`,
    ]);
    expect(out).toMatch(/^More: add --page-token abc$/m);
  });

  test('says so when there are none', async () => {
    api.on('GET /backfills', { body: listOf() });
    expect((await run(['backfill', 'list'])).out).toBe('There are none.\n');
  });
});

describe('backfill show', () => {
  test('shows all of it, and the cells that went wrong', async () => {
    const counts = { succeeded: 2, timedOut: 1 };
    api.on(`GET ${path}`, { body: aBackfill({ status: 'failed', counts }) });
    const cell = aCell({ state: 'timedOut', reason: 'the timeout of 60 s was over' });
    api.on(`GET ${path}/cells?state=timedOut&pageSize=10`, { body: listOf(cell) });
    const { code, out } = await run(['backfill', 'show', backfillId]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}status +failed$/m);
    expect(out).toMatch(/^ {2}cells +3 cells: 2 succeeded, 1 timed out$/m);
    expect(out).toMatch(/^ {2}tasks +Unify$/m);
    expect(out).toMatch(/^2026-01-20T02:30:00\+01:00 +Unify +timedOut +- +the timeout of 60 s/m);
  });

  test('lists the cells of one state', async () => {
    api.on(`GET ${path}/cells`, { body: listOf(aCell({ state: 'running', runId: 'r1' })) });
    const { out } = await run(['backfill', 'show', backfillId, '--state', 'running']);
    expect(api.lines()[0]).toBe(`GET ${path}/cells?state=running`);
    expect(out).toMatch(/^2026-01-20T02:30:00\+01:00 +Unify +running +r1 +-$/m);
  });

  test('prints with --json what the API answered', async () => {
    const answer = { ...aDoneBackfill(), cells: listOf(aCell()) };
    api.on(`GET ${path}`, { body: answer });
    expect(JSON.parse((await run(['backfill', 'show', backfillId, '--json'])).out)).toEqual(answer);
    expect(api.lines()).toEqual([`GET ${path}`]);
  });

  test('says where to look when there is no such backfill', async () => {
    api.on('GET /backfills/x', problem(404, 'backfillNotFound', 'There is no backfill x.'));
    expect(await run(['backfill', 'show', 'x'])).toEqual({
      ...{ code: 1, out: '' },
      err: 'There is no backfill x.\nAll backfills: npx tablegate backfill list\n',
    });
  });
});

describe('backfill watch', () => {
  test('waits for the end, whoever started it', async () => {
    const paused = aBackfill({ status: 'paused', counts: { waiting: 2, succeeded: 1 } });
    api.on(`GET ${path}`, { body: paused }, { body: aDoneBackfill() });
    const { code, out, err } = await run(['backfill', 'watch', backfillId]);
    expect(code).toBe(0);
    expect(err).toBe('1/3 done, paused\n3/3 done, succeeded\n');
    expect(out).toContain(`Backfill ${backfillId} succeeded`);
  });

  test('ends with 1 for one that was cancelled', async () => {
    const counts = { succeeded: 2, cancelled: 1 };
    api.on(`GET ${path}`, { body: aBackfill({ status: 'cancelled', counts }) });
    api.on(`GET ${path}/cells`, { body: listOf(aCell({ state: 'cancelled' })) });
    expect((await run(['backfill', 'watch', backfillId])).code).toBe(1);
  });
});

describe('what moves a backfill', () => {
  test.each([
    ['pause', 'paused', `Let it go on: npx tablegate backfill resume ${backfillId}`],
    ['resume', 'running', `Watch it: npx tablegate backfill watch ${backfillId}`],
    ['retry-failed', 'running', `Watch it: npx tablegate backfill watch ${backfillId}`],
  ] as const)('%s calls the API and says what to do next', async (verb, status, next) => {
    api.on(`POST ${path}:${verb}`, { body: aBackfill({ status }) });
    const { code, out } = await run(['backfill', verb, backfillId]);
    expect(code).toBe(0);
    expect(out).toContain(`Backfill ${backfillId} is ${status}`);
    expect(out).toContain(next);
    expect(api.calls[0]?.body).toBeUndefined();
  });

  test.each([
    [[], 'drain', 'what runs comes to its end'],
    [['--kill'], 'kill', 'what runs is cancelled'],
  ])('cancel %p cancels by %s', async (args, mode, words) => {
    api.on(`POST ${path}:cancel`, { body: aBackfill({ status: 'cancelling' }) });
    const { out } = await run(['backfill', 'cancel', backfillId, ...args]);
    expect(api.calls[0]?.body).toEqual({ mode });
    expect(out).toContain(words);
  });

  test('retry-failed says so where nothing can be run again', async () => {
    api.on(`POST ${path}:retry-failed`, { body: aDoneBackfill() });
    expect((await run(['backfill', 'retry-failed', backfillId])).out).toBe(
      `Backfill ${backfillId} is succeeded: it has no cell that can be run again.\n`,
    );
  });

  test('a refusal ends with 1', async () => {
    const words = `The backfill ${backfillId} is succeeded.`;
    api.on(`POST ${path}:pause`, problem(409, 'backfillNotLive', words));
    expect(await run(['backfill', 'pause', backfillId])).toEqual({
      ...{ code: 1, out: '', err: `${words}\n` },
    });
  });
});
