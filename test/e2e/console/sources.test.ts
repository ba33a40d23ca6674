/** From a folder of files to its result, in the browser alone: connections, tables, ID mapping, result. */
import path from 'node:path';
import type { Browser } from 'playwright-core';
import type { TaskRead } from '../../../scheduling/scheduling';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { openPostgres, type OpenedPostgres } from '../../connectors/support/postgres';
import { Sandbox } from '../../connectors/support/sandbox';
import { addTables, people, startRun, untilIdle, writeSource } from '../api/support/flow';
import {
  openBrowser,
  openConsole,
  optionsShown,
  rowOf,
  takePicture,
  expectShown,
} from './support/browser';

const databases: OpenedPostgres[] = [];

/** A database beside that of the installation. */
async function addDatabase(): Promise<OpenedPostgres> {
  const opened = await openPostgres(new Sandbox(), []);
  databases.push(opened);
  return opened;
}

let installation: Installation;
let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  ({ installation, server } = await startServer());
  for (const { name, csv } of people) await writeSource(installation, 'shop', `${name}.csv`, csv);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  for (const { close } of databases.splice(0)) await close();
  await installation.end();
});

test('a folder is tried before it is saved, its tables are browsed, and columns are mapped by suggestion', async () => {
  const page = await openConsole(browser, server, '/connections');
  await page.getByRole('button', { name: 'New connection' }).click();
  await page.getByLabel('Name').fill('shop');
  await page.getByLabel('Path').fill(path.join(installation.filesDir, 'nowhere'));
  await page.getByRole('button', { name: 'Test' }).click();
  await expectShown(page.getByRole('dialog').getByRole('alert'));
  await page.getByLabel('Path').fill(path.join(installation.filesDir, 'shop'));
  await page.getByRole('button', { name: 'Test' }).click();
  await expectShown(page.getByText('The connection works'));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  // What was added is shown at once, with what is to be done next.
  await page.getByRole('link', { name: 'Map its IDs: shop.main.customers' }).click();
  await expectShown(page.getByRole('cell', { name: '0138' }));
  await takePicture(page, 'table-1440');
  await page.getByRole('button', { name: /^Use all suggestions/ }).click();
  await page.getByRole('button', { name: 'Save ID mapping' }).click();
  await expectShown(page.getByText('The ID mapping was saved'));
  await page.getByRole('link', { name: 'Further tables of shop' }).click();
  await rowOf(page, 'shop.main.customers').getByText('Registered').waitFor();
  await expectShown(page.getByRole('button', { name: 'New Scheduling Task' }));
  await page.goto('/tables');
  await expectShown(rowOf(page, 'shop.main.customers').getByText('mobile → phone'));
  await expectShown(rowOf(page, 'shop.main.customers').getByText('mail → email'));
});

