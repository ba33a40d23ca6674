/** The API page: DW-04. A call is tried from the browser, and its samples run as they are. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { providePython } from '../../../bench/id-mapping/python';
import type { CodeSample } from '../../../api/openapi/samples';
import type { TaskRead } from '../../../scheduling/scheduling';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { createTask, readTask } from '../api/support/flow';
import { expectShown, openBrowser, openConsole, takePicture } from './support/browser';

interface Sampled {
  'x-codeSamples'?: CodeSample[];
}
interface OpenApi {
  paths: Record<string, Record<string, Sampled & { tags: string[]; 'x-actions'?: Sampled[] }>>;
}

const exec = promisify(execFile);
const requirements = path.join(
  ...[__dirname, '..', 'api', 'support', 'dataworks-requirements.txt'],
);
let installation: Installation;
let server: TestServer;
let browser: Browser;
let task: TaskRead;
let python: string;
beforeAll(async () => {
  python = providePython('python3', requirements).executable;
  ({ installation, server } = await startServer({ jobTypes: [stepJobs().jobType] }));
  task = await createTask(server.api, ['up.main.a'], {
    ...{ name: 'Tried', kind: 'manual', job: { type: 'step' } },
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation.end();
});

const batchPath = '/api-calls?surface=dataworks&call=BatchUpdateTasks';
const entry = (description: string) =>
  JSON.stringify({ Tasks: [{ Id: Number(task.number), Description: description }] });

async function sampleOf(page: Page, label: string): Promise<string> {
  await page.getByRole('tab', { name: label, exact: true }).click();
  return page.getByLabel(`BatchUpdateTasks: ${label}`, { exact: true }).innerText();
}

test('DW-04: whoever is signed in sends BatchUpdateTasks from the page, which says what permission it needs', async () => {
  const page = await openConsole(browser, server, '/api-calls');
  await page.getByRole('link', { name: 'DataWorks', exact: true }).click();
  await page.getByText('BatchUpdateTasks').first().waitFor();
  await expectShown(page.getByText('Needs a user with at least the role developer.'));
  await page.getByLabel('Body').fill(entry('from the page'));
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText(/^200, after/).waitFor();
  expect(await page.getByLabel('Answer', { exact: true }).innerText()).toContain('SuccessInfo');
  expect((await readTask(server.api, task.id)).description).toBe('from the page');
  await takePicture(page, 'api-1440');
});

test('an example as it stands is asked about before it is sent, and names no task of DataWorks’', async () => {
  const page = await openConsole(browser, server, batchPath);
  const send = page.getByRole('button', { name: 'Send', exact: true });
  const question = page.getByRole('dialog', { name: 'Send this call?' });
  await send.click();
  await expectShown(question.getByText(/example as it stands.*BatchUpdateTasks: Change some/));
  await question.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText(/^400, after/).waitFor();
  expect(await page.getByLabel('Answer', { exact: true }).innerText()).toMatch(/Id.*number/);
  const { version } = await readTask(server.api, task.id);

  await page.goto('/api-calls?surface=dataarts&call=createTask');
  await page.getByLabel('project_id', { exact: true }).fill('default');
  await page.getByLabel('workspace', { exact: true }).fill('default');
  await send.click();
  await expectShown(question.getByText(/example as it stands/));
  await question.getByRole('button', { name: 'Cancel' }).click();
  await page.goto('/api-calls?call=postTasks');
  await send.click();
  await expectShown(question.getByText(/Create a scheduling task/));
  await question.getByRole('button', { name: 'Cancel' }).click();
  const { items } = await server.api.get<{ items: TaskRead[] }>('/tasks');
  expect(items.map(({ id }) => id)).toEqual([task.id]);
  expect((await readTask(server.api, task.id)).version).toBe(version);
});

test('DW-04: who may not is told so before and after', async () => {
  const user = await server.api.post<{ id: string }>('/users', { name: 'Vi', role: 'viewer' });
  const key = { userId: user.id, name: 'k' };
  const { secret } = await server.api.post<{ secret: string }>('/keys', key);
  const page = await openConsole(browser, server, batchPath, { key: secret });
  await expectShown(page.getByText('You have the role viewer: the call will be refused.'));
  await page.getByLabel('Body').fill(entry('by a viewer'));
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText(/^403, after/).waitFor();
  expect((await readTask(server.api, task.id)).description).not.toBe('by a viewer');
});

test('DW-04: its samples run as they are, in curl, in Python and in the vendor’s SDK', async () => {
  const made = await server.api.post<{ id: string; secret: string }>('/access-keys', {
    name: 'samples',
  });
  const env = {
    ...process.env,
    TABLEGATE_KEY: server.api.key,
    TABLEGATE_ACCESS_KEY_ID: made.id,
    TABLEGATE_ACCESS_KEY_SECRET: made.secret,
  };
  const page = await openConsole(browser, server, batchPath);
  const runs: [string, (source: string) => [string, string[]]][] = [
    ['curl', (source) => ['bash', ['-c', source]]],
    ['Python', (source) => [python, ['-c', source]]],
    ['SDK (Python)', (source) => [python, ['-c', source]]],
  ];
  for (const [label, commandOf] of runs) {
    // Only the number of the task is other than in the sample.
    const source = (await sampleOf(page, label)).replaceAll(/("Id": ?)1\b/g, `$1${task.number}`);
    await server.api.patch(`/tasks/${task.id}`, { kind: 'manual', recurrence: null });
    const { stdout } = await exec(...commandOf(source), { env });
    expect(stdout).toContain('SuccessInfo');
    expect(await readTask(server.api, task.id)).toMatchObject({
      ...{ kind: 'recurring', recurrence: { cron: expect.any(String) } },
    });
  }
});

/** Runs programs one after another. @returns what went wrong with each but for refusals */
const runAll = `
import json, sys
faults = []
for source in json.load(sys.stdin):
    try:
        exec(source, {})
    except (AttributeError, TypeError, NameError, ImportError, SyntaxError, ValueError) as fault:
        faults.append(f"{type(fault).__name__}: {fault} in {source}")
    except Exception:
        pass
print(json.dumps(faults), file=sys.stderr)
`;

test.each([
  ['DataWorks', requirements],
  ['DataArts', path.join(__dirname, '..', '..', 'support', 'dataarts-sdk', 'requirements.txt')],
])('DW-04: all samples in the SDK of %s are programs of it', async (tag, file) => {
  const { paths } = await server.api.get<OpenApi>('/../openapi.json');
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const calls = operations
    .filter(({ tags }) => tags.includes(tag))
    .flatMap((operation) => operation['x-actions'] ?? [operation]);
  const samples = calls.flatMap((call) => call['x-codeSamples'] ?? []);
  const sources = samples.flatMap(({ label, source }) => (label.startsWith('SDK') ? source : []));
  expect(sources.length).toBeGreaterThan(5);
  const run = exec(providePython('python3', file).executable, ['-c', runAll], {
    env: { ...process.env, TABLEGATE_ACCESS_KEY_ID: 'x', TABLEGATE_ACCESS_KEY_SECRET: 'y' },
  });
  run.child.stdin!.end(JSON.stringify(sources));
  expect(JSON.parse((await run).stderr.trim().split('\n').at(-1)!)).toEqual([]);
});

test('native calls are tried too, and what is missing is said', async () => {
  const page = await openConsole(browser, server, '/api-calls?call=getTasksId');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expectShown(page.getByText('id is needed'));
  await page.getByLabel('id', { exact: true }).fill(task.id);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText(/^200, after/).waitFor();
  expect(await page.getByLabel('Answer', { exact: true }).innerText()).toContain('"Tried"');
});
