import type { LedgerEntry } from '../../model/trigger';
import { run } from './support/command-line';
import { fakeApi, problem, type FakeApi } from './support/fake-api';
import { aTask, backfillId, listOf, runId, taskId } from './support/samples';

const before = { ...process.env };
let api: FakeApi;
beforeEach(async () => {
  api = await fakeApi();
  api.on('GET /tasks', { body: listOf(aTask()) });
  process.env = { ...before, TABLEGATE_URL: api.url, TABLEGATE_KEY: 'key' };
});
afterEach(async () => {
  process.env = { ...before };
  await api.end();
});

const path = `/tasks/${taskId}/triggers`;
const table = 'crm.main.orders';
const receipt = 'a'.repeat(30);

const entry: LedgerEntry = {
  ...{ receipt, table, at: '2026-01-20T10:00:00.000Z', caller: '10.0.0.1 curl/8' },
  ...{ outcome: 'ignored', reason: 'a run was live', scheduleTime: null, runId: null },
  ...{ appliedBy: null, appliedAt: null },
};

describe('trigger', () => {
  beforeEach(() => api.on(`POST ${path}`, { status: 202, body: { receipt, taskId } }));

  test('says to a task, by its name, that a table has arrived', async () => {
    const { code, out } = await run(['trigger', 'Unify', table]);
    expect(code).toBe(0);
    expect(out).toBe(
      `Taken, under the receipt ${receipt}.\n` +
        `What became of it: npx tablegate trigger list ${taskId}\n`,
    );
    expect(api.calls.at(-1)?.body).toEqual({ table });
  });

  test('says for which schedule time', async () => {
    const scheduleTime = '2026-03-01T02:30:00+08:00';
    await run(['trigger', taskId, table, '--time', scheduleTime]);
    expect(api.calls.at(-1)?.body).toEqual({ table, scheduleTime });
  });

  test('prints with --json what the API answered', async () => {
    const { out } = await run(['trigger', taskId, table, '--json']);
    expect(JSON.parse(out)).toEqual({ receipt, taskId });
  });

  test('tells of a wrong time by the name of the option', async () => {
    const detail = '`scheduleTime` in the body: it must be a time';
    api.on(`POST ${path}`, problem(400, 'invalidInput', detail));
    const { code, err } = await run(['trigger', taskId, table, '--time', 'x']);
    expect([code, err]).toEqual([1, '--time: it must be a time\n']);
  });
});

describe('trigger table', () => {
  const triggered = (body: object) =>
    api.on(`POST /tables/${table}:trigger`, { status: 202, body });

  test('without a time marks the table in all tasks that wait for it', async () => {
    triggered({ backfillId: null, cells: 0, marks: 2 });
    const { code, out } = await run(['trigger', 'table', table]);
    expect([code, out]).toEqual([0, `${table}: 2 marks set.\n`]);
    expect(api.calls[0]?.body).toBeUndefined();
  });

  test.each([
    [['--time', 'a', '--time', 'b'], { scheduleTimes: ['a', 'b'] }],
    [['--from', 'a', '--to', 'b'], { startTime: 'a', endTime: 'b' }],
  ])('%j asks for %j and says what to watch', async (args, body) => {
    triggered({ backfillId, cells: 24, marks: 1 });
    const { out } = await run(['trigger', 'table', table, ...args]);
    expect(api.calls[0]?.body).toEqual(body);
    expect(out).toContain(`Backfill ${backfillId} of 24 cells has started.`);
    expect(out).toContain(`${table}: 1 mark set.`);
  });

  test.each([
    [['--time', 'a', '--to', 'b'], 'Give either --time, or --from and --to'],
    [['--from', 'a'], '--from and --to belong together'],
  ])('%j is a wrong command line', async (args, words) => {
    const { code, err } = await run(['trigger', 'table', table, ...args]);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(api.calls).toEqual([]);
  });

  test('a name with any letters reaches the API whole', async () => {
    const odd = 'crm.main.a/b:c';
    api.on('POST /tables/crm.main.a%2Fb%3Ac:trigger', {
      body: { backfillId: null, cells: 0, marks: 0 },
    });
    expect((await run(['trigger', 'table', odd])).out).toBe(
      `No task waits for ${odd}; nothing was started.\n`,
    );
  });
});

test('trigger list shows every call with what became of it', async () => {
  const started: LedgerEntry = { ...entry, outcome: 'started', reason: null, runId };
  const dated = { ...started, scheduleTime: '2026-01-20T01:30:00.000Z' };
  api.on(`GET ${path}`, { body: listOf(dated, entry) });
  api.on(`GET /tasks/${taskId}`, { body: aTask() });
  const { out } = await run(['trigger', 'list', taskId, '--outcome', 'ignored', '--table', table]);
  expect(api.lines()[0]).toBe(`GET ${path}?outcome=ignored&table=${table}`);
  expect(out).toMatch(new RegExp(`started +2026-01-20T02:30:00\\+01:00 +${runId} +10.0.0.1`));
  expect(out).toMatch(new RegExp(`ignored +- +- +10.0.0.1 curl/8 +${receipt} +a run was live`));
});

test('trigger apply applies a call that was ignored', async () => {
  api.on(`POST ${path}/${receipt}:apply`, { body: { ...entry, outcome: 'started', runId } });
  const { code, out } = await run(['trigger', 'apply', 'Unify', receipt]);
  expect([code, out]).toEqual([0, `${table}: started, run ${runId}.\n`]);
});
