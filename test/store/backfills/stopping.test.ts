import { backfillStatuses } from '../../../model/backfill';
import { newId, openTestStore, type OpenedStore } from '../support/opened';
import { cell, drive, ended, handedOut, newBackfill } from '../support/plans';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const start = (...parts: Parameters<typeof newBackfill>) =>
  drive(opened.store, newBackfill(...parts));

describe('a backfill that is paused', () => {
  test('hands out nothing new, notes ends, and goes on when it is resumed', async () => {
    const backfill = await start([cell('a', 1), cell('a', 2), cell('a', 3)], { concurrency: 2 });
    await backfill.step();
    expect(await backfill.become('running', 'paused')).toMatchObject({ status: 'paused' });
    const step = await backfill.step(ended('a', 1));
    expect(step).toEqual({
      ...{ status: 'paused', waiting: 1, running: 1, taken: [], holders: ['a'] },
    });
    expect(await backfill.become('paused', 'running')).toMatchObject({ status: 'running' });
    expect(handedOut(await backfill.step())).toEqual(['a@3']);
  });

  test('begins a new stretch of work when it is resumed', async () => {
    const backfill = await start([cell('a', 1), cell('a', 2)], { concurrency: 1 });
    await backfill.step();
    const paused = await backfill.become('running', 'paused');
    await backfill.step(ended('a', 1));
    const resumed = await backfill.become('paused', 'running');
    expect(resumed).toMatchObject({ endedSince: 0, finishedAt: null });
    expect(Date.parse(resumed!.resumedAt)).toBeGreaterThan(Date.parse(paused!.resumedAt));
  });

  test('lets cells wait that are taken back, and comes to an end where none is left', async () => {
    const backfill = await start([cell('a', 1), cell('a', 2)]);
    await backfill.step();
    await backfill.become('running', 'paused');
    const step = await backfill.step(ended('a', 1, 'withdrawn'), ended('a', 2, 'failed'));
    expect(step).toMatchObject({ waiting: 1, running: 0, taken: [] });
    await backfill.become('paused', 'running');
    await backfill.step();
    await backfill.become('running', 'paused');
    expect(await backfill.step(ended('a', 1))).toMatchObject({ status: 'failed' });
  });
});

describe('a backfill that is cancelled', () => {
  test('cancels what waits at once, and is over when nothing is under way', async () => {
    const cells = [cell('a', 1), cell('a', 2), cell('b', 2, [1]), cell('c', 1), cell('d', 1, [3])];
    const backfill = await start(cells, { concurrency: 2 });
    await backfill.step();
    await backfill.step(ended('c', 1, 'failed'));
    await backfill.become('running', 'cancelling');
    const step = await backfill.step();
    expect(step).toMatchObject({ status: 'cancelling', waiting: 0, running: 2, taken: [] });
    expect(await backfill.states()).toEqual({
      ...{ 'a@1': 'running', 'a@2': 'running', 'b@2': 'cancelled' },
      ...{ 'c@1': 'failed', 'd@1': 'blocked' },
    });
    await backfill.step(ended('a', 1));
    const last = await backfill.step(ended('a', 2, 'withdrawn'));
    expect(last).toMatchObject({ status: 'cancelled', waiting: 0, running: 0 });
    expect(await backfill.states()).toMatchObject({ 'a@1': 'succeeded', 'a@2': 'cancelled' });
    expect((await opened.store.backfills.find(backfill.tenant, backfill.id))?.finishedAt).toEqual(
      expect.any(String),
    );
  });

  test('is over at its next step where nothing was under way', async () => {
    const backfill = await start([cell('a', 1)]);
    await backfill.become('running', 'cancelling');
    expect(await backfill.step()).toMatchObject({ status: 'cancelled' });
    expect(await backfill.step(ended('a', 1))).toMatchObject({ status: 'cancelled', taken: [] });
    expect(await backfill.states()).toEqual({ 'a@1': 'cancelled' });
  });

  test('cancels more than one statement takes', async () => {
    const cells = Array.from({ length: 10_001 }, (_, nr) => cell('a', nr));
    const backfill = await start(cells);
    await backfill.become('running', 'cancelling');
    expect(await backfill.step()).toMatchObject({ status: 'cancelled', waiting: 0 });
  });
});

describe('a status', () => {
  test('changes only from those that are named', async () => {
    const backfill = await start([cell('a', 1)]);
    const { backfills } = opened.store;
    const { tenant, id } = backfill;
    expect(await backfills.changeStatus(tenant, id, ['paused', 'failed'], 'running')).toBeNull();
    expect(await backfills.changeStatus('other', id, backfillStatuses, 'paused')).toBeNull();
    expect(await backfills.changeStatus(tenant, newId(), backfillStatuses, 'paused')).toBeNull();
    expect(await backfill.status()).toBe('running');
    expect(await backfills.changeStatus(tenant, id, backfillStatuses, 'paused')).toMatchObject({
      id,
      status: 'paused',
    });
  });
});

describe('a task that is removed', () => {
  test('has its cells dropped that have not ended, and blocks what needs them', async () => {
    const cells = [
      ...[cell('a', 1), cell('b', 1, [0]), cell('a', 2), cell('b', 2, [2]), cell('c', 2, [3])],
      ...[cell('a', 3), cell('d', 3)],
    ];
    const backfill = await start(cells, { concurrency: 2 });
    await backfill.step();
    await backfill.step(ended('a', 1));
    await backfill.step(ended('b', 1));
    await opened.store.backfills.dropTask(backfill.tenant, backfill.id, 'a');
    expect(await backfill.states()).toEqual({
      ...{ 'a@1': 'succeeded', 'b@1': 'succeeded', 'a@2': 'dropped', 'b@2': 'blocked' },
      ...{ 'c@2': 'blocked', 'a@3': 'dropped', 'd@3': 'waiting' },
    });
    expect(handedOut(await backfill.step(ended('a', 2)))).toEqual(['d@3']);
    expect(await backfill.step(ended('d', 3))).toMatchObject({ status: 'failed' });
    const dropped = (await backfill.cells()).find(({ state }) => state === 'dropped');
    expect(dropped?.reason).toBe('Its task was removed.');
  });

  test('leaves other backfills, and those that are over, alone', async () => {
    const backfill = await start([cell('a', 1)]);
    await opened.store.backfills.dropTask('other', backfill.id, 'a');
    await opened.store.backfills.dropTask(backfill.tenant, newId(), 'a');
    expect(await backfill.states()).toEqual({ 'a@1': 'waiting' });
    await backfill.step();
    await backfill.step(ended('a', 1));
    await opened.store.backfills.dropTask(backfill.tenant, backfill.id, 'a');
    expect(await backfill.states()).toEqual({ 'a@1': 'succeeded' });
    expect(await backfill.status()).toBe('succeeded');
  });
});
