import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { Client } from 'pg';
import { nextFreePort } from '../../cli/launcher/free-port';
import {
  startPostgres,
  stopPostgres,
  type PostgresServer,
} from '../../cli/launcher/postgres-server';
import { migrate, openStore, type Store } from '../../store';
import { tokenDigest } from './support/opened';
import { batchOf, sampleTask } from './support/samples';

let dir = '';
let port = 0;
let running: PostgresServer | null = null;
let store: Store;
let lines: string[] = [];

/** A PostgreSQL of our own, to be stopped and started again at the same place. */
async function start(): Promise<PostgresServer> {
  running = await startPostgres({
    dataDir: path.join(dir, 'data'),
    logFile: path.join(dir, 'postgres.log'),
    sharedDir: path.join(dir, 'shared'),
    port,
    settings: ['fsync=off', 'max_connections=12'],
    log: () => {},
  });
  return running;
}

async function stop(): Promise<void> {
  if (running) await stopPostgres(running.child);
  running = null;
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'store-outage-'));
  chmodSync(dir, 0o711);
  port = await nextFreePort(26_433 + (process.pid % 500));
  const { url } = await start();
  await migrate(url);
  store = await openStore(url, { tokenDigest, log: (line) => lines.push(line) });
});
afterAll(async () => {
  await store.close();
  await stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  if (!running) await start();
  await store.ping();
  lines = [];
});

const unavailable = { code: 'storeUnavailable', status: 503 };
const reasonOf = async (call: Promise<unknown>): Promise<string> => {
  const error: unknown = await call.then(
    () => new Error('it was answered'),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject(unavailable);
  return /does not answer: (.*)\. Try again in a moment\.$/.exec((error as Error).message)![1]!;
};

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: running!.url });
  client.on('error', () => {
    // Cut with the server.
  });
  await client.connect();
  return client;
}

/** Resolves once so many of the store's statements wait for a lock. */
async function untilBlocked(count: number): Promise<void> {
  const watcher = await connected();
  const blocked = `select count(*)::int as n from pg_stat_activity
    where wait_event_type = 'Lock' and application_name = 'tablegate'`;
  for (let seen = 0; seen < count;) {
    seen = (await watcher.query<{ n: number }>(blocked)).rows[0]!.n;
  }
  await watcher.end();
}

/** A way to the server that the test holds in its hands. */
async function openWay(onConnection: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(running!.url);
  url.port = String((server.address() as { port: number }).port);
  const cut = () => sockets.splice(0).forEach((socket) => socket.destroy());
  const close = async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: url.href, cut, close };
}

describe('a PostgreSQL that stops', () => {
  test('is an answer to every call, and is used again when it is back', async () => {
    const task = sampleTask();
    await store.tasks.project(batchOf({ task }));
    // Several connections lie idle when they are cut.
    await Promise.all(Array.from({ length: 6 }, () => store.ping()));
    await stop();
    const calls = [
      store.ping(),
      store.tasks.project(batchOf({ task: { ...task, revision: 2 } })),
      store.tasks.nextNumber(),
      store.tokens.findByDigest('digest'),
      store.people.findByKeyDigest('digest'),
      store.idempotency.claim('default', 'key', 'digest'),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
    }
    expect(await reasonOf(store.ping())).toBe('it cannot be reached');
    await start();
    expect(await store.tasks.find('default', task.id)).toMatchObject({ id: task.id });
    expect(await store.tokens.findByDigest('digest')).toBeNull();
    expect(lines).toEqual([
      expect.stringMatching(/^PostgreSQL does not answer: /),
      'PostgreSQL answers again',
    ]);
  });

  test('in the middle of calls fails them and no more', async () => {
    const blocker = await connected();
    const task = sampleTask();
    await blocker.query('begin');
    await blocker.query('lock table tablegate.tasks');
    const waiting = [
      store.tasks.project(batchOf({ task })),
      store.tasks.find('default', task.id),
      store.tasks.exists('default', task.id),
    ];
    const watcher = await connected();
    const blocked = `select count(*)::int as n from pg_stat_activity
      where wait_event_type = 'Lock' and application_name = 'tablegate'`;
    for (let seen = 0; seen < waiting.length;) {
      seen = (await watcher.query<{ n: number }>(blocked)).rows[0]!.n;
    }
    await stop();
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
    }
    await start();
    expect(await store.tasks.exists('default', task.id)).toBe(false);
    await store.tasks.project(batchOf({ task }));
    expect(await store.tasks.exists('default', task.id)).toBe(true);
  });

  test('tells its password to no error and no log', async () => {
    const { password } = new URL(running!.url);
    const wrong = new URL(running!.url);
    wrong.password = `${password}x`;
    const other = await openStore(wrong.href, { tokenDigest, log: (line) => lines.push(line) });
    const refused: unknown = await other.ping().catch((error: unknown) => error);
    await other.close();
    await stop();
    const cut: unknown = await store.ping().catch((error: unknown) => error);
    expect([refused, cut]).toMatchObject([unavailable, unavailable]);
    const everything = inspect([refused, cut, lines], { depth: Infinity, showHidden: true });
    expect(everything).toContain('password authentication failed');
    expect(everything).not.toContain(password);
  });
});

