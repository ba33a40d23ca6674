/** The list of scheduling tasks and its dialog, as a person uses them: QA-04, QA-05, QA-13 to QA-19, QA-42 to QA-53. */
import type { Browser, Page } from 'playwright-core';
import type { TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import {
  addTables,
  heldTask,
  resultOf,
  runsOf,
  trigger,
  until,
  untilIdle,
  urlsOf,
  writeSource,
} from '../api/support/flow';
import {
  choose,
  confirm,
  hoverFor,
  openBrowser,
  openConsole,
  optionsShown,
  rowOf,
  takePicture,
  expectShown,
  expectGone,
} from './support/browser';

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

const nameField = (page: Page) => page.getByLabel('Task name');
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();

async function openDialog(): Promise<Page> {
  const page = await openConsole(browser, server, '/tasks');
  await page.getByRole('button', { name: 'New Scheduling Task' }).click();
  await page.getByRole('dialog').waitFor();
  return page;
}

async function pickTables(page: Page, ...names: string[]): Promise<void> {
  await page.getByRole('combobox', { name: /Tables$/ }).click();
  for (const name of names) await optionsShown(page).filter({ hasText: name }).click();
  await page.keyboard.press('Escape');
}

const named = async (name: string): Promise<TaskRead | undefined> => {
  const { items } = await server.api.get<{ items: TaskRead[] }>('/tasks?pageSize=1000');
  return items.find((task) => task.name === name);
};

/** Saves a manual task over all tables. @returns the page with the list that shows it */
async function savedTask(name: string): Promise<{ page: Page; id: string }> {
  const page = await openDialog();
  await nameField(page).fill(name);
  await page.getByRole('checkbox', { name: /^Select all/ }).check();
  await save(page);
  await rowOf(page, name).waitFor();
  return { page, id: (await named(name))?.id ?? '' };
}

test('QA-13: the menu leads from the start page to the list, step by step, and there is a shorter way', async () => {
  const page = await openConsole(browser, server, '/');
  await page.getByRole('link', { name: 'Workspace' }).first().click();
  const menu = page.getByRole('navigation', { name: 'Workspace' });
  await menu.getByText('Configuration Management').click();
  await menu.getByText('Data Access Management').click();
  await menu.getByText('Data Import').click();
  await menu.getByRole('link', { name: 'Scheduling Tasks' }).last().click();
  await page.getByRole('heading', { name: 'Scheduling Tasks' }).waitFor();
  const path = await page.locator('.crumbs').innerText();
  for (const step of [
    'Workspace',
    'Configuration Management',
    'Data Access Management',
    'Data Import',
  ]) {
    expect(path).toContain(step);
  }
  await page.goto('/');
  await menu.getByRole('link', { name: 'Scheduling Tasks' }).first().click();
  await page.getByRole('heading', { name: 'Scheduling Tasks' }).waitFor();
});

test('QA-14, QA-04, QA-05: the button in the upper right corner opens the dialog with exactly four frequencies, and the advice on tables', async () => {
  const page = await openConsole(browser, server, '/tasks');
  const button = page.getByRole('button', { name: 'New Scheduling Task' });
  const box = await button.boundingBox();
  expect(box?.x).toBeGreaterThan(900);
  expect(box?.y).toBeLessThan(300);
  await button.click();
  await page.getByText('One task for all tables is advised').waitFor();
  await page.getByRole('combobox', { name: 'Scheduling Frequency' }).click();
  await optionsShown(page).first().waitFor();
  expect(await optionsShown(page).allInnerTexts()).toEqual([
    ...['Manual Scheduling', 'Daily', 'Hourly', 'Triggered Scheduling'],
  ]);
  await takePicture(page, 'new-task-1440');
});

test('QA-15, QA-16: a task without name or tables is refused beside the field', async () => {
  const page = await openDialog();
  await save(page);
  await expectShown(page.getByText('A name is needed'));
  await expectShown(page.getByText('Pick at least one table'));
  await nameField(page).fill('x');
  await expectGone(page.getByText('A name is needed'));
});

test('QA-15, QA-16, QA-17: a task is saved with its name and two of the tables, is in the list, and is the same when it is opened again', async () => {
  const page = await openDialog();
  await nameField(page).fill('Two of three');
  const [first = '', second = ''] = tables;
  await pickTables(page, first, second);
  await save(page);
  await rowOf(page, 'Two of three').waitFor();
  expect((await named('Two of three'))?.tables.map(({ name }) => name)).toEqual([first, second]);
  await rowOf(page, 'Two of three').getByRole('button', { name: /^Edit/ }).click();
  expect(await nameField(page).inputValue()).toBe('Two of three');
  const picked = page.getByRole('dialog').locator('.ant-select-selection-item');
  await until(
    () => picked.allInnerTexts(),
    (texts) => texts.includes(first) && texts.includes(second),
  );
});

test('QA-14, QA-15, QA-16, QA-17: by the roles and names of what it shows alone the dialog is filled, and Save clicked twice makes one task', async () => {
  const page = await openDialog();
  const dialog = page.getByRole('dialog', { name: 'New Scheduling Task' });
  await dialog.getByRole('textbox', { name: 'Task name', exact: true }).fill('Clicked twice');
  await dialog.getByRole('combobox', { name: 'Tables', exact: true }).click();
  for (const name of tables) await page.getByRole('option', { name, exact: true }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('combobox', { name: 'Scheduling Frequency', exact: true }).click();
  await page.getByRole('option', { name: 'Manual Scheduling', exact: true }).click();
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/tasks')) sent.push(request.url());
  });
  await dialog.getByRole('button', { name: 'Save', exact: true }).dblclick();
  await rowOf(page, 'Clicked twice').waitFor();
  await dialog.waitFor({ state: 'detached' });
  expect(sent).toHaveLength(1);
  await expectShown(rowOf(page, 'Clicked twice'));
});

