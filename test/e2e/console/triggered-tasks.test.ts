/** Triggered tasks in the browser: their URLs before Save, their statuses, the board and the ledger. */
import type { Browser, Page } from 'playwright-core';
import type { TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import {
  addTables,
  gateOf,
  heldTask,
  ledgerOf,
  readTask,
  runsOf,
  trigger,
  until,
  untilIdle,
  urlsOf,
} from '../api/support/flow';
import { choose, confirm, openBrowser, openConsole, rowOf, takePicture } from './support/browser';

const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
let browser: Browser;
let tables: string[];
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
  tables = await addTables(installation, server.api, 'crm');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation.end();
});

const up = ['up.main.a', 'up.main.b', 'up.main.c'];
const urlField = (page: Page, table: string) =>
  page.getByRole('textbox', { name: `Trigger URL of ${table}` });

/** The URLs that the dialog shows, once there is one for each table. */
function urlsShown(page: Page): Promise<string[]> {
  return until(
    () => Promise.all(tables.map((table) => urlField(page, table).inputValue())),
    (urls) => urls.every((url) => url !== ''),
  );
}

async function newTriggeredTask(name: string): Promise<Page> {
  const page = await openConsole(browser, server, '/tasks/new');
  await page.getByLabel('Task name').fill(name);
  await page.getByRole('checkbox', { name: /^Select all/ }).check();
  await choose(page, 'Scheduling Frequency', 'Triggered Scheduling');
  return page;
}

test('QA-22, QA-23, QA-24, QA-25: URLs are shown and copied before Save, and work after it; the task is listed and has not run', async () => {
  const page = await newTriggeredTask('Waits for three');
  const urls = await urlsShown(page);
  expect(new Set(urls).size).toBe(3);
  await takePicture(page, 'trigger-urls-1440');
  const [first = ''] = urls;
  expect((await fetch(first)).status).toBe(404);
  await page.getByRole('button', { name: `Copy Trigger URL of ${tables[0]}` }).click();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(first);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await rowOf(page, 'Waits for three').getByText('0 of 3').waitFor();
  const { items } = await server.api.get<{ items: TaskRead[] }>('/tasks?search=Waits');
  const id = items[0]?.id ?? '';
  expect((await urlsOf(server.api, id)).toSorted()).toEqual(urls.toSorted());
  expect(await runsOf(server.api, id)).toEqual([]);
  expect(Object.values(await gateOf(server.api, id))).toEqual(Array(3).fill('Not Triggered'));
  const changed = first.replace(/.$/, (end) => (end === '0' ? '1' : '0'));
  expect((await fetch(changed)).status).toBe(404);
  expect(await trigger(first)).toEqual(['counted']);
  await rowOf(page, 'Waits for three').getByText('1 of 3').waitFor();
});

test('QA-33: Edit shows each table as Triggered with time and caller, or as Not Triggered', async () => {
  const { id } = await heldTask(server.api, up, { name: 'One came' });
  const [a = ''] = await urlsOf(server.api, id);
  await trigger(a);
  const page = await openConsole(browser, server, `/tasks/${id}/edit`);
  const list = page.getByRole('region', { name: 'Trigger URLs' }).getByRole('listitem');
  await list.first().waitFor();
  const texts = await list.allInnerTexts();
  expect(texts.map((text) => /Not Triggered|Triggered/.exec(text)?.[0])).toEqual([
    ...['Triggered', 'Not Triggered', 'Not Triggered'],
  ]);
  expect(texts[0]).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  await takePicture(page, 'edit-triggered-1440');
});

test('QA-24: a URL that is rotated, after a question, is refused from then on', async () => {
  const { id } = await heldTask(server.api, up, { name: 'Rotates' });
  const [a = ''] = await urlsOf(server.api, id);
  const page = await openConsole(browser, server, `/tasks/${id}/edit`);
  await page.getByRole('button', { name: `Rotate ${up[0]}` }).click();
  await confirm(page, 'Rotate');
  await until(
    () => urlField(page, up[0] ?? '').inputValue(),
    (url) => url !== a,
  );
  expect((await fetch(a)).status).toBe(404);
});

