/** The scripts that jobs in Dataphin and DataWorks call trigger URLs with: QA-54 to QA-58. */
import { execFile } from 'node:child_process';
import { readFile, writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { providePython } from '../../../bench/id-mapping/python';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { gateOf, heldTask, runsOf, until, untilIdle, urlsOf } from './support/flow';

const exec = promisify(execFile);
const examples = path.join(__dirname, '..', '..', '..', 'examples');
const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
let python: string;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'tablegate-scripts-'));
  const requirements = path.join(__dirname, 'support', 'appendix-requirements.txt');
  python = providePython('python3', requirements).executable;
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
});
afterAll(async () => {
  await installation.end();
  await rm(dir, { recursive: true, force: true });
});

interface Script {
  file: string;
  /** What is replaced, and nothing else. */
  address: string;
  run: (file: string) => ReturnType<typeof exec>;
  /** Between a label and what it is of. */
  gap: string;
  /** The script in the appendix, which has lost the ends of its lines. */
  appendix: string;
}

const shell: Script = {
  file: 'trigger-shell.sh',
  address: '{trigger_address_URL}',
  run: (file) => exec('bash', [file]),
  gap: ' ',
  appendix:
    '#!/bin/bash # Replace {trigger_address_URL} with your trigger address URL QA_TRIGGER_URL="{trigger_address_URL}" echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger scheduling Start." echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger scheduling Url:" $QA_TRIGGER_URL result=$(curl -k -s ${QA_TRIGGER_URL}) if [ ! -n "$result" ]; then echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger Failed" $result else echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger scheduling Response:" $result echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger scheduling End." fi',
};
const pyodps: Script = {
  file: 'trigger-pyodps3.py',
  address: '{trigger_address}',
  run: (file) => exec(python, [file]),
  gap: '',
  appendix:
    'import requests from datetime import datetime # Replace {trigger_address} with your trigger address QA_TRIGGER_URL = "{trigger_address}" print(datetime.now().strftime("%Y-%m-%d %H:%M:%S") + " QuickAudience Trigger scheduling Start.") print(datetime.now().strftime("%Y-%m-%d %H:%M:%S") + " QuickAudience Trigger scheduling Url:" + QA_TRIGGER_URL) response = requests.get(QA_TRIGGER_URL) print(datetime.now().strftime("%Y-%m-%d %H:%M:%S") + " QuickAudience Trigger scheduling Response:" + response.text) print(datetime.now().strftime("%Y-%m-%d %H:%M:%S") + " QuickAudience Trigger scheduling End.")',
};
const scripts: [string, Script][] = [
  ['QA-54, QA-57: the Shell script', shell],
  ['QA-56, QA-57: the PyODPS 3 script', pyodps],
];

/** Runs a script with a URL in it. @returns its lines, without their times, which are checked */
async function linesOf({ file, address, run }: Script, url: string): Promise<string[]> {
  const text = await readFile(path.join(examples, file), 'utf8');
  const script = path.join(dir, file);
  await writeFile(script, text.replaceAll(address, url));
  const { stdout } = await run(script);
  return String(stdout)
    .trimEnd()
    .split('\n')
    .map((line) => {
      expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d QuickAudience Trigger /);
      return line.slice('2026-01-01 00:00:00 QuickAudience Trigger '.length);
    });
}

const taken =
  '{"data":"true","errorCode":null,"errorDesc":null,"exStack":null,"opers":[],"solution":null,"success":true,"traceId":"…"}';

const withoutTrace = (line: string | undefined) =>
  line?.replace(/"traceId":"[0-9a-f]{30}"/, '"traceId":"…"');

test.each(scripts)('%s is that of the appendix', async (_name, { file, appendix }) => {
  const text = await readFile(path.join(examples, file), 'utf8');
  expect(text.replaceAll(/\s+/g, ' ').trim()).toBe(appendix);
});

test.each(scripts)(
  '%s prints its four lines, and the task starts after the last of its tables',
  async (_name, script) => {
    const { id } = await heldTask(server.api, ['up.main.a', 'up.main.b']);
    const urls = await urlsOf(server.api, id);
    for (const [index, url] of urls.entries()) {
      expect(await runsOf(server.api, id)).toEqual([]);
      const lines = await linesOf(script, url);
      const { gap } = script;
      expect(lines).toHaveLength(4);
      expect(lines[0]).toBe('scheduling Start.');
      expect(lines[1]).toBe(`scheduling Url:${gap}${url}`);
      expect(withoutTrace(lines[2])).toBe(`scheduling Response:${gap}${taken}`);
      expect(lines[3]).toBe('scheduling End.');
      const statuses = Object.values(await gateOf(server.api, id));
      expect(statuses.filter((status) => status === 'Triggered')).toHaveLength(index + 1);
    }
    (await jobs.next(id)).succeed();
    await untilIdle(server.api, id, 1);
  },
);

test('QA-55: the Shell script says that it failed where nothing answers', async () => {
  const stopped = await installation.start({ jobTypes: [jobs.jobType], roles: { worker: false } });
  const { id } = await heldTask(server.api, ['up.main.a']);
  const [url = ''] = await urlsOf(stopped.api, id);
  await stopped.stop();
  expect(await linesOf(shell, url)).toEqual([
    'scheduling Start.',
    `scheduling Url: ${url}`,
    'Failed',
  ]);
});

test('QA-58: trigger URLs carry the public address that Tablegate was started with', async () => {
  const TABLEGATE_PUBLIC_URL = 'https://tablegate.example.com:8443';
  const { id } = await heldTask(server.api, ['up.main.a', 'up.main.b']);
  const [before] = await urlsOf(server.api, id);
  const other = await installation.start({
    ...{ jobTypes: [jobs.jobType], roles: { worker: false }, env: { TABLEGATE_PUBLIC_URL } },
  });
  const urls = await until(
    () => urlsOf(other.api, id),
    (items) => items.length === 2,
  );
  expect(new URL(before ?? '').origin).toBe(new URL(server.url).origin);
  expect(urls.map((url) => new URL(url).origin)).toEqual([
    TABLEGATE_PUBLIC_URL,
    TABLEGATE_PUBLIC_URL,
  ]);
  await other.stop();
});
