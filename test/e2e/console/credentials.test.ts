/** Credentials in one place: keys and access keys of each user, rights, and the audit. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import type { Grant, User } from '../../../model/people';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { createTask, until } from '../api/support/flow';
import { stepJobs } from '../../support/step-job';
import {
  choose,
  confirm,
  expectShown,
  openBrowser,
  openConsole,
  rowOf,
  takePicture,
} from './support/browser';

let installation: Installation;
let server: TestServer;
let browser: Browser;
let ada: User;
let adaKey: string;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [stepJobs().jobType] }));
  const { api } = server;
  ada = await api.post<User>('/users', { name: 'Ada', role: 'operator' });
  const key = { userId: ada.id, name: 'first' };
  adaKey = (await api.post<{ secret: string }>('/keys', key)).secret;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation.end();
});

test('a user makes a key of his own, sees it this once, and whoever uses it is refused once it is revoked', async () => {
  const page = await openConsole(browser, server, '/', { key: adaKey });
  await page.getByRole('button', { name: /Ada/ }).click();
  await page.getByRole('link', { name: 'Credentials' }).last().click();
  await page.getByRole('heading', { name: 'Credentials' }).waitFor();
  await expectShown(page.getByText(ada.id));
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name of the key').fill('nightly');
  await page.getByRole('button', { name: 'Create key' }).click();
  const secret = await page.getByRole('dialog').locator('.code-block pre').innerText();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  const mine = server.api.as(secret);
  expect(await mine.get('/me')).toMatchObject({ name: 'Ada', role: 'operator' });
  expect(await page.content()).not.toContain(secret);
  await page.reload();
  await rowOf(page, 'nightly').getByRole('button', { name: 'Revoke: nightly' }).click();
  await confirm(page, 'Revoke');
  await rowOf(page, 'nightly').waitFor({ state: 'detached' });
  expect((await mine.call('GET', '/me')).status).toBe(401);
});

test('an access key is shown with its secret this once, and listed without it', async () => {
  const page = await openConsole(browser, server, '/credentials', { key: adaKey });
  await page.getByRole('button', { name: 'New access key' }).click();
  await page.getByLabel('Name of the key').fill('sdk');
  await page.getByRole('button', { name: 'Create key' }).click();
  const id = await page.getByLabel('AccessKey ID', { exact: true }).innerText();
  const secret = await page.getByLabel('AccessKey secret', { exact: true }).innerText();
  expect([id, secret]).toEqual([
    expect.stringMatching(/^TGAK[A-Z0-9]{20}$/),
    expect.stringMatching(/^[A-Za-z0-9]{30}$/),
  ]);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await rowOf(page, 'sdk').getByText(id).waitFor();
  expect(await page.content()).not.toContain(secret);
  await takePicture(page, 'credentials-1440');
});

test('an admin finds every user, and gives what the user may do', async () => {
  const page = await openConsole(browser, server, '/users');
  await rowOf(page, 'Ada').getByRole('link', { name: 'Credentials' }).click();
  await page.getByRole('heading', { name: 'Ada' }).waitFor();
  await rowOf(page, 'first').waitFor();
  await choose(page, 'Connection', 'analysis');
  await page.getByRole('button', { name: 'Grant reading' }).click();
  await page.getByRole('checkbox', { name: 'Write: analysis' }).click();
  const held = await until(
    () => server.api.get<{ items: Grant[] }>(`/users/${ada.id}/grants`),
    ({ items }) => items[0]?.write === true,
  );
  expect(held.items).toMatchObject([{ connection: 'analysis', read: true, write: true }]);
  await choose(page, 'Project', 'default');
  await page.getByRole('button', { name: 'Add to the project' }).click();
  await page.getByRole('button', { name: 'Remove: default' }).waitFor();
  const own = await openConsole(browser, server, '/credentials', { key: adaKey });
  await rowOf(own, 'analysis').waitFor();
  expect(await own.getByRole('checkbox', { name: 'Write: analysis' }).isDisabled()).toBe(true);
  expect(await own.getByRole('button', { name: 'Grant reading' }).count()).toBe(0);
  const theirs = await openConsole(browser, server, '/users', { key: adaKey });
  await expectShown(theirs.getByText('This needs the role admin'));
});

test('the audit shows what was before and after, is filtered, and is exported as it is filtered', async () => {
  const { api } = server;
  const task = await createTask(api, ['up.main.a'], {
    ...{ name: 'Audited', kind: 'manual', job: { type: 'step' }, owner: 'one' },
  });
  await api.patch(`/tasks/${task.id}`, { owner: 'two' });
  const page = await openConsole(browser, server, `/audit?target=task/${task.id}`);
  const row = rowOf(page, 'task.edit').first();
  await row.getByRole('button', { name: 'Details' }).click();
  await expectShown(page.getByRole('row', { name: 'owner one two', exact: true }));
  await takePicture(page, 'audit-1440');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export CSV' }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(`task.edit,task/${task.id},"{""owner"":""one""}"`);
  await choose(page, 'Action', 'backfill');
  await expectShown(page.getByText('Nothing matches the filters'));
});