test('ready-made calls are offered for each kind of caller, with the whole URL', async () => {
  const { id } = await heldTask(server.api, up, { name: 'Has snippets' });
  const [a = ''] = await urlsOf(server.api, id);
  const page = await openConsole(browser, server, `/tasks/${id}/edit`);
  await page.getByText('Ready-made calls').click();
  for (const caller of ['curl', 'Python', 'Airflow', 'Dataphin', 'DataWorks']) {
    await page.locator('.ant-segmented-item').filter({ hasText: caller }).click();
    expect(await page.locator('.code-block pre').innerText()).toContain(a);
  }
});

test('the waiting board tells what has arrived and what is missing, and marks, resets and runs after a question', async () => {
  const { id } = await heldTask(server.api, up, { name: 'On the board' });
  const [a = ''] = await urlsOf(server.api, id);
  await trigger(a);
  const page = await openConsole(browser, server, '/waiting');
  const card = page.locator('.board > li').filter({ hasText: 'On the board' });
  await card.getByText('1 of 3').waitFor();
  await takePicture(page, 'waiting-1440');
  await card.getByRole('button', { name: `Mark as arrived: ${up[1]}` }).click();
  await confirm(page, 'Mark as arrived');
  await card.getByText('2 of 3').waitFor();
  await card.getByRole('button', { name: 'Run with what is there' }).click();
  await confirm(page, 'Run with what is there');
  const run = await jobs.next(id);
  run.succeed();
  await untilIdle(server.api, id, 1);
  await trigger(a);
  await card.getByText('1 of 3').waitFor();
  await card.getByRole('button', { name: 'Reset' }).click();
  await confirm(page, 'Reset');
  await card.waitFor({ state: 'detached' });
  expect(Object.values(await gateOf(server.api, id))).toEqual(Array(3).fill('Not Triggered'));
});

test('the ledger shows every call with what became of it, and an ignored one can be applied', async () => {
  const { id } = await heldTask(server.api, up, { name: 'Has a ledger' });
  const urls = await urlsOf(server.api, id);
  await trigger(...urls);
  const run = await jobs.next(id);
  await trigger(urls[0] ?? '');
  run.succeed();
  await untilIdle(server.api, id, 1);
  const page = await openConsole(browser, server, `/tasks/${id}/triggers`);
  await page.getByRole('row').filter({ hasText: 'Ignored' }).waitFor();
  await takePicture(page, 'ledger-1440');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('button', { name: 'Apply' }).waitFor({ state: 'detached' });
  expect((await ledgerOf(server.api, id)).some(({ appliedBy }) => appliedBy === 'admin')).toBe(
    true,
  );
  expect((await gateOf(server.api, id))[up[0] ?? '']).toBe('Triggered');
});

test('QA-22: in Edit too the URLs are shown before Save, and are those that it has afterwards', async () => {
  const { id } = await heldTask(server.api, tables, { name: 'Becomes triggered', kind: 'manual' });
  const page = await openConsole(browser, server, `/tasks/${id}/edit`);
  await choose(page, 'Scheduling Frequency', 'Triggered Scheduling');
  const urls = await urlsShown(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect((await urlsOf(server.api, id)).toSorted()).toEqual(urls.toSorted());
});

test('QA-41: a change to Daily and back to Triggered ends the URLs that there were', async () => {
  const { id } = await heldTask(server.api, up, { name: 'Changes its kind' });
  const before = await urlsOf(server.api, id);
  for (const frequency of ['Daily', 'Triggered Scheduling']) {
    const page = await openConsole(browser, server, `/tasks/${id}/edit`);
    await choose(page, 'Scheduling Frequency', frequency);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  expect((await readTask(server.api, id)).kind).toBe('triggered');
  for (const url of before) expect((await fetch(url)).status).toBe(404);
});
