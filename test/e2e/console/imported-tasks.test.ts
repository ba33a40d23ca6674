/** Tasks that an import keeps, through the API and in the browser: QA-06 to QA-12. */
import type { Browser } from 'playwright-core';
import type { ImportResult } from '../../../model/task-import';
import type { TaskRead } from '../../../scheduling/scheduling';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { readTask, runsOf, startRun, until, untilIdle } from '../api/support/flow';
import { openBrowser, openConsole, rowOf, takePicture } from './support/browser';

const steps = stepJobs();
let installation: Installation;
let server: TestServer;
let browser: Browser;
let manual: string;
let recurring: string;

const step = { tables: ['erp.main.orders'], job: { type: 'step' } };
const tasks = [
  { externalId: 'by-hand', name: 'Imported by hand', kind: 'manual', ...step },
  {
    ...{ externalId: 'nightly', name: 'Imported nightly', kind: 'recurring', ...step },
    recurrence: { every: 'day', at: '02:30' },
  },
];

const send = (body: object): Promise<ImportResult> => server.api.post('/tasks:import', body);
const code = async (method: string, path: string, body?: unknown): Promise<[number, string]> => {
  const answer = await server.api.call(method, path, { body });
  return [answer.status, answer.body.code];
};

beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [steps.jobType] }));
  const { tasks: done } = await send({ source: 'erp', tasks });
  [manual, recurring] = done.map(({ id }) => id) as [string, string];
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation.end();
});

test('QA-07: an import of a triggered task is refused, naming the field, and changes nothing', async () => {
  const triggered = { ...tasks[0], externalId: 'third', kind: 'triggered' };
  const answer = await server.api.call('POST', '/tasks:import', {
    body: { source: 'erp', tasks: [tasks[0], triggered] },
  });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({
    code: 'invalidInput',
    errors: [
      {
        path: 'tasks[1].kind',
        message: expect.stringContaining('an imported task is one of: recurring, manual'),
      },
    ],
  });
  const twice = await server.api.call('POST', '/tasks:import', {
    body: { tasks: [tasks[0], tasks[0]] },
  });
  expect(twice.body.errors?.map(({ path }) => path)).toEqual(['tasks[1].externalId']);
});

test('a call holds at most 1,000 tasks, and takes no field that it does not know', async () => {
  const many = Array.from({ length: 1_001 }, (_, index) => ({
    ...tasks[0],
    externalId: `t${index}`,
  }));
  for (const [body, path] of [
    [{ tasks: many }, 'tasks'],
    [{ tasks: [{ ...tasks[0], dependsOn: [] }] }, 'tasks[0].dependsOn'],
    [{ tasks: [{ ...tasks[0], externalId: '' }] }, 'tasks[0].externalId'],
    [{ tasks: {} }, 'tasks'],
    [{}, 'tasks'],
  ] as const) {
    const answer = await server.api.call('POST', '/tasks:import', { body });
    expect([answer.status, answer.body.errors?.map((field) => field.path)]).toEqual([400, [path]]);
  }
});

test('QA-09, QA-10: through the API the manual one is started by hand and the recurring one is not', async () => {
  await startRun(server.api, manual);
  await untilIdle(server.api, manual, 1);
  expect(await runsOf(server.api, manual)).toMatchObject([{ status: 'succeeded' }]);
  expect(await code('POST', `/tasks/${recurring}/runs`)).toEqual([409, 'taskImported']);
  const backfill = { taskIds: [recurring], scheduleTimes: ['2026-01-20T02:30:00Z'] };
  expect(await code('POST', '/backfills', backfill)).toEqual([409, 'taskImported']);
  expect(await runsOf(server.api, recurring)).toEqual([]);
});

test('QA-10: a table trigger runs the recurring one, and a person does not run that again', async () => {
  const answer = await server.api.post<object>('/tables/erp.main.orders:trigger', {
    scheduleTime: '2026-01-20T02:30:00Z',
  });
  expect(answer).toBeTruthy();
  const [run] = await until(
    () => runsOf(server.api, recurring),
    (runs) => runs[0]?.status === 'succeeded',
  );
  const path = `/tasks/${recurring}/runs/${run!.id}:rerun`;
  expect(await code('POST', path, {})).toEqual([409, 'taskImported']);
});

