/** The command line over the whole service: a task from its file to its backfills. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackfillView, CellView, PlanView } from '../../model/backfill';
import type { RunRead, TaskRead } from '../../scheduling/scheduling';
import { runUntilInterrupted } from '../cli/support/child-line';
import { run, type Outcome } from '../cli/support/command-line';
import { heldJobs } from '../support/held-job';
import { startServer, type Installation, type TestServer } from '../support/running-server';
import { stepJobs } from '../support/step-job';

const held = heldJobs();
const steps = stepJobs();
let installation: Installation;
let server: TestServer;
let dir: string;
beforeAll(async () => {
  const jobTypes = [held.jobType, steps.jobType];
  ({ installation, server } = await startServer({ jobTypes }));
  dir = await mkdtemp(path.join(tmpdir(), 'command-line-'));
});
afterAll(async () => {
  await installation.end();
  await rm(dir, { recursive: true, force: true });
});

/** With the key that the server left in its data folder. */
const place = () => ['--url', server.url, '--data-dir', installation.dataDir];

const tablegate = (args: string[]): Promise<Outcome> => run([...args, ...place()]);

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse((await tablegate([...args, '--json'])).out) as T;
}

const daily = { recurrence: { every: 'day', at: '02:30' }, timezone: 'Europe/Berlin' };

/** Makes a task from a file. @returns it */
async function create(name: string, settings: Record<string, unknown> = {}): Promise<TaskRead> {
  const file = path.join(dir, `${name}.json`);
  const usual = { kind: 'manual', tables: ['ext.main.a'], job: { type: 'step' }, ...daily };
  await writeFile(file, JSON.stringify({ name, ...usual, ...settings }));
  return json('task', 'create', '-f', file);
}

const fourDays = ['--from', '2026-01-20', '--to', '2026-01-23 23:59:59'];

test('a chain is planned, run past a failure, mended and retried, with codes that a script can read', async () => {
  const load = await create('Load');
  const report = await create('Report', { dependsOn: [load.id] });
  const backfill = ['backfill', '--task', 'Load', ...fourDays, '--downstream'];

  const planned = await tablegate([...backfill, '--dry-run']);
  expect(planned.code).toBe(0);
  expect(planned.out).toMatch(/^2026-01-20T02:30:00\+01:00 {2}Load {4}create/m);
  expect(planned.out).toMatch(/^2026-01-23T02:30:00\+01:00 {2}Report {2}create/m);
  expect(planned.out).toMatch(/^8 cells: 8 create$/m);
  expect(steps.ran).toEqual([]);

  steps.break(report.id);
  const failed = await tablegate(backfill);
  expect(failed.code).toBe(1);
  expect(failed.err).toMatch(/^8\/8 done, .*4 failed.*failed$/m);
  expect(failed.out).toMatch(/8 cells: 4 succeeded, 4 failed$/m);
  expect(failed.out).toMatch(/^2026-01-20T02:30:00\+01:00 +Report +failed .*broken by the test/m);
  const [, id = ''] = /backfill retry-failed (\w+)/.exec(failed.out) ?? [];

  steps.mend(report.id);
  expect((await tablegate(['backfill', 'retry-failed', id])).out).toContain('is running');
  const mended = await tablegate(['backfill', 'watch', id]);
  expect(mended.code).toBe(0);
  expect(mended.out).toMatch(/8 cells: 8 succeeded$/m);
  expect(steps.ran.filter((task) => task === load.id)).toHaveLength(4);

  const again = await json<PlanView>(...backfill, '--existing', 'skip', '--dry-run');
  expect(new Set(again.cells.map(({ action }) => action))).toEqual(new Set(['skip']));
  const { items } = await json<{ items: BackfillView[] }>('backfill', 'list', '--task', 'Load');
  expect(items.map((one) => [one.id, one.status])).toEqual([[id, 'succeeded']]);
  const shown = await tablegate(['task', 'instances', 'Report', '--status', 'succeeded']);
  expect(shown.out.match(/\+01:00 {2}succeeded {2}2 /g)).toHaveLength(4);
});

