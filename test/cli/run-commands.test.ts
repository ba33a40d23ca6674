import type { RunRead } from '../../scheduling/scheduling';
import { run } from './support/command-line';
import { fakeApi, problem, type FakeApi } from './support/fake-api';
import {
  aBackfill,
  aCell,
  aDoneBackfill,
  aRun,
  aTask,
  backfillId,
  idOf,
  listOf,
  runId,
  taskId,
} from './support/samples';

const before = { ...process.env };
let api: FakeApi;
beforeEach(async () => {
  api = await fakeApi();
  api.on(`GET ${task}`, { body: aTask() });
  process.env = { ...before, TABLEGATE_URL: api.url, TABLEGATE_KEY: 'key' };
});
afterEach(async () => {
  process.env = { ...before };
  await api.end();
});

const task = `/tasks/${taskId}`;
const path = `${task}/runs/${runId}`;
const queued = aRun({ status: 'queued', startedAt: null, finishedAt: null });
const running = aRun({
  ...{ status: 'running', finishedAt: null },
  progress: { fraction: 0.4, text: 'reading crm.main.orders' },
});

describe('run start', () => {
  beforeEach(() => api.on(`POST ${task}/runs`, { status: 202, body: queued }));

  test('says which run has started', async () => {
    const { code, out } = await run(['run', 'start', taskId]);
    expect(code).toBe(0);
    expect(out).toBe(
      `Run ${runId} has started.\nSee it: npx tablegate run show ${taskId} ${runId}\n`,
    );
  });

  test('with --wait shows its progress until the end', async () => {
    api.on(`GET ${path}`, { body: running }, { body: aRun() });
    const { code, out, err } = await run(['run', 'start', taskId, '--wait']);
    expect(code).toBe(0);
    expect(err).toContain(`Run ${runId}: running, 40 %: reading crm.main.orders\n`);
    expect(out).toMatch(/^ {2}status +succeeded$/m);
    expect(out).toMatch(/^ {2}took +12 s$/m);
  });

  test.each(['failed', 'timedOut', 'cancelled', 'skipped'] as const)(
    'with --wait ends with 1 for a run that is %s, and says why',
    async (status) => {
      api.on(`GET ${path}`, { body: aRun({ status, failureReason: 'no such column' }) });
      const { code, out } = await run(['run', 'start', taskId, '--wait']);
      expect(code).toBe(1);
      expect(out).toMatch(/^ {2}why +no such column$/m);
    },
  );

  test('with --wait and --json prints the record alone', async () => {
    api.on(`GET ${path}`, { body: aRun() });
    const { out } = await run(['run', 'start', taskId, '--wait', '--json']);
    expect(JSON.parse(out)).toEqual(aRun());
  });

  test('Ctrl-C ends only the waiting', async () => {
    api.on(`GET ${path}`, { body: running });
    const { code, err } = await run(['run', 'start', taskId, '--wait'], (text) => {
      if (text.includes('running')) process.emit('SIGINT');
    });
    expect(code).toBe(130);
    expect(err).toContain(`npx tablegate run cancel ${taskId} ${runId}\n`);
    expect(api.lines().filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  test('says what runs where the task is busy', async () => {
    api.on(`POST ${task}/runs`, problem(409, 'runInProgress', 'A run is in progress.'));
    expect(await run(['run', 'start', taskId])).toEqual({
      ...{ code: 1, out: '' },
      err: 'A run is in progress.\nWhat runs: npx tablegate run list --status running\n',
    });
  });
});

describe('run list', () => {
  test('shows the runs of a task, newest first', async () => {
    const dated = aRun({
      ...{ id: idOf(7), status: 'failed', scheduleTime: '2026-01-20T01:30:00.000Z' },
      ...{ startedBy: 'schedule', failureReason: 'first line\nsecond \u001b[31mline' },
    });
    api.on(`GET ${task}/runs`, { body: listOf(dated, aRun()) });
    const { out } = await run(['run', 'list', taskId, '--limit', '2']);
    expect(api.lines()[0]).toBe(`GET ${task}/runs?pageSize=2`);
    expect(out.split('\n').slice(1)).toEqual([
      `${idOf(7)}  Unify  failed     schedule    2026-01-20T02:30:00+01:00  2026-01-20T10:00:00Z  12 s  first line second line`,
      `${runId}  Unify  succeeded  manual      -                          2026-01-20T10:00:00Z  12 s  -`,
      '',
    ]);
  });

  test('shows the runs of all tasks, each by the name of its task', async () => {
    api.on('GET /runs', { body: listOf(aRun(), aRun({ taskId: idOf(9) })) });
    api.on(`GET /tasks/${idOf(9)}`, { body: aTask({ name: 'Daily' }) });
    const { out } = await run(['run', 'list', '--status', 'succeeded']);
    expect(api.lines()[0]).toBe('GET /runs?status=succeeded');
    expect(out).toContain(`${runId}  Unify`);
    expect(out).toContain(`${runId}  Daily`);
  });
});

describe('run show and log', () => {
  test('show prints the record with its tables', async () => {
    const tables: RunRead['tables'] = [
      {
        ...{ table: 'crm.main.orders', status: 'succeeded', rowsRead: 2, rowsWritten: null },
        ...{ error: null, startedAt: null, finishedAt: null },
      },
    ];
    api.on(`GET ${path}`, { body: aRun({ tables, summary: { users: 2 } }) });
    const { out } = await run(['run', 'show', taskId, runId]);
    expect(out).toMatch(/^crm\.main\.orders +succeeded +2 +- +-$/m);
    expect(out).toMatch(/^ {2}summary +\{"users":2\}$/m);
  });

  test('without a run, the latest one is meant', async () => {
    api.on(`GET ${task}/runs?pageSize=1`, { body: listOf(aRun()) });
    api.on(`GET ${path}`, { body: aRun() });
    api.on(`GET ${path}/log`, {
      body: listOf({ at: '2026-01-20T10:00:01.000Z', level: 'warn', line: 'slow\r\nsource' }),
    });
    expect((await run(['run', 'show', taskId])).out).toContain(`Run ${runId}`);
    expect((await run(['run', 'log', taskId])).out).toBe(
      '2026-01-20T10:00:01Z  warn   slow source\n',
    );
  });

  test('a task that never ran has none to show', async () => {
    api.on(`GET ${task}/runs`, { body: listOf() });
    expect(await run(['run', 'show', taskId])).toEqual({
      ...{ code: 1, out: '', err: 'The task has no run yet.\n' },
    });
  });
});

test('run cancel tells the run to end', async () => {
  api.on(`POST ${path}:cancel`, { body: running });
  expect((await run(['run', 'cancel', taskId, runId])).out).toContain(
    `The run ${runId} was told to end; its status is running.`,
  );
});

describe('run rerun', () => {
  const again = aRun({ id: idOf(8), status: 'queued' });
  const dated = { ...again, scheduleTime: '2026-01-20T01:30:00.000Z', backfillId };
  const rerunIs = (body: unknown) => api.on(`POST ${path}:rerun`, { status: 202, body });

  test('sends whether what comes after it is meant, and says what to watch', async () => {
    rerunIs(dated);
    const { out } = await run(['run', 'rerun', taskId, runId, '--downstream']);
    expect(api.calls[0]?.body).toEqual({ downstream: 'matching' });
    expect(out).toContain(`Run ${idOf(8)} has started.`);
    expect(out).toContain(`Watch all of it: npx tablegate backfill watch ${backfillId}`);
    await run(['run', 'rerun', taskId, runId]);
    expect(api.calls[1]?.body).toEqual({ downstream: 'none' });
  });

  test('--wait of a run by hand waits for the new run', async () => {
    rerunIs({ ...again, backfillId: null });
    api.on(`GET ${task}/runs/${idOf(8)}`, { body: aRun({ id: idOf(8), status: 'failed' }) });
    const { code, out } = await run(['run', 'rerun', taskId, runId, '--wait']);
    expect(code).toBe(1);
    expect(out).toContain(`Run ${idOf(8)}`);
  });

  test('--wait of an instance waits for its turn too, and shows the new attempt', async () => {
    rerunIs({ ...dated, id: null });
    const waiting = aBackfill({ count: 1, counts: { waiting: 1 } });
    const done = aBackfill({ count: 1, counts: { succeeded: 1 }, status: 'succeeded' });
    api.on(`GET /backfills/${backfillId}`, { body: waiting }, { body: done });
    api.on(`GET /backfills/${backfillId}/cells`, { body: listOf(aCell({ runId: idOf(8) })) });
    api.on(`GET ${task}/runs/${idOf(8)}`, { body: aRun({ id: idOf(8) }) });
    const { code, out } = await run(['run', 'rerun', taskId, runId, '--wait', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(aRun({ id: idOf(8) }));
  });

  test('--wait says why where the instance did not run', async () => {
    rerunIs({ ...dated, id: null });
    const ended = aBackfill({ count: 1, counts: { dropped: 1 }, status: 'failed' });
    api.on(`GET /backfills/${backfillId}`, { body: ended });
    const cell = aCell({ state: 'dropped', reason: 'its task was removed' });
    api.on(`GET /backfills/${backfillId}/cells`, { body: listOf(cell) });
    const { code, out } = await run(['run', 'rerun', taskId, runId, '--wait']);
    expect([code, out]).toEqual([1, 'It did not run: its task was removed\n']);
  });

  test('--wait with what comes after it waits for all of that', async () => {
    rerunIs(dated);
    api.on(`GET /backfills/${backfillId}`, { body: aDoneBackfill() });
    const { code, out } = await run(['run', 'rerun', taskId, runId, '--downstream', '--wait']);
    expect(code).toBe(0);
    expect(out).toContain(`Backfill ${backfillId} succeeded`);
  });
});
