/** `Metric Applications > API Integration`: AC-10, keys, and calls to be copied. */
import type { Browser } from 'playwright-core';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { heldTask } from '../api/support/flow';
import { confirm, openBrowser, openConsole, rowOf, takePicture } from './support/browser';

let installation: Installation;
let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [heldJobs().jobType] }));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation.end();
});

test('AC-10: the top bar and the menu lead to API Integration, and the tenant id shown there works', async () => {
  await heldTask(server.api, ['up.main.a']);
  const page = await openConsole(browser, server, '/');
  await page.getByRole('link', { name: 'Metric Applications' }).click();
  const menu = page.getByRole('navigation', { name: 'Metric Applications' });
  await menu.getByRole('link', { name: 'API Integration' }).click();
  await page.getByRole('heading', { name: 'API Integration' }).waitFor();
  await takePicture(page, 'integration-1440');
  const tenantId = await page.getByTestId('tenant-id').innerText();
  await page.getByRole('tab', { name: 'Aloudata' }).click();
  const code = await page
    .getByLabel('triggerTableTaskInstanceByScheduleTime', { exact: true })
    .innerText();
  expect(code).toContain(`tenant-id: ${tenantId}`);
  const path = /'(http[^']+)'/.exec(code)?.[1] ?? '';
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'tenant-id': tenantId, 'auth-type': 'APIKEY', 'auth-value': server.api.key },
    body: JSON.stringify({
      ...{ tableName: 'up.main.a', tenantId, scheduleTimes: ['2026-01-20 00:00:00'] },
    }),
  });
  expect(await answer.json()).toMatchObject({ success: true, data: true });
});

test('a key is made, shown once, works, and is refused once it is revoked', async () => {
  const page = await openConsole(browser, server, '/integration');
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name of the key').fill('nightly');
  await page.getByRole('button', { name: 'Create key' }).click();
  const secret = await page.getByRole('dialog').locator('.code-block pre').innerText();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  const mine = server.api.as(secret);
  expect(await mine.get('/me')).toMatchObject({ name: 'admin' });
  expect(await page.content()).not.toContain(secret);
  await rowOf(page, 'nightly').getByRole('button', { name: 'Revoke: nightly' }).click();
  await confirm(page, 'Revoke');
  await rowOf(page, 'nightly').waitFor({ state: 'detached' });
  expect((await mine.call('GET', '/me')).status).toBe(401);
});