test('QA-11, QA-12: through the API both refuse edit, replacement, pause and removal, and stay as they are', async () => {
  for (const [id, sent] of [
    [manual, tasks[0]!],
    [recurring, tasks[1]!],
  ] as const) {
    const before = await readTask(server.api, id);
    const { externalId: _externalId, ...input } = sent;
    const refused = [409, 'taskImported'];
    expect(await code('PATCH', `/tasks/${id}`, { name: 'Mine' })).toEqual(refused);
    expect(await code('PUT', `/tasks/${id}`, { ...input, name: 'Mine' })).toEqual(refused);
    expect(await code('POST', `/tasks/${id}:pause`)).toEqual(refused);
    expect(await code('DELETE', `/tasks/${id}`)).toEqual(refused);
    expect(await code('DELETE', `/tasks/${id}?detach=true`)).toEqual(refused);
    expect(await readTask(server.api, id)).toEqual(before);
    const { items } = await server.api.get<{ items: TaskRead[] }>('/tasks');
    expect(items.map((task) => task.id)).toContain(id);
  }
});

test('an import changes them, and a repeat leaves them alone', async () => {
  const changed = [{ ...tasks[0], description: 'From the ERP' }, tasks[1]];
  const plan = await send({ source: 'erp', tasks: changed, dryRun: true });
  expect(plan.tasks.map(({ action }) => action)).toEqual(['update', 'unchanged']);
  expect((await readTask(server.api, manual)).description).toBe('');
  await send({ source: 'erp', tasks: changed });
  expect((await readTask(server.api, manual)).description).toBe('From the ERP');
  expect((await send({ source: 'erp', tasks: changed })).counts).toMatchObject({ unchanged: 2 });
});

test('QA-06, QA-09: the list shows the creator API Sync, and the manual one is started from its row', async () => {
  const page = await openConsole(browser, server, '/tasks');
  for (const { name } of tasks) await rowOf(page, name).getByText('API Sync').waitFor();
  const before = (await runsOf(server.api, manual)).length;
  await page.getByRole('button', { name: 'Manual Schedule: Imported by hand' }).click();
  await untilIdle(server.api, manual, before + 1);
  expect(await runsOf(server.api, manual)).toHaveLength(before + 1);
});

test('QA-10, QA-11, QA-12: what people may not do is disabled in the list, with the reason', async () => {
  const page = await openConsole(browser, server, '/tasks');
  const button = (what: string, name: string) =>
    page.getByRole('button', { name: `${what}: ${name}` });
  await rowOf(page, 'Imported nightly').waitFor();
  expect(await button('Manual Schedule', 'Imported nightly').isDisabled()).toBe(true);
  expect(await button('Manual Schedule', 'Imported by hand').isDisabled()).toBe(false);
  await page.getByRole('note', { name: /Imported from erp \(nightly\) and recurring/ }).waitFor();
  for (const { name, externalId } of tasks) {
    expect(await button('Edit', name).isDisabled()).toBe(true);
    await page
      .getByRole('note', { name: `Imported from erp (${externalId}): only its import` })
      .first()
      .waitFor();
    await page.getByRole('button', { name: `More: ${name}` }).click();
    const remove = page.getByRole('menuitem', { name: 'Remove' }).last();
    await remove.waitFor();
    expect(await remove.getAttribute('aria-disabled')).toBe('true');
    expect(await remove.getAttribute('title')).toContain('only its import');
    await page.keyboard.press('Escape');
  }
  await takePicture(page, 'imported-tasks-1440');
});

test('QA-11: the dialog of an imported task shows its settings and changes none', async () => {
  const page = await openConsole(browser, server, `/tasks/${manual}/edit`);
  await page.getByText('Imported from erp (by-hand): only its import').waitFor();
  expect(await page.getByLabel('Task name').isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
});

test('QA-08: the execution records of both open, and a record of the recurring one cannot be rerun', async () => {
  const page = await openConsole(browser, server, '/tasks');
  for (const { name } of tasks) {
    await page.goto('/tasks');
    await page.getByRole('button', { name: `Execution Records: ${name}` }).click();
    await page.getByRole('heading', { name }).waitFor();
    await page.getByRole('row').filter({ hasText: 'Succeeded' }).first().waitFor();
  }
  const rerun = page.getByRole('button', { name: 'Rerun' }).first();
  expect(await rerun.isDisabled()).toBe(true);
});

test('what the import no longer holds goes with removeMissing', async () => {
  const { counts } = await send({ source: 'erp', tasks: [tasks[1]], removeMissing: true });
  expect(counts).toMatchObject({ remove: 1, update: 0, unchanged: 1 });
  expect(await code('GET', `/tasks/${manual}`)).toEqual([404, 'taskNotFound']);
});
