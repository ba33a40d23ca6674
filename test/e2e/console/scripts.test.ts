/** The way of a script in the browser, from its folder to production: DP-01 to DP-42. */
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Project } from '../../../model/project';
import type { ScriptRow, ScriptView } from '../../../model/script-object';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { writeSource } from '../api/support/flow';
import {
  accessFaults,
  choose,
  confirm,
  expectGone,
  expectShown,
  hoverFor,
  openBrowser,
  openConsole,
  optionsShown,
  overflow,
  rowOf,
  takePicture,
} from './support/browser';

let installation: Installation;
let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  ({ installation, server } = await startServer());
  await writeSource(installation, 'shop', 'orders.csv', 'id,name\n1,Ann\n2,Bob\n3,Zoë\nfour,Dan\n');
  const { api } = server;
  const config = { path: path.join(installation.filesDir, 'shop') };
  await api.post('/connections', { name: 'shop', type: 'files', config });
  await api.post('/connections', { name: 'lake', type: 'duckdb', config: { path: lakePath() } });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation.end();
});

const lakePath = (name = 'lake'): string => path.join(installation.filesDir, `${name}.duckdb`);

/** A script from `shop` to `lake` that runs as it is; the last argument changes its writer. */
function scriptText(table: string, writer: Record<string, unknown> = {}): string {
  const id = { name: 'id', type: 'long' };
  const reader = { datasource: 'shop', table: 'orders', column: [id, { name: 'name' }] };
  const target = { datasource: 'lake', table: `main.${table}`, column: ['id', 'name'] };
  const content = {
    reader: { name: 'txtfilereader', parameter: reader },
    writer: {
      name: 'duckdbwriter',
      parameter: { ...target, writeMode: 'overwrite', createTable: true, ...writer },
    },
  };
  // One of the rows does not fit.
  const setting = { errorLimit: { record: 1 } };
  return `${JSON.stringify({ job: { content: [content], setting } }, null, 2)}\n`;
}

const scriptsOf = async (project = 'default'): Promise<ScriptRow[]> =>
  (await server.api.get<{ scripts: ScriptRow[] }>(`/scripts:tree?project=${project}`)).scripts;

async function makeScript(name: string, over: Record<string, unknown> = {}): Promise<ScriptView> {
  const { text, ...input } = { text: null as string | null, ...over };
  const script = await server.api.post<ScriptView>('/scripts', {
    ...{ project: 'default', name, scheduleType: 'Manual Task Node' },
    ...{ sourceType: 'files', source: 'shop', targetType: 'duckdb', target: 'lake', ...input },
  });
  return text === null ? script : server.api.patch(`/scripts/${script.id}`, { text });
}

/** By the clipboard, as long texts come into an editor. */
async function paste(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+A');
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('Control+V');
}

const tool = (page: Page, name: string): Locator =>
  page.getByRole('group', { name: 'Menu bar of the canvas' }).getByRole('button', { name });

const dialogOf = (page: Page): Locator => page.getByRole('dialog');

async function openNew(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Offline Pipeline Script' }).click();
  const dialog = dialogOf(page);
  await dialog.getByText('Create Offline Script').waitFor();
  return dialog;
}

const errorsOf = (page: Page): Locator => page.locator('.ant-form-item-explain-error');

