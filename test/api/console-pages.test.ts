/** The built console as the API serves it: files, pages, and what is none of it. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Problem } from '../../api/errors/problem';
import { testApi, type TestApi } from '../support/test-api';

let folder = '';
let api: TestApi;
const script = 'console.log("a script of the console");'.repeat(100);
const index = '<!doctype html><title>Tablegate</title>';

const write = (name: string, content: string | Buffer) => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
};

beforeEach(() => {
  // A folder whose name begins with a dot is above many an installation.
  folder = mkdtempSync(path.join(tmpdir(), '.console-'));
  write('index.html', index);
  write('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  write('manifest.json', '{}');
  write('.build.json', '{}');
  write('assets/main-a1b2.js', script);
  write('assets/main-a1b2.js.br', brotliCompressSync(script));
  write('assets/main-a1b2.js.gz', gzipSync(script));
  write('assets/style-a1b2.css', 'p{}');
  api = testApi(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const get = (at: string, accept = '*/*', encoding = 'identity') =>
  api.send(null, 'get', at).set({ Accept: accept, 'Accept-Encoding': encoding });
const asBrowser = (at: string) => get(at, 'text/html,application/xhtml+xml,*/*;q=0.8');

test.each(['/', '/tasks', '/tasks/3f2a/runs', '/sign-in?code=secret', '/assets'])(
  'a browser that opens %s gets the page, which is asked for anew each time',
  async (at) => {
    const answer = await asBrowser(at);
    expect([answer.status, answer.text]).toEqual([200, index]);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
    const again = await asBrowser(at).set('If-None-Match', answer.headers.etag!);
    expect(again.status).toBe(304);
    write('index.html', `${index} `);
    // As packages have it: the time is the same.
    utimesSync(path.join(folder, 'index.html'), new Date(0), new Date(0));
    const changed = await asBrowser(at).set('If-None-Match', answer.headers.etag!);
    expect([changed.status, changed.text]).toEqual([200, `${index} `]);
  },
);

test('its policy lets no script run that does not come from this server', async () => {
  const policy = (await asBrowser('/')).headers['content-security-policy']!;
  expect(policy).toMatch(/(?:^|;)script-src 'self'(?:;|$)/);
  expect(policy).toMatch(/(?:^|;)script-src-attr 'none'(?:;|$)/);
  expect(policy).toMatch(/(?:^|;)frame-ancestors 'none'(?:;|$)/);
  expect(policy).not.toContain('unsafe-eval');
});

test('files with a hash in their name are kept for ever, others are asked for anew', async () => {
  const hashed = await get('/assets/style-a1b2.css');
  expect(hashed.headers).toMatchObject({
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  const logo = await get('/logo.svg');
  expect(logo.headers).toMatchObject({
    'content-type': 'image/svg+xml',
    'cache-control': 'no-cache',
  });
});

test.each([
  ['br, gzip', 'br'],
  ['gzip', 'gzip'],
  ['deflate', undefined],
])('to who takes %s a script goes packed as %s', async (accepted, packing) => {
  const answer = await get('/assets/main-a1b2.js', '*/*', accepted);
  expect(answer.headers['content-encoding']).toBe(packing);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    vary: 'Accept-Encoding',
  });
  expect(answer.text).toBe(script);
});

test('HEAD tells of the page without it', async () => {
  const answer = await api.send(null, 'head', '/').set('Accept', 'text/html');
  expect([answer.status, answer.text ?? '']).toEqual([200, '']);
});

test.each([
  '/api/v1/nothing',
  '/api',
  '/healthz/x',
  '/manifest.json',
  '/.build.json',
  '/assets/main-a1b2.js.br',
  '/assets/../index.html',
  '/%2e%2e/package.json',
  '/assets/gone-0000.js',
])('%s is no file of it, and no page for a program', async (at) => {
  const answer = await get(at);
  expect([answer.status, (answer.body as Problem).code]).toEqual([404, 'routeNotFound']);
});

test.each(['/api/v1/nothing', '/v3/x', '/trigger', '/anymetrics/x'])(
  '%s is no page for a browser either',
  async (at) => {
    const answer = await asBrowser(at);
    expect(answer.text).not.toContain(index);
    expect(answer.status).toBe(404);
  },
);

test.each(['post', 'put', 'delete'])('%s of a page is none', async (method) => {
  const answer = await api.send(null, method, '/tasks').set('Accept', 'text/html');
  expect([answer.status, (answer.body as Problem).code]).toEqual([404, 'routeNotFound']);
});

test('what is built anew is served without a new start', async () => {
  await get('/');
  write('assets/main-c3d4.js', 'new');
  expect((await get('/assets/main-c3d4.js')).status).toBe(404);
  utimesSync(path.join(folder, 'index.html'), new Date(), new Date(Date.now() + 1000));
  expect((await get('/assets/main-c3d4.js')).status).toBe(200);
});

test('a file that went with a build this very moment is not kept as missing', async () => {
  await get('/');
  rmSync(path.join(folder, 'assets/style-a1b2.css'));
  const answer = await get('/assets/style-a1b2.css');
  expect([answer.status, answer.headers['cache-control']]).toEqual([404, 'no-store']);
});

test('the code of a sign-in link is in no line of the log', async () => {
  await asBrowser('/sign-in?code=secret');
  expect(api.logged()).toContain('"route":"/"');
  expect(api.logged()).not.toContain('secret');
});

describe('where it is not built', () => {
  beforeEach(() => {
    api = testApi(path.join(folder, 'nowhere'));
  });

  test('one plain page says so', async () => {
    for (const answer of [await asBrowser('/'), await get('/')]) {
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('<code>npm run build</code> builds it');
    }
  });

  test('there is nothing else', async () => {
    expect((await asBrowser('/tasks')).status).toBe(404);
  });
});
