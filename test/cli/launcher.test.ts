import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '../../config';
import { Launcher, StoppedError } from '../../cli/launcher/launcher';
import { childNames, pidFileOf, type ChildName } from '../../cli/launcher/orphans';
import { isAlive, parseIdentity, type ProcessIdentity } from '../../cli/launcher/process-identity';

let dir = '';
let lines: string[] = [];
const launchers: Launcher[] = [];
const thieves: Server[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'launcher-'));
  // PostgreSQL may run as another user, who has to pass through.
  chmodSync(dir, 0o711);
  lines = [];
});
afterEach(async () => {
  for (const thief of thieves.splice(0)) thief.close();
  for (const launcher of launchers.splice(0)) await launcher.stop(true);
  await rm(dir, { recursive: true, force: true });
});

/** Not where other starts look: one beside this test would take the ports of a child that is killed. */
const firstPorts = { postgres: 20_433, temporal: 21_233, temporalUi: 22_233 };

const dataDir = () => path.join(dir, 'data');

function make(more: NodeJS.ProcessEnv = {}): Launcher {
  const { PATH, HOME, XDG_CACHE_HOME, TABLEGATE_CACHE_DIR } = process.env;
  const env = {
    ...{ PATH, HOME, XDG_CACHE_HOME, TABLEGATE_CACHE_DIR },
    TABLEGATE_DATA_DIR: dataDir(),
    PORT: '0',
    // A profile of the machine's user is not meant.
    TEMPORAL_CONFIG_FILE: path.join(dir, 'no-profiles.toml'),
    ...more,
  };
  const server = path.join(__dirname, '..', 'support', 'servers', 'fake-server.cjs');
  const launcher = new Launcher({
    settings: readSettings(env),
    env,
    server: { command: process.execPath, args: [server] },
    log: (line) => lines.push(line),
    firstPorts,
  });
  launchers.push(launcher);
  return launcher;
}

const readNote = (name: string, folder = dataDir()) =>
  JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Record<string, unknown>;

