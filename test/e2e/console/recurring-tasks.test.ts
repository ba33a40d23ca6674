/** Recurring tasks, edits and backfills in the browser: QA-20, QA-21, QA-39, QA-40. */
import type { Browser } from 'playwright-core';
import type { TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { addTables, heldTask, readTask, until, untilIdle } from '../api/support/flow';
import {
  choose,
  confirm,
  openBrowser,
  openConsole,
  optionsShown,
  rowOf,
  takePicture,
  expectShown,
} from './support/browser';

const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  const jobTypes = [jobs.jobType, stepJobs().jobType];
  ({ installation, server } = await startServer({ jobTypes }));
  await addTables(installation, server.api, 'crm');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation.end();
});

const named = async (name: string): Promise<TaskRead | undefined> =>
  (await server.api.get<{ items: TaskRead[] }>(`/tasks?search=${encodeURIComponent(name)}`))
    .items[0];

test('QA-20: Daily asks for its time, shows the next ten times, and the list shows the next run', async () => {
  const page = await openConsole(browser, server, '/tasks/new');
  await page.getByLabel('Task name').fill('Each morning');
  await page.getByRole('checkbox', { name: /^Select all/ }).check();
  await choose(page, 'Scheduling Frequency', 'Daily');
  await page.getByLabel('Time of day').fill('06:45');
  await page.locator('.preview li').filter({ hasText: '06:45:00' }).nth(9).waitFor();
  await takePicture(page, 'daily-1440');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await rowOf(page, 'Each morning').getByText('06:45:00').waitFor();
  expect(await named('Each morning')).toMatchObject({ recurrence: { every: 'day', at: '06:45' } });
});

test('QA-21: Hourly asks for its cycle, and the times shown are its hours', async () => {
  const page = await openConsole(browser, server, '/tasks/new');
  await page.getByLabel('Task name').fill('Every third hour');
  await page.getByRole('checkbox', { name: /^Select all/ }).check();
  await choose(page, 'Scheduling Frequency', 'Hourly');
  await page.getByLabel('First of each day').fill('01:15');
  await page.getByLabel('Hours from one to the next').fill('3');
  await page.locator('.preview li').filter({ hasText: '04:15:00' }).first().waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await rowOf(page, 'Every third hour').getByText('every 3 h from 01:15').waitFor();
  expect(await named('Every third hour')).toMatchObject({
    recurrence: { every: 'hour', from: '01:15', interval: 3 },
  });
});

test('a cron expression is judged while it is typed, with what is wrong beside it', async () => {
  const page = await openConsole(browser, server, '/tasks/new');
  await choose(page, 'Scheduling Frequency', 'Daily');
  await page.locator('.ant-segmented-item').filter({ hasText: 'Cron' }).click();
  await page.getByLabel('Cron expression').fill('0 0 25 * * ?');
  await expectShown(page.locator('.cycle').getByRole('alert'));
  await page.getByLabel('Cron expression').fill('0 30 2 ? * MON');
  await expectShown(page.locator('.preview li').filter({ hasText: '02:30:00' }).first());
});

test('QA-39: Edit is the same dialog, filled with the present settings, and each can be changed', async () => {
  const { id } = await heldTask(server.api, ['up.main.a', 'up.main.b'], {
    ...{ name: 'Before', kind: 'recurring', recurrence: { every: 'day', at: '02:30' } },
  });
  const page = await openConsole(browser, server, `/tasks/${id}/edit`);
  const name = page.getByLabel('Task name');
  expect(await name.inputValue()).toBe('Before');
  expect(await page.getByLabel('Time of day').inputValue()).toBe('02:30');
  await page.getByRole('dialog').getByText('Daily', { exact: true }).first().waitFor();
  await name.fill('After');
  await choose(page, 'Scheduling Frequency', 'Hourly');
  await page.getByText('Run policy').click();
  await page.getByLabel('Further tries of a failed job').fill('2');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await rowOf(page, 'After').waitFor();
  expect(await readTask(server.api, id)).toMatchObject({
    name: 'After',
    recurrence: { every: 'hour' },
    runPolicy: { rerunTimes: 2 },
    tables: [{ name: 'up.main.a' }, { name: 'up.main.b' }],
  });
});

