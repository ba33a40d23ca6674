/** Looking at sources before anything is saved: settings, rows, and what columns may hold. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { admin, openService, refusalOf, type TestService } from './support/service';

let service: TestService;
let folder = '';
beforeAll(async () => {
  service = await openService();
  const analysis = await service.scheduling.sources.connection(admin, 'analysis');
  folder = path.join(path.dirname(String(analysis.config.path)), 'crm');
  await mkdir(folder);
  const lines = ['7', '8', '9', '10', '11', '12'].map((nr) => `${nr},a${nr}@x.org,`);
  await writeFile(path.join(folder, 'people.csv'), `nr,mail,note\n${lines.join('\n')}\n`);
  const config = { path: folder };
  await service.scheduling.sources.createConnection(admin, { name: 'crm', type: 'files', config });
});
afterAll(() => service.close());

const sources = () => service.scheduling.sources;
const trial = (type: string, config: Record<string, unknown>) =>
  sources().testConfig(admin, { type, config });

test('settings that work are told so, and nothing is saved', async () => {
  expect(await trial('files', { path: folder })).toEqual({ ok: true, message: null });
  const page = { pageSize: 100, pageToken: null };
  const { items } = await sources().connections(admin, { type: null, grant: null }, page);
  expect(items.map(({ name }) => name).toSorted()).toEqual(['analysis', 'crm']);
});

test('what only the source says is an answer', async () => {
  await writeFile(path.join(folder, 'people.parquet'), 'x');
  const { ok, message } = await trial('files', { path: folder });
  await rm(path.join(folder, 'people.parquet'));
  expect(ok).toBe(false);
  expect(message).toContain('people.csv and people.parquet');
});

test.each<[string, string, Record<string, unknown>, string, string]>([
  ['of a kind that there is not', 'oracle', {}, 'invalidInput', 'type'],
  ['without a field', 'files', {}, 'invalidInput', 'config.path'],
  ['outside the allowed folders', 'files', { path: '/etc' }, 'pathOutsideRoots', 'config.path'],
])('settings %s are refused as when they are saved', async (_what, type, config, code, field) => {
  const refused = await refusalOf(trial(type, config));
  expect(refused.code).toBe(code);
  expect(Object.keys(refused.fields)).toEqual([field]);
});

test('rows of a table that is not registered are shown, and who looked is in the audit', async () => {
  const sample = await sources().rows(admin, 'crm', 'crm.main.people', 2);
  expect(sample).toMatchObject({
    rows: [
      ['7', 'a7@x.org', null],
      ['8', 'a8@x.org', null],
    ],
    more: true,
  });
  const page = { pageSize: 1, pageToken: null };
  const { items } = await service.scheduling.people.audit(admin, { target: null }, page);
  expect(items).toMatchObject([
    { action: 'table.preview', target: 'table/crm.main.people', detail: { rows: 2 } },
  ]);
  expect(JSON.stringify(items)).not.toContain('a7@x.org');
});

test('columns are suggested from names and values, which are not told', async () => {
  const { columns } = await sources().suggestions(admin, 'crm', 'crm.main.people');
  expect(columns.map(({ column, idType }) => [column, idType])).toEqual([
    ['nr', null],
    ['mail', 'email'],
    ['note', null],
  ]);
  expect(JSON.stringify(columns)).not.toContain('x.org');
});

test.each([
  ['nowhere', 'nowhere.main.people', 'connectionNotFound'],
  ['crm', 'crm.main.absent', 'tableNotFound'],
  ['crm', 'analysis.main.people', 'tableNotFound'],
  ['crm', 'people', 'tableNotFound'],
])('of %s, the table %s is %s', async (connection, table, code) => {
  expect((await refusalOf(sources().rows(admin, connection, table, 5))).code).toBe(code);
  expect((await refusalOf(sources().suggestions(admin, connection, table))).code).toBe(code);
});