test('QA-16: all tables that are offered can be picked at once', async () => {
  await savedTask('All of them');
  expect((await named('All of them'))?.tables.map(({ name }) => name).sort()).toEqual(
    [...tables].sort(),
  );
});

test('QA-17: a dialog that is closed leaves nothing behind, and asks before what was typed is lost', async () => {
  const page = await openDialog();
  await nameField(page).fill('Never saved');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('.ant-modal-confirm').waitFor();
  await page.getByRole('button', { name: 'Stay' }).click();
  expect(await nameField(page).inputValue()).toBe('Never saved');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await confirm(page, 'Leave without saving');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await named('Never saved')).toBeUndefined();
});

test('QA-18, QA-19, QA-43, QA-46, QA-48: a manual task has no status before its start icon is clicked, then one run and Succeeded', async () => {
  const { page, id } = await savedTask('By hand');
  const row = rowOf(page, 'By hand');
  expect(await row.getByText(/Succeeded|Failed|Running/).count()).toBe(0);
  expect(await runsOf(server.api, id)).toEqual([]);
  await row.getByRole('button', { name: 'Manual Schedule: By hand' }).click();
  await row.getByText('Succeeded').waitFor();
  expect(await untilIdle(server.api, id, 1)).toHaveLength(1);
  await row.getByRole('button', { name: /^Execution Records/ }).click();
  await page.getByRole('heading', { name: 'By hand' }).waitFor();
  await page.getByRole('row').filter({ hasText: 'Succeeded' }).waitFor();
});