test('Ctrl-C leaves a backfill running, which is paused, resumed and cancelled from there', async () => {
  const task = await create('Slow', { job: { type: 'held' } });
  const start = ['backfill', '--task', 'Slow', ...fourDays, ...place()];
  const watched = await runUntilInterrupted(start, /\d+\/4 done/);
  expect(watched.code).toBe(130);
  const [, id = ''] = /backfill cancel (\w+)/.exec(watched.err) ?? [];

  // Paused before anything has begun, it would begin nothing.
  const begun = await held.next(task.id);
  expect((await json<BackfillView>('backfill', 'pause', id)).status).toBe('paused');
  begun.succeed();
  expect((await json<BackfillView>('backfill', 'resume', id)).status).toBe('running');
  await held.next(task.id);
  expect((await json<BackfillView>('backfill', 'cancel', id, '--kill')).status).toBe('cancelling');
  const ended = await tablegate(['backfill', 'watch', id, '--json']);
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.out)).toMatchObject({ status: 'cancelled', counts: { succeeded: 1 } });
  const path = ['backfill', 'show', id, '--state', 'cancelled'] as const;
  const { items } = await json<{ items: CellView[] }>(...path);
  expect(items.map(({ taskId }) => taskId)).toEqual([task.id, task.id, task.id]);
});

test('a run is started, waited for, shown and run again', async () => {
  const { id } = await create('By hand');
  const first = await tablegate(['run', 'start', 'By hand', '--wait', '--json']);
  expect(first.code).toBe(0);
  const record = JSON.parse(first.out) as RunRead;
  expect(record).toMatchObject({ taskId: id, status: 'succeeded', startedBy: 'manual' });

  steps.break(id);
  const again = await tablegate(['run', 'rerun', 'By hand', record.id, '--wait']);
  expect(again.code).toBe(1);
  expect(again.out).toMatch(/^ {2}why +broken by the test/m);
  expect((await tablegate(['run', 'log', 'By hand'])).out).toMatch(/ error +broken by the test$/m);
  const { items } = await json<{ items: RunRead[] }>('run', 'list', 'By hand');
  expect(items.map(({ status }) => status)).toEqual(['failed', 'succeeded']);
});

test('a table is triggered for a time, and what that starts is watched', async () => {
  const { id } = await create('Reads c', { tables: ['ext.main.c'] });
  const triggered = await tablegate(['trigger', 'table', 'ext.main.c', '--time', '2026-02-01']);
  expect(triggered.code).toBe(0);
  const [, backfill = ''] = /backfill watch (\w+)/.exec(triggered.out) ?? [];
  expect((await tablegate(['backfill', 'watch', backfill])).code).toBe(0);
  expect(steps.ran).toContain(id);
});

test('a trigger starts the run of a task that waits for it, and the ledger shows it', async () => {
  const settings = { kind: 'triggered', tables: ['ext.main.b'], recurrence: null };
  const { id } = await create('Waiting', settings);
  const urls = await json<{ items: { url: string }[] }>('task', 'urls', 'Waiting');
  expect(urls.items).toHaveLength(1);
  expect((await tablegate(['trigger', 'Waiting', 'ext.main.b'])).code).toBe(0);
  const ledger = await tablegate(['trigger', 'list', 'Waiting']);
  expect(ledger.out).toMatch(/ ext\.main\.b +started /);

  expect((await tablegate(['task', 'pause', 'Waiting'])).out).toContain('is paused');
  expect((await tablegate(['task', 'show', 'Waiting'])).out).toMatch(/^ {2}paused +yes$/m);
  expect((await tablegate(['task', 'remove', 'Waiting'])).code).toBe(0);
  const gone = await tablegate(['task', 'show', id]);
  expect(gone.code).toBe(1);
  expect(gone.err).toContain('npx tablegate task list');
});

test('the preview shows what the clocks do to the times of a zone', async () => {
  const zone = ['--timezone', 'Europe/Berlin', '--after', '2026-03-27'];
  const { code, out } = await tablegate(['task', 'preview', '--cron', '0 30 2 * * ?', ...zone]);
  expect(code).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toBe('2026-03-27T02:30:00+01:00');
  expect(out).not.toMatch(/^2026-03-29T02:30/m);
  expect(lines.filter((line) => line.startsWith('2026-'))).toHaveLength(10);
});
