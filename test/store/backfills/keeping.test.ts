import { Client } from 'pg';
import { cellStates } from '../../../model/backfill';
import { changesChannel, type Page, type PageRequest } from '../../../store';
import { newId, openTestStore, type OpenedStore } from '../support/opened';
import { cell, drive, ended, nameOf, newBackfill, Driven } from '../support/plans';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const noCounts = Object.fromEntries(cellStates.map((state) => [state, 0]));
const everything = { state: null, taskId: null };

async function follow<Item>(read: (page: PageRequest) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  for (let pageToken: string | null = null; ;) {
    const page: Page<Item> = await read({ pageSize: 3, pageToken });
    items.push(...page.items);
    if (page.nextPageToken === null) return items;
    pageToken = page.nextPageToken;
  }
}

describe('a backfill', () => {
  test('is given back as it was asked for, with its cells by state', async () => {
    const cells = [cell('a', 1, [], { action: 'skip' }), cell('b', 1, [0]), cell('c', 1, [1])];
    const { key, ...asked } = newBackfill(cells, {
      ...{ startedBy: 'tableTrigger', taskIds: ['b', 'a'], downstream: 'matching' },
      ...{ existing: 'failed', concurrency: 3 },
    });
    const backfill = await drive(opened.store, asked);
    const { tenant: _tenant, cells: _cells, ...view } = asked;
    const found = await opened.store.backfills.find(...key);
    expect(found).toEqual({
      ...view,
      ...{ status: 'running', count: 3, counts: { ...noCounts, skipped: 1, waiting: 2 } },
      ...{ createdAt: found?.resumedAt, finishedAt: null, endedSince: 0 },
      resumedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    await backfill.step();
    await backfill.step(ended('b', 1, 'failed'));
    const counts = { ...noCounts, skipped: 1, failed: 1, blocked: 1 };
    expect(await opened.store.backfills.find(...key)).toMatchObject({ counts, endedSince: 1 });
  });

  test('of another tenant is not found', async () => {
    const { tenant, id } = await drive(opened.store, newBackfill([cell('a', 1)]));
    const { backfills } = opened.store;
    expect(await backfills.find('other', id)).toBeNull();
    expect(await backfills.find(tenant, newId())).toBeNull();
    const page = { pageSize: 10, pageToken: null };
    expect((await backfills.cells('other', id, everything, page)).items).toEqual([]);
    expect((await backfills.list('other', { status: null, taskId: null }, page)).items).toEqual([]);
  });

  test('is made once of an id, whoever comes at the same time', async () => {
    const backfill = newBackfill([cell('a', 1)]);
    const others = Array.from({ length: 5 }, () => ({ ...backfill, cells: [cell('b', 2)] }));
    const made = await Promise.all(
      [backfill, ...others].map((one) => opened.store.backfills.create(one)),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await opened.store.backfills.create(backfill)).toBe(false);
    const one = new Driven(opened.store, ...backfill.key);
    expect(await one.cells()).toHaveLength(1);
    const elsewhere = { ...backfill, tenant: `other-${backfill.tenant}` };
    expect(await opened.store.backfills.create(elsewhere)).toBe(true);
  });

  test('is saved whole or not at all', async () => {
    const backfill = newBackfill([cell('a', 1), { ...cell('a', 2), scheduleTime: 'not a time' }]);
    await expect(opened.store.backfills.create(backfill)).rejects.toThrow('invalid input syntax');
    expect(await opened.store.backfills.find(...backfill.key)).toBeNull();
    const sound = { ...backfill, cells: [cell('a', 1)] };
    expect(await opened.store.backfills.create(sound)).toBe(true);
  });

  test('needs a driver until it is over', async () => {
    const { backfills } = opened.store;
    const isLive = async ({ tenant, id }: Driven) =>
      (await backfills.live()).some((one) => one.tenant === tenant && one.id === id);
    const backfill = await drive(opened.store, newBackfill([cell('a', 1), cell('b', 1)]));
    expect(await isLive(backfill)).toBe(true);
    await backfill.step();
    await backfill.become('running', 'paused');
    expect(await isLive(backfill)).toBe(true);
    await backfill.become('paused', 'cancelling');
    expect(await isLive(backfill)).toBe(true);
    await backfill.step(ended('a', 1), ended('b', 1, 'failed'));
    expect(await isLive(backfill)).toBe(false);
    await backfills.retry(backfill.tenant, backfill.id);
    expect(await isLive(backfill)).toBe(true);
  });
});

describe('lists', () => {
  test('of backfills are newest first, by status, and by the tasks that they are about', async () => {
    const tenant = `lists-${newId()}`;
    const ids: string[] = [];
    for (let nr = 0; nr < 8; nr += 1) {
      const cells = nr % 2 === 0 ? [cell('a', 1), cell('b', 1)] : [];
      const backfill = newBackfill(cells, { tenant, taskIds: nr === 1 ? ['b'] : ['c'] });
      ids.unshift((await drive(opened.store, backfill)).id);
    }
    for (const id of ids) await new Driven(opened.store, tenant, id).step();
    const listed = async (status: 'running' | 'succeeded' | null, taskId: string | null) => {
      const read = (page: PageRequest) =>
        opened.store.backfills.list(tenant, { status, taskId }, page);
      return (await follow(read)).map(({ id }) => ids.indexOf(id)).toSorted((a, b) => a - b);
    };
    expect(await listed(null, null)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const { items } = await opened.store.backfills.list(
      ...([tenant, { status: null, taskId: null }, { pageSize: 100, pageToken: null }] as const),
    );
    const times = items.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(await listed('running', null)).toEqual([1, 3, 5, 7]);
    expect(await listed('succeeded', 'c')).toEqual([0, 2, 4]);
    expect(await listed(null, 'b')).toEqual([1, 3, 5, 6, 7]);
    expect(await listed(null, 'x')).toEqual([]);
  });

  test('of cells are newest schedule time first, by state and by task', async () => {
    const cells = ['a', 'b', 'c'].flatMap((taskId) => [1, 2, 3].map((nr) => cell(taskId, nr)));
    const backfill = await drive(opened.store, newBackfill(cells, { concurrency: 4 }));
    await backfill.step();
    const listed = async (state: 'waiting' | 'running' | null, taskId: string | null) => {
      const read = (page: PageRequest) =>
        opened.store.backfills.cells(backfill.tenant, backfill.id, { state, taskId }, page);
      return (await follow(read)).map(nameOf);
    };
    expect(await listed(null, null)).toEqual([
      ...['c@3', 'b@3', 'a@3', 'c@2', 'b@2', 'a@2', 'c@1', 'b@1', 'a@1'],
    ]);
    expect(await listed('running', null)).toEqual(['a@2', 'c@1', 'b@1', 'a@1']);
    expect(await listed('waiting', 'a')).toEqual(['a@3']);
    expect(await listed(null, 'b')).toEqual(['b@3', 'b@2', 'b@1']);
  });

  test('of cells refuse the token of another list', async () => {
    const cells = [1, 2, 3].map((nr) => cell('a', nr));
    const [one, other] = [
      await drive(opened.store, newBackfill(cells)),
      await drive(opened.store, newBackfill(cells)),
    ];
    const read = ({ tenant, id }: Driven, pageToken: string | null) =>
      opened.store.backfills.cells(tenant, id, everything, { pageSize: 1, pageToken });
    const { nextPageToken } = await read(one, null);
    await expect(read(other, nextPageToken)).rejects.toMatchObject({ code: 'invalidInput' });
  });
});

test('who listens hears of what changes, in all backfills that are joined, and of no idle step', async () => {
  const client = new Client({ connectionString: opened.url });
  await client.connect();
  await client.query(`listen ${changesChannel}`);
  const heard: string[] = [];
  const drained = new Promise<void>((resolve) => {
    client.on('notification', ({ payload = '' }) => {
      const { changes } = JSON.parse(payload) as { changes: { type: string; id: string }[] };
      heard.push(...changes.filter(({ type }) => type === 'backfill').map(({ id }) => id));
      if (changes.length === 0) resolve();
    });
  });
  const one = await drive(opened.store, newBackfill([cell('a', 1)]));
  const other = await drive(opened.store, newBackfill([cell('a', 1)], { tenant: one.tenant }));
  await one.step();
  await one.step();
  await other.step(ended('a', 1));
  await opened.store.backfills.dropTask(one.tenant, one.id, 'a');
  await opened.store.backfills.dropTask(one.tenant, one.id, 'a');
  await client.query('select pg_notify($1, $2)', [changesChannel, '{"changes":[]}']);
  await drained;
  await client.end();
  const [made, handed, rest] = [heard.slice(0, 2), heard.slice(2, 4), heard.slice(4)];
  expect([made, rest]).toEqual([
    [one.id, other.id],
    [other.id, one.id],
  ]);
  expect(handed.toSorted()).toEqual([one.id, other.id].toSorted());
});