test('QA-46, QA-47, QA-49: a failed run shows Failed, the reason that names the table on hover, and the details of every table', async () => {
  await addTables(installation, server.api, 'broken');
  const names = ['customers', 'orders', 'members'].map((table) => `broken.main.${table}`);
  const { id } = await server.api.post<TaskRead>('/tasks', {
    ...{ name: 'Breaks', kind: 'manual', tables: names },
    job: { type: 'id-mapping', config: { output: 'main.breaks' } },
  });
  await writeSource(installation, 'broken', 'orders.csv', 'something,else\n1,2\n');
  const page = await openConsole(browser, server, '/tasks');
  const row = rowOf(page, 'Breaks');
  await row.getByRole('button', { name: /^Manual Schedule/ }).click();
  await hoverFor(
    row.getByText('Failed'),
    page.getByRole('tooltip').filter({ hasText: 'broken.main.orders' }),
  );
  await takePicture(page, 'failed-reason-1440');
  const chinese = await openConsole(browser, server, '/tasks', { language: 'zh' });
  await hoverFor(
    rowOf(chinese, 'Breaks').getByText('失败'),
    chinese
      .getByRole('tooltip')
      .filter({ hasText: /broken\.main\.orders: .*没有列.*has no column/s }),
  );
  await untilIdle(server.api, id, 1);
  await row.getByRole('button', { name: /^Execution Records/ }).click();
  await page.getByRole('button', { name: 'Details' }).first().click();
  const details = page.getByRole('table', { name: 'Tables of this run' });
  for (const name of names) await expectShown(details.getByRole('cell', { name }).first());
  await takePicture(page, 'records-1440');
});

test('QA-48: each of three runs has its record with its status', async () => {
  const { id } = await heldTask(server.api, ['up.main.a'], { name: 'Three times', kind: 'manual' });
  for (const end of ['succeed', 'fail', 'succeed'] as const) {
    await server.api.post(`/tasks/${id}/runs`);
    (await jobs.next(id))[end]('the disk is full');
    await untilIdle(server.api, id, 1);
  }
  const page = await openConsole(browser, server, `/tasks/${id}/records`);
  const records = page.getByRole('table', { name: 'Execution Records' });
  await records.getByText('Succeeded').first().waitFor();
  expect(await records.getByText('Succeeded').count()).toBe(2);
  expect(await records.getByText('Failed').count()).toBe(1);
});

test('QA-42, QA-44: Manual Schedule starts a triggered task though no table is Triggered, and a recurring one', async () => {
  const { api } = server;
  const triggered = await heldTask(api, ['up.main.b'], { name: 'Waits' });
  const recurring = await heldTask(api, ['up.main.b'], {
    ...{ name: 'Each night', kind: 'recurring', recurrence: { every: 'day', at: '02:30' } },
  });
  const page = await openConsole(browser, server, '/tasks');
  for (const { id, name } of [triggered, recurring]) {
    await rowOf(page, name)
      .getByRole('button', { name: /^Manual Schedule/ })
      .click();
    const run = await jobs.next(id);
    await expectShown(rowOf(page, name).getByText('Running'));
    run.succeed();
    await expectShown(rowOf(page, name).getByText('Succeeded'));
  }
});

test('QA-45: a second start during a run is told that a run is in progress, and starts nothing', async () => {
  const { id } = await heldTask(server.api, ['up.main.c'], { name: 'Once', kind: 'manual' });
  const page = await openConsole(browser, server, '/tasks');
  const start = rowOf(page, 'Once').getByRole('button', { name: /^Manual Schedule/ });
  await start.click();
  const run = await jobs.next(id);
  await rowOf(page, 'Once').getByText('Running').waitFor();
  await start.click();
  await page.getByText('is in progress; wait for its end').waitFor();
  run.succeed();
  expect(await untilIdle(server.api, id, 1)).toHaveLength(1);
});

test('QA-53: each row shows name, creator, method and latest status, and offers all controls', async () => {
  const { id } = await heldTask(server.api, ['up.main.d'], { name: 'Whole row', kind: 'manual' });
  await server.api.post(`/tasks/${id}/runs`);
  (await jobs.next(id)).succeed();
  await untilIdle(server.api, id, 1);
  const page = await openConsole(browser, server, '/tasks');
  const row = rowOf(page, 'Whole row');
  for (const text of ['Whole row', 'admin', 'Manual Scheduling', 'Succeeded']) {
    await row.getByText(text, { exact: true }).waitFor();
  }
  for (const control of ['Manual Schedule', 'Edit', 'Execution Records', 'More']) {
    expect(await row.getByRole('button', { name: `${control}: Whole row` }).isEnabled()).toBe(true);
  }
});

