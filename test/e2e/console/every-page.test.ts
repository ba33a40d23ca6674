/** What holds of every page: it can be used by everybody, fits a phone, and stays true when the network goes. */
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import {
  addTables,
  collectOf,
  heldTask,
  startRun,
  trigger,
  untilIdle,
  urlsOf,
} from '../api/support/flow';
import {
  accessFaults,
  openBrowser,
  openConsole,
  overflow,
  rowOf,
  takePicture,
  type Look,
  expectShown,
  expectGone,
  focusComesTo,
  standsStill,
} from './support/browser';

const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
let browser: Browser;
/** Path of each page, over an installation in which something has happened. */
const pages: Record<string, string> = {
  overview: '/',
  tasks: '/tasks',
  'new-task': '/tasks/new',
  runs: '/runs',
  waiting: '/waiting',
  connections: '/connections',
  browse: '/connections/crm',
  tables: '/tables',
  table: '/tables/crm.main.customers',
  backfills: '/backfills',
  'new-backfill': '/backfills/new',
  catalog: '/catalog',
  'new-collection': '/catalog/new',
  'catalog-table': '/catalog/crm.main.customers',
  'catalog-versions': '/catalog/crm.main.customers?tab=versions',
  lineage: '/lineage',
  integration: '/integration',
  credentials: '/credentials',
  users: '/users',
  audit: '/audit',
  api: '/api-calls',
  'data-integration': '/data-integration',
  'new-script': '/data-integration/new',
  'operation-center': '/operation-center',
  'not-found': '/no/such/page',
};
const ofTask = ['', '/edit', '/records', '/triggers', '/instances', '/id-mapping'];
const ofScript = ['', '/schedule'];
const names = [
  ...Object.keys(pages),
  ...ofTask.map((at) => `task${at.replace('/', '-')}`),
  ...ofScript.map((at) => `script${at.replace('/', '-')}`),
];

beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
  const { api } = server;
  const tables = await addTables(installation, api, 'crm');
  const { id } = await api.post<TaskRead>('/tasks', {
    ...{ name: 'Unify customers', kind: 'triggered', tables },
    job: { type: 'id-mapping', config: { output: 'main.pages' } },
  });
  for (const at of ofTask) pages[`task${at.replace('/', '-')}`] = `/tasks/${id}${at}`;
  await startRun(api, id);
  await untilIdle(api, id, 1);
  await collectOf(api, 'crm');
  const [first = ''] = await urlsOf(api, id);
  await trigger(first);
  const script = await submittedScript(tables[0] ?? '');
  for (const at of ofScript) {
    pages[`script${at.replace('/', '-')}`] = `/data-integration/${script}${at}`;
  }
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation.end();
});

/** A script in production whose draft has gone on since. @returns its id */
async function submittedScript(table: string): Promise<string> {
  const { api } = server;
  const config = { path: path.join(installation.filesDir, 'lake.duckdb') };
  await api.post('/connections', { name: 'lake', type: 'duckdb', config });
  const { id, text } = await api.post<{ id: string; text: string }>('/scripts', {
    ...{ project: 'default', name: 'Customers to the lake', scheduleType: 'Recurring Task Node' },
    ...{ sourceType: 'files', source: 'crm', targetType: 'duckdb', target: 'lake' },
  });
  const [, , name] = table.split('.');
  const filled = text
    .replaceAll('"table": ""', `"table": "${name}"`)
    .replace('"createTable": false', '"createTable": true');
  await api.patch(`/scripts/${id}`, { text: filled });
  await api.post(`/scripts/${id}:submit`, { remarks: 'First' });
  await api.patch(`/scripts/${id}`, { text: filled.replace('"channel": 1', '"channel": 0') });
  return id;
}

/** A page whose data have come. */
async function openSettled(name: string, look: Look): Promise<Page> {
  const page = await openConsole(browser, server, pages[name] ?? '/', look);
  await settle(page);
  return page;
}

