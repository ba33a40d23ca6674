/** The stream of events as it goes over the wire. */
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { isStillAllowed } from '../../api/auth/authenticate';
import { sendEvents } from '../../api/event-stream';
import { listen, type Listening } from '../../api/main';
import { TablegateError } from '../../model/errors';
import type { StreamEvent } from '../../scheduling/scheduling';
import { keyOf, sessionTokenOf } from '../support/fake-scheduling';
import { rawSocket } from '../support/raw-socket';
import { at, callerOf, change } from '../support/samples';
import { settings, testApi, type TestApi } from '../support/test-api';

const path = '/api/v1/events';
const ready = { type: 'ready', id: 'e-0' } as const;

test('each event has its name, its number and its data', async () => {
  const answer = await testApi().send('viewer', 'get', path);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  expect(answer.text).toBe(
    [
      'retry: 3000',
      'id: e-0\nevent: ready\ndata: {}',
      `id: e-1\nevent: change\ndata: ${JSON.stringify(change)}`,
      'id: e-1\nevent: end\ndata: {}',
      '',
    ].join('\n\n'),
  );
});

test('it goes on behind the number that its reader has seen', async () => {
  const api = testApi();
  await api.send('viewer', 'get', path).set('Last-Event-ID', 'e-7');
  await api.send('viewer', 'get', path);
  expect(api.callsOf('events.subscribe').map(([caller, lastId]) => [caller, lastId])).toEqual([
    [callerOf('viewer'), 'e-7'],
    [callerOf('viewer'), null],
  ]);
});

test('the cookie of a session opens it too, without a CSRF token', async () => {
  const cookie = `tablegate_session=${sessionTokenOf('viewer')}`;
  const answer = await testApi().send(null, 'get', path).set('Cookie', cookie);
  expect(answer.status).toBe(200);
});

test('where there are too many, it is refused as other calls are', async () => {
  const api = testApi();
  api.scheduling.events.subscribe = () => {
    throw new TablegateError('tooManyStreams', 'Too many');
  };
  const answer = await api.send('viewer', 'get', path);
  expect([answer.status, answer.headers['content-type']]).toEqual([
    503,
    'application/problem+json',
  ]);
});

test('HEAD opens none', async () => {
  const api = testApi();
  let left = false;
  api.scheduling.events.subscribe = (_caller, _lastId, listener) => {
    listener(ready);
    return () => (left = true);
  };
  const answer = await api.send('viewer', 'head', path);
  expect([answer.status, left]).toEqual([200, true]);
});

describe('an open stream', () => {
  let server: Listening;
  let api: TestApi;
  let tell: (event: StreamEvent) => void;
  let left: Promise<void>;
  beforeEach(async () => {
    api = testApi();
    left = new Promise((resolve) => {
      api.scheduling.events.subscribe = (_caller, _lastId, listener) => {
        tell = listener;
        listener(ready);
        return resolve;
      };
    });
    server = await listen(api.app, settings);
  });
  afterEach(() => server.close());

  async function open() {
    const client = await rawSocket(server.url);
    client.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
        `Authorization: Bearer ${keyOf('viewer')}\r\n\r\n`,
    );
    await client.received(/event: ready/);
    return client;
  }

  test('brings events as they come', async () => {
    const client = await open();
    tell({ type: 'change', id: 'e-1', change });
    await client.received(/id: e-1\nevent: change\n/);
    tell({ type: 'resync', id: 'f-0' });
    await client.received(/id: f-0\nevent: resync\ndata: {}\n\n/);
    tell({ type: 'end', id: 'f-0' });
    expect(await client.ended()).toMatch(/event: end/);
  });

  test('is left when its reader goes', async () => {
    const client = await open();
    client.socket.destroy();
    await expect(left).resolves.toBeUndefined();
  });

  test('that is not read is let go', async () => {
    const client = await open();
    client.socket.pause();
    const big = { ...change, id: 'x'.repeat(60_000) };
    const until = Date.now() + 60_000;
    let isLeft = false;
    void left.then(() => (isLeft = true));
    while (!isLeft && Date.now() < until) {
      tell({ type: 'change', id: 'e-1', change: big });
      await sleep(0);
    }
    expect(isLeft).toBe(true);
    // What it has not read keeps it open.
    client.socket.destroy();
  });
});

describe('a heart-beat', () => {
  async function withBeats(mayGoOn: () => Promise<boolean>): Promise<Listening> {
    const app = express();
    app.get('/', (req, res) => {
      const follow = (_lastId: string | null, listener: (event: StreamEvent) => void) => {
        listener(ready);
        return () => undefined;
      };
      sendEvents(req, res, follow, { mayGoOn, beatEveryMs: 20 });
    });
    return listen(app, settings);
  }

  test.each([
    ['comes while its reader may read it', () => Promise.resolve(true)],
    ['comes while nobody can tell', () => Promise.reject(new Error('the store is away'))],
  ])('%s', async (_what, mayGoOn) => {
    const server = await withBeats(mayGoOn);
    const client = await rawSocket(server.url);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const text = await client.received(/(event: beat\n[^]*){3}/);
    expect(text).toMatch(/event: beat\ndata: {"at":"[^"]+"}\n\n/);
    client.socket.destroy();
    await server.close();
  });

  test('ends the stream of who may not any more', async () => {
    const server = await withBeats(() => Promise.resolve(false));
    const client = await rawSocket(server.url);
    client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const text = await client.ended();
    expect(text).toMatch(/event: end/);
    expect(text).not.toMatch(/event: beat/);
    await server.close();
  });
});

test('where access has changed it is looked at at once who may read on', async () => {
  let mayGoOn = true;
  let tell!: (event: StreamEvent) => void;
  const app = express();
  app.get('/', (req, res) => {
    const follow = (_lastId: string | null, listener: (event: StreamEvent) => void) => {
      tell = listener;
      listener(ready);
      return () => undefined;
    };
    sendEvents(req, res, follow, { mayGoOn: () => Promise.resolve(mayGoOn) });
  });
  const server = await listen(app, settings);
  const client = await rawSocket(server.url);
  client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await client.received(/event: ready/);
  const access = { ...change, type: 'access', id: null, taskId: null } as const;
  tell({ type: 'change', id: 'e-1', change: access });
  await client.received(/event: change\n[^]*event: beat/);
  mayGoOn = false;
  tell({ type: 'change', id: 'e-2', change: access });
  expect(await client.ended()).toMatch(/event: end\n/);
  await server.close();
});

describe('who opened a stream may go on reading it', () => {
  const session = (token: string) => ({ token, csrfToken: 'c', expiresAt: at });
  const ask = (api: TestApi, authorization: string | undefined, token: string | null) =>
    isStillAllowed(
      { session: token === null ? null : session(token) },
      { headers: { authorization } } as never,
      api.scheduling,
    );

  test('while the session lasts, which lasts no longer for that', async () => {
    const api = testApi();
    expect(await ask(api, undefined, sessionTokenOf('viewer'))).toBe(true);
    expect(await ask(api, undefined, 'ended')).toBe(false);
    expect(api.callsOf('sessions.find').map(([, options]) => options)).toEqual([
      { isUse: false },
      { isUse: false },
    ]);
  });

  test('while the key is there', async () => {
    const api = testApi();
    expect(await ask(api, `Bearer ${keyOf('viewer')}`, null)).toBe(true);
    expect(await ask(api, 'Bearer removed', null)).toBe(false);
  });
});