test('DP-15, DP-17: a database is reached by its own fields, and its password is never shown again', async () => {
  const { config, sql } = await addDatabase();
  await sql('CREATE TABLE public.people (mail text)');
  await sql(`INSERT INTO public.people VALUES ('ann@x.org')`);
  const page = await openConsole(browser, server, '/connections');
  await page.getByRole('button', { name: 'New connection' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('warehouse');
  await dialog.getByLabel('Type').click();
  await page.getByTitle('MySQL or MariaDB', { exact: true }).click();
  expect(await dialog.getByLabel('Port').inputValue()).toBe('3306');
  await dialog.getByLabel('Type').click();
  await page.getByTitle('PostgreSQL', { exact: true }).click();
  expect(await dialog.getByLabel('Port').inputValue()).toBe('5432');
  await dialog.getByLabel('Host').fill(config.host);
  await dialog.getByLabel('Port').fill(String(config.port));
  await dialog.getByLabel('Database').fill(config.database);
  await dialog.getByLabel('User').fill(config.user);
  await dialog.getByLabel('Password', { exact: true }).fill('wrong');
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expectShown(dialog.getByRole('alert').filter({ hasText: 'refuses the user' }));
  await dialog.getByLabel('Password', { exact: true }).fill(config.password);
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expectShown(dialog.getByText('The connection works'));
  await takePicture(page, 'connection-dialog-1440');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expectShown(page.getByRole('heading', { name: 'warehouse' }));
  await page.goto('/connections');
  await rowOf(page, 'warehouse').getByText('read, write').waitFor();

  await page.getByRole('button', { name: 'Edit: warehouse' }).click();
  expect(await dialog.getByLabel('Password', { exact: true }).inputValue()).toBe('');
  expect(await page.content()).not.toContain(config.password);
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expectShown(dialog.getByText('The connection works'));
  await dialog.getByLabel('Host').fill('localhost');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expectShown(dialog.getByText('give it again, as host changes').first());
  await dialog.getByLabel('Host').fill(config.host);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
  await rowOf(page, 'warehouse').getByRole('link', { name: 'warehouse', exact: true }).click();
  await page.getByRole('link', { name: 'warehouse.public.people', exact: true }).click();
  await expectShown(page.getByRole('cell', { name: 'ann@x.org' }));
});

test('the result of an ID mapping is shown with its users and IDs', async () => {
  const tables = await addTables(installation, server.api, 'crm');
  const { id } = await server.api.post<TaskRead>('/tasks', {
    ...{ name: 'Who is who', kind: 'manual', tables },
    job: { type: 'id-mapping', config: { output: 'main.who' } },
  });
  const page = await openConsole(browser, server, `/tasks/${id}/id-mapping`);
  await expectShown(page.getByText('No run has left a result yet'));
  await startRun(server.api, id);
  await untilIdle(server.api, id, 1);
  await expectShown(page.getByText('Users', { exact: true }));
  await expectShown(page.getByRole('list', { name: 'IDs by type' }).getByText('member_id'));
  await expectShown(page.getByRole('list', { name: 'Users by number of IDs' }).first());
  await expectShown(rowOf(page, 'crm.main.customers'));
  await takePicture(page, 'id-mapping-1440');
});

test('an ID is looked up: all IDs of its user are shown, and the chain that joins two of them', async () => {
  const page = await openConsole(browser, server, '/tasks');
  await page.getByRole('link', { name: 'Who is who' }).click();
  await page.getByRole('link', { name: 'ID mapping' }).click();
  await page.getByLabel('ID type').fill('phone');
  await page.getByLabel('ID', { exact: true }).fill('0138');
  await page.getByRole('button', { name: 'Look up' }).click();
  const row = page.getByRole('row').filter({ hasText: 'M1' });
  await row.getByRole('button', { name: 'Why?' }).click();
  const chain = page.getByRole('list', { name: 'Chain, links: 2' });
  await chain.waitFor();
  expect((await chain.innerText()).replaceAll(/\s+/g, ' ')).toBe(
    'phone 0138 crm.main.customers rows: 1 email ann@x.org crm.main.members rows: 1 member_id M1',
  );
  await takePicture(page, 'look-up-1440');
});

test('the lineage shows tables and tasks, and leads to what is chosen', async () => {
  const page = await openConsole(browser, server, '/lineage');
  await expectShown(page.locator('.react-flow__node').filter({ hasText: 'Who is who' }));
  await takePicture(page, 'lineage-1440');
  await page.locator('.react-flow__node').filter({ hasText: 'Who is who' }).click();
  await expectShown(page.getByRole('heading', { name: 'Who is who' }));
});

test('a lineage too large for a picture asks for a task, and draws what lies around it', async () => {
  const page = await openConsole(browser, server, '/');
  const tables = Array.from({ length: 500 }, (_, index) => `crm.main.t${index}`);
  const total = { tasks: 0, tables: tables.length, edges: 0 };
  await page.route(/\/api\/v1\/lineage\?limit=\d+$/, (route) =>
    route.fulfill({ json: { nodes: { tasks: [], tables }, edges: [], total, truncated: false } }),
  );
  await page.goto('/lineage');
  await expectShown(page.getByText('500 tasks and tables are too many for one picture'));
  await page.getByRole('combobox').fill('who is');
  await optionsShown(page).filter({ hasText: 'Who is who' }).click();
  await expectShown(page.locator('.react-flow__node').filter({ hasText: 'Who is who' }));
});