function childOf(name: ChildName, folder = dataDir()): ProcessIdentity | null {
  const file = pidFileOf(folder, name);
  return existsSync(file) ? parseIdentity(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

const children = (folder = dataDir()) =>
  childNames.map((name) => childOf(name, folder)).filter((child) => child !== null);

/** The embedded servers of the jest run, given as a user's own. */
const ownServers = () => ({
  TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
  DATABASE_URL: process.env.TEST_DATABASE_URL,
});

describe('a start', () => {
  test('runs Temporal, PostgreSQL and the server, tells the server where they are, and ends all, the server first', async () => {
    const launcher = make();
    const { url, temporalUiUrl } = await launcher.start();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const started = children();
    expect(started).toHaveLength(3);
    expect(readNote('environment.json')).toMatchObject({
      TEMPORAL_NAMESPACE: 'tablegate',
      TEMPORAL_ADDRESS: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
      DATABASE_URL: expect.stringMatching(
        /^postgres:\/\/.*@127\.0\.0\.1:\d+\/tablegate$/,
      ) as string,
      TABLEGATE_TEMPORAL_UI_URL: temporalUiUrl,
      TABLEGATE_DATA_DIR: dataDir(),
      PORT: new URL(url).port,
    });
    await launcher.stop(false);
    expect(readNote('drained.json')).toEqual({ why: 'SIGTERM', temporal: true, postgres: true });
    expect(started.filter(isAlive)).toEqual([]);
    expect(children()).toEqual([]);
    expect(existsSync(path.join(dataDir(), 'lock'))).toBe(false);
  });

  test('starts again what dies, on the same ports', async () => {
    const launcher = make();
    const { url } = await launcher.start();
    const before = children();
    const environment = readNote('environment.json');
    for (const { pid } of before) process.kill(pid, 'SIGKILL');
    await untilTrue(() => lines.filter((line) => line.includes('was started again')).length === 3);
    await untilServes(url);
    expect(children()).toHaveLength(3);
    expect(children().filter((child) => before.some(({ pid }) => pid === child.pid))).toEqual([]);
    for (const name of ['TEMPORAL_ADDRESS', 'DATABASE_URL', 'PORT']) {
      expect(readNote('environment.json')[name]).toBe(environment[name]);
    }
  });

  test('moves a child whose port was taken while it was away, and tells the server', async () => {
    const launcher = make();
    const { url } = await launcher.start();
    const { TEMPORAL_ADDRESS } = readNote('environment.json');
    const temporal = childOf('temporal') as ProcessIdentity;
    process.kill(temporal.pid, 'SIGKILL');
    thieves.push(await listenOn(Number(String(TEMPORAL_ADDRESS).split(':')[1])));
    await untilTrue(() => lines.some((line) => line.includes('the server is told the new one')));
    await untilTrue(() => readNote('environment.json').TEMPORAL_ADDRESS !== TEMPORAL_ADDRESS);
    await untilServes(url);
    expect(isAlive(childOf('temporal') as ProcessIdentity)).toBe(true);
  });

  test('does not take another one’s Temporal for its own when several start at once', async () => {
    const folders = ['a', 'b', 'c'].map((name) => path.join(dir, name));
    await Promise.all(folders.map((folder) => make({ TABLEGATE_DATA_DIR: folder }).start()));
    const addresses = folders.map(
      (folder) => readNote('environment.json', folder).TEMPORAL_ADDRESS,
    );
    expect(new Set(addresses).size).toBe(3);
    expect(folders.map((folder) => children(folder).filter(isAlive).length)).toEqual([3, 3, 3]);
  });

  test('starts neither Temporal nor PostgreSQL when it is given both', async () => {
    const launcher = make(ownServers());
    await launcher.start();
    expect(childNames.filter((name) => childOf(name))).toEqual(['server']);
    expect(readNote('environment.json')).toMatchObject(ownServers());
    expect(readNote('environment.json')).not.toHaveProperty('TEMPORAL_NAMESPACE');
  });

  test('is refused on a folder in use, naming the process, and leaves that one alone', async () => {
    const { url } = await make(ownServers()).start();
    await expect(make(ownServers()).start()).rejects.toThrow(
      new RegExp(`in use by process ${process.pid} .*--data-dir`),
    );
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(childOf('server')).not.toBeNull();
  });

  test('waits for a former start that is just ending', async () => {
    const former = make(ownServers());
    await former.start();
    const server = childOf('server') as ProcessIdentity;
    const ending = former.stop(false);
    const launcher = make(ownServers());
    const next = launcher.start();
    await ending;
    await next;
    expect(isAlive(server)).toBe(false);
    expect(childOf('server')?.pid).not.toBe(server.pid);
  });

  test('refuses a busy port before it starts anything, saying which and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(make({ PORT: String(port) }).start()).rejects.toThrow(
      new RegExp(
        `^Port ${port} on 127\\.0\\.0\\.1 cannot be used.*npm start -- --port ${port + 1}$`,
      ),
    );
    other.close();
    expect(children()).toEqual([]);
    expect(existsSync(path.join(dataDir(), 'postgres'))).toBe(false);
    expect(existsSync(path.join(dataDir(), 'lock'))).toBe(false);
  });

  test('gives up when the server does not start, with its last words, and ends the rest', async () => {
    const launcher = make({ FAKE_SERVER_FAILS: 'no such table' });
    await expect(launcher.start()).rejects.toThrow(/^The server does not start \(code 1\)/);
    expect(lines).toContain('server: no such table');
    expect(children()).toEqual([]);
  });

  test('can be told to stop while it starts, and leaves nothing running', async () => {
    const launcher = make();
    const start = launcher.start();
    await untilTrue(() => childOf('postgres') !== null || childOf('temporal') !== null);
    const begun = children();
    await launcher.stop(false);
    await expect(start).rejects.toThrow(StoppedError);
    expect(begun.filter(isAlive)).toEqual([]);
    expect(children()).toEqual([]);
  });
});

/** Settles when the condition holds; jest's time limit bounds it. */
async function untilTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function untilServes(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
  }
}

/** Listens on the port as soon as it is free. */
async function listenOn(port: number): Promise<Server> {
  for (;;) {
    const server = createServer();
    const listening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (listening) return server;
  }
}
