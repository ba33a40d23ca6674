import { newId, openTestStore, type OpenedStore } from '../support/opened';
import { cell, drive, ended, handedOut, newBackfill, type Driven } from '../support/plans';
import { batchOf, sampleRun } from '../support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

type Plan = Parameters<typeof newBackfill>;

/** Backfills of one tenant, in the order of their creation. */
async function start(...plans: Plan[]): Promise<Driven[]> {
  const tenant = `joining-${newId()}`;
  const drivers = [];
  for (const [cells, change] of plans) {
    drivers.push(await drive(opened.store, newBackfill(cells, { ...change, tenant })));
  }
  return drivers;
}

const sentTo = (step: Awaited<ReturnType<Driven['step']>>) =>
  step.taken.flatMap(({ cells }) => cells.map(({ backfills }) => backfills));

describe('an instance that waits in two backfills', () => {
  test('runs once, for both, and its end counts in each', async () => {
    const [one, other] = (await start([[cell('a', 1)]], [[cell('a', 1), cell('b', 1, [0])]])) as [
      Driven,
      Driven,
    ];
    const step = await one.step();
    expect(sentTo(step)).toEqual([[one.id, other.id].toSorted()]);
    expect(await one.again()).toEqual(step);
    const second = await other.step();
    expect(second).toMatchObject({ taken: [], waiting: 1, running: 1, holders: ['a'] });
    expect(await one.step(ended('a', 1))).toMatchObject({ status: 'succeeded' });
    expect(handedOut(await other.step(ended('a', 1)))).toEqual(['b@1']);
  });

  test('waits for what it needs in either', async () => {
    const [one, other] = (await start(
      [[cell('x', 1), cell('a', 1)]],
      [[cell('y', 1), cell('a', 1, [0])]],
    )) as [Driven, Driven];
    expect(handedOut(await one.step())).toEqual(['x@1']);
    expect(await one.step(ended('x', 1))).toMatchObject({ taken: [], waiting: 1, running: 0 });
    expect(handedOut(await other.step())).toEqual(['y@1']);
    expect(handedOut(await one.step())).toEqual([]);
    const step = await other.step(ended('y', 1));
    expect(sentTo(step)).toEqual([[one.id, other.id].toSorted()]);
    expect(await one.states()).toEqual({ 'x@1': 'succeeded', 'a@1': 'running' });
  });

  test.each(['paused', 'cancelling'] as const)('is not held back by one that is %s', async (to) => {
    const [one, other] = (await start([[cell('a', 1)]], [[cell('y', 1), cell('a', 1, [0])]])) as [
      Driven,
      Driven,
    ];
    await other.become('running', to);
    expect(sentTo(await one.step())).toEqual([[one.id]]);
    expect(await other.states()).toEqual({ 'y@1': 'waiting', 'a@1': 'waiting' });
  });

  test('is blocked where its needs fail, and the other then goes on without it', async () => {
    const [one, other] = (await start([[cell('a', 1)]], [[cell('y', 1), cell('a', 1, [0])]])) as [
      Driven,
      Driven,
    ];
    await other.step();
    expect(handedOut(await one.step())).toEqual([]);
    expect(await other.step(ended('y', 1, 'failed'))).toMatchObject({ status: 'failed' });
    expect(sentTo(await one.step())).toEqual([[one.id]]);
  });

  test.each([
    ['skip', 'failed', 'failed'],
    ['failed', 'rerun', 'rerun'],
    ['rerun', 'skip', 'rerun'],
  ] as const)(
    'is asked for as the one that wants more of it has it: %s, %s',
    async (mine, its, asked) => {
      const plan = [cell('a', 1)];
      const [one] = (await start([plan, { existing: mine }], [plan, { existing: its }])) as [
        Driven,
      ];
      const { taken } = await one.step();
      expect(taken[0]?.cells).toMatchObject([{ existing: asked }]);
    },
  );

  test('of two tenants runs for each', async () => {
    const [[one], [other]] = [await start([[cell('a', 1)]]), await start([[cell('a', 1)]])];
    expect(sentTo(await one!.step())).toEqual([[one!.id]]);
    expect(sentTo(await other!.step())).toEqual([[other!.id]]);
  });

  test('is handed out once where both drivers come at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const cells = Array.from({ length: 12 }, (_, nr) => cell(`t${nr}`, 1));
      const drivers = await start([cells], [cells.toReversed()]);
      const steps = await Promise.all(drivers.map((driver) => driver.step()));
      const names = steps.flatMap(handedOut);
      expect(names.toSorted()).toEqual(cells.map(({ taskId }) => `${taskId}@1`).toSorted());
    }
  });
});

test('an instance that is under way for another backfill is asked for again', async () => {
  const [one, other] = (await start([[cell('b', 1), cell('a', 1)]], [[cell('a', 1)]])) as [
    Driven,
    Driven,
  ];
  await other.become('running', 'paused');
  await one.step();
  await other.become('paused', 'running');
  const step = await other.step();
  expect(sentTo(step)).toEqual([[other.id]]);
  expect(await one.again()).toMatchObject({ running: 2 });
});

test('a cell is handed out with the latest attempt of its instance', async () => {
  const [backfill] = (await start([[cell('a', 1), cell('a', 2), cell('a', 3)]])) as [Driven];
  const { tenant } = backfill;
  const run = (nr: number, attempt: number, status: 'failed' | 'succeeded' | 'skipped') => {
    const { scheduleTime } = cell('a', nr);
    return sampleRun({ tenant, taskId: 'a', scheduleTime, attempt, status });
  };
  const runs = [run(1, 1, 'failed'), run(1, 2, 'succeeded'), run(2, 0, 'skipped')];
  await opened.store.tasks.project(batchOf({ runs }));
  const { taken } = await backfill.step();
  const known = taken[0]!.cells.map(({ attempts, status }) => [attempts, status]);
  expect(known).toEqual([
    [2, 'succeeded'],
    [0, 'skipped'],
    [0, null],
  ]);
});

test('two backfills that hold each other back go on, as neither would ever', async () => {
  const [one, other] = (await start(
    [[cell('x', 1), cell('y', 1, [0])]],
    [[cell('y', 1), cell('x', 1, [0])]],
  )) as [Driven, Driven];
  expect(handedOut(await one.step())).toEqual(['x@1']);
  expect(handedOut(await other.step())).toEqual([]);
  const step = await one.step(ended('x', 1));
  expect(handedOut(step)).toEqual(['y@1']);
  expect(sentTo(step)).toEqual([[one.id, other.id].toSorted()]);
  expect(await one.step(ended('y', 1))).toMatchObject({ status: 'succeeded' });
  expect(handedOut(await other.step(ended('y', 1)))).toEqual(['x@1']);
  expect(await other.step(ended('x', 1))).toMatchObject({ status: 'succeeded' });
});