describe('a PostgreSQL that cannot serve', () => {
  test('for want of a free connection is told so, and serves once there is one', async () => {
    const fresh = await openStore(running!.url, { tokenDigest, log: () => {} });
    const taken: Client[] = [];
    const full = await (async () => {
      for (;;) taken.push(await connected());
    })().catch((error: unknown) => error);
    expect(full).toMatchObject({ code: '53300' });
    expect(await reasonOf(fresh.ping())).toBe('it has no free connection');
    await Promise.all(taken.map((client) => client.end()));
    await fresh.ping();
    await fresh.close();
  });

  test('in time for a lock is left, and nothing of the call is done later', async () => {
    const blocker = await connected();
    const task = sampleTask();
    await blocker.query('begin');
    await blocker.query('lock table tablegate.ledger');
    await blocker.query('lock table tablegate.tasks');
    const call = store.tasks.project(batchOf({ task }));
    expect(await reasonOf(call)).toBe('it did not answer in time');
    await blocker.query('rollback');
    await blocker.end();
    expect(await store.tasks.exists('default', task.id)).toBe(false);
  });

  test('as it only takes connections and says nothing is left within seconds', async () => {
    const way = await openWay(() => {});
    const other = await openStore(way.url, { tokenDigest, log: () => {} });
    expect(await reasonOf(other.ping())).toMatch(/did not answer in time|connection was lost/);
    await other.close();
    await way.close();
  });

  test('as the way to it is cut without a word fails what is under way and no more', async () => {
    const way = await openWay((socket) => {
      const onward = connect(port, '127.0.0.1');
      socket.pipe(onward).pipe(socket);
      socket.on('close', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
    const other = await openStore(way.url, { tokenDigest, log: () => {} });
    const blocker = await connected();
    await blocker.query('begin');
    await blocker.query('lock table tablegate.tasks, tablegate.tokens');
    const task = sampleTask();
    const waiting = [
      other.tasks.project(batchOf({ task })),
      other.tasks.exists('default', task.id),
      other.tokens.findByDigest('digest'),
    ];
    await untilBlocked(waiting.length);
    way.cut();
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
    }
    await blocker.query('rollback');
    await blocker.end();
    expect(await other.tasks.exists('default', task.id)).toBe(false);
    await other.close();
    await way.close();
  });
});

describe('the migrations', () => {
  test('wait for a PostgreSQL that is being started', async () => {
    const { url } = running!;
    await stop();
    let waiting = () => {};
    const isWaiting = new Promise<void>((resolve) => {
      waiting = resolve;
    });
    const told: string[] = [];
    const log = (line: string) => {
      told.push(line);
      waiting();
    };
    const migrating = migrate(url, { log });
    await isWaiting;
    await start();
    await migrating;
    expect(told).toEqual([
      expect.stringMatching(
        /^waiting for PostgreSQL at 127\.0\.0\.1:\d+\/tablegate: .*ECONNREFUSED/,
      ),
    ]);
  });

  test('wait no longer than they may', async () => {
    const { url } = running!;
    await stop();
    await expect(migrate(url, { waitMs: 0 })).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringMatching(/^PostgreSQL at 127.*ECONNREFUSED/) as string,
    });
  });
});
