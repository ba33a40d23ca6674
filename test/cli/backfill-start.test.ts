import { PassThrough } from 'node:stream';
import type { PlanView } from '../../model/backfill';
import { run } from './support/command-line';
import { fakeApi, problem, type FakeApi } from './support/fake-api';
import {
  aBackfill,
  aCell,
  aDoneBackfill,
  aTask,
  backfillId,
  listOf,
  taskId,
} from './support/samples';

const before = { ...process.env };
const terminal = Object.getOwnPropertyDescriptor(process, 'stdin');
let api: FakeApi;
beforeEach(async () => {
  api = await fakeApi();
  api.on(`GET /tasks/${taskId}`, { body: aTask() });
  process.env = { ...before, TABLEGATE_URL: api.url, TABLEGATE_KEY: 'key' };
});
afterEach(async () => {
  process.env = { ...before };
  if (terminal) Object.defineProperty(process, 'stdin', terminal);
  process.stderr.isTTY = false;
  await api.end();
});

const start = ['backfill', '--task', taskId, '--from', '2026-01-20', '--to', '2026-01-21'];
const status = `GET /backfills/${backfillId}`;

/** The first answer to the start, then what is answered each time that it is looked at. */
function goesOn(...views: object[]): void {
  api.on('POST /backfills', { status: 202, body: aBackfill({ counts: { waiting: 3 } }) });
  api.on(status, ...views.map((body) => ({ body })));
}

/** Somebody sits at the terminal, and answers so. */
function somebodyTypes(answer: string): void {
  const typed = Object.assign(new PassThrough(), { isTTY: true });
  Object.defineProperty(process, 'stdin', { value: typed, configurable: true });
  process.stderr.isTTY = true;
  typed.write(answer);
}

