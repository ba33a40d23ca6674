import { newId, openTestStore, type OpenedStore } from '../support/opened';
import {
  cell,
  drive,
  ended,
  handedOut,
  hour,
  newBackfill,
  saveTasks,
  Driven,
} from '../support/plans';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const start = (...parts: Parameters<typeof newBackfill>) =>
  drive(opened.store, newBackfill(...parts));

describe('cells are handed out', () => {
  test('oldest first, as many as may be under way, and others when those have ended', async () => {
    const cells = [cell('a', 3), cell('a', 1), cell('b', 1), cell('a', 2)];
    const backfill = await start(cells, { concurrency: 2 });
    const first = await backfill.step();
    expect(handedOut(first)).toEqual(['a@1', 'b@1']);
    expect(first).toMatchObject({ status: 'running', waiting: 2, running: 2, holders: ['a', 'b'] });
    expect(handedOut(await backfill.step())).toEqual([]);
    expect(handedOut(await backfill.step(ended('a', 1)))).toEqual(['a@2']);
    const last = await backfill.step(ended('a', 2), ended('b', 1));
    expect(handedOut(last)).toEqual(['a@3']);
    expect(last).toMatchObject({ waiting: 0, running: 1, holders: ['a'] });
    expect(await backfill.step(ended('a', 3))).toEqual({
      ...{ status: 'succeeded', waiting: 0, running: 0, taken: [], holders: [] },
    });
    expect(await backfill.status()).toBe('succeeded');
  });

  test('only when all that they need has succeeded or was skipped', async () => {
    const cells = [cell('a', 1), cell('b', 1), cell('c', 1, [0, 1, 1])];
    const backfill = await start(cells);
    expect(handedOut(await backfill.step())).toEqual(['a@1', 'b@1']);
    expect(handedOut(await backfill.step(ended('a', 1)))).toEqual([]);
    expect(handedOut(await backfill.step(ended('b', 1, 'skipped')))).toEqual(['c@1']);
    expect(await backfill.step(ended('c', 1))).toMatchObject({ status: 'succeeded' });
  });

  test('at once where what they need is skipped by the plan', async () => {
    const skipped = cell('a', 1, [], { action: 'skip', reason: 'it has succeeded' });
    const backfill = await start([skipped, cell('b', 1, [0])]);
    expect(await backfill.states()).toEqual({ 'a@1': 'skipped', 'b@1': 'waiting' });
    expect(handedOut(await backfill.step())).toEqual(['b@1']);
  });

  test('by task, with how the instance stands and who asked', async () => {
    const backfill = await start([cell('a', 1), cell('a', 2), cell('b', 1)], {
      existing: 'failed',
    });
    const { taken } = await backfill.step();
    const common = { backfills: [backfill.id], existing: 'failed', attempts: 0, by: 'ana' };
    const request = (nr: number) => ({ ...common, scheduleTime: hour(nr), status: null });
    expect(taken).toHaveLength(2);
    expect(taken).toEqual(
      expect.arrayContaining([
        { taskId: 'a', cells: [request(1), request(2)] },
        { taskId: 'b', cells: [request(1)] },
      ]),
    );
  });
});

describe('a task all of whose slots are taken is handed as many cells again', () => {
  const cells = Array.from({ length: 8 }, (_, nr) => cell('a', nr));

  async function startWith(parallel: number, concurrency: number): Promise<Driven> {
    const backfill = newBackfill(cells, { concurrency });
    await saveTasks(opened.store, backfill.tenant, { a: parallel });
    return drive(opened.store, backfill);
  }

  test('which are shown as waiting until others have ended', async () => {
    const backfill = await startWith(2, 2);
    expect(handedOut(await backfill.step())).toEqual(['a@0', 'a@1', 'a@2', 'a@3']);
    const states = { 'a@0': 'running', 'a@1': 'running', 'a@2': 'waiting', 'a@3': 'waiting' };
    expect(await backfill.states()).toMatchObject(states);
    expect((await opened.store.backfills.find(backfill.tenant, backfill.id))?.counts).toMatchObject(
      { running: 2, waiting: 6 },
    );
    expect(handedOut(await backfill.step(ended('a', 0)))).toEqual(['a@4']);
    expect(await backfill.states()).toMatchObject({ 'a@0': 'succeeded', 'a@2': 'running' });
  });

  test('and gets more as soon as one of them has begun, however slow another task is', async () => {
    const slow = [cell('slow', 0), cell('slow', 1)];
    const quick = [2, 3, 4, 5].map((nr) => cell('quick', nr));
    const backfill = newBackfill([...slow, ...quick], { concurrency: 2 });
    await saveTasks(opened.store, backfill.tenant, { slow: 1, quick: 1 });
    const driver = await drive(opened.store, backfill);
    await driver.become('running', 'paused');
    await driver.become('paused', 'running');
    expect(handedOut(await driver.step())).toEqual(['slow@0', 'slow@1']);
    expect(handedOut(await driver.step(ended('slow', 1)))).toEqual(['quick@2', 'quick@3']);
    expect(handedOut(await driver.step(ended('quick', 2)))).toEqual(['quick@4']);
    expect(await driver.states()).toMatchObject({ 'quick@3': 'running', 'quick@4': 'waiting' });
    expect(handedOut(await driver.step(ended('quick', 3)))).toEqual(['quick@5']);
    expect(await driver.states()).toMatchObject({ 'slow@0': 'running', 'quick@4': 'running' });
  });

  test('not where the backfill has room for fewer than the task has slots', async () => {
    const backfill = await startWith(4, 2);
    expect(handedOut(await backfill.step())).toEqual(['a@0', 'a@1']);
  });

  test('and gives back those that have not begun when it is paused', async () => {
    const backfill = await startWith(2, 2);
    await backfill.step();
    await backfill.become('running', 'paused');
    await backfill.step(ended('a', 2, 'withdrawn'), ended('a', 3, 'withdrawn'));
    await backfill.become('paused', 'running');
    expect(handedOut(await backfill.step(ended('a', 0)))).toEqual(['a@2', 'a@3', 'a@4']);
    expect(await backfill.states()).toMatchObject({ 'a@2': 'running', 'a@3': 'waiting' });
  });
});