test('QA-50, QA-51, QA-52: a task is removed after a question only; its URLs are refused and its data are kept', async () => {
  const { id } = await server.api.post<TaskRead>('/tasks', {
    ...{ name: 'To be removed', kind: 'triggered', tables },
    job: { type: 'id-mapping', config: { output: 'main.removed' } },
  });
  const urls = await urlsOf(server.api, id);
  await trigger(...urls);
  await untilIdle(server.api, id, 1);
  const page = await openConsole(browser, server, '/tasks');
  const remove = async () => {
    await rowOf(page, 'To be removed').getByRole('button', { name: /^More/ }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByText('The data that it has written').waitFor();
  };
  await remove();
  await confirm(page, 'Cancel');
  expect(await rowOf(page, 'To be removed').count()).toBe(1);
  await remove();
  await confirm(page, 'Remove');
  await rowOf(page, 'To be removed').waitFor({ state: 'detached' });
  expect((await fetch(urls[0] ?? '')).status).toBe(404);
  expect(await resultOf(installation, 'main.removed')).not.toEqual([]);
});

test('the list is searched, filtered and sorted, and its address keeps how', async () => {
  await heldTask(server.api, ['up.main.e'], { name: 'Zebra search', kind: 'manual' });
  await heldTask(server.api, ['up.main.e'], { name: 'Aardvark search' });
  const page = await openConsole(browser, server, '/tasks');
  await page
    .getByRole('textbox', { name: 'Search tasks' })
    .or(page.getByRole('searchbox'))
    .first()
    .fill('search');
  await page.getByRole('button', { name: 'Task name' }).click();
  const names = page.locator('tbody .row-name');
  await until(
    () => names.allInnerTexts(),
    (texts) => texts.join() === 'Aardvark search,Zebra search',
  );
  await choose(page, 'Scheduling method', 'Manual');
  await until(
    () => names.allInnerTexts(),
    (texts) => texts.join() === 'Zebra search',
  );
  await page.reload();
  await rowOf(page, 'Zebra search').waitFor();
  expect(await rowOf(page, 'Aardvark search').count()).toBe(0);
});

test('the list leads to its last page, and from there back', async () => {
  for (let n = 1; n <= 13; n += 1) {
    const name = `Leaf ${String(n).padStart(2, '0')}`;
    await heldTask(server.api, ['up.main.e'], { name, kind: 'manual' });
  }
  const page = await openConsole(browser, server, '/tasks?search=Leaf&sort=name&order=asc');
  const comesToShow = async (first: string, last: string, where: string) => {
    const names = page.locator('tbody .row-name');
    await until(
      () => names.allInnerTexts(),
      (texts) => texts[0] === first && texts.at(-1) === last,
    );
    await expectShown(page.getByText(where, { exact: true }));
  };
  await choose(page, 'Rows a page', '10 a page');
  await comesToShow('Leaf 01', 'Leaf 10', 'Page 1 of 2');
  await page.getByRole('button', { name: 'Last page' }).click();
  await comesToShow('Leaf 11', 'Leaf 13', 'Page 2 of 2');
  await page.getByRole('button', { name: 'Previous page' }).click();
  await comesToShow('Leaf 01', 'Leaf 10', 'Page 1 of 2');
  await page.getByRole('button', { name: 'Next page' }).click();
  await comesToShow('Leaf 11', 'Leaf 13', 'Page 2 of 2');
});

test('a list is exported as CSV, all of its pages', async () => {
  const page = await openConsole(browser, server, '/tasks');
  await rowOf(page, 'Whole row').first().waitFor();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const file = await (await saving).createReadStream();
  const text = (await file.toArray()).join('');
  expect(text).toContain('Task name,Creator,Scheduling method,Latest status');
  expect(text).toContain('Whole row,admin,Manual Scheduling,Succeeded');
});