test('DP-01, DP-02, DP-04, DP-05, DP-19: the way to the dialog, its two areas of four fields, and New beside Datasource', async () => {
  const page = await openConsole(browser, server, '/');
  await page.getByRole('link', { name: 'Development' }).click();
  await page.getByRole('link', { name: 'Data Integration' }).click();
  await expectShown(page.getByRole('heading', { name: 'Batch Pipeline' }));
  await expectGone(page.getByText('Environment', { exact: true }));
  const dialog = await openNew(page);
  const areas = dialog.locator('fieldset');
  expect(await areas.locator('legend').allInnerTexts()).toEqual([
    'Basic Information',
    'Datasource Config',
  ]);
  const labels = await Promise.all(
    [0, 1].map((index) => areas.nth(index).locator('label').allInnerTexts()),
  );
  expect(labels).toEqual([
    ['Task Name', 'Schedule Type', 'Description', 'Select Directory'],
    ['Source Type', 'Datasource', 'Target Type', 'Datasource'],
  ]);
  await choose(page, 'Target Type', 'PostgreSQL');
  await page.getByLabel('Datasource').last().click();
  await expectShown(page.getByText('No data source of this type is open to you'));
  await choose(page, 'Target Type', 'DuckDB file');
  await page.getByRole('button', { name: 'New data source to write to' }).click();
  const made = page.getByRole('dialog', { name: 'New connection' });
  await made.getByLabel('Name').fill('pond');
  await made.getByLabel('Path').fill(lakePath('pond'));
  await made.getByRole('button', { name: 'Save' }).click();
  await made.waitFor({ state: 'hidden' });
  await expectShown(dialog.locator('.ant-select').filter({ hasText: /^pond$/ }));
});

test('DP-06, DP-07, DP-08, DP-12, DP-13, DP-14, DP-21: a folder, names judged as they are typed, Cancel leaves nothing, OK opens the script', async () => {
  const page = await openConsole(browser, server, '/data-integration');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('menuitem', { name: 'New folder' }).click();
  await page.getByLabel('Folder name').fill('Nightly');
  await dialogOf(page).getByRole('button', { name: 'OK' }).click();
  await expectShown(page.getByRole('button', { name: 'Nightly', exact: true }));

  const dialog = await openNew(page);
  const name = dialog.getByLabel('Task Name');
  for (const [symbol, named] of [
    ...([
      ['|', 'vertical line'],
      [':', 'colon'],
      ['?', 'question mark'],
    ] as const),
    ...([
      ['<', 'angle bracket'],
      ['*', 'asterisk'],
      ['"', 'quotation mark'],
    ] as const),
  ] as const) {
    await name.fill(`a${symbol}b`);
    await expectShown(errorsOf(page).filter({ hasText: named }));
  }
  await name.fill('x'.repeat(65));
  await expectShown(errorsOf(page).filter({ hasText: 'at most 64' }));
  await name.fill('');
  await expectShown(errorsOf(page).filter({ hasText: 'A name is needed' }));
  await dialog.getByLabel('Description').fill('x'.repeat(1001));
  await expectShown(errorsOf(page).filter({ hasText: 'at most 1000' }));
  await dialog.getByLabel('Description').fill('x'.repeat(1000));
  await name.fill('订单 Orders-1.0/view');
  await expectGone(errorsOf(page));
  await choose(page, 'Source Type', 'Folder');
  await dialog.getByLabel('Datasource').first().click();
  await optionsShown(page).filter({ hasText: 'shop' }).click();
  await choose(page, 'Target Type', 'DuckDB file');
  await dialog.getByLabel('Datasource').last().click();
  await optionsShown(page).filter({ hasText: 'lake' }).click();
  await takePicture(page, 'create-script-1440');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await confirm(page, 'Leave without saving');
  expect(await scriptsOf()).toEqual([]);

  await page.getByRole('button', { name: 'New in Nightly' }).click();
  await page.getByRole('menuitem', { name: 'Offline Pipeline Script' }).click();
  await dialogOf(page).getByLabel('Task Name').fill('Orders');
  await choose(page, 'Source Type', 'Folder');
  await dialogOf(page).getByLabel('Datasource').first().click();
  await optionsShown(page).filter({ hasText: 'shop' }).click();
  await choose(page, 'Target Type', 'DuckDB file');
  await dialogOf(page).getByLabel('Datasource').last().click();
  await optionsShown(page).filter({ hasText: 'lake' }).click();
  await dialogOf(page).getByRole('button', { name: 'OK' }).click();
  await expectShown(page.getByRole('heading', { name: 'Orders' }));
  await expectShown(page.getByRole('link', { name: /^Orders/ }));
  const [script] = await scriptsOf();
  expect(script).toMatchObject({ name: 'Orders', scheduleType: 'Recurring Task Node' });
  expect(script?.directory).not.toBe('0');
});

