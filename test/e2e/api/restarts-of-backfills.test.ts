/** The real processes killed in the middle of a backfill, as `kill -9` does it. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { childNames, pidFileOf, type ChildName } from '../../../cli/launcher/orphans';
import { parseIdentity } from '../../../cli/launcher/process-identity';
import type { BackfillView } from '../../../model/backfill';
import type { TaskRead } from '../../../scheduling/scheduling';
import {
  buildOnce,
  endTablegate,
  lastingPort,
  startTablegate,
  type Started,
} from '../../support/servers/start-tablegate';
import { TestClient } from '../../support/test-client';
import { cellsOf, readBackfill, startBackfill, statesByTask, untilOver } from './support/backfills';
import { beforeDue, dailyAt, instancesOf } from './support/due-times';
import { addTables, createTask, gateOf, runsOf, trigger, until, urlsOf } from './support/flow';

let dir = '';
let dataDir = '';
const processes: Started[] = [];

beforeAll(buildOnce);
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'restarts-'));
  chmodSync(dir, 0o711);
  dataDir = path.join(dir, 'data');
});
afterEach(async () => {
  for (const started of processes.splice(0)) await endTablegate(started, dataDir);
  await rm(dir, { recursive: true, force: true });
});

async function start(port = '0') {
  const started = await startTablegate(dataDir, { args: ['--no-demo'], env: { PORT: port } });
  processes.push(started);
  const key = readFileSync(path.join(dataDir, 'admin.key'), 'utf8').trim();
  return { started, api: new TestClient(started.url, key), url: started.url };
}

function kill(name: ChildName): void {
  const file = pidFileOf(dataDir, name);
  const child = existsSync(file) ? parseIdentity(JSON.parse(readFileSync(file, 'utf8'))) : null;
  if (child === null) throw new Error(`there is no ${name}`);
  process.kill(child.pid, 'SIGKILL');
}

const untilServing = (url: string) =>
  until(
    () => fetch(`${url}/readyz`).catch(() => null),
    (answer) => answer?.status === 200,
  );

/** Every hour of a day that is over. */
const hourly = {
  ...{ every: 'hour', from: '00:00', interval: 1 },
  ...{ startTime: '2026-01-20 00:00:00', endTime: '2026-01-20 23:00:00' },
};
const times = Array.from({ length: 8 }, (_, hour) =>
  new Date(Date.UTC(2026, 0, 20, hour)).toISOString(),
);

/** A task of the real job, and one that comes after it. */
async function twoTasks(api: TestClient): Promise<{ tables: string[]; tasks: TaskRead[] }> {
  const tables = await addTables({ filesDir: path.join(dataDir, 'files') }, api, 'crm');
  const make = (name: string, dependsOn: string[]) =>
    createTask(api, tables, {
      ...{ name, kind: 'recurring', recurrence: hourly, dependsOn },
      runPolicy: { maxParallel: 2 },
    });
  const up = await make('Up', []);
  return { tables, tasks: [up, await make('Down', [up.id])] };
}

/** Starts a backfill of both tasks and waits until it is well under way. */
async function underWay(api: TestClient, [up]: TaskRead[]): Promise<BackfillView> {
  const { id } = await startBackfill(api, {
    ...{ taskIds: [up!.id], downstream: 'matching', concurrency: 4 },
    ...{ startTime: times[0], endTime: times.at(-1) },
  });
  return until(
    () => readBackfill(api, id),
    ({ counts }) => (counts.succeeded ?? 0) >= 3 && (counts.running ?? 0) > 0,
  );
}

/** Each instance has been run, once. */
async function expectAllOnce(api: TestClient, { id }: BackfillView, tasks: TaskRead[]) {
  expect(await untilOver(api, id)).toMatchObject({ status: 'succeeded', count: 2 * times.length });
  const succeeded = times.map(() => 'succeeded');
  expect(statesByTask(await cellsOf(api, id))).toEqual(
    Object.fromEntries(tasks.map((task) => [task.id, succeeded])),
  );
  for (const task of tasks) {
    const instances = await instancesOf(api, task.id);
    expect(instances.map(({ scheduleTime, attempts }) => [scheduleTime, attempts])).toEqual(
      times.map((time) => [time, 1]),
    );
    const runs = await runsOf(api, task.id);
    expect(runs.map(({ status, tries }) => [status, tries])).toEqual(
      times.map(() => ['succeeded', 1]),
    );
  }
}

test('a server that is killed in the middle of a backfill is started again, and each instance runs once', async () => {
  const { started, api, url } = await start();
  const { tasks } = await twoTasks(api);
  const backfill = await underWay(api, tasks);
  expect(backfill.counts.waiting).toBeGreaterThan(0);
  kill('server');
  await started.until('The server was started again');
  await untilServing(url);
  await expectAllOnce(api, backfill, tasks);
});

test('when everything is killed in the middle and started again, all comes to its end: cells, marks, and what was due meanwhile', async () => {
  const port = await lastingPort();
  const first = await start(port);
  const { api, url } = first;
  const { tables, tasks } = await twoTasks(api);
  const waiting = await createTask(api, tables, { name: 'Waits' });
  const urls = await urlsOf(api, waiting.id);
  const dated = urls.map((one) => `${one}/${times[0]}`);
  const backfill = await underWay(api, tasks);
  expect(backfill.counts.waiting).toBeGreaterThan(0);
  expect(await trigger(urls[0]!, urls[1]!, dated[2]!)).toEqual(['counted', 'counted', 'counted']);
  const { meanwhile, due } = await beforeDue(async (time) => {
    const made = await createTask(api, tables, {
      ...{ name: 'Due meanwhile', kind: 'recurring', recurrence: dailyAt(time) },
    });
    return { meanwhile: made, due: time };
  });

  first.started.child.kill('SIGKILL');
  for (const name of childNames) kill(name);
  await first.started.ended;
  await until(
    () => Promise.resolve(Date.now()),
    (now) => now > Date.parse(due),
  );
  const second = await start(port);
  expect(second.url).toBe(url);
  expect(await gateOf(second.api, waiting.id)).toEqual({
    ...{ [tables[0]!]: 'Triggered', [tables[1]!]: 'Triggered', [tables[2]!]: 'Not Triggered' },
  });
  expect(await trigger(urls[2]!)).toEqual(['started']);
  expect(await trigger(dated[0]!, dated[1]!)).toEqual(['counted', 'counted']);
  await expectAllOnce(second.api, backfill, tasks);
  const [late] = await until(
    () => runsOf(second.api, meanwhile.id),
    (runs) => runs.some(({ status }) => status === 'succeeded'),
  );
  expect(late).toMatchObject({ scheduleTime: due, startedBy: 'schedule', attempt: 1 });
  const runs = await until(
    () => runsOf(second.api, waiting.id),
    (all) => all.filter(({ status }) => status === 'succeeded').length === 2,
  );
  expect(runs.map(({ scheduleTime }) => scheduleTime)).toEqual([times[0], null]);
});
