/** Why two IDs are one user, and who a user is: asked of the whole service. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ErrorCode } from '../../../model/errors';
import type { IdChain, LookedUpUser } from '../../../model/look-up';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import type { Problem } from '../../support/test-client';
import { addTables, heldTask, resultOf, writeSource, type CsvTable } from './support/flow';
import { IdMappingRuns } from './support/id-mapping-runs';

/** Ann is known by a cookie, two phones, a mail and a member number; Bob by a phone and a mail. */
const people: CsvTable[] = [
  {
    name: 'visits',
    csv: 'cookie,mobile\nC1, 0138\nC1,0138\nC2,\n',
    columns: [
      { column: 'cookie', idType: 'cookie' },
      { column: 'mobile', idType: 'phone' },
    ],
  },
  {
    name: 'customers',
    csv: 'mobile,home,mail\n0138,,Ann@x.org\n0138,030,ann@x.org\n0139,,bob@x.org\n',
    columns: [
      { column: 'mobile', idType: 'phone' },
      { column: 'home', idType: 'phone' },
      { column: 'mail', idType: 'email' },
    ],
  },
  {
    name: 'members',
    csv: 'member,mail\nM1,ANN@x.org\n',
    columns: [
      { column: 'member', idType: 'member_id' },
      { column: 'mail', idType: 'email' },
    ],
  },
];

const jobTypes = [heldJobs().jobType];
let installation: Installation;
let server: TestServer;
let runs: IdMappingRuns;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes }));
  runs = new IdMappingRuns(installation, server);
});
afterAll(() => installation.end());

let sources = 0;

/** A task over tables of its own, run once where nothing else is said. */
async function unify(output: string, run = true) {
  sources += 1;
  const connection = `shop${sources}`;
  const tables = await addTables(installation, server.api, connection, people);
  const { id } = await runs.taskInto(tables, output);
  const runId = run ? (await runs.runOnce(id)).id : null;
  return { id, runId, connection };
}

async function oneIdOf(output: string, value: string): Promise<string | undefined> {
  const rows = await resultOf(installation, output);
  return rows.find((row) => row.id_value === value)?.one_id;
}

const userQuery = (idType: string, value: string) =>
  `user?${new URLSearchParams({ idType, value }).toString()}`;
const chainQuery = ([fromType, fromValue]: string[], [toType, toValue]: string[]) =>
  `chain?${new URLSearchParams({ fromType, fromValue, toType, toValue } as Record<string, string>).toString()}`;

const ask = <Answer>(id: string, query: string, from: TestServer = server): Promise<Answer> =>
  from.api.get(`/tasks/${id}/id-mapping/${query}`);

async function expectRefusal(
  id: string,
  query: string,
  [status, code, says]: [status: number, code: ErrorCode, says: string],
  from: TestServer = server,
): Promise<void> {
  const answer = await from.api.call('GET', `/tasks/${id}/id-mapping/${query}`);
  expect(answer).toMatchObject({ status, body: { status, code } });
  expect((answer.body as Problem).detail).toContain(says);
}

const annByCookie = ['cookie', 'C1'];
const annByNumber = ['member_id', ' M1'];

test('a chain over three tables names the rows that join two IDs of one user', async () => {
  const { id, runId, connection } = await unify('chained');
  const chain = await ask<IdChain>(id, chainQuery(annByCookie, annByNumber));
  const oneId = await oneIdOf('main.chained', 'C1');
  expect(chain).toMatchObject({ oneId, runId, length: 3, truncated: false });
  const shown = chain.links.map(({ table, row: cells, rows }) => {
    return [table, cells.map(({ column, value }) => `${column}=${value}`).join(), rows];
  });
  expect(shown).toEqual([
    [`${connection}.main.visits`, 'cookie=C1,mobile=0138', 2],
    [`${connection}.main.customers`, 'mobile=0138,home=030,mail=ann@x.org', 2],
    [`${connection}.main.members`, 'member=M1,mail=ann@x.org', 1],
  ]);
  const ids = [chain.from, ...chain.links.map(({ to }) => to)];
  expect(ids.map(({ value }) => value)).toEqual(['C1', '0138', 'ann@x.org', 'M1']);
  expect(chain.links.map(({ from }) => from)).toEqual(ids.slice(0, -1));
  expect(await ask(id, chainQuery(annByCookie, annByNumber))).toEqual(chain);
});