test('DP-15 to DP-18, DP-20: only data sources that the person may read, or write, with how to ask for the rest', async () => {
  const user = await server.api.post<{ id: string }>('/users', { name: 'Dora', role: 'developer' });
  const { secret } = await server.api.post<{ secret: string }>('/keys', {
    ...{ name: 'hers', userId: user.id },
  });
  await server.api.put(`/users/${user.id}/grants/lake`, { read: true, write: false });
  const page = await openConsole(browser, server, '/data-integration/new', { key: secret });
  const dialog = dialogOf(page);
  await choose(page, 'Source Type', 'DuckDB file');
  await dialog.getByLabel('Datasource').first().click();
  await expectShown(optionsShown(page).filter({ hasText: 'lake' }));
  await page.keyboard.press('Escape');
  await choose(page, 'Target Type', 'DuckDB file');
  await dialog.getByLabel('Datasource').last().click();
  await expectShown(page.getByText('No data source of this type is open to you'));
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'How to ask for permission' }).last().click();
  const request = `PUT /api/v1/users/${user.id}/grants/lake {"read":true,"write":true}`;
  await expectShown(dialog.getByText(request));
});

test('DP-22, DP-23, DP-35: what is pasted is saved as it is and there after a reload; unsaved text is guarded, a longer one refused', async () => {
  const { id } = await makeScript('Kept as typed');
  const page = await openConsole(browser, server, `/data-integration/${id}`);
  const text = `// of the night\n${scriptText('kept')}\t \n`;
  await paste(page, text);
  await expectShown(page.getByText(/^Not saved/));
  await page.getByRole('link', { name: 'Operation Center' }).click();
  await page.locator('.ant-modal-confirm').getByRole('button', { name: 'Stay' }).click();
  await tool(page, 'Save').click();
  await expectGone(page.getByText(/^Not saved/));
  await page.reload();
  await page.locator('.cm-content').getByText('// of the night').waitFor();
  expect((await server.api.get<ScriptView>(`/scripts/${id}`)).text).toBe(text);
  await paste(page, `"${'x'.repeat(499_999)}`);
  await expectShown(page.getByText('500,000 / 500,000 characters'));
  await page.keyboard.press('x');
  await expectShown(page.getByText('500,001 / 500,000 characters'));
  await page.keyboard.press('Control+S');
  await expectShown(page.getByText('The script has 500001 characters; at most 500000 are allowed'));
});

test('DP-22: members are completed from the schema, problems stand in the margin and below, and Format indents', async () => {
  const { id } = await makeScript('Helped');
  const page = await openConsole(browser, server, `/data-integration/${id}`);
  await paste(page, '{"job":{"content":[{"reader":{"name":"txtfilereader","parameter":{');
  await page.keyboard.type('"data');
  await page.getByRole('option', { name: 'datasource' }).click();
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: 'shop' }).click();
  await expectShown(page.locator('.cm-line').filter({ hasText: '"datasource": "shop"' }));
  await paste(page, '{"job":{"content":[]}}');
  await expectShown(page.locator('.cm-lint-marker-error'));
  await page.getByRole('list', { name: 'Problems' }).getByRole('button').first().click();
  await tool(page, 'Format').click();
  await expectShown(page.locator('.cm-line').filter({ hasText: /^ {4}"content": \[\]$/ }));
});

