import { Client } from 'pg';
import type { RunProjection } from '../../../model/run';
import { openTestStore, type OpenedStore } from '../support/opened';
import { cell, drive, ended, handedOut, hour, newBackfill, type Driven } from '../support/plans';
import { sampleRun } from '../support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const start = (...parts: Parameters<typeof newBackfill>) =>
  drive(opened.store, newBackfill(...parts));

/** As if all cells that are under way had been handed out that long ago. */
async function age({ tenant }: Driven, minutes: number): Promise<void> {
  const client = new Client({ connectionString: opened.url });
  await client.connect();
  const text = `update tablegate.backfill_cells set taken_at = taken_at - $2::interval,
    asked_at = asked_at - $2::interval where tenant = $1 and state = 'running'`;
  await client.query(text, [tenant, `${minutes} minutes`]);
  await client.end();
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

async function record({ tenant }: Driven, change: Partial<RunProjection>): Promise<void> {
  const run = { tenant, taskId: 'a', scheduleTime: hour(1), queuedAt: minutesAgo(5) };
  await opened.store.runs.project(sampleRun({ ...run, ...change }));
}

async function longUnderWay(...cells: ReturnType<typeof cell>[]): Promise<Driven> {
  const backfill = await start(cells);
  await backfill.step();
  await age(backfill, 10);
  return backfill;
}

describe('a cell that has been under way for long', () => {
  test('ends as its run has ended in the records', async () => {
    const backfill = await longUnderWay(cell('a', 1), cell('b', 1, [0]), cell('a', 2));
    const failed = { status: 'failed' as const, failureReason: 'No table.' };
    await record(backfill, { id: 'first', attempt: 1, ...failed });
    await record(backfill, { id: 'second', attempt: 2, status: 'succeeded' });
    await record(backfill, { id: 'third', scheduleTime: hour(2), ...failed });
    expect(handedOut(await backfill.reconcile())).toEqual(['b@1']);
    expect(await backfill.cells()).toEqual([
      expect.objectContaining({ state: 'failed', runId: 'third', reason: 'No table.' }),
      expect.objectContaining({ taskId: 'b', state: 'running' }),
      expect.objectContaining({ state: 'succeeded', runId: 'second', reason: null }),
    ]);
    expect(await backfill.step(ended('a', 1, 'failed'), ended('b', 1))).toMatchObject({
      status: 'failed',
    });
  });

  test.each<[string, Partial<RunProjection>]>([
    ['goes on', { status: 'running' }],
    [
      'was queued before the cell was handed out',
      { status: 'succeeded', queuedAt: minutesAgo(20) },
    ],
    ['is no attempt', { status: 'skipped', attempt: 0 }],
    ['is of another time', { status: 'succeeded', scheduleTime: hour(2) }],
    ['is of another task', { status: 'succeeded', taskId: 'b' }],
    ['is of another tenant', { status: 'succeeded', tenant: 'other' }],
  ])('is handed out again where the run that is recorded %s', async (_, run) => {
    const backfill = await longUnderWay(cell('a', 1));
    await record(backfill, run);
    const step = await backfill.reconcile();
    expect(handedOut(step)).toEqual(['a@1']);
    expect(step).toMatchObject({ waiting: 0, running: 1 });
    expect(await backfill.again()).toEqual(step);
    expect(handedOut(await backfill.reconcile())).toEqual([]);
  });

  test('is handed out for all backfills that are joined in it, by one of them', async () => {
    const one = await start([cell('a', 1)]);
    const other = await drive(opened.store, newBackfill([cell('a', 1)], { tenant: one.tenant }));
    const { taken } = await one.step();
    await age(one, 10);
    expect((await other.reconcile()).taken).toEqual(taken);
    expect((await one.reconcile()).taken).toEqual([]);
  });

  test.each(['paused', 'cancelling'] as const)(
    'is not handed out again by a backfill that is %s, but ends by its record',
    async (to) => {
      const backfill = await longUnderWay(cell('a', 1), cell('a', 2));
      await backfill.become('running', to);
      await record(backfill, { status: 'succeeded' });
      expect(await backfill.reconcile()).toMatchObject({ taken: [], running: 1, status: to });
      expect(await backfill.states()).toEqual({ 'a@1': 'succeeded', 'a@2': 'running' });
    },
  );
});

test('a cell that was handed out just now is let be', async () => {
  const backfill = await start([cell('a', 1)]);
  await backfill.step();
  await record(backfill, { status: 'succeeded', queuedAt: new Date().toISOString() });
  expect(await backfill.reconcile()).toMatchObject({ taken: [], running: 1 });
});

test('a step that does not reconcile leaves cells alone, however long they take', async () => {
  const backfill = await longUnderWay(cell('a', 1));
  await record(backfill, { status: 'succeeded' });
  expect(await backfill.step()).toMatchObject({ taken: [], running: 1 });
});
