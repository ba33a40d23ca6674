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

describe('a task that others are to come after no more', () => {
  const detach = (tenant: string, taskId: string) =>
    opened.store.backfills.detachTask(tenant, taskId);

  test('is waited for in no plan of the tenant any more, which goes on without it', async () => {
    const cells = [cell('a', 1), cell('b', 1, [0]), cell('c', 1, [1]), cell('d', 1, [0, 1])];
    const backfill = await start(cells);
    const beside = await start([cell('a', 2), cell('b', 2, [0])], { tenant: backfill.tenant });
    const foreign = await start(cells);
    await start([cell('b', 3), cell('c', 3, [0])], { tenant: backfill.tenant });
    for (const one of [backfill, beside, foreign]) await one.step();
    expect(await detach(backfill.tenant, 'a')).toEqual([backfill.id, beside.id]);
    expect(handedOut(await backfill.step())).toEqual(['b@1']);
    expect(handedOut(await beside.step())).toEqual(['b@2']);
    expect(handedOut(await foreign.step())).toEqual([]);
    expect(handedOut(await backfill.step(ended('b', 1)))).toEqual(['c@1', 'd@1']);
  });

  test('blocks nothing when it is dropped, and lets wait again what it had blocked alone', async () => {
    const failing = [cell('a', 1), cell('b', 1, [0]), cell('c', 1, [1]), cell('d', 1, [0, 6])];
    const others = [cell('a', 2), cell('b', 2, [4]), cell('x', 1)];
    const backfill = await start([...failing, ...others]);
    await backfill.step();
    await backfill.step(ended('a', 1, 'failed'), ended('x', 1, 'failed'));
    const blocked = { 'b@1': 'blocked', 'c@1': 'blocked', 'd@1': 'blocked' };
    expect(await backfill.states()).toMatchObject({ ...blocked, 'b@2': 'waiting' });
    expect(await detach(backfill.tenant, 'a')).toEqual([backfill.id]);
    await opened.store.backfills.dropTask(backfill.tenant, backfill.id, 'a');
    expect(await backfill.states()).toEqual({
      ...{ 'a@1': 'failed', 'b@1': 'waiting', 'c@1': 'waiting', 'd@1': 'blocked' },
      ...{ 'a@2': 'dropped', 'b@2': 'waiting', 'x@1': 'failed' },
    });
    expect(handedOut(await backfill.step())).toEqual(['b@1', 'b@2']);
  });

  test('is left out by the retry of a backfill that is over, in which nothing goes on by itself', async () => {
    const backfill = await start([cell('a', 1), cell('b', 1, [0]), cell('c', 1, [1])]);
    await backfill.step();
    await backfill.step(ended('a', 1, 'failed'));
    expect(await detach(backfill.tenant, 'a')).toEqual([]);
    expect(await backfill.status()).toBe('failed');
    expect(await backfill.states()).toMatchObject({ 'b@1': 'blocked', 'c@1': 'blocked' });
    expect(await opened.store.backfills.retry(backfill.tenant, backfill.id)).toBe(3);
    expect(handedOut(await backfill.step())).toEqual(['a@1', 'b@1']);
  });
});