test('DP-24, DP-36, DP-38: bad JSON is refused at submission with its position, and the script stays a draft', async () => {
  const { id } = await makeScript('Broken');
  const page = await openConsole(browser, server, `/data-integration/${id}`);
  await paste(page, '{');
  await tool(page, 'Submit').click();
  const dialog = page.getByRole('dialog', { name: 'Submit Remarks' });
  await expectShown(dialog.getByText(/line 1, column 2: this is not JSON/));
  await dialog.getByLabel('What has changed').fill('Nothing yet');
  await dialog.getByRole('button', { name: 'OK And Submit' }).click();
  await expectShown(dialog.getByText('Not submitted: a check failed.', { exact: false }));
  await expectShown(
    dialog.getByRole('listitem').filter({ hasText: 'JSON and schema' }).getByText('Failure'),
  );
  await takePicture(page, 'submit-refused-1440');
  expect((await scriptsOf()).find((one) => one.id === id)?.state).toBe('draft');
});

test('DP-25, DP-37, DP-40, DP-41, DP-42: Basic: a submitted script is in production, is run by hand, and the record shows its rows', async () => {
  const { id } = await makeScript('To the lake', { text: scriptText('orders') });
  const page = await openConsole(browser, server, `/data-integration/${id}`);
  await hoverFor(tool(page, 'Run'), page.getByText('Submit it first: a draft is never run'));
  await tool(page, 'Submit').click();
  const dialog = page.getByRole('dialog', { name: 'Submit Remarks' });
  await dialog.getByLabel('What has changed').fill('First of all');
  await dialog.getByText('shop.main.orders').waitFor();
  await dialog.getByRole('button', { name: 'OK And Submit' }).click();
  await expectShown(dialog.getByText('It is in production now.'));
  await expectShown(dialog.getByText('lake.main.orders'));
  expect(await dialog.getByRole('list', { name: 'Submission checks' }).innerText()).not.toMatch(
    /Failure/,
  );
  await takePicture(page, 'submitted-1440');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expectShown(page.locator('.task-head').getByText('Published'));
  await tool(page, 'Run').click();
  await page.getByRole('button', { name: 'Show the run' }).click();
  await expectShown(page.getByText('Rows copied'));
  const fact = (text: RegExp) => page.locator('.facts > div').filter({ hasText: text });
  await expectShown(fact(/^Rows copied\s*3$/));
  await expectShown(fact(/^Rate.*rows\/s$/s));
  await expectShown(fact(/^Dirty records\s*1$/));
  await expectShown(rowOf(page, 'four'));
  expect(await accessFaults(page)).toEqual([]);
  await takePicture(page, 'sync-run-1440');
  await page.goto('/operation-center');
  await expectShown(rowOf(page, 'To the lake').getByText('Succeeded'));
  expect(await page.getByText('Kept as typed').count()).toBe(0);
  await page.getByRole('link', { name: 'To the lake' }).click();
  await page.getByRole('button', { name: /^Edit/ }).click();
  await expectShown(page.locator('.cm-content'));
});

