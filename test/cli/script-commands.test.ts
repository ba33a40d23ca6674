/** `tablegate script validate`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { copyScript } from '../support/sync-script-job';
import { run } from './support/command-line';
import { fakeApi, type FakeApi } from './support/fake-api';

let api: FakeApi;
let dir: string;
beforeEach(async () => {
  api = await fakeApi();
  dir = await mkdtemp(path.join(os.tmpdir(), 'tablegate-script-'));
});
afterEach(async () => {
  await api.end();
  await rm(dir, { recursive: true });
});

async function fileOf(text: string): Promise<string> {
  const file = path.join(dir, 'orders.json');
  await writeFile(file, text);
  return file;
}

const validate = (...args: string[]) => run(['script', 'validate', ...args]);
const server = () => ['--url', api.url, '--key', 'a-key'];
const fine = {
  ...{ valid: true, problems: [], reads: ['crm.main.a'], writes: ['o.main.b'] },
  ...{ values: {}, unresolved: [] },
};

test('DP-24: says where a file is wrong, and asks no server then', async () => {
  const file = await fileOf('{\n  "job": }');
  const { code, out } = await validate(file, ...server());
  expect([code, out]).toEqual([1, `${file}:2:10: error: this is not JSON: value expected\n`]);
  expect(api.calls).toEqual([]);
  const { out: json } = await validate(file, '--json', '--offline');
  expect(JSON.parse(json)).toMatchObject({
    ...{ valid: false, problems: [{ line: 2, column: 10, severity: 'error', path: '' }] },
  });
});

test('asks the server about connections, and shows what is read and written', async () => {
  api.on('POST /scripts:validate', { body: fine });
  const file = await fileOf(`\ufeff${copyScript({ where: "d = '${day}'" })}`);
  const { code, out } = await validate(file, '--parameter', 'day=${yyyyMMdd}', ...server());
  expect([code, out]).toEqual([
    ...[0, `${file} is valid\n  reads crm.main.a\n  writes o.main.b\n`],
  ]);
  const [call] = api.calls;
  expect(call).toMatchObject({ key: 'a-key', body: { parameters: { day: '${yyyyMMdd}' } } });
  // What marks the encoding of a file is no part of its text.
  expect((call!.body as { script: string }).script).toMatch(/^\{/);
  const problem = {
    path: 'job',
    message: 'there is no connection x',
    offset: 1,
    line: 1,
    column: 2,
  };
  api.on('POST /scripts:validate', {
    body: { ...fine, valid: false, problems: [{ ...problem, severity: 'error' }] },
  });
  const refused = await validate(file, '--parameter', 'day=x', ...server());
  expect([refused.code, refused.out]).toEqual([
    ...[1, `${file}:1:2: error: job: there is no connection x\n`],
  ]);
});

test('works without a server, and says what was not looked at', async () => {
  const file = await fileOf(copyScript());
  const { code, out, err } = await validate(file, '--data-dir', dir);
  expect([code, out]).toEqual([
    0,
    `${file} is valid\n  reads analysis.main.orders\n  writes analysis.main.copy\n`,
  ]);
  expect(err).toContain('Whether its connections are there was not looked at: There is no key');
  await api.end();
  const alone = await validate(file, ...server());
  expect([alone.code, alone.err]).toEqual([
    ...[0, 'Whether its connections are there was not looked at: no server answers\n'],
  ]);
  api = await fakeApi();
});

test('parameters that are not set or cannot be read, and files that are not there', async () => {
  const file = await fileOf(copyScript({ where: "d = '${day}'" }));
  const unset = await validate(file, '--offline');
  expect([unset.code, unset.out]).toEqual([
    ...[1, `${file}: error: nothing is set for \${day}; use --parameter\n`],
  ]);
  const unread = await validate(file, '--offline', '--parameter', 'day=$[day]');
  expect(unread.code).toBe(2);
  expect(unread.err).toContain('--parameter day: "day" has "d"');
  expect((await validate(file, '--parameter', 'day')).err).toContain('it must be name=value');
  const missing = await validate(path.join(dir, 'nothing.json'));
  expect(missing.code).toBe(2);
  expect(missing.err).toContain('cannot be read');
});
