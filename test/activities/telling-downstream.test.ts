/** What the end of a run means for the tasks after it (rules 9 and 10). */
import type { RunProjection } from '../../model/run';
import type { TaskProjection } from '../../model/task';
import { newId } from '../store/support/opened';
import { daily, hourly } from '../support/lineage-tasks';
import { makeSurroundings, recordOf, type Surroundings } from './support/surroundings';

let around: Surroundings;
beforeAll(async () => (around = await makeSurroundings()));
afterAll(() => around.close());

/** A table of one test. */
const aTable = (): string => `w.main.t${newId()}`;

/** Brings records of a task into the store, and gives what Temporal was asked for then. */
async function project(task: TaskProjection, ...runs: RunProjection[]) {
  around.forget();
  await around.activities.projectTask({ task, ledger: [], runs });
  const { nudged, marked } = around.port;
  return { nudged, marked };
}

const nothing = { nudged: [], marked: [] };

describe('recurring tasks', () => {
  it.each([
    'succeeded',
    'failed',
    'timedOut',
    'cancelled',
    'skipped',
    'missed',
    'blocked',
  ] as const)('judge their gates again when an instance upstream is %s', async (status) => {
    const up = await around.task({ recurrence: daily('02:00') });
    const down = await around.task({ recurrence: daily('03:00'), dependsOn: [up.id] });
    const told = await project(up, recordOf(up, '2026-03-01T02:00', status));
    expect(told).toEqual({ nudged: [down.id], marked: [] });
  });

  it('are told once for a batch, also of what a backfill has run', async () => {
    const up = await around.task({ recurrence: hourly(), writes: [aTable()] });
    const [table] = up.job.config.writes as string[];
    const down = await around.task({ recurrence: daily('03:00'), reads: [table!] });
    const told = await project(
      up,
      recordOf(up, '2026-03-01T02:00', 'succeeded', { startedBy: 'backfill' }),
      recordOf(up, '2026-03-01T03:00', 'failed'),
    );
    expect(told).toEqual({ nudged: [down.id], marked: [] });
  });

  it('hear nothing of runs that go on, or that are no instance', async () => {
    const up = await around.task({ recurrence: daily('02:00') });
    await around.task({ recurrence: daily('03:00'), dependsOn: [up.id] });
    expect(await project(up, recordOf(up, '2026-03-01T02:00', 'running'))).toEqual(nothing);
    expect(await project(up, recordOf(up, null, 'succeeded'))).toEqual(nothing);
  });

  it('hear of the removal and of an edit of the task before them', async () => {
    const up = await around.task({ recurrence: daily('02:00') });
    const down = await around.task({ recurrence: daily('03:00'), dependsOn: [up.id] });
    const edited = { ...up, revision: 2, updatedAt: new Date().toISOString() };
    expect((await project(edited)).nudged).toEqual([down.id]);
    const removed = { ...up, revision: 3, removedAt: '2026-03-01T00:00:00.000Z' };
    expect((await project(removed)).nudged).toEqual([down.id]);
  });

  it('do not hold the record up where Temporal does not take the word', async () => {
    const up = await around.task({ recurrence: daily('02:00') });
    const lost = await around.task({ recurrence: daily('03:00'), dependsOn: [up.id] });
    const down = await around.task({ recurrence: daily('03:00'), dependsOn: [up.id] });
    around.forget();
    around.port.broken.add(lost.id);
    const run = recordOf(up, '2026-03-01T02:00');
    await around.activities.projectTask({ task: up, ledger: [], runs: [run] });
    expect(around.port.nudged).toEqual([down.id]);
  });
});

it('looks nobody up where nothing has ended', async () => {
  const up = await around.task({ recurrence: daily('02:00'), writes: [aTable()] });
  const look = jest.spyOn(around.store.tasks, 'downstreamOf');
  try {
    await project(up, recordOf(up, '2026-03-01T02:00', 'queued'));
    await project(up);
    expect(look).not.toHaveBeenCalled();
    await project(up, recordOf(up, '2026-03-01T02:00', 'succeeded'));
    expect(look).toHaveBeenCalledTimes(1);
  } finally {
    look.mockRestore();
  }
});

