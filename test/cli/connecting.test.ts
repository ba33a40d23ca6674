import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fakeApi, problem, type FakeApi } from './support/fake-api';
import { run } from './support/command-line';
import { aTask, listOf } from './support/samples';

const before = { ...process.env };
let api: FakeApi;
let dir: string;
beforeEach(async () => {
  api = await fakeApi();
  dir = await mkdtemp(path.join(tmpdir(), 'connecting-'));
  api.on('GET /tasks', { body: listOf(aTask()) });
  process.env = { ...before, TABLEGATE_URL: api.url, TABLEGATE_KEY: 'env-key' };
});
afterEach(async () => {
  process.env = { ...before };
  await api.end();
  await rm(dir, { recursive: true, force: true });
});

const keys = () => api.calls.map(({ key }) => key);

/** The URL of a port that nothing listens on. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe('where the server is, and the key', () => {
  test('come from TABLEGATE_URL and TABLEGATE_KEY', async () => {
    expect((await run(['task', 'list'])).code).toBe(0);
    expect(keys()).toEqual(['env-key']);
  });

  test('are taken from options before the environment', async () => {
    process.env.TABLEGATE_URL = await deadUrl();
    expect((await run(['task', 'list', '--url', `${api.url}/`, '--key', 'mine'])).code).toBe(0);
    expect(keys()).toEqual(['mine']);
  });

  test('where no key is given, it is admin.key of the data folder, by option or environment', async () => {
    delete process.env.TABLEGATE_KEY;
    await writeFile(path.join(dir, 'admin.key'), 'file-key\n');
    expect((await run(['task', 'list', '--data-dir', dir])).code).toBe(0);
    process.env.TABLEGATE_DATA_DIR = dir;
    expect((await run(['task', 'list'])).code).toBe(0);
    expect(keys()).toEqual(['file-key', 'file-key']);
  });
});

describe('what is in the way is told with what to do', () => {
  test('no key anywhere', async () => {
    delete process.env.TABLEGATE_KEY;
    const { code, out, err } = await run(['task', 'list', '--data-dir', dir]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`There is no key: ${path.join(dir, 'admin.key')} cannot be read.`);
    expect(err).toMatch(/--data-dir.*--key or TABLEGATE_KEY.*npm start/s);
  });

  test('a URL that is none is a wrong command line', async () => {
    const { code, err } = await run(['task', 'list', '--url', 'localhost:8080']);
    expect(code).toBe(2);
    expect(err).toContain('--url is "localhost:8080"; it must be a URL such as http://127.0.0.1');
    expect(err).toContain('Help: npx tablegate task list --help');
  });

  test('a server that does not run', async () => {
    const url = await deadUrl();
    const { code, err } = await run(['task', 'list', '--url', url]);
    expect(code).toBe(1);
    expect(err).toBe(
      `Nothing answers at ${url}.\n` +
        'Start the server (npm start, or npx tablegate up), or say where it is with --url or TABLEGATE_URL.\n',
    );
  });

  test('a key that is refused, with where it is from', async () => {
    api.on('GET /tasks', problem(401, 'notAuthenticated', 'The key is not valid.'));
    const { code, err } = await run(['task', 'list']);
    expect(code).toBe(1);
    expect(err).toMatch(/^The key is not valid\.\nThe key is from TABLEGATE_KEY: give one/);
    expect(err).not.toContain('env-key');
  });

  test('a role that does not allow it', async () => {
    api.on('GET /tasks', problem(403, 'notAllowed', 'This needs the role operator.'));
    expect((await run(['task', 'list'])).err).toMatch(
      /^This needs the role operator\.\nThe key is from TABLEGATE_KEY: .* whose role allows it/,
    );
  });

  test('something that answers and is not Tablegate', async () => {
    api.on('GET /tasks', { status: 404, body: 'Not here' });
    const { code, err } = await run(['task', 'list']);
    expect(code).toBe(1);
    expect(err).toContain(`What answers at ${api.url} may not be Tablegate.`);
  });

  test('every field that the API found wrong', async () => {
    const errors = [
      { path: 'kind', message: 'it is missing' },
      { path: 'job.type', message: 'it must be a text' },
    ];
    api.on(
      'POST /tasks',
      problem(400, 'invalidInput', '`kind` in the body: it is missing', errors),
    );
    const file = path.join(dir, 'task.json');
    await writeFile(file, '{}');
    expect((await run(['task', 'create', '-f', file])).err).toBe(
      '`kind` in the body: it is missing\n  kind: it is missing\n  job.type: it must be a text\n',
    );
  });
});

describe('--json', () => {
  test('prints the answer as one JSON document and nothing else', async () => {
    const { out, err } = await run(['task', 'list', '--json']);
    expect(JSON.parse(out)).toEqual(listOf(aTask()));
    expect(err).toBe('');
  });

  test('prints a refusal as the API answered it, and the words for a person beside it', async () => {
    const refused = problem(403, 'notAllowed', 'This needs the role operator.');
    api.on('GET /tasks', refused);
    const { code, out, err } = await run(['task', 'list', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual(refused.body);
    expect(err).toContain('This needs the role operator.');
  });
});
