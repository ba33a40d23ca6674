import { Client, type QueryResult } from 'pg';
import type { PlannedCell } from '../../../model/backfill';
import { atOnce } from '../../../store/backfills/statement';
import { newId, openTestStore, type OpenedStore } from '../support/opened';
import {
  cell,
  drive,
  Driven,
  ended,
  endsOf,
  handedOut,
  newBackfill,
  saveTasks,
} from '../support/plans';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

/** Days of 24 hours each, every day with an instance that needs its hours, and one that needs all days. */
function daysOf(hours: number): PlannedCell[] {
  const cells: PlannedCell[] = [];
  const days: number[] = [];
  for (let day = 0; day * 24 < hours; day += 1) {
    const first = cells.length;
    const ofDay = Array.from({ length: 24 }, (_, nr) => first + nr);
    cells.push(...ofDay.map((_, nr) => cell('hourly', day * 24 + nr)));
    days.push(cells.length);
    cells.push(cell('daily', day * 24 + 23, ofDay));
  }
  return [...cells, cell('last', hours, days)];
}

/** The statements that `work` sends to PostgreSQL. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  const spy = jest.spyOn(Client.prototype, 'query');
  await work();
  const sent = spy.mock.calls.length;
  spy.mockRestore();
  return sent;
}

test('ten thousand cells are saved in a few statements, and every step takes a few', async () => {
  const cells = daysOf(9_600);
  const backfill = newBackfill(cells, { concurrency: 64 });
  expect(await statements(() => opened.store.backfills.create(backfill))).toBeLessThan(20);
  const driver = new Driven(opened.store, ...backfill.key);
  const handed: string[] = [];
  let step = await driver.step();
  while (step.status === 'running') {
    handed.push(...handedOut(step));
    const sent = await statements(async () => {
      step = await driver.step(...endsOf(step));
    });
    expect(sent).toBeLessThanOrEqual(20);
  }
  expect(step.status).toBe('succeeded');
  expect(handed).toHaveLength(cells.length);
  expect(new Set(handed).size).toBe(cells.length);
});

interface PlanNode {
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** Rows that PostgreSQL goes through, those among them that it then leaves out. */
function rowsOf({ Plans = [], ...node }: PlanNode): number {
  const each = (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0);
  return Plans.reduce((sum, plan) => sum + rowsOf(plan), each * (node['Actual Loops'] ?? 1));
}

/**
 * Does all statements of some work once more, undoes that, and counts the rows gone through.
 * @returns by statement
 */
async function rowsReadBy(
  client: Client,
  work: () => Promise<unknown>,
): Promise<{ text: string; rows: number }[]> {
  const spy = jest.spyOn(Client.prototype, 'query');
  await work();
  const sent = spy.mock.calls as unknown as [text: string, values?: unknown[]][];
  const statements = [...sent].filter(([text]) => /^(select|update|with)/.test(text));
  spy.mockRestore();
  const read: { text: string; rows: number }[] = [];
  await client.query('begin');
  for (const [text, values] of statements) {
    const { rows: found } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
      `explain (analyze, format json) ${text}`,
      values,
    );
    read.push({ text, rows: rowsOf(found[0]!['QUERY PLAN'][0]!.Plan) });
  }
  await client.query('rollback');
  return read;
}

test('a step goes through the cells that it moves, and not through the whole plan', async () => {
  // In a database of its own: what PostgreSQL believes of the cells decides how it finds them.
  const alone = await openTestStore();
  const client = new Client({ connectionString: alone.url });
  await client.connect();
  await client.query('alter table tablegate.backfill_cells set (autovacuum_enabled = false)');
  const cells = Array.from({ length: 20_000 }, (_, nr) => cell('hourly', nr));
  const driver = await drive(alone.store, newBackfill(cells));
  await saveTasks(alone.store, driver.tenant, { hourly: 16 });
  await client.query('analyze');
  let step = await driver.step();
  const read = await rowsReadBy(client, async () => {
    step = await driver.step(...endsOf(step));
  });
  await client.end();
  await alone.close();
  expect(step.status).toBe('running');
  expect(read.length).toBeGreaterThan(5);
  expect(read.filter(({ rows }) => rows > 2_000)).toEqual([]);
});

test('a plan that another holds back is looked through in parts, and what is free behind is found', async () => {
  const tenant = `crowd-${newId()}`;
  const held = Array.from({ length: 6_000 }, (_, nr) => cell('each', nr + 1));
  const first = await drive(
    opened.store,
    newBackfill([cell('first', 0), ...held.map((one) => ({ ...one, needs: [0] }))], { tenant }),
  );
  expect(handedOut(await first.step())).toEqual(['first@0']);
  const free = [6_001, 6_002, 6_003].map((nr) => cell('free', nr));
  const other = await drive(
    opened.store,
    newBackfill([...held, ...free], { tenant, concurrency: 2 }),
  );
  const spy = jest.spyOn(Client.prototype, 'query');
  let step = await other.step();
  const texts = (spy.mock.calls as unknown as [text: string][]).map(([text]) => text);
  spy.mockRestore();
  expect(texts.filter((text) => text === 'begin')).toHaveLength(3);
  expect(handedOut(step)).toEqual(['free@6001', 'free@6002']);
  step = await other.step(...endsOf(step));
  expect(handedOut(step)).toEqual(['free@6003']);
  await first.step(ended('first', 0));
  step = await other.step(...endsOf(step));
  expect([step.running, step.waiting]).toEqual([16, 6_000 - 16]);
});