describe('triggered tasks', () => {
  const listing = (table: string, by: 'task' | 'url' = 'task') => ({
    kind: 'triggered' as const,
    tables: [{ name: table, by }],
  });

  it('get the open round of a table marked by the task that has written it', async () => {
    const table = aTable();
    const up = await around.task({ name: 'Writes it all', writes: [table] });
    const down = await around.task(listing(table));
    const run = recordOf(up, null, 'succeeded', { finishedAt: '2026-03-01T04:05:06.789Z' });
    const { marked, nudged } = await project(up, run);
    expect(nudged).toEqual([]);
    expect(marked).toEqual([
      {
        taskId: down.id,
        triggers: [
          {
            receipt: expect.stringMatching(/^[0-9a-f]{30}$/),
            key: expect.stringMatching(/^[\w-]{22}$/),
            table,
            at: '2026-03-01T04:05:06.789Z',
            caller: 'task Writes it all',
            scheduleTime: null,
          },
        ],
      },
    ]);
  });

  it('get the same mark when the activity is repeated, and another from another run', async () => {
    const table = aTable();
    const up = await around.task({ writes: [table], name: 'n'.repeat(200) });
    await around.task(listing(table));
    const run = recordOf(up, null);
    const keyOf = async (record: RunProjection) =>
      (await project(up, record)).marked[0]!.triggers[0]!;
    const first = await keyOf(run);
    expect(first.caller).toHaveLength(64);
    expect(await keyOf(run)).toMatchObject({ receipt: first.receipt, key: first.key });
    expect((await keyOf(recordOf(up, null))).key).not.toBe(first.key);
  });

  it('get no mark of a failure, of a backfill, or of a table that its URL marks', async () => {
    const [byTask, byUrl] = [aTable(), aTable()];
    const up = await around.task({ writes: [byTask, byUrl] });
    await around.task(listing(byTask));
    await around.task(listing(byUrl, 'url'));
    expect(await project(up, recordOf(up, null, 'failed'))).toEqual(nothing);
    const ofBackfill = recordOf(up, '2026-03-01T02:00', 'succeeded', { startedBy: 'backfill' });
    expect(await project(up, ofBackfill)).toEqual(nothing);
    const { marked } = await project(up, recordOf(up, null));
    expect(marked.flatMap(({ triggers }) => triggers.map(({ table }) => table))).toEqual([byTask]);
  });

  it('get the gate of the matching time marked where they have a recurrence', async () => {
    const table = aTable();
    const up = await around.task({ recurrence: daily('02:00'), writes: [table] });
    await around.task({ ...listing(table), recurrence: daily('03:00') });
    const dated = await marksOf(up, recordOf(up, '2026-03-01T02:00'));
    expect(dated).toEqual(['2026-03-01T03:00:00.000Z']);
    expect(await marksOf(up, recordOf(up, null))).toEqual([null]);
  });

  it('get their open round marked by a dated run where they have no recurrence', async () => {
    const table = aTable();
    const up = await around.task({ recurrence: daily('02:00'), writes: [table] });
    await around.task(listing(table));
    expect(await marksOf(up, recordOf(up, '2026-03-01T02:00'))).toEqual([null]);
  });

  it('get every hour of a day marked by that day', async () => {
    const table = aTable();
    const up = await around.task({ recurrence: daily('02:00'), writes: [table] });
    await around.task({ ...listing(table), recurrence: hourly() });
    const marks = await marksOf(up, recordOf(up, '2026-03-01T02:00'));
    expect(marks).toHaveLength(24);
    expect([marks[0], marks.at(-1)]).toEqual([
      '2026-03-01T02:00:00.000Z',
      '2026-03-02T01:00:00.000Z',
    ]);
  });

  it('get a day marked by the last of its hours to succeed, whichever that is', async () => {
    const table = aTable();
    const change = { recurrence: hourly({ interval: 6 } as never), writes: [table] };
    const up = await around.task(change);
    await around.task({ ...listing(table), recurrence: daily('00:00') });
    const at = (time: string) => recordOf(up, time);
    expect(await marksOf(up, at('2026-03-01T06:00'), at('2026-03-02T00:00'))).toEqual([]);
    expect(await marksOf(up, recordOf(up, '2026-03-01T12:00', 'failed'))).toEqual([]);
    expect(await marksOf(up, at('2026-03-01T18:00'))).toEqual([]);
    const mended = recordOf(up, '2026-03-01T12:00', 'succeeded', { attempt: 2 });
    expect(await marksOf(up, mended)).toEqual(['2026-03-02T00:00:00.000Z']);
  });

  it('lets the activity fail where a mark could not be sent, so that it comes again', async () => {
    const table = aTable();
    const up = await around.task({ writes: [table] });
    const down = await around.task(listing(table));
    around.forget();
    around.port.broken.add(down.id);
    const batch = { task: up, ledger: [], runs: [recordOf(up, null)] };
    await expect(around.activities.projectTask(batch)).rejects.toThrow('does not answer');
    around.port.broken.clear();
    await around.activities.projectTask(batch);
    expect(around.port.marked).toHaveLength(1);
  });

  async function marksOf(up: TaskProjection, ...runs: RunProjection[]): Promise<(string | null)[]> {
    const { marked } = await project(up, ...runs);
    return marked.flatMap(({ triggers }) => triggers.map(({ scheduleTime }) => scheduleTime));
  }
});

it('lets no task mark its own tables, nor tell itself', async () => {
  const table = aTable();
  const own = { reads: [table], writes: [table], tables: [{ name: table, by: 'task' as const }] };
  const task = await around.task({ ...own, kind: 'triggered' });
  expect(await project(task, recordOf(task, null))).toEqual(nothing);
  const recurring = await around.task({ ...own, recurrence: daily('02:00'), dependsOn: [] });
  const { nudged } = await project(recurring, recordOf(recurring, '2026-03-01T02:00'));
  expect(nudged).not.toContain(recurring.id);
});
