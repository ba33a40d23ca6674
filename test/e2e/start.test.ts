import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childNames, pidFileOf, type ChildName } from '../../cli/launcher/orphans';
import {
  identityOf,
  isAlive,
  parseIdentity,
  type ProcessIdentity,
} from '../../cli/launcher/process-identity';
import { makeDatabase } from '../support/servers/databases';
import {
  buildOnce,
  endTablegate,
  lastingPort,
  runTablegate,
  startTablegate,
  type Started,
  type StartedProcess,
} from '../support/servers/start-tablegate';

let dir = '';
let dataDir = '';
const processes: StartedProcess[] = [];

beforeAll(buildOnce);
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'start-'));
  chmodSync(dir, 0o711);
  dataDir = path.join(dir, 'data');
});
afterEach(async () => {
  for (const started of processes.splice(0)) await endTablegate(started, dataDir);
  await rm(dir, { recursive: true, force: true });
});

async function start(args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const started = await startTablegate(dataDir, { args, env });
  processes.push(started);
  return started;
}

function childOf(name: ChildName): ProcessIdentity | null {
  const file = pidFileOf(dataDir, name);
  return existsSync(file) ? parseIdentity(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

const children = () => childNames.map(childOf).filter((child) => child !== null);

interface Run {
  id: string;
  status: string;
}

async function trigger(url: string): Promise<string | null> {
  const answer = await fetch(`${url}?wait=outcome`);
  expect(await answer.json()).toMatchObject({ data: 'true', success: true });
  return answer.headers.get('x-tablegate-outcome');
}

async function demoTask({ api }: Started): Promise<string> {
  const { items } = await api.get<{ items: { id: string }[] }>('/tasks');
  expect(items).toHaveLength(1);
  return items[0]?.id as string;
}

/** Settles with the runs of the task once none of them is live and there are `count`. */
async function untilRuns({ api }: Started, task: string, count: number): Promise<Run[]> {
  for (;;) {
    const { items } = await api.get<{ items: Run[] }>(`/tasks/${task}/runs`);
    const live = items.some(({ status }) => ['queued', 'running'].includes(status));
    if (items.length >= count && !live) return items;
    await sleep(100);
  }
}

describe('npm start', () => {
  test('on a fresh folder prints where everything is and a task that runs when its URLs were called', async () => {
    const started = await start();
    const keyFile = path.join(dataDir, 'admin.key');
    expect(started.output()).toContain(`Admin key    ${keyFile}`);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect((await fetch(`${started.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${started.url}/api/docs`)).status).toBe(200);
    const ui = /Temporal UI +(\S+)/.exec(started.output())?.[1] as string;
    expect((await fetch(ui)).status).toBe(200);
    expect(started.curls).toHaveLength(4);
    const outcomes = [];
    for (const url of started.curls) outcomes.push(await trigger(url));
    expect(outcomes).toEqual(['counted', 'counted', 'counted', 'started']);
    const runs = await untilRuns(started, await demoTask(started), 1);
    expect(runs.map(({ status }) => status)).toEqual(['succeeded']);
  });

  test('prints a link that signs the admin in once, and is in no log', async () => {
    const started = await start(['--no-demo']);
    const link = /^ {2}Console +(\S+)$/m.exec(started.output())?.[1] as string;
    const { origin, pathname, searchParams } = new URL(link);
    expect([origin, pathname]).toEqual([started.url, '/sign-in']);
    const code = searchParams.get('code')!;
    const signIn = () =>
      fetch(`${started.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      });
    const first = await signIn();
    expect(await first.json()).toMatchObject({ name: 'admin', role: 'admin' });
    const [cookie] = first.headers.getSetCookie();
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect((await signIn()).status).toBe(401);
    const mine = { headers: { cookie: cookie!.split(';')[0]! } };
    expect((await fetch(`${started.url}/api/v1/session`, mine)).status).toBe(200);
    const logs = path.join(dataDir, 'logs');
    const lines = readdirSync(logs).map((name) => readFileSync(path.join(logs, name), 'utf8'));
    expect(lines.join('')).toContain('/api/v1/sign-in-codes');
    expect(lines.join('')).not.toContain(code);
  });

  test('ends everything on a signal and exits with 0', async () => {
    const started = await start(['--no-demo']);
    const running = children();
    expect(running).toHaveLength(3);
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(running.filter(isAlive)).toEqual([]);
    expect(started.output().trimEnd().endsWith('Stopped')).toBe(true);
  });

  test('after kill -9 ends what was left, loses no mark, and makes no second demo', async () => {
    const PORT = await lastingPort();
    const first = await start([], { PORT });
    const [a, b, c, d] = first.curls as [string, string, string, string];
    const task = await demoTask(first);
    expect([await trigger(a), await trigger(b)]).toEqual(['counted', 'counted']);
    const left = children();
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await start([], { PORT });
    expect(left.filter(isAlive)).toEqual([]);
    expect(second.curls).toEqual(first.curls);
    expect(await demoTask(second)).toBe(task);
    expect([await trigger(c), await trigger(d)]).toEqual(['counted', 'started']);
    const runs = await untilRuns(second, task, 1);
    expect(runs.map(({ status }) => status)).toEqual(['succeeded']);
  });

  test('starts every child again that is killed, and goes on', async () => {
    const started = await start();
    const before = children();
    for (const { pid } of before) process.kill(pid, 'SIGKILL');
    for (const name of ['PostgreSQL', 'Temporal', 'The server']) {
      await started.until(`${name} was started again`);
    }
    await untilServing(started.url);
    for (const url of started.curls) await trigger(url);
    const runs = await untilRuns(started, await demoTask(started), 1);
    expect(runs.map(({ status }) => status)).toEqual(['succeeded']);
  });

  test('does not bring back a demo task that was removed', async () => {
    const first = await start();
    const task = await demoTask(first);
    const key = readFileSync(path.join(dataDir, 'admin.key'), 'utf8').trim();
    const answer = await fetch(`${first.url}/api/v1/tasks/${task}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.ok).toBe(true);
    first.child.kill('SIGTERM');
    await first.ended;
    const second = await start();
    expect(second.curls).toEqual([]);
    expect((await second.api.get<{ items: unknown[] }>('/tasks')).items).toEqual([]);
  });

  test('is refused on a folder in use, naming the process, and on a busy port, naming the port', async () => {
    const started = await start(['--no-demo']);
    const second = runTablegate(['up'], { dataDir });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`is in use by process ${started.child.pid}`);
    expect(identityOf(started.child.pid as number)).not.toBeNull();
    const { port } = new URL(started.url);
    const elsewhere = path.join(dir, 'elsewhere');
    const third = runTablegate(['up', '--port', port], { dataDir: elsewhere });
    expect(await third.ended).toBe(1);
    expect(third.output()).toMatch(new RegExp(`Port ${port} on 127\\.0\\.0\\.1 cannot be used`));
    expect(existsSync(path.join(elsewhere, 'postgres'))).toBe(false);
  });

  test('starts no Temporal and no PostgreSQL where it is given both', async () => {
    const database = await makeDatabase();
    await start(['--no-demo'], {
      TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
      TEMPORAL_NAMESPACE: 'tablegate',
      TABLEGATE_TASK_QUEUE: path.basename(dir),
      DATABASE_URL: database.url,
    });
    expect(childNames.filter((name) => childOf(name))).toEqual(['server']);
  });
});

/** Settles when the server that was started again serves. */
async function untilServing(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    await sleep(100);
  }
}

describe('a command line that cannot be meant', () => {
  test('is refused with what is allowed', async () => {
    const bad = runTablegate(['up', '--port', 'http'], { dataDir });
    expect(await bad.ended).toBe(1);
    expect(bad.output()).toContain('PORT is "http"; it must be a whole number from 0 to 65535');
    expect(existsSync(dataDir)).toBe(false);
  });
});