describe('a step that is repeated', () => {
  test('hands out the same cells, and not those that have ended since', async () => {
    const backfill = await start([cell('a', 1), cell('a', 2), cell('a', 3)], { concurrency: 2 });
    const first = await backfill.step();
    expect(await backfill.again()).toEqual(first);
    const second = await backfill.step(ended('a', 1));
    expect(handedOut(second)).toEqual(['a@3']);
    expect(await backfill.again(ended('a', 1))).toEqual(second);
  });

  test('at the same time in two drivers hands each cell out once', async () => {
    const cells = Array.from({ length: 40 }, (_, nr) => cell('a', nr));
    const backfill = newBackfill(cells, { concurrency: 10 });
    const drivers = [
      await drive(opened.store, backfill),
      new Driven(opened.store, ...backfill.key),
    ];
    const steps = await Promise.all(drivers.map((driver) => driver.step()));
    expect(steps[0]).toEqual(steps[1]);
    expect(handedOut(steps[0]!)).toHaveLength(10);
  });
});

describe('a backfill without work', () => {
  test.each([
    ['no cells', []],
    ['skipped cells alone', [cell('a', 1, [], { action: 'skip' })]],
  ])('for %s succeeds at its first step', async (_, cells) => {
    const backfill = await start(cells);
    expect(await backfill.status()).toBe('running');
    expect(await backfill.step()).toMatchObject({ status: 'succeeded', waiting: 0, running: 0 });
  });

  test('that is not there is over', async () => {
    const backfill = new Driven(opened.store, 'nobody', newId());
    expect(await backfill.step()).toMatchObject({ status: 'cancelled', waiting: 0, running: 0 });
  });
});

describe('an end', () => {
  test('of a cell that is not under way changes nothing, however late or often it comes', async () => {
    const backfill = await start([cell('a', 1), cell('b', 1, [0])]);
    await backfill.step(ended('a', 1, 'failed'), ended('b', 1));
    expect(await backfill.states()).toEqual({ 'a@1': 'running', 'b@1': 'waiting' });
    await backfill.step(ended('a', 1), ended('a', 1, 'failed'), ended('x', 1), ended('a', 9));
    expect(await backfill.states()).toEqual({ 'a@1': 'succeeded', 'b@1': 'running' });
    await backfill.step(ended('a', 1, 'cancelled'));
    expect(await backfill.states()).toEqual({ 'a@1': 'succeeded', 'b@1': 'running' });
  });

  test('by being withdrawn lets the cell wait again', async () => {
    const backfill = await start([cell('a', 1), cell('a', 2)], { concurrency: 1 });
    await backfill.step();
    const step = await backfill.step(ended('a', 1, 'withdrawn', { runId: null }));
    expect(handedOut(step)).toEqual(['a@1']);
    expect(step).toMatchObject({ waiting: 1, running: 1 });
  });

  test('is kept with its run and its reason', async () => {
    const backfill = await start([cell('a', 1, [], { action: 'rerun', reason: 'it had failed' })]);
    expect(await backfill.cells()).toEqual([
      {
        ...{ taskId: 'a', scheduleTime: hour(1), action: 'rerun', reason: 'it had failed' },
        ...{ state: 'waiting', runId: null },
      },
    ]);
    await backfill.step();
    const reason = 'The table is away.';
    await backfill.step(ended('a', 1, 'failed', { runId: 'r1', reason }));
    expect(await backfill.cells()).toEqual([
      expect.objectContaining({ state: 'failed', runId: 'r1', reason }),
    ]);
  });
});

describe('a cell that ends badly', () => {
  test.each(['failed', 'timedOut', 'cancelled', 'dropped'] as const)(
    '(%s) blocks all that needs it, and nothing else',
    async (status) => {
      const cells = [
        ...[cell('a', 1), cell('b', 1), cell('c', 1, [0, 1]), cell('d', 1, [1]), cell('e', 2, [2])],
        cell('f', 3, [4]),
      ];
      const backfill = await start(cells);
      await backfill.step();
      await backfill.step(ended('b', 1));
      const step = await backfill.step(ended('a', 1, status));
      expect(await backfill.states()).toEqual({
        ...{ 'a@1': status, 'b@1': 'succeeded', 'd@1': 'running' },
        ...{ 'c@1': 'blocked', 'e@2': 'blocked', 'f@3': 'blocked' },
      });
      expect(step).toMatchObject({ status: 'running', waiting: 0, running: 1 });
      expect(await backfill.step(ended('d', 1))).toMatchObject({ status: 'failed' });
    },
  );

  test('is named where it stands in the way', async () => {
    const backfill = await start([cell('a', 1), cell('b', 1, [0]), cell('c', 1, [1])]);
    await backfill.step();
    await backfill.step(ended('a', 1, 'failed'));
    const reasons = (await backfill.cells()).map(({ taskId, reason }) => [taskId, reason]);
    expect(Object.fromEntries(reasons)).toEqual({
      ...{ a: null, b: 'It needs a at 2026-01-01T01:00:00.000Z, which did not succeed.' },
      c: 'It needs b at 2026-01-01T01:00:00.000Z, which did not succeed.',
    });
  });
});
