/** README's "A first task", run line by line as it stands there. */
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { makeDatabase, type TestDatabase } from '../support/servers/databases';
import {
  buildOnce,
  endTablegate,
  startTablegate,
  type Started,
} from '../support/servers/start-tablegate';

const readme = readFileSync(path.resolve(__dirname, '../../README.md'), 'utf8');

/** The shell blocks of the section, with the port of the server that the test has started. */
function firstTask(url: string): string[] {
  const section = /^## A first task[^]*?(?=^## )/m.exec(readme)?.[0] ?? '';
  const blocks = [...section.matchAll(/^```sh\n(?<lines>[^]*?)^```$/gm)];
  return blocks.map(({ groups }) => groups?.lines?.replace('http://127.0.0.1:8080', url) ?? '');
}

/** Runs lines of README in the folder. @returns what they print */
async function run(lines: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('bash', ['-euc', lines], { cwd: folder });
  return stdout.trim().split('\n');
}

interface Run {
  status: string;
  startedBy: string;
  tables: { table: string; rowsRead: number }[];
}

async function ended({ api }: Started, taskId: string): Promise<Run[]> {
  for (;;) {
    const { items } = await api.get<{ items: Run[] }>(`/tasks/${taskId}/runs`);
    if (!items.some(({ status }) => ['queued', 'running'].includes(status))) return items;
    await sleep(100);
  }
}

async function readResult(dataDir: string): Promise<string[][]> {
  const file = path.join(dataDir, 'files/analysis.duckdb');
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const people = await connection.runAndReadAll(
    `select list(id_value order by id_value) ids from main.id_mapping group by one_id order by ids`,
  );
  connection.closeSync();
  instance.closeSync();
  return people.getRowsJson().map(([ids]) => ids as string[]);
}

let folder: string;
let dataDir: string;
let database: TestDatabase;
let started: Started;

beforeAll(async () => {
  buildOnce();
  folder = await mkdtemp(path.join(tmpdir(), 'readme-'));
  chmodSync(folder, 0o711);
  dataDir = path.join(folder, '.tablegate');
  database = await makeDatabase();
  started = await startTablegate(dataDir, {
    args: ['--no-demo'],
    env: {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
      TEMPORAL_NAMESPACE: 'tablegate',
      TABLEGATE_TASK_QUEUE: path.basename(folder),
    },
  });
});

afterAll(async () => {
  await endTablegate(started, dataDir);
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('the first task of README runs as it is written there', async () => {
  await writeFile(
    path.join(folder, 'customers.csv'),
    'mobile,mail\n13800000001,ann@example.com\n13800000002,bo@example.com\n',
  );
  await writeFile(path.join(folder, 'orders.csv'), 'mobile\n13800000001\n13800000003\n');

  const [saved = '', asked = ''] = firstTask(started.url);
  const lines = await run(saved);
  expect(lines.filter((line) => line.includes('"data":"true"'))).toHaveLength(2);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ items: [{ startedBy: 'triggers' }] });

  const { items } = await started.api.get<{ items: { id: string; name: string }[] }>('/tasks');
  expect(items).toMatchObject([{ name: 'Unify' }]);
  expect(await ended(started, items[0]?.id ?? '')).toMatchObject([
    {
      status: 'succeeded',
      tables: [
        { table: 'crm.main.customers', rowsRead: 2 },
        { table: 'crm.main.orders', rowsRead: 2 },
      ],
    },
  ]);
  expect(await readResult(dataDir)).toEqual([
    ['13800000001', 'ann@example.com'],
    ['13800000002', 'bo@example.com'],
    ['13800000003'],
  ]);

  const words = /^(?:API=|call\(\)).*$/gm;
  const shell = [...(saved.match(words) ?? []), `TASK=${items[0]?.id}`, asked];
  const [user, chain] = (await run(shell.join('\n'))).map((line) => JSON.parse(line) as unknown);
  expect(user).toMatchObject({
    idCount: 2,
    tables: [
      { table: 'crm.main.customers', rows: 1 },
      { table: 'crm.main.orders', rows: 1 },
    ],
  });
  expect(chain).toMatchObject({ length: 1, links: [{ table: 'crm.main.customers', rows: 1 }] });
});