test('all that waits for one cell is blocked, taken up again and let go, many thousands of them', async () => {
  const cells = [cell('first', 0)];
  for (let nr = 1; nr <= 25_000; nr += 1) cells.push(cell('each', nr, [0]));
  const driver = await drive(opened.store, newBackfill(cells));
  const { tenant, id } = driver;
  const counts = async () => (await opened.store.backfills.find(tenant, id))?.counts;
  await driver.step();
  await driver.step(ended('first', 0, 'failed'));
  expect(await counts()).toMatchObject({ failed: 1, blocked: 25_000, waiting: 0 });
  expect(await opened.store.backfills.retry(tenant, id)).toBe(25_001);
  expect(await counts()).toMatchObject({ failed: 0, blocked: 0, waiting: 25_001 });
  await driver.step();
  const step = await driver.step(ended('first', 0));
  expect(handedOut(step)).toHaveLength(16);
  expect(step.waiting).toBe(25_000 - 16);
});

/** A plan in which many thousands need one cell, and what can be done to all of them. */
const many = [cell('first', 0)];
for (let nr = 1; nr <= 12_000; nr += 1) many.push(cell('each', nr, [0]));

/** Everything that is done to a plan as a whole. */
async function doAll(driver: Driven, cancelled: Driven): Promise<void> {
  const { backfills } = opened.store;
  const { tenant, id } = driver;
  await driver.step();
  await driver.step(ended('first', 0, 'failed'));
  await backfills.retry(tenant, id);
  await driver.step();
  await driver.step(ended('first', 0));
  await backfills.dropTask(tenant, id, 'each');
  await backfills.detachTask(tenant, 'first');
  await cancelled.become('running', 'cancelling');
  await cancelled.step();
}

test('no statement that others have to wait for writes more than a few thousand rows', async () => {
  const tenant = `crowd-${newId()}`;
  const [driver, cancelled] = [
    await drive(opened.store, newBackfill(many, { tenant })),
    await drive(opened.store, newBackfill(many, { tenant })),
  ];
  const spy = jest.spyOn(Client.prototype, 'query');
  await doAll(driver, cancelled);
  const answers = await Promise.all(
    spy.mock.results.map(({ value }) => value as unknown as Promise<QueryResult>),
  );
  spy.mockRestore();
  const written = answers.filter(({ command }) => command !== 'SELECT');
  const rows = written.map(({ rowCount }) => rowCount ?? 0);
  expect(Math.max(...rows)).toBe(atOnce.rows);
});

test('other backfills of the tenant come in between, whatever is done to a large one', async () => {
  const tenant = `crowd-${newId()}`;
  const crowd = [many, many, [cell('other', 1)]].map((cells) => newBackfill(cells, { tenant }));
  const [driver, cancelled, other] = [
    ...[await drive(opened.store, crowd[0]!), await drive(opened.store, crowd[1]!)],
    await drive(opened.store, crowd[2]!),
  ] as [Driven, Driven, Driven];
  let isDone = false;
  const work = doAll(driver, cancelled).finally(() => (isDone = true));
  let between = 0;
  for (; !isDone; between += 1) await other.step();
  await work;
  // Twelve thousand cells are gone through five times, and each time others come in four times.
  expect(between).toBeGreaterThan(20);
});

test('backfills over the same cells, each with two drivers at once, come to their ends', async () => {
  const tenant = `crowd-${newId()}`;
  const cells = daysOf(240);
  const crowd = [newBackfill(cells, { tenant }), newBackfill(cells.slice(0, 125), { tenant })];
  const drivers: Driven[] = [];
  for (const backfill of crowd) {
    drivers.push(await drive(opened.store, backfill), new Driven(opened.store, ...backfill.key));
  }
  const begun = new Set<string>();
  const mail = new Map(crowd.map(({ id }) => [id, [] as ReturnType<typeof endsOf>]));
  const runOne = async (driver: Driven) => {
    for (let status = 'running'; status === 'running';) {
      const ends = mail.get(driver.id)!.splice(0);
      const step = await driver.step(...ends);
      status = step.status;
      for (const name of handedOut(step)) begun.add(name);
      for (const { id } of crowd) mail.get(id)!.push(...endsOf(step));
    }
    return driver.status();
  };
  const statuses = await Promise.all(drivers.map(runOne));
  expect(statuses).toEqual(drivers.map(() => 'succeeded'));
  expect(begun.size).toBe(cells.length);
});