test('a start shows how it goes until the end, and ends with 0 when all succeeded', async () => {
  goesOn(
    aBackfill({ counts: { waiting: 1, running: 2 } }),
    aBackfill({ counts: { running: 1, succeeded: 2 } }),
    aDoneBackfill(),
  );
  const { code, out, err } = await run(start);
  expect(code).toBe(0);
  expect(out).toBe(`Backfill ${backfillId} succeeded after 12 s; 3 cells: 3 succeeded\n`);
  // Some seconds are between two lines: what comes in between is left out where it comes soon.
  expect(err.split('\n').filter((line) => line !== '2/3 done, 1 running')).toEqual([
    `Backfill ${backfillId}: 3 cells`,
    '0/3 done, 2 running',
    '3/3 done, succeeded',
    '',
  ]);
  expect(api.calls[0]?.body).toMatchObject({ taskIds: [taskId], confirm: false });
  expect(api.calls[0]?.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
});

test('on a terminal the line is drawn again in its place, with a bar', async () => {
  process.stderr.isTTY = true;
  goesOn(aBackfill({ counts: { waiting: 1, running: 1, succeeded: 1 } }), aDoneBackfill());
  const { err } = await run(start);
  expect(err).toContain('\r\u001b[2K[##########....................] 1/3 done, 1 running');
  expect(err).toContain('\r\u001b[2K[##############################] 3/3 done, succeeded\n');
});

test('cells that failed are named with the reason and with what to do, and the code is 1', async () => {
  const counts = { succeeded: 1, failed: 1, blocked: 12 };
  goesOn(aBackfill({ status: 'failed', count: 14, counts }));
  const failed = aCell({ state: 'failed', runId: 'r1', reason: 'crm.main.orders: no such column' });
  api.on(`${status}/cells?state=failed&pageSize=10`, { body: listOf(failed) });
  const blocked = aCell({ state: 'blocked', reason: 'Unify failed before it' });
  api.on(`${status}/cells?state=blocked&pageSize=9`, {
    body: listOf(...Array.from({ length: 9 }, () => blocked)),
  });
  const { code, out } = await run([...start, '--url', api.url]);
  expect(code).toBe(1);
  const lines = out.split('\n');
  expect(lines[0]).toBe(
    `Backfill ${backfillId} failed; 14 cells: 1 succeeded, 1 failed, 12 blocked`,
  );
  expect(lines[3]).toMatch(
    /^2026-01-20T02:30:00\+01:00 {2}Unify {2}failed {3}r1 {3}crm\.main\.orders: no such column$/,
  );
  expect(lines[4]).toContain('Unify failed before it');
  expect(lines).toContain(
    `and 3 more: npx tablegate backfill show ${backfillId} --state failed --url ${api.url}`,
  );
  expect(lines).toContain(
    `Run what went wrong again: npx tablegate backfill retry-failed ${backfillId} --url ${api.url}`,
  );
});

test('--json prints how it ended as one document, and progress beside it', async () => {
  goesOn(aDoneBackfill());
  const { out, err } = await run([...start, '--json']);
  expect(JSON.parse(out)).toEqual(aDoneBackfill());
  expect(err).toContain('3/3 done');
});

test('--detach waits for nothing and says how to watch', async () => {
  goesOn();
  const { code, out } = await run([...start, '--detach']);
  expect(code).toBe(0);
  expect(out).toBe(
    `Backfill ${backfillId} of 3 cells has started.\n` +
      `Watch it: npx tablegate backfill watch ${backfillId}\n`,
  );
  expect(api.lines()).toEqual(['POST /backfills']);
});

test('Ctrl-C leaves it running and says how to watch, pause and cancel it', async () => {
  goesOn(aBackfill({ counts: { waiting: 2, running: 1 } }));
  const { code, out, err } = await run(start, (text) => {
    if (text.includes('1 running')) process.emit('SIGINT');
  });
  expect([code, out]).toEqual([130, '']);
  for (const move of ['watch', 'pause', 'cancel']) {
    expect(err).toContain(`npx tablegate backfill ${move} ${backfillId}\n`);
  }
  expect(api.lines().filter((line) => line.startsWith('POST'))).toEqual(['POST /backfills']);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

test('a server that is away for a while is asked again', async () => {
  goesOn();
  const away = problem(503, 'temporalUnavailable', 'Temporal does not answer.');
  api.on(status, { body: aBackfill({ counts: { running: 3 } }) }, away, { body: aDoneBackfill() });
  process.stderr.isTTY = true;
  const { code, err } = await run(start);
  expect(code).toBe(0);
  expect(err).toContain('The server does not answer; asking again');
});

describe('a large one', () => {
  const plan: PlanView = { cells: [], marks: [], count: 12_345, estimatedSeconds: 7_200 };
  const tooLarge = problem(409, 'confirmationNeeded', 'send "confirm": true with the call');

  test('needs --confirm where nobody can be asked', async () => {
    api.on('POST /backfills', tooLarge, { body: plan });
    const { code, err } = await run(start);
    expect(code).toBe(1);
    expect(err).toBe(
      'The plan has 12,345 cells, which take about 2 h; more than 10,000 have to be confirmed. ' +
        'Give --confirm to start it, or --dry-run to look at it.\n',
    );
    expect(api.calls.map(({ body }) => body)).toMatchObject([{ confirm: false }, { dryRun: true }]);
  });

  test('is started at once with -y', async () => {
    goesOn(aDoneBackfill());
    expect((await run([...start, '-y'])).code).toBe(0);
    expect(api.calls[0]?.body).toMatchObject({ confirm: true });
  });

  test('is started when the person at the terminal agrees', async () => {
    somebodyTypes('y\n');
    goesOn(aDoneBackfill());
    api.on('POST /backfills', tooLarge, { body: plan }, { status: 202, body: aBackfill() });
    const { code, err } = await run(start);
    expect(err).toContain('The plan has 12,345 cells, which take about 2 h. Start it? [y/N]');
    expect(code).toBe(0);
    expect(api.calls[2]?.body).toMatchObject({ confirm: true });
    expect(api.calls[2]?.idempotencyKey).not.toBe(api.calls[0]?.idempotencyKey);
  });

  test('is not started when the person does not', async () => {
    somebodyTypes('\n');
    api.on('POST /backfills', tooLarge, { body: plan });
    const { code, err } = await run(start);
    expect(code).toBe(1);
    expect(err).toContain('Nothing was started.');
    expect(api.lines()).toEqual(['POST /backfills', 'POST /backfills']);
  });
});
