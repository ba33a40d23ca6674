import * as fc from 'fast-check';
import type { LedgerEntry } from '../../model/trigger';
import type { Page, PageRequest, RunFilter } from '../../store';
import { allTasks } from '../support/all-tasks';
import { firstAdmin, newId, openTestStore, type OpenedStore } from './support/opened';
import { batchOf, sampleLine, sampleRun, sampleTask } from './support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const always = { from: null, to: null };
const everything = { ...always, outcome: null, table: null };
const first = (pageSize: number): PageRequest => ({ pageSize, pageToken: null });
const ledgerPage = (taskId: string, page: PageRequest) =>
  opened.store.ledger.list('default', taskId, everything, page);

/** Follows a list to its end; `between` is done after each page. */
async function follow<Item>(
  read: (page: PageRequest) => Promise<Page<Item>>,
  pageSize: number,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<Item[]> {
  const items: Item[] = [];
  let pageToken: string | null = null;
  do {
    const page: Page<Item> = await read({ pageSize, pageToken });
    items.push(...page.items);
    pageToken = page.nextPageToken;
    await between();
  } while (pageToken !== null);
  return items;
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

async function writeLines(taskId: string, count: number, seconds = count): Promise<string[]> {
  const lines = Array.from({ length: count }, (_, nr) =>
    sampleLine({ taskId, at: at(nr % seconds) }),
  );
  await opened.store.tasks.project(batchOf({ ledger: lines }));
  return lines.map((line) => line.receipt);
}

describe('pages', () => {
  test('hold every line once, newest first, also where many are of the same moment', async () => {
    const taskId = newId();
    const receipts = await writeLines(taskId, 95, 4);
    const items = await follow((page) => ledgerPage(taskId, page), 10);
    expect(items.map((item) => item.receipt).toSorted()).toEqual(receipts.toSorted());
    const times = items.map((item) => item.at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  test('hold every line that was there, while others come before, between and after', async () => {
    const taskId = newId();
    const receipts = await writeLines(taskId, 200, 50);
    const writing = new AbortController();
    const writer = (async () => {
      while (!writing.signal.aborted) await writeLines(taskId, 5, 60);
    })();
    const read = (page: PageRequest) => ledgerPage(taskId, page);
    const items = await follow(read, 7, () => writeLines(taskId, 3, 100).then(() => {})).finally(
      () => writing.abort(),
    );
    await writer;
    const seen = items.map((item) => item.receipt);
    expect(new Set(seen).size).toBe(seen.length);
    expect(receipts.filter((receipt) => !seen.includes(receipt))).toEqual([]);
  });

  test('end without a token where the last one is just full', async () => {
    const taskId = newId();
    await writeLines(taskId, 10);
    const { items, nextPageToken } = await ledgerPage(taskId, first(10));
    expect([items.length, nextPageToken]).toEqual([10, null]);
    expect(await ledgerPage(newId(), first(10))).toEqual({ items: [], nextPageToken: null });
  });

  test('keep to the filter', async () => {
    const taskId = newId();
    const lines = Array.from({ length: 30 }, (_, nr) =>
      sampleLine({
        taskId,
        at: at(nr),
        outcome: nr % 3 === 0 ? 'ignored' : 'counted',
        table: nr % 2 === 0 ? 'crm.main.a' : 'crm.main.b',
      }),
    );
    await opened.store.tasks.project(batchOf({ ledger: lines }));
    const filter = { ...always, outcome: 'ignored' as const, table: 'crm.main.a' };
    const items: LedgerEntry[] = await follow(
      (page) => opened.store.ledger.list('default', taskId, filter, page),
      2,
    );
    expect(items.map((item) => item.at)).toEqual([24, 18, 12, 6, 0].map(at));
    const some = await follow(
      (page) =>
        opened.store.ledger.list('default', taskId, { ...filter, from: at(6), to: at(18) }, page),
      2,
    );
    expect(some.map((item) => item.at)).toEqual([18, 12, 6].map(at));
  });

  test('of runs are of one task or of all, by status', async () => {
    const [taskId, other] = [newId(), newId()];
    const tenant = `runs-${newId()}`;
    const runs = Array.from({ length: 12 }, (_, nr) =>
      sampleRun({
        tenant,
        taskId: nr % 4 === 0 ? other : taskId,
        status: nr % 2 === 0 ? 'failed' : 'running',
        startedBy: nr % 3 === 0 ? 'manual' : 'schedule',
        queuedAt: at(nr),
      }),
    );
    await opened.store.tasks.project(batchOf({ runs }));
    const times = async (change: Partial<RunFilter>) => {
      const filter = { ...always, taskId: null, status: null, startedBy: null, ...change };
      const items = await follow((page) => opened.store.runs.list(tenant, filter, page), 3);
      return items.map((item) => item.queuedAt);
    };
    const expected = (keep: (nr: number) => boolean) =>
      runs
        .map((_, nr) => 11 - nr)
        .filter(keep)
        .map(at);
    expect(await times({ taskId: null, status: null })).toEqual(expected(() => true));
    expect(await times({ taskId, status: null })).toEqual(expected((nr) => nr % 4 !== 0));
    expect(await times({ taskId: null, status: 'failed' })).toEqual(expected((nr) => nr % 2 === 0));
    expect(await times({ taskId, status: 'failed' })).toEqual(expected((nr) => nr % 4 === 2));
    expect(await times({ startedBy: 'manual' })).toEqual(expected((nr) => nr % 3 === 0));
    const span = { from: at(2), to: at(8) };
    expect(await times(span)).toEqual(expected((nr) => nr >= 2 && nr <= 8));
  });

  test('of tasks, people, sources and audit hold each item once, newest first', async () => {
    const { store } = opened;
    const tenant = `lists-${newId()}`;
    await store.people.createTenant({ id: tenant, name: 'Lists' }, firstAdmin(tenant));
    const userId = newId();
    await store.people.createUser(tenant, { id: userId, name: 'one', role: 'admin' });
    const names = Array.from({ length: 7 }, (_, nr) => `n${nr}`);
    for (const [nr, name] of names.entries()) {
      await store.tasks.project(batchOf({ task: sampleTask({ tenant, name, createdAt: at(nr) }) }));
      await store.people.createUser(tenant, { id: newId(), name, role: 'viewer' });
      const key = { id: newId(), userId, name, prefix: 'p', digest: newId() };
      await store.people.createKey(tenant, key);
      const row = { tenant, name, type: 'files', config: {}, secrets: null };
      await store.sources.createConnection(row, null);
      const table = { connection: name, schema: 'main', table: 't' };
      await store.sources.putTable(tenant, table, undefined);
      await store.audit.write(tenant, { actor: 'a', action: name, target: 't', detail: {} });
    }
    const anyConnection = { type: null, grantedTo: null };
    const noFilter = { search: null, kind: null, connection: null, withIdMapping: null };
    const tasks = await follow((page) => store.tasks.list(tenant, allTasks, page), 2);
    const users = await follow((page) => store.people.users(tenant, page), 2);
    const keys = await follow((page) => store.people.keys(tenant, page), 2);
    const connections = await follow(
      (page) => store.sources.connections(tenant, anyConnection, page),
      2,
    );
    const tables = await follow((page) => store.sources.tables(tenant, noFilter, page), 2);
    const audit = await follow((page) => store.audit.list(tenant, { target: 't' }, page), 2);
    const newestFirst = names.toReversed();
    expect(tasks.map((task) => task.name)).toEqual(newestFirst);
    expect(users.map((user) => user.name)).toEqual([...newestFirst, 'one', 'admin']);
    expect(keys.map((key) => key.name)).toEqual([...newestFirst, 'admin.key']);
    expect(connections.map((connection) => connection.name)).toEqual(newestFirst);
    expect(tables.map((table) => table.connection)).toEqual(newestFirst);
    expect(audit.map((entry) => entry.action)).toEqual(newestFirst);
  });
});

describe('a page token that was not given out for this list', () => {
  const refused = {
    code: 'invalidInput',
    fields: [{ path: 'pageToken', message: expect.any(String) as string }],
  };
  let taskId = '';
  let token = '';
  beforeAll(async () => {
    taskId = newId();
    await writeLines(taskId, 5);
    token = (await ledgerPage(taskId, first(2))).nextPageToken ?? '';
  });

  test('is refused when it is one by another hand', async () => {
    const forged = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(forged, async (text) => {
        await expect(ledgerPage(taskId, { pageSize: 2, pageToken: text })).rejects.toMatchObject(
          refused,
        );
      }),
    );
  });

  test('is refused when one character of it was changed, added or left out', async () => {
    const change = fc.record({
      place: fc.nat({ max: token.length - 1 }),
      drop: fc.nat({ max: 1 }),
      by: fc.constantFrom('', 'A', 'z', '0', '-', '=', ' ', '%'),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ place, drop, by }) => {
        const changed = token.slice(0, place) + by + token.slice(place + drop);
        fc.pre(changed !== token);
        await expect(ledgerPage(taskId, { pageSize: 2, pageToken: changed })).rejects.toMatchObject(
          refused,
        );
      }),
    );
  });

  test.each([
    ['another task', 'default', () => newId(), everything],
    ['another tenant', 'other', () => taskId, everything],
    ['another filter', 'default', () => taskId, { ...everything, outcome: 'counted' as const }],
    ['another span', 'default', () => taskId, { ...everything, from: at(0) }],
  ])('is refused when it is of %s', async (_what, tenant, task, filter) => {
    await expect(
      opened.store.ledger.list(tenant, task(), filter, { pageSize: 2, pageToken: token }),
    ).rejects.toMatchObject(refused);
  });

  test('serves its own list with another page size too', async () => {
    const { items } = await ledgerPage(taskId, { pageSize: 1000, pageToken: token });
    expect(items.map((item) => item.at)).toEqual([2, 1, 0].map(at));
  });

  test.each([0, -1, 1001, 1.5, Number.NaN])('and so is a page of %p items', async (pageSize) => {
    await expect(ledgerPage(taskId, first(pageSize))).rejects.toMatchObject({
      code: 'invalidInput',
      fields: [{ path: 'pageSize', message: 'it must be a whole number from 1 to 1000' }],
    });
  });
});