test('the user behind an ID comes with all IDs, and how many rows of which table hold them', async () => {
  const { id, runId, connection } = await unify('users');
  const user = await ask<LookedUpUser>(id, userQuery('EMAIL', ' ann@X.org '));
  const oneId = await oneIdOf('main.users', 'ann@x.org');
  expect(user).toMatchObject({ oneId, runId, idCount: 5, truncated: false });
  const places = (tables: { table: string; rows: number }[]) =>
    tables.map(({ table, rows }) => `${table.replace(`${connection}.main.`, '')} ${rows}`);
  expect(user.ids.map((one) => [one.idType, one.value, ...places(one.tables)])).toEqual([
    ['phone', '0138', 'visits 2', 'customers 2'],
    ['email', 'ann@x.org', 'customers 2', 'members 1'],
    ['cookie', 'C1', 'visits 2'],
    ['member_id', 'M1', 'members 1'],
    ['phone', '030', 'customers 1'],
  ]);
  expect(user.ids[0]?.firstTable).toBe(`${connection}.main.visits`);
  expect(places(user.tables)).toEqual(['visits 2', 'customers 2', 'members 1']);
});

test('a question about a task that has no result yet is refused', async () => {
  const { id } = await unify('never', false);
  await expectRefusal(id, userQuery('phone', '0138'), [
    ...([409, 'noResult'] as const),
    'analysis.main.never is not there; start a run of the task',
  ]);
});

test('a question about a task whose job resolves no IDs, or that is not there, is refused', async () => {
  const { id } = await heldTask(server.api, ['up.main.a']);
  await expectRefusal(id, userQuery('phone', '1'), [409, 'noIdMapping', 'id-mapping']);
  await expectRefusal('0'.repeat(32), userQuery('phone', '1'), [404, 'taskNotFound', '000']);
});

test('IDs that are of two users, or of none, are refused, naming them', async () => {
  const { id } = await unify('apart');
  const both = chainQuery(annByCookie, ['phone', '0139']);
  for (const value of ['C1', '0139']) {
    const oneId = await oneIdOf('main.apart', value);
    await expectRefusal(id, both, [409, 'differentUsers', `is of ${oneId}`]);
  }
  const nobody = chainQuery(annByCookie, ['phone', '0140']);
  await expectRefusal(id, nobody, [404, 'idNotFound', 'phone "0140" is not in']);
});

test('where the tables no longer hold what joined two IDs, that is said', async () => {
  const { id, runId, connection } = await unify('changed');
  await writeSource(installation, connection, 'members.csv', 'member,mail\nM1,\n');
  await expectRefusal(id, chainQuery(annByCookie, annByNumber), [
    ...([409, 'sourcesChanged'] as const),
    `No rows join cookie "C1" and member_id "M1" any more: the tables have changed since run ${runId}`,
  ]);
  await rm(path.join(installation.filesDir, connection, 'members.csv'));
  const gone = `${connection}.main.members: There is no table main.members`;
  await expectRefusal(id, userQuery('phone', '0138'), [409, 'sourcesChanged', gone]);
});

test('with no worker up a question gets 503, as other calls do', async () => {
  const { id } = await unify('workerless');
  await server.stop();
  const alone = await installation.start({ jobTypes, roles: { worker: false }, patience: 1 });
  await expectRefusal(
    id,
    userQuery('phone', '0138'),
    [503, 'workerUnavailable', 'No worker answered in time'],
    alone,
  );
  await alone.stop();
});
