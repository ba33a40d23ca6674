/** How the server takes its address, and how it lets go of it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../../api/main';
import { rawSocket } from '../support/raw-socket';
import { taskId } from '../support/samples';
import { settings, testApi } from '../support/test-api';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

test('it tells the address that it got', async () => {
  const server = await listen(testApi().app, settings);
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await server.close();
});

test('a port in use is told by number, with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const refused = listen(testApi().app, { ...settings, port });
  await expect(refused).rejects.toMatchObject({
    code: 'EADDRINUSE',
    message: `Port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another with PORT`,
  });
  other.close();
});

test('an address that this machine has not is told too', async () => {
  const refused = listen(testApi().app, { ...settings, host: '203.0.113.1' });
  await expect(refused).rejects.toThrow(/Cannot listen on 203\.0\.113\.1.*see HOST and PORT/);
});

test('closing lets idle connections go at once', async () => {
  const server = await listen(testApi().app, settings);
  const idle = await rawSocket(server.url);
  idle.write(get('/healthz'));
  await idle.received(/"status":"ok"/);
  await server.close();
  expect(await idle.ended()).toMatch(/"status":"ok"/);
});

test('closing waits for what is under way, answers it, and takes nothing new', async () => {
  const api = testApi();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const came = new Promise<void>((resolve) => {
    api.scheduling.triggers.callUrl = async ({ receipt }) => {
      resolve();
      await held;
      return { receipt, taskId, tenant: 'default', scheduleTime: null };
    };
  });
  const server = await listen(api.app, settings);
  const client = await rawSocket(server.url);
  client.write(get('/trigger/a'));
  await came;
  const closed = server.close();
  await expect(rawSocket(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  release();
  const text = await client.ended();
  expect(text).toContain('"success":true');
  expect(text).toMatch(/^Connection: close/m);
  await closed;
});

test('closing twice is closing once', async () => {
  const server = await listen(testApi().app, settings);
  await expect(Promise.all([server.close(), server.close()])).resolves.toHaveLength(2);
});
