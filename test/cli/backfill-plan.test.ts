import type { PlanView } from '../../model/backfill';
import { run } from './support/command-line';
import { fakeApi, problem, type FakeApi } from './support/fake-api';
import { aTask, idOf, listOf, taskId } from './support/samples';

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

type Cell = PlanView['cells'][number];

const hour = (number: number): string =>
  new Date(Date.UTC(2026, 0, 20) + number * 3_600_000).toISOString();

const cell = (number: number, changes: Partial<Cell> = {}): Cell => ({
  ...{ taskId, scheduleTime: hour(number), action: 'create', reason: null },
  ...changes,
});

const aPlan = (changes: Partial<PlanView>): PlanView => ({
  ...{ cells: [], marks: [], estimatedSeconds: null },
  count: changes.cells?.length ?? 0,
  ...changes,
});

const range = ['--from', '2026-01-20', '--to', '2026-01-21'];
const dryRun = ['backfill', '--task', taskId, ...range, '--dry-run'];

const plannedIs = (plan: PlanView) => api.on('POST /backfills', { body: plan });

describe('what is asked for', () => {
  const bodyOf = async (...args: string[]) => {
    plannedIs(aPlan({}));
    expect((await run(['backfill', ...args, '--dry-run'])).code).toBe(0);
    return api.calls.at(-1)?.body;
  };

  test('a range of tasks, named by id or name, each once', async () => {
    api.on('GET /tasks', { body: listOf(aTask({ id: idOf(9), name: 'Daily' })) });
    expect(await bodyOf('--task', taskId, '--task', 'Daily', '--task', idOf(9), ...range)).toEqual({
      ...{ taskIds: [taskId, idOf(9)], startTime: '2026-01-20', endTime: '2026-01-21' },
      ...{ downstream: 'none', existing: 'rerun', dryRun: true },
    });
  });

  test('times of tables, with all the choices there are', async () => {
    const times = ['--time', '2026-01-20 00:00:00', '--time', '2026-01-20T01:00:00Z'];
    const choices = ['--downstream', '--existing', 'failed', '--concurrency', '4'];
    const tables = ['--table', 'crm.main.orders', '--table', 'crm.main.customers'];
    expect(await bodyOf(...tables, ...times, ...choices)).toEqual({
      tables: ['crm.main.orders', 'crm.main.customers'],
      scheduleTimes: ['2026-01-20 00:00:00', '2026-01-20T01:00:00Z'],
      ...{ downstream: 'matching', existing: 'failed', concurrency: 4, dryRun: true },
    });
  });

  test.each([
    ['neither task nor table', range, 'Say what is to be run: --task or --table'],
    ['both', ['--task', 'a', '--table', 'b', ...range], 'Give either --task or --table'],
    ['no times', ['--task', 'a'], 'Say which times: --from and --to, or --time'],
    ['a range without its end', ['--task', 'a', '--from', 'x'], '--from needs --to too'],
    ['a range without its start', ['--task', 'a', '--to', 'x'], '--to needs --from too'],
    ['both kinds of times', ['--task', 'a', '--time', 'x', ...range], 'Give either --from and'],
  ])('%s is a wrong command line, and nothing is asked', async (_what, args, words) => {
    const { code, err } = await run(['backfill', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(err).toContain('Help: npx tablegate backfill --help');
    expect(api.calls).toEqual([]);
  });

  test('what the API finds wrong is told by the name of the option', async () => {
    const errors = [
      { path: 'endTime', message: 'it comes before startTime (2026-01-20)' },
      { path: 'scheduleTimes[3]', message: 'it must be a time' },
    ];
    const detail = '`endTime` in the body: it comes before startTime (2026-01-20) (and 1 more)';
    api.on('POST /backfills', problem(400, 'invalidInput', detail, errors));
    const { code, err } = await run(dryRun);
    expect(code).toBe(1);
    expect(err).toBe(
      '--to: it comes before --from (2026-01-20) (and 1 more)\n' +
        '  --to: it comes before --from (2026-01-20)\n  --time[3]: it must be a time\n',
    );
  });
});

describe('the plan', () => {
  test('is a table of times in the zone of the task, with names, actions and reasons', async () => {
    plannedIs(
      aPlan({
        cells: [
          cell(0),
          cell(1, { action: 'rerun', reason: 'it has run' }),
          cell(2, { taskId: idOf(9), action: 'skip', reason: 'reruns are denied' }),
        ],
        estimatedSeconds: 150,
      }),
    );
    api.on(`GET /tasks/${idOf(9)}`, { body: aTask({ name: '汇总', timezone: 'UTC' }) });
    const { code, out, err } = await run(dryRun);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(
      [
        'time                       task   action  reason',
        '2026-01-20T01:00:00+01:00  Unify  create  -',
        '2026-01-20T02:00:00+01:00  Unify  rerun   it has run',
        '2026-01-20T02:00:00Z       汇总   skip    reruns are denied',
        '',
        '3 cells: 1 create, 1 rerun, 1 skip',
        'Time: about 3 min',
        'Nothing was started: this is only the plan.',
        '',
      ].join('\n'),
    );
  });

  test('shows the first 50 of a long one, and counts all', async () => {
    const cells = Array.from({ length: 8_760 }, (_, number) =>
      cell(number, number < 60 ? { action: 'skip', reason: 'it has run' } : {}),
    );
    plannedIs(aPlan({ cells }));
    const lines = (await run(dryRun)).out.split('\n');
    expect(lines.filter((line) => line.startsWith('2026-'))).toHaveLength(50);
    expect(lines).toContain('and 8,710 more (--json prints up to 10,000)');
    expect(lines).toContain('8,760 cells: 8,700 create, 60 skip');
    expect(lines).toContain('Time: not known, as none of the tasks has run yet');
    expect(api.lines().filter((line) => line.startsWith('GET'))).toEqual([`GET /tasks/${taskId}`]);
  });

  test('says where the counts are only of what the API shows', async () => {
    plannedIs(aPlan({ cells: [cell(0), cell(1)], count: 20_000 }));
    expect((await run(dryRun)).out).toContain('20,000 cells: 2 create (of the first 2)');
  });

  test('names the tables that would be marked', async () => {
    plannedIs(aPlan({ marks: [{ taskId, table: 'crm.main.orders', scheduleTime: hour(0) }] }));
    const { out } = await run(dryRun);
    expect(out).toMatch(/^Marked, as there is no instance/m);
    expect(out).toMatch(/^2026-01-20T01:00:00\+01:00 {2}Unify {2}crm\.main\.orders$/m);
  });

  test('shows the id of a task that was removed meanwhile', async () => {
    plannedIs(aPlan({ cells: [cell(0, { taskId: idOf(9) })] }));
    api.on(`GET /tasks/${idOf(9)}`, problem(404, 'taskNotFound', 'There is no such task.'));
    expect((await run(dryRun)).out).toContain(`2026-01-20T00:00:00Z  ${idOf(9)}  create`);
  });

  test('says so when there is nothing to run', async () => {
    plannedIs(aPlan({}));
    expect((await run(dryRun)).out).toBe(
      'There is nothing to run: no task has schedule times there.\n',
    );
  });

  test('is with --json what the API answered, and no name is looked up', async () => {
    const plan = aPlan({ cells: [cell(0)] });
    plannedIs(plan);
    expect(JSON.parse((await run([...dryRun, '--json'])).out)).toEqual(plan);
    expect(api.lines()).toEqual(['POST /backfills']);
  });
});
