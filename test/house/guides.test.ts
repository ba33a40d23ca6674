/** Guides for jobs of other systems that call trigger URLs: what they have to say. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(__dirname, '..', '..', 'docs', 'guides');
/** Its text in one line, as sentences are broken anywhere. */
const read = (name: string) =>
  readFileSync(path.join(folder, `${name}.md`), 'utf8').replaceAll(/\s+/g, ' ');

const guides = ['dataphin', 'dataworks-shell', 'dataworks-pyodps3'];
const libcurl = 'curl: (1) Protocol https not supported or disabled in libcurl';
const taken =
  '{"data":"true","errorCode":null,"errorDesc":null,"exStack":null,"opers":[],"solution":null,"success":true,"traceId":"0bc1409e16667784903588235e2ef1"}';

test.each(guides)(
  'QA-57, QA-61: %s has one job for each URL, and both an upstream dependency and a set time',
  (name) => {
    const text = read(name);
    expect(text).toMatch(/a task with several tables needs one .{5,20} for each trigger URL/);
    expect(text).toMatch(/after that node is done \*\*and\*\* the set time has come/);
    expect(text).toContain('| Scheduled time | every day at 02:30 |');
    expect(text).toMatch(/\| Upstream dependency \| the node that produces `\w+` \|/);
    expect(text).toContain(taken);
  },
);

test.each(guides)('%s leads to a script that is there', (name) => {
  const [link] = /\(([^)]*examples\/[^)]*)\)/.exec(read(name))!.slice(1);
  expect(existsSync(path.join(folder, link!))).toBe(true);
});

test('QA-58: Dataphin: the whitelist, a recurring Shell task, a try by hand, and the host that is set', () => {
  const text = read('dataphin');
  expect(text).toContain('Add every trigger URL to the sandbox whitelist');
  expect(text).toContain('set its `Scheduling Type` to `Recurring Task`');
  expect(text).toContain('run the Shell task by hand');
  expect(text).toContain('Configure the scheduling of the Shell task');
  expect(text).toContain('`TABLEGATE_PUBLIC_URL` sets the host');
});

test('QA-59: DataWorks Shell: an exclusive resource group, and the message of its want with the remedy', () => {
  const text = read('dataworks-shell');
  expect(text).toContain('An exclusive resource group for scheduling');
  expect(text).toContain(libcurl);
  expect(text).toContain('Remedy: choose an exclusive resource group for scheduling');
});

test('QA-60: DataWorks PyODPS 3: a public resource group, by default, or an exclusive one', () => {
  const text = read('dataworks-pyodps3');
  expect(text).toContain('**public resource group**, which is enabled by default');
  expect(text).toContain('or on an **exclusive resource group** for scheduling');
});