async function settle(page: Page): Promise<void> {
  await page.locator('h1, [role="dialog"] form').first().waitFor();
  await page.locator('.ant-skeleton, .ant-spin-spinning').first().waitFor({ state: 'detached' });
}

/** Each width and each scheme once: colours do not change with the width. */
const looks: [string, Look][] = [
  ['1440 light', { width: 1440 }],
  ['390 dark', { width: 390, dark: true }],
];

describe.each(looks)('at %s', (title, look) => {
  let page: Page;
  beforeAll(async () => {
    page = await openConsole(browser, server, '/', { ...look, kept: true });
  });
  afterAll(() => page.context().close());

  test.each(names)('%s can be used by everybody and needs no scrolling sideways', async (name) => {
    await page.goto(pages[name] ?? '/');
    await settle(page);
    // What fades in is judged once it is there.
    await standsStill(page);
    expect(await accessFaults(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await takePicture(page, `${name}-${title.replace(' ', '-')}`);
  });
});

test('the sign-in page can be used by everybody', async () => {
  const page = await openConsole(browser, server, '/', { key: null, width: 390 });
  await page.getByLabel('Key').waitFor();
  expect(await accessFaults(page)).toEqual([]);
});

test('every page speaks Chinese, and says so', async () => {
  const page = await openSettled('tasks', { language: 'zh' });
  await page.getByRole('heading', { name: '调度任务' }).waitFor();
  expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
  expect(await page.locator('body').innerText()).not.toMatch(/Latest status|Search tasks|Export/);
});

test('the keyboard alone leads past the menu, opens the dialog and closes it', async () => {
  const page = await openSettled('tasks', {});
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'New Scheduling Task' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await focusComesTo(page, "document.activeElement.id === 'name'");
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await focusComesTo(page, "document.activeElement.textContent === 'New Scheduling Task'");
  const more = rowOf(page, 'Unify customers').getByRole('button', { name: /^More/ });
  await more.focus();
  await page.keyboard.press('Enter');
  await focusComesTo(page, "document.activeElement.getAttribute('role') === 'menuitem'");
  await page.keyboard.press('End');
  await focusComesTo(page, "document.activeElement.textContent === 'Remove'");
  await page.keyboard.press('Enter');
  await expectShown(page.locator('.ant-modal-confirm'));
  await focusComesTo(page, "document.activeElement.textContent === 'Cancel'");
  await page.keyboard.press('Escape');
  await focusComesTo(page, "document.activeElement.getAttribute('aria-label')?.startsWith('More')");
});

test('what happens on the server is shown without a reload, and without asking again and again', async () => {
  const page = await openSettled('tasks', {});
  await page.locator('[data-live="live"]').waitFor({ state: 'attached' });
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
  await page.waitForTimeout(3_000);
  expect(asked).toEqual([]);
  const { id } = await heldTask(server.api, ['up.main.live'], {
    name: 'Seen live',
    kind: 'manual',
  });
  await rowOf(page, 'Seen live').waitFor();
  await startRun(server.api, id);
  await rowOf(page, 'Seen live').getByText('Running').waitFor();
  (await jobs.next(id)).succeed();
  await rowOf(page, 'Seen live').getByText('Succeeded').waitFor();
});

test('while the network is cut the page says so, and what was missed is there once it is back', async () => {
  const page = await openSettled('tasks', {});
  await page.context().setOffline(true);
  await expectShown(page.getByText('The server cannot be reached'));
  await takePicture(page, 'offline-1440');
  await heldTask(server.api, ['up.main.gap'], { name: 'Made in the gap', kind: 'manual' });
  await page.context().setOffline(false);
  await expectShown(rowOf(page, 'Made in the gap'));
  await expectGone(page.getByText('The server cannot be reached'));
});

test('a page that cannot be loaded while the network is cut opens once it is back', async () => {
  const page = await openSettled('tasks', {});
  await page.context().setOffline(true);
  await page.getByRole('link', { name: 'Lineage' }).first().click();
  await expectShown(page.getByText('This page could not be loaded'));
  await page.context().setOffline(false);
  await expectShown(page.getByRole('heading', { name: 'Lineage' }));
});
