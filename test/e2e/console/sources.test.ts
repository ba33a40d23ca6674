/** From a folder of files to its result, in the browser alone: connections, tables, ID mapping, result. */
import path from 'node:path';
import type { Browser } from 'playwright-core';
import type { TaskRead } from '../../../scheduling/scheduling';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { addTables, people, startRun, untilIdle, writeSource } from '../api/support/flow';
import { openBrowser, openConsole, rowOf, takePicture, expectShown } from './support/browser';

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
  await rowOf(page, 'shop').getByRole('link', { name: 'shop', exact: true }).click();
  await page.getByRole('link', { name: 'shop.main.customers' }).click();
  await expectShown(page.getByRole('cell', { name: '0138' }));
  await takePicture(page, 'table-1440');
  await page.getByRole('button', { name: /^Use all suggestions/ }).click();
  await page.getByRole('button', { name: 'Save ID mapping' }).click();
  await expectShown(page.getByText('The ID mapping was saved'));
  await page.goto('/tables');
  await expectShown(rowOf(page, 'shop.main.customers').getByText('mobile → phone'));
  await expectShown(rowOf(page, 'shop.main.customers').getByText('mail → email'));
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