test('DP-26 to DP-34: the schedule page has five parts; OK keeps them, Cancel leaves them', async () => {
  const upstream = await makeScript('Comes before');
  const { id } = await makeScript('Planned', {
    ...{ scheduleType: 'Recurring Task Node', text: scriptText('planned_${day}') },
  });
  const page = await openConsole(browser, server, `/data-integration/${id}`);
  await tool(page, 'Schedule configuration').click();
  await page.getByLabel('Developer').waitFor();
  expect(await page.locator('.schedule-page h2').allInnerTexts()).toEqual([
    ...['Basic Information', 'Schedule Configuration', 'Schedule Dependency'],
    ...['Schedule Parameters', 'Run Configuration'],
  ]);
  await page.getByLabel('Developer').fill('Dora');
  await page.getByLabel('Operation owner').fill('Otto');
  await page.getByLabel('Description').fill('Each morning');
  await page.getByLabel('Time of day').fill('06:45');
  await page.locator('.preview li').filter({ hasText: '06:45:00' }).nth(9).waitFor();
  await page.getByRole('combobox', { name: 'Depends on' }).click();
  await optionsShown(page).filter({ hasText: 'Comes before' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Set ${day}' }).click();
  await page.getByLabel('Value', { exact: true }).fill('$[yyyyMMdd]');
  const [next = ''] = await page.locator('.preview li').allInnerTexts();
  await expectShown(
    page.locator('.evaluated code', { hasText: next.slice(0, 10).replaceAll('-', '') }),
  );
  await page.getByLabel('Longest time of a run').fill('2');
  await page.getByLabel('Further tries of a failed job').fill('2');
  await takePicture(page, 'schedule-1440');
  await page.getByRole('button', { name: 'OK', exact: true }).click();
  await expectShown(page.getByText('The schedule configuration was saved'));
  expect(await server.api.get<ScriptView>(`/scripts/${id}`)).toMatchObject({
    basicInformation: { developer: 'Dora', operationOwner: 'Otto', description: 'Each morning' },
    scheduleConfiguration: { recurrence: { every: 'day', at: '06:45' } },
    scheduleDependency: { dependsOn: [upstream.id] },
    scheduleParameters: [{ name: 'day', value: '$[yyyyMMdd]' }],
    runConfiguration: { timeout: 120, rerunTimes: 2 },
  });
  await tool(page, 'Schedule configuration').click();
  await page.getByLabel('Developer').fill('Somebody else');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await confirm(page, 'Leave without saving');
  await tool(page, 'Schedule configuration').click();
  await page.getByLabel('Developer').waitFor();
  expect(await page.getByLabel('Developer').inputValue()).toBe('Dora');
  await choose(page, 'Schedule Type', 'Manual Task Node');
  await expectShown(page.getByText('A Manual Task Node has no dependencies.'));
});

test('DP-03, DP-39: Dev-Prod: nothing goes on without an environment, and production begins with Publish', async () => {
  const page = await openConsole(browser, server, '/data-integration');
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByLabel('Project name').fill('Sales');
  await page.getByRole('radio', { name: 'Dev-Prod' }).check();
  await dialogOf(page).getByRole('button', { name: 'OK' }).click();
  await dialogOf(page).waitFor({ state: 'detached' });
  const { items } = await server.api.get<{ items: Project[] }>('/projects');
  const devProd = items.find(({ name }) => name === 'Sales') as Project;
  await expectShown(page.locator('.ant-empty').getByText('Choose an environment to go on'));
  expect(await page.getByRole('button', { name: 'New', exact: true }).isDisabled()).toBe(true);
  await choose(page, 'Environment', 'Development');
  const { id } = await makeScript('In steps', {
    ...{ project: devProd.id, environment: 'Dev', text: scriptText('steps') },
    scheduleType: 'Recurring Task Node',
  });
  await page.goto(`/data-integration/${id}`);
  await expectShown(page.getByRole('link', { name: /^In steps/ }));
  await hoverFor(tool(page, 'Publish'), page.getByText('Submit it first', { exact: true }));
  await tool(page, 'Submit').click();
  const dialog = page.getByRole('dialog', { name: 'Submit Remarks' });
  await dialog.getByRole('button', { name: 'OK And Submit' }).click();
  await expectShown(dialog.getByText('It is in production once it is published.'));
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expectShown(page.locator('.task-head').getByText('Submitted'));
  const [submitted] = await scriptsOf(devProd.id);
  expect(submitted).toMatchObject({ state: 'submitted', prodTaskId: null });
  await tool(page, 'Publish').click();
  await confirm(page, 'Publish');
  await expectShown(page.locator('.task-head').getByText('Published'));
  const [published] = await scriptsOf(devProd.id);
  const task = await server.api.get(`/tasks/${published?.prodTaskId}`);
  expect(task).toMatchObject({ kind: 'recurring', environment: 'Prod' });

  // What is changed on the task itself is told, and put back by another publication.
  await hoverFor(
    tool(page, 'Publish'),
    page.getByText('What was submitted last is in production already', { exact: true }),
  );
  await server.api.patch(`/tasks/${published?.prodTaskId}`, { owner: '1000' });
  await expectShown(page.locator('.task-head').getByText('Task differs'));
  await tool(page, 'Publish').click();
  await expectShown(page.getByText(/set to that by the next publication: owner\./));
  await confirm(page, 'Publish');
  await page.locator('.task-head').getByText('Task differs').waitFor({ state: 'detached' });
  expect(await server.api.get(`/tasks/${published?.prodTaskId}`)).toMatchObject({
    owner: (task as { owner: string }).owner,
  });
});

test('DP-36: versions are compared and rolled back, with the remarks of each', async () => {
  const { id } = await makeScript('Has a past', { text: scriptText('past') });
  await server.api.post(`/scripts/${id}:submit`, { remarks: 'As it began' });
  await server.api.patch(`/scripts/${id}`, {
    text: scriptText('past', { writeMode: 'insert' }),
    runConfiguration: { timeout: 60 },
  });
  const compared = async (width: number, look: string): Promise<Page> => {
    const page = await openConsole(browser, server, `/data-integration/${id}`, { width });
    await tool(page, 'Versions').click();
    await expectShown(page.getByText('As it began'));
    await page.getByRole('button', { name: 'Compare: 1' }).click();
    await page.locator(look).getByText('"insert"').first().waitFor();
    await page.locator(look).getByText('"overwrite"').first().waitFor();
    await expectShown(page.getByText('runConfiguration.timeout'));
    // A button under the pointer has colours of its own.
    await page.mouse.move(0, 0);
    expect(await accessFaults(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await takePicture(page, `diff-${width}`);
    return page;
  };
  await compared(390, '.diff-view > .cm-editor');
  const page = await compared(1440, '.cm-mergeView');
  await page.getByRole('button', { name: 'Roll back to it' }).click();
  await confirm(page, 'Roll back to it');
  await expectShown(page.getByText('The texts are the same.'));
  expect((await server.api.get<ScriptView>(`/scripts/${id}`)).text).toBe(scriptText('past'));
});

test('DP-35: what somebody else has saved meanwhile is not overwritten', async () => {
  const { id } = await makeScript('Shared');
  const page = await openConsole(browser, server, `/data-integration/${id}`);
  await paste(page, '{"mine": 1}');
  await server.api.patch(`/scripts/${id}`, { text: '{"theirs": 1}' });
  await tool(page, 'Save').click();
  await page.getByRole('button', { name: 'Drop mine and load theirs' }).click();
  await expectShown(page.locator('.cm-line').filter({ hasText: '{"theirs": 1}' }));
  await expectGone(page.getByText(/^Not saved/));
});

test('DP-14: what is in the tree is renamed, moved and removed, each after it was asked for', async () => {
  await makeScript('Wrong name');
  const page = await openConsole(browser, server, '/data-integration');
  const more = async (name: string, act: string) => {
    await page.getByRole('button', { name: `More: ${name}` }).click();
    await page.getByRole('menuitem', { name: act, exact: true }).click();
  };
  await more('Wrong name', 'Rename');
  await page.getByLabel('Task Name').fill('Right name');
  await dialogOf(page).getByRole('button', { name: 'OK' }).click();
  await expectShown(page.getByRole('link', { name: /^Right name/ }));
  await more('Right name', 'Move');
  await choose(page, 'Lies in', 'Nightly');
  await dialogOf(page).getByRole('button', { name: 'OK' }).click();
  await dialogOf(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Nightly', exact: true }).click();
  await more('Right name', 'Remove');
  await confirm(page, 'Remove');
  await expectGone(page.getByRole('link', { name: /^Right name/ }));
  expect((await scriptsOf()).map(({ name }) => name)).not.toContain('Right name');
});

test('DP-35, DP-36: the icons speak Chinese', async () => {
  const { id } = await makeScript('Speaks');
  const page = await openConsole(browser, server, `/data-integration/${id}`, { language: 'zh' });
  await expectShown(page.getByRole('button', { name: '保存' }));
  await expectShown(page.getByRole('button', { name: '提交' }));
  expect(await page.locator('.integration-main').innerText()).not.toMatch(/Save|Submit|Format/);
});
