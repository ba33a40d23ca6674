import type { RunProjection, RunRecord } from '../../model/run';
import type { PageRequest } from '../../store';
import { newId, openTestStore, type OpenedStore } from './support/opened';
import { hour } from './support/plans';
import { batchOf, sampleRun } from './support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

/** Records of a task of its own: hour, attempt, status. */
type Line = [hour: number | null, attempt: number, status: RunRecord['status'], queued?: number];

async function taskWith(...lines: Line[]): Promise<{ taskId: string; runs: RunProjection[] }> {
  const taskId = newId();
  const runs = lines.map(([nr, attempt, status, queued = attempt]) =>
    sampleRun({
      ...{ taskId, attempt, status, scheduleTime: nr === null ? null : hour(nr) },
      queuedAt: hour(100 + queued),
    }),
  );
  await opened.store.tasks.project(batchOf({ runs }));
  return { taskId, runs };
}

const standing = ({ scheduleTime, attempt, status, id }: RunProjection) => ({
  ...{ scheduleTime, attempts: attempt, status, runId: id },
});
type Filter = Parameters<OpenedStore['store']['runs']['instances']>[2];
const anything: Filter = { from: null, to: null, status: null };

describe('how instances stand', () => {
  test('is as their highest attempt stands, and of equal ones as the newest', async () => {
    const { taskId, runs } = await taskWith(
      [1, 1, 'failed'],
      [1, 2, 'succeeded'],
      // Recorded later than an attempt, but nothing ran.
      [1, 0, 'skipped', 50],
      [2, 0, 'missed', 1],
      [2, 0, 'blocked', 2],
      [3, 1, 'running'],
      [null, 1, 'succeeded'],
    );
    const { store } = opened;
    const times = [hour(1), hour(2), hour(3), hour(9)];
    const known = await store.runs.knownInstances('default', taskId, times);
    const expected = [runs[1]!, runs[4]!, runs[5]!].map(standing);
    expect(known).toHaveLength(3);
    expect(known).toEqual(expect.arrayContaining(expected));
    expect(await store.runs.knownInstances('default', taskId, [hour(2)])).toEqual([expected[1]]);
    expect(await store.runs.knownInstances('default', taskId, [])).toEqual([]);
    expect(await store.runs.knownInstances('other', taskId, times)).toEqual([]);
    expect(await store.runs.knownInstances('default', newId(), times)).toEqual([]);
  });

  test('is told of a range, both ends included', async () => {
    const { taskId } = await taskWith(...[1, 2, 3, 4].map((nr): Line => [nr, 1, 'succeeded']));
    const range = { from: hour(2), to: '2026-01-01T03:00:00.000Z' };
    const known = await opened.store.runs.knownInstances('default', taskId, range);
    expect(known.map(({ scheduleTime }) => scheduleTime).toSorted()).toEqual([hour(2), hour(3)]);
  });

  test('is told for a hundred thousand named times at once', async () => {
    const { taskId, runs } = await taskWith([7, 1, 'failed'], [99_999, 1, 'succeeded']);
    const times = Array.from({ length: 100_000 }, (_, nr) => hour(nr));
    const known = await opened.store.runs.knownInstances('default', taskId, times);
    expect(known).toEqual(expect.arrayContaining(runs.map(standing)));
    expect(known).toHaveLength(2);
  });

  test('is told of the latest at or before a time', async () => {
    const { taskId, runs } = await taskWith(
      [2, 1, 'failed'],
      [2, 2, 'succeeded'],
      [5, 0, 'blocked'],
      [null, 1, 'succeeded'],
    );
    const latest = (at: string) => opened.store.runs.latestInstance('default', taskId, at);
    expect(await latest(hour(1))).toBeNull();
    expect(await latest(hour(2))).toEqual(standing(runs[1]!));
    expect(await latest('2026-01-01T04:59:59.999Z')).toEqual(standing(runs[1]!));
    expect(await latest(hour(9))).toEqual(standing(runs[2]!));
  });
});

describe('the list of instances', () => {
  async function listed(taskId: string, filter: Partial<Filter>) {
    const names: [string | null, number][] = [];
    for (let page: PageRequest = { pageSize: 2, pageToken: null }; ;) {
      const { items, nextPageToken } = await opened.store.runs.instances(
        ...(['default', taskId, { ...anything, ...filter }, page] as const),
      );
      names.push(...items.map((run): [string | null, number] => [run.scheduleTime, run.attempt]));
      if (nextPageToken === null) return names;
      page = { ...page, pageToken: nextPageToken };
    }
  }

  test('holds the latest attempt of each, newest schedule time first', async () => {
    const { taskId } = await taskWith(
      [1, 1, 'failed'],
      [1, 2, 'failed'],
      [2, 1, 'succeeded'],
      [3, 0, 'missed'],
      [4, 1, 'failed'],
      [4, 2, 'succeeded'],
      [null, 1, 'failed'],
    );
    const all = [
      [hour(4), 2],
      [hour(3), 0],
      [hour(2), 1],
      [hour(1), 2],
    ];
    expect(await listed(taskId, {})).toEqual(all);
    expect(await listed(taskId, { status: 'failed' })).toEqual([all[3]]);
    expect(await listed(taskId, { from: hour(2), to: hour(3) })).toEqual([...[all[1], all[2]]]);
    expect(await listed(newId(), {})).toEqual([]);
  });

  test('shows records whole', async () => {
    const { taskId, runs } = await taskWith([1, 1, 'succeeded']);
    const page = { pageSize: 10, pageToken: null };
    const { items } = await opened.store.runs.instances('default', taskId, anything, page);
    expect(items).toEqual([await opened.store.runs.find('default', taskId, runs[0]!.id)]);
  });
});

describe('how long a task usually takes', () => {
  const took = (taskId: string, nr: number, seconds: number, change: Partial<RunProjection> = {}) =>
    sampleRun({
      ...{ taskId, status: 'succeeded' as const, queuedAt: hour(nr), startedAt: hour(nr) },
      finishedAt: new Date(Date.parse(hour(nr)) + seconds * 1000).toISOString(),
      ...change,
    });
  const usual = (...taskIds: string[]) => opened.store.runs.usualSeconds('default', taskIds);

  test('is the median of its last twenty runs that succeeded', async () => {
    const [one, other, none] = [newId(), newId(), newId()];
    const runs = [
      // These are too long ago to count.
      ...[1, 2, 3].map((nr) => took(one, nr, 3_000)),
      ...Array.from({ length: 20 }, (_, nr) => took(one, 10 + nr, nr < 10 ? 2 : 5)),
      took(one, 50, 900, { status: 'failed' }),
      took(one, 51, 900, { startedAt: null }),
      took(other, 1, 0.25),
      took(none, 1, 900, { status: 'cancelled' }),
    ];
    await opened.store.tasks.project(batchOf({ runs }));
    expect(await usual(one, other, none, newId())).toEqual(
      new Map([
        [one, 3.5],
        [other, 0.25],
      ]),
    );
    expect(await usual()).toEqual(new Map());
    expect(await opened.store.runs.usualSeconds('other', [one])).toEqual(new Map());
  });
});
