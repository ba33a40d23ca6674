/** What arrives on a connection that no HTTP client would send so: pipelined, broken, unfinished. */
import { listen, type Listening } from '../../api/main';
import type { AcceptedTrigger } from '../../scheduling/scheduling';
import { rawSocket } from '../support/raw-socket';
import { settings, testApi, type TestApi } from '../support/test-api';
import { taskId } from '../support/samples';

let api: TestApi;
let server: Listening;

beforeEach(async () => {
  api = testApi();
  server = await listen(api.app, settings);
});
afterEach(() => server.close());

const tokens = () =>
  api.callsOf('triggers.callUrl').map(([call]) => (call as { token: string }).token);

/** The statuses of the answers in a text, in order. */
const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const last = 'Connection: close\r\n';

/** Lets each accepted trigger wait until the test says so. */
function holdTriggers(): { release: () => void; came: Promise<void> } {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const came = new Promise<void>((resolve) => {
    api.scheduling.triggers.callUrl = async ({ receipt }): Promise<AcceptedTrigger> => {
      resolve();
      await held;
      return { receipt, taskId, tenant: 'default', scheduleTime: null };
    };
  });
  return { release, came };
}

test('pipelined calls are each answered, in order', async () => {
  const client = await rawSocket(server.url);
  client.write(get('/trigger/a') + get('/healthz') + get('/trigger/b') + get('/trigger/c', last));
  const text = await client.ended();
  expect(statuses(text)).toEqual([200, 200, 200, 200]);
  expect(text.match(/"success":true|"status":"ok"/g)).toEqual([
    '"success":true',
    '"status":"ok"',
    '"success":true',
    '"success":true',
  ]);
  expect(tokens()).toEqual(['a', 'b', 'c']);
});

test('HEAD and OPTIONS trigger nothing; HEAD has no body, and the connection goes on', async () => {
  const client = await rawSocket(server.url);
  const head = get('/trigger/a').replace('GET', 'HEAD');
  client.write(head + get('/trigger/b').replace('GET', 'OPTIONS') + get('/trigger/c', last));
  const text = await client.ended();
  expect(statuses(text)).toEqual([405, 405, 200]);
  const [, afterHead = ''] = text.split('\r\n\r\n');
  expect(afterHead).toMatch(/^HTTP\/1\.1 405/);
  expect(tokens()).toEqual(['c']);
});

test('a POST in chunks is answered, its body thrown away, and the connection goes on', async () => {
  const client = await rawSocket(server.url);
  client.write('POST /trigger/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  client.write('5\r\n{"a":\r\n4\r\n\xff\0%%\r\n0\r\n\r\n');
  client.write(get('/trigger/b', last));
  expect(statuses(await client.ended())).toEqual([200, 200]);
  expect(tokens()).toEqual(['a', 'b']);
});

test('a POST whose chunks are garbage is a trigger all the same', async () => {
  const client = await rawSocket(server.url);
  client.write(
    'POST /trigger/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n',
  );
  const text = await client.ended();
  expect(statuses(text)).toEqual([200]);
  expect(text).toContain('"success":true');
  expect(tokens()).toEqual(['a']);
});

test('a trigger that waits to be stored is answered though garbage came behind it', async () => {
  const { release, came } = holdTriggers();
  const client = await rawSocket(server.url);
  client.write(`${get('/trigger/a')}\0\0 nonsense\r\n\r\n`);
  await came;
  release();
  const text = await client.ended();
  expect(statuses(text)).toEqual([200]);
  expect(text).toContain('"success":true');
});

test('a POST is answered before its body has come; what never comes holds nothing', async () => {
  const client = await rawSocket(server.url);
  client.write('POST /trigger/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n{');
  expect(statuses(await client.received(/"success":true/))).toEqual([200]);
  client.socket.destroy();
});

test('a caller that leaves before the answer has triggered, and disturbs nobody', async () => {
  const { release, came } = holdTriggers();
  const client = await rawSocket(server.url);
  client.write('POST /trigger/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
  await came;
  client.socket.destroy();
  await client.ended();
  release();
  const next = await rawSocket(server.url);
  next.write(get('/trigger/b', last));
  expect(statuses(await next.ended())).toEqual([200]);
});

test('what is no HTTP gets one problem and the end of the connection', async () => {
  const client = await rawSocket(server.url);
  client.write('hello?\r\n\r\n');
  const text = await client.ended();
  expect(statuses(text)).toEqual([400]);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head).toContain('Content-Type: application/problem+json');
  expect(head).toContain('Connection: close');
  expect(JSON.parse(body)).toMatchObject({ code: 'invalidInput', status: 400 });
});

test.each([
  ['URL', get(`/trigger/${'x'.repeat(20_000)}`)],
  ['header', get('/trigger/a', `X-Long: ${'x'.repeat(20_000)}\r\n`)],
])('a %s that is too long is 431', async (_case, sent) => {
  const client = await rawSocket(server.url);
  client.write(sent);
  const text = await client.ended();
  expect(statuses(text)).toEqual([431]);
  expect(JSON.parse(text.split('\r\n\r\n')[1]!)).toMatchObject({ code: 'headersTooLarge' });
  expect(tokens()).toEqual([]);
});

test('a native body whose chunks are garbage is one 400', async () => {
  const client = await rawSocket(server.url);
  client.write(
    [
      'POST /api/v1/tasks HTTP/1.1',
      'Host: x',
      'Authorization: Bearer admin-key',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
      '',
      '5\r\n{"a":\r\nnot a chunk\r\n',
    ].join('\r\n'),
  );
  const text = await client.ended();
  expect(statuses(text)).toEqual([400]);
  expect(text).toContain('The body did not arrive whole');
  expect(api.callsOf('tasks.create')).toEqual([]);
});

test('a request target with a host in it is the path behind it', async () => {
  const client = await rawSocket(server.url);
  client.write(get('http://other.test/trigger/a') + get('http://other.test/healthz', last));
  expect(statuses(await client.ended())).toEqual([200, 200]);
  expect(tokens()).toEqual(['a']);
});

describe('a client that is slower than a request may be', () => {
  let slow: Listening;

  const listenFor = async (headersTimeout: number, requestTimeout: number): Promise<void> => {
    slow = await listen(api.app, settings, {
      ...{ headersTimeout, requestTimeout, connectionsCheckingInterval: 10 },
      keepAliveTimeout: 1000,
    });
  };
  afterEach(() => slow.close());

  test('with its headers is told so and let go', async () => {
    await listenFor(50, 100);
    const client = await rawSocket(slow.url);
    client.write('GET /trigger/a HTTP/1.1\r\nHost: x\r\n');
    const text = await client.ended();
    expect(statuses(text)).toEqual([408]);
    expect(text).toContain('"code":"requestTimeout"');
    expect(api.calls).toEqual([]);
  });

  test('with the body of a trigger that has been answered is let go without another word', async () => {
    // It is answered before that: the time counts from the connection on.
    await listenFor(3000, 3000);
    const client = await rawSocket(slow.url);
    client.write('POST /trigger/a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    expect(statuses(await client.ended())).toEqual([200]);
  });

  test('with a native body is told so and let go', async () => {
    await listenFor(100, 100);
    const client = await rawSocket(slow.url);
    const head = 'POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-key\r\n';
    client.write(`${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`);
    const text = await client.ended();
    expect(statuses(text)).toEqual([408]);
    expect(text).toContain('"code":"requestTimeout"');
    expect(api.callsOf('tasks.create')).toEqual([]);
  });
});
