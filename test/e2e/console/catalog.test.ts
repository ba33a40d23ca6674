/** From a collection task in the dialog to a described column, in the browser alone. */
import type { Browser } from 'playwright-core';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { addTables, writeSource } from '../api/support/flow';
import {
  expectShown,
  openBrowser,
  openConsole,
  optionsShown,
  rowOf,
  takePicture,
} from './support/browser';

let installation: Installation;
let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  ({ installation, server } = await startServer());
  const sales = Array.from({ length: 60 }, (_, n) => `u${n}@x.org,${n % 3 ? 'gold' : ''}`);
  await writeSource(installation, 'shop', 'sales.csv', `mail,level\n${sales.join('\n')}\n`);
  await addTables(installation, server.api, 'shop');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation.end();
});

test('HW-45: a connection is collected by the dialog, searched, looked at and described', async () => {
  const page = await openConsole(browser, server, '/catalog');
  await page.getByRole('button', { name: 'New collection task' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Collect the shop');
  await dialog.getByLabel('Connection').fill('shop');
  // Not by Escape, which closes the dialog as long as nothing is offered.
  await optionsShown(page).filter({ hasText: 'shop' }).click();
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expectShown(rowOf(page, 'Succeeded'));

  await page.goto('/catalog?q=lev');
  await expectShown(rowOf(page, 'shop.main.sales').getByText('E-mail address'));
  await page.getByRole('link', { name: 'shop.main.sales' }).click();
  await page.getByRole('button', { name: 'Details' }).nth(1).click();
  await expectShown(page.getByRole('list', { name: 'Most frequent values' }).getByText('gold'));
  await page.getByRole('button', { name: 'Details' }).first().click();
  await expectShown(page.getByText('It seems to hold personal data: no value is kept.'));
  await takePicture(page, 'catalog-profile-1440');

  await page.getByRole('button', { name: 'Edit: level' }).click();
  await page.getByRole('dialog').getByLabel('Description').fill('How loyal somebody is');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  // In the list: what stands in the field of the dialog is not saved yet.
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expectShown(rowOf(page, 'How loyal somebody is'));
  await page.getByRole('link', { name: 'Lineage and tasks' }).click();
  await expectShown(page.getByRole('link', { name: 'Collect the shop' }));
  await page.getByRole('link', { name: 'Versions' }).click();
  await expectShown(rowOf(page, 'Added'));
});