test('QA-40: a table that is added during a run belongs to the next run only', async () => {
  const { id } = await heldTask(server.api, ['crm.main.customers'], {
    name: 'Grows',
    kind: 'manual',
  });
  await server.api.post(`/tasks/${id}/runs`);
  const first = await jobs.next(id);
  const page = await openConsole(browser, server, `/tasks/${id}/edit`);
  await page.getByRole('combobox', { name: /Tables$/ }).click();
  await optionsShown(page).filter({ hasText: 'crm.main.orders' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  first.succeed();
  await untilIdle(server.api, id, 1);
  await rowOf(page, 'Grows')
    .getByRole('button', { name: /^Manual Schedule/ })
    .click();
  const second = await jobs.next(id);
  expect(first.tables).toEqual(['crm.main.customers']);
  expect(second.tables).toEqual(['crm.main.customers', 'crm.main.orders']);
  second.succeed();
  await untilIdle(server.api, id, 2);
});

test('two people who edit one task are told: the second to save does not overwrite', async () => {
  const { id } = await heldTask(server.api, ['up.main.a'], { name: 'Shared', kind: 'manual' });
  const page = await openConsole(browser, server, `/tasks/${id}/edit`);
  const name = page.getByLabel('Task name');
  await name.fill('Mine');
  await server.api.patch(`/tasks/${id}`, { name: 'Theirs' });
  await page.getByText('Somebody has changed this task meanwhile').waitFor();
  // The page has heard of the change; what it was filled from is still the version before.
  const refused = page.waitForResponse((response) => response.status() === 412);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await refused;
  expect((await readTask(server.api, id)).name).toBe('Theirs');
  await page.getByRole('button', { name: 'Drop mine and load theirs' }).click();
  await until(
    () => name.inputValue(),
    (text) => text === 'Theirs',
  );
  await name.fill('Ours');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect((await readTask(server.api, id)).name).toBe('Ours');
});

test('a backfill is planned, looked at, started and followed to its end', async () => {
  const { id } = await server.api.post<TaskRead>('/tasks', {
    ...{ name: 'Has a past', kind: 'recurring', recurrence: { every: 'day', at: '02:30' } },
    ...{ tables: ['up.main.a'], job: { type: 'step' }, timezone: 'UTC' },
  });
  const page = await openConsole(browser, server, `/backfills/new?task=${id}`);
  await page.getByText('Has a past').waitFor();
  await page.getByLabel('From', { exact: true }).fill('2026-03-05T00:00');
  await page.getByLabel('To', { exact: true }).fill('2026-03-01T23:59');
  await expectShown(page.getByRole('note', { name: 'The end comes before the beginning' }));
  await page.getByLabel('From', { exact: true }).fill('2026-03-01T00:00');
  await page.getByLabel('To', { exact: true }).fill('2026-03-05T23:59');
  await page.getByRole('button', { name: 'Show the plan' }).click();
  const start = page.getByRole('button', { name: 'Start (5)' });
  await start.waitFor();
  expect(await page.locator('.plan-scroll tbody tr').count()).toBe(5);
  await takePicture(page, 'backfill-plan-1440');
  await start.click();
  await page.getByRole('heading', { name: 'Backfill' }).waitFor();
  await page.locator('.task-head').getByText('Succeeded').waitFor();
  // The rows are an answer of their own.
  await until(
    () => page.getByRole('row').filter({ hasText: 'Succeeded' }).count(),
    (count) => count === 5,
  );
  await takePicture(page, 'backfill-1440');
  await page.goto(`/tasks/${id}/instances`);
  await page.getByRole('button', { name: 'Earlier' }).click();
  await page.getByRole('row').filter({ hasText: 'Succeeded' }).first().waitFor();
  await takePicture(page, 'instances-1440');
});

test('a backfill is cancelled after a question, and what failed is tried again', async () => {
  const { id } = await heldTask(server.api, ['up.main.a'], {
    ...{ name: 'Stopped', kind: 'recurring', recurrence: { every: 'day', at: '02:30' } },
  });
  const backfill = await server.api.post<{ id: string }>('/backfills', {
    ...{ taskIds: [id], scheduleTimes: ['2026-03-01T02:30:00Z', '2026-03-02T02:30:00Z'] },
  });
  const run = await jobs.next(id);
  const page = await openConsole(browser, server, `/backfills/${backfill.id}`);
  await page.getByRole('button', { name: 'Cancel, let runs end' }).click();
  await confirm(page, 'Cancel, let runs end');
  // The task has given the other instance back, which would begin else when this one ends.
  await until(
    () => server.api.get<{ items: { state: string }[] }>(`/backfills/${backfill.id}/cells`),
    ({ items }) => items.some(({ state }) => state === 'cancelled'),
  );
  run.fail('the disk is full');
  await expectShown(page.locator('.task-head').getByText('Cancelled'));
  await page.getByRole('button', { name: 'Retry failed' }).click();
  (await jobs.next(id)).succeed();
  (await jobs.next(id)).succeed();
  await expectShown(page.locator('.task-head').getByText('Succeeded'));
});
