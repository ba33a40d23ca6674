/** Signing in and out of the console, and what a role may do. */
import type { Browser } from 'playwright-core';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { heldTask } from '../api/support/flow';
import { hoverFor, openBrowser, openConsole, rowOf, expectShown } from './support/browser';

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

/** A key of a new user. */
async function keyOf(role: string): Promise<string> {
  const { id } = await server.api.post<{ id: string }>('/users', { name: `a ${role}`, role });
  const made = await server.api.post<{ secret: string }>('/keys', { userId: id, name: role });
  return made.secret;
}

test('a wrong key is refused in words, and a good one opens the page that was asked for', async () => {
  const page = await openConsole(browser, server, '/waiting', { key: null });
  await page.getByLabel('Key').fill('tgk_0000000000000000000000000000');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This key is not valid').waitFor();
  await page.getByLabel('Key').fill(server.api.key);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Waiting' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/waiting');
});

test('the session is in a cookie that scripts do not see, and outlives a reload', async () => {
  const page = await openConsole(browser, server, '/tasks');
  await page.getByRole('heading', { name: 'Scheduling Tasks' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Scheduling Tasks' }).waitFor();
  expect(await page.evaluate('document.cookie')).toBe('');
});

test('signing out ends the session on the server too', async () => {
  const page = await openConsole(browser, server, '/tasks');
  const cookies = await page.context().cookies();
  await page.getByRole('button', { name: 'Menu of admin' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expectShown(page.getByRole('heading', { name: 'Sign in to Tablegate' }));
  expect(await page.getByText('Your session has ended').count()).toBe(0);
  await page.context().addCookies(cookies);
  await page.reload();
  await expectShown(page.getByRole('heading', { name: 'Sign in to Tablegate' }));
});

test('what a viewer may not do is disabled, with the role that it needs', async () => {
  await heldTask(server.api, ['up.main.a'], { name: 'Seen by viewers' });
  const page = await openConsole(browser, server, '/tasks', { key: await keyOf('viewer') });
  const create = page.getByRole('button', { name: 'New Scheduling Task' });
  expect(await create.isDisabled()).toBe(true);
  await hoverFor(
    page.getByRole('note', { name: 'This needs the role developer' }).first(),
    page.getByRole('tooltip', { name: 'This needs the role developer' }),
  );
  const row = rowOf(page, 'Seen by viewers');
  expect(await row.getByRole('button', { name: /^Manual Schedule/ }).isDisabled()).toBe(true);
  expect(await row.getByRole('button', { name: /^Edit/ }).isDisabled()).toBe(true);
  expect(await row.getByRole('button', { name: /^Execution Records/ }).isEnabled()).toBe(true);
  // Whoever comes by an address all the same finds the dialog closed to changes, with the reason.
  for (const at of ['/tasks/new', '/catalog/new', '/data-integration/new']) {
    await page.goto(at);
    const dialog = page.getByRole('dialog');
    await expectShown(dialog.locator('.ant-alert').getByText('This needs the role developer'));
    expect(await dialog.locator('[type=submit]').isDisabled()).toBe(true);
    expect(await dialog.getByRole('button', { name: 'Cancel' }).isEnabled()).toBe(true);
  }
});

test('a key that is revoked is noticed at once by a page that nobody touches, and signing in leads back to it', async () => {
  const user = await server.api.post<{ id: string }>('/users', { name: 'Leaving', role: 'viewer' });
  const key = await server.api.post<{ id: string; secret: string }>('/keys', {
    ...{ userId: user.id, name: 'short-lived' },
  });
  const page = await openConsole(browser, server, '/tasks?kind=manual', { key: key.secret });
  await page.getByRole('heading', { name: 'Scheduling Tasks' }).waitFor();
  await page.locator('[data-live="live"]').waitFor({ state: 'attached' });
  await server.api.delete(`/keys/${key.id}`);
  await expectShown(page.getByText('Your session has ended'));
  await page.getByLabel('Key').fill(server.api.key);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Scheduling Tasks' }).waitFor();
  expect(new URL(page.url()).search).toBe('?kind=manual');
});

test('a server that stops ends no session: its pages wait, with what was typed', async () => {
  const other = await installation.start({ roles: { worker: false } });
  const page = await openConsole(browser, other, '/tasks/new');
  await page.getByLabel('Task name').fill('Typed before');
  await page.locator('[data-live="live"]').waitFor({ state: 'attached' });
  await other.stop();
  await expectShown(page.getByText('The server cannot be reached'));
  expect(await page.getByLabel('Task name').inputValue()).toBe('Typed before');
});

test('whoever is no admin is shown the own keys only', async () => {
  await keyOf('developer');
  const page = await openConsole(browser, server, '/integration', { key: await keyOf('operator') });
  await rowOf(page, 'operator').waitFor();
  expect(await page.getByRole('button', { name: /^Revoke: / }).count()).toBe(1);
});
