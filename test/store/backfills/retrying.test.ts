import { openTestStore, type OpenedStore } from '../support/opened';
import { cell, drive, ended, handedOut, newBackfill, type Driven } from '../support/plans';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const start = (...parts: Parameters<typeof newBackfill>) =>
  drive(opened.store, newBackfill(...parts));
const retry = ({ tenant, id }: Driven) => opened.store.backfills.retry(tenant, id);
const found = async ({ tenant, id }: Driven) => (await opened.store.backfills.find(tenant, id))!;

/** A chain of three whose middle failed, beside one of each other bad end and a good one. */
async function failedOne(): Promise<Driven> {
  const others = ['d', 'e', 'f'].map((taskId) => cell(taskId, 1));
  const chain = [cell('a', 1), cell('b', 1, [0]), cell('c', 1, [1])];
  const backfill = await start([...chain, ...others]);
  await backfill.step();
  await backfill.step(ended('a', 1), ended('d', 1, 'timedOut'));
  const last = [ended('b', 1, 'failed'), ended('e', 1, 'cancelled'), ended('f', 1, 'skipped')];
  expect(await backfill.step(...last)).toMatchObject({ status: 'failed' });
  return backfill;
}

describe('retrying', () => {
  test('takes up what failed, timed out, was cancelled or blocked, and nothing else', async () => {
    const backfill = await failedOne();
    expect(await retry(backfill)).toBe(4);
    expect(await backfill.states()).toEqual({
      ...{ 'a@1': 'succeeded', 'b@1': 'waiting', 'c@1': 'waiting' },
      ...{ 'd@1': 'waiting', 'e@1': 'waiting', 'f@1': 'skipped' },
    });
    expect(handedOut(await backfill.step())).toEqual(['b@1', 'd@1', 'e@1']);
    const step = await backfill.step(ended('b', 1), ended('d', 1), ended('e', 1));
    expect(handedOut(step)).toEqual(['c@1']);
    expect(await backfill.step(ended('c', 1))).toMatchObject({ status: 'succeeded' });
  });

  test('begins a new stretch of work', async () => {
    const backfill = await failedOne();
    const before = await found(backfill);
    expect(before.endedSince).toBe(5);
    expect(before.finishedAt).not.toBeNull();
    await retry(backfill);
    const after = await found(backfill);
    expect(after).toMatchObject({ status: 'running', finishedAt: null, endedSince: 0 });
    expect(Date.parse(after.resumedAt)).toBeGreaterThanOrEqual(Date.parse(before.finishedAt!));
    await backfill.step();
    await backfill.step(ended('b', 1), ended('d', 1, 'failed'));
    expect((await found(backfill)).endedSince).toBe(2);
  });

  test('forgets why the cells ended, and keeps their runs until others have ended them', async () => {
    const planned = cell('a', 1, [], { action: 'rerun', reason: 'It had failed.' });
    const backfill = await start([planned, cell('b', 1, [0])]);
    await backfill.step();
    await backfill.step(ended('a', 1, 'failed', { runId: 'r1', reason: 'No table.' }));
    await retry(backfill);
    const reasons = (await backfill.cells()).map(({ runId, reason }) => [runId, reason]);
    expect(reasons).toEqual([
      [null, null],
      ['r1', 'It had failed.'],
    ]);
  });

  test('is not undone by a late word of the run before', async () => {
    const backfill = await start([cell('a', 1)]);
    await backfill.step();
    const before = ended('a', 1, 'failed', { runId: 'r1' });
    await backfill.step(before);
    await retry(backfill);
    await backfill.step();
    await backfill.step(before);
    expect(await backfill.states()).toEqual({ 'a@1': 'running' });
    const after = ended('a', 1, 'succeeded', { runId: 'r2' });
    expect(await backfill.step(before, after)).toMatchObject({ status: 'succeeded' });
  });

  test('goes on beside what is under way, and lets a paused backfill run', async () => {
    const backfill = await start([cell('a', 1), cell('b', 1), cell('c', 1, [0, 1])]);
    await backfill.step();
    await backfill.step(ended('a', 1, 'failed'));
    await backfill.become('running', 'paused');
    expect(await retry(backfill)).toBe(2);
    expect(await backfill.status()).toBe('running');
    expect(handedOut(await backfill.step(ended('b', 1)))).toEqual(['a@1']);
    expect(handedOut(await backfill.step(ended('a', 1)))).toEqual(['c@1']);
  });

  test('leaves blocked what needs a task that was removed', async () => {
    const backfill = await start([
      cell('a', 1),
      cell('b', 1, [0]),
      cell('c', 1, [1]),
      cell('d', 1),
    ]);
    await backfill.step();
    await opened.store.backfills.dropTask(backfill.tenant, backfill.id, 'a');
    expect(await backfill.step(ended('d', 1, 'failed'))).toMatchObject({ status: 'failed' });
    expect(await retry(backfill)).toBe(1);
    expect(await backfill.states()).toEqual({
      ...{ 'a@1': 'dropped', 'b@1': 'blocked', 'c@1': 'blocked', 'd@1': 'waiting' },
    });
    await backfill.step();
    expect(await backfill.step(ended('d', 1))).toMatchObject({ status: 'failed' });
    expect(await retry(backfill)).toBe(0);
    expect(await found(backfill)).toMatchObject({
      status: 'failed',
      finishedAt: expect.any(String) as string,
    });
  });

  test('does nothing where nothing went wrong, and where there is no such backfill', async () => {
    const paused = await start([cell('a', 1)]);
    await paused.become('running', 'paused');
    expect(await retry(paused)).toBe(0);
    expect(await paused.status()).toBe('paused');
    expect(await opened.store.backfills.retry('nobody', paused.id)).toBe(0);
  });

  test('waits for a cancelled backfill to come to its end', async () => {
    const backfill = await start([cell('a', 1), cell('b', 1), cell('c', 1, [0])]);
    await backfill.step();
    await backfill.become('running', 'cancelling');
    await backfill.step(ended('a', 1, 'failed'));
    expect(await retry(backfill)).toBe(0);
    expect(await backfill.status()).toBe('cancelling');
    await backfill.step(ended('b', 1));
    expect(await backfill.status()).toBe('cancelled');
    expect(await retry(backfill)).toBe(2);
    expect(handedOut(await backfill.step())).toEqual(['a@1']);
  });
});
