/** The watchdog's look around: what was due and not delivered, and Schedules that went astray. */
import type { ScheduleNote } from '../../model/schedule-note';
import type { TaskProjection } from '../../model/task';
import { newId } from '../store/support/opened';
import { cron, daily, hourly } from '../support/lineage-tasks';
import { quietActivity } from '../support/quiet-activity';
import {
  makeSurroundings,
  recordOf,
  type Surroundings,
  type TaskChange,
} from './support/surroundings';

let around: Surroundings;
beforeEach(async () => (around = await makeSurroundings()));
afterEach(() => around.close());

const iso = (time: string): string => new Date(`${time}Z`).toISOString();

function watch(from: string, to: string): Promise<{ ticked: number; repaired: number }> {
  const window = { from: iso(from), to: iso(to) };
  return quietActivity().run(around.activities.watch, window);
}

/** A task with its Schedule. */
async function scheduled(change: TaskChange, paused = false): Promise<TaskProjection> {
  const task = await around.task(change);
  around.port.schedules.push({ tenant: task.tenant, taskId: task.id, paused, note: null });
  return task;
}

const ticks = (): string[] =>
  around.port.ticked.map(({ tick }) => `${tick.scheduleTime} then ${tick.nextTime ?? 'nothing'}`);

it('delivers due times without a record, with the time after each', async () => {
  const task = await scheduled({ recurrence: hourly() });
  await around.store.runs.project(recordOf(task, '2026-03-01T02:00', 'queued'));
  await around.store.runs.project(recordOf(task, '2026-03-01T04:00', 'skipped', { attempt: 0 }));
  const seen = await watch('2026-03-01T01:00', '2026-03-01T05:00');
  expect(seen).toEqual({ ticked: 2, repaired: 0 });
  expect(around.port.ticked.map(({ taskId }) => taskId)).toEqual([task.id, task.id]);
  expect(ticks()).toEqual([
    '2026-03-01T03:00:00.000Z then 2026-03-01T04:00:00.000Z',
    '2026-03-01T05:00:00.000Z then 2026-03-01T06:00:00.000Z',
  ]);
});

it('delivers those of a paused task too, which records them as skipped', async () => {
  await scheduled({ recurrence: hourly(), paused: true });
  expect(await watch('2026-03-01T01:00', '2026-03-01T02:00')).toMatchObject({ ticked: 1 });
});

it('delivers the last time of a recurrence that ends', async () => {
  await scheduled({ recurrence: hourly({ endTime: '2026-03-01T02:00:00Z' }) });
  await watch('2026-03-01T01:00', '2026-03-01T09:00');
  expect(ticks()).toEqual(['2026-03-01T02:00:00.000Z then nothing']);
});

it('leaves times with an open gate to the task', async () => {
  const gate = { scheduleTime: iso('2026-03-01T02:00'), tables: [], upstream: null };
  await scheduled({ recurrence: hourly(), gate: { tables: [], dated: [gate], running: null } });
  await watch('2026-03-01T01:00', '2026-03-01T03:00');
  expect(ticks()).toEqual(['2026-03-01T03:00:00.000Z then 2026-03-01T04:00:00.000Z']);
});

it.each([
  ['was made', { createdAt: iso('2026-03-01T02:30'), updatedAt: iso('2026-03-01T02:30') }],
  ['was edited', { updatedAt: iso('2026-03-01T02:30') }],
])('takes nothing for due that was before the task %s', async (_title, change) => {
  await scheduled({ recurrence: hourly(), ...change });
  await watch('2026-03-01T00:00', '2026-03-01T03:00');
  expect(ticks()).toEqual(['2026-03-01T03:00:00.000Z then 2026-03-01T04:00:00.000Z']);
});

it('delivers nothing for a Schedule that was paused by hand', async () => {
  await scheduled({ recurrence: hourly() }, true);
  expect(await watch('2026-03-01T01:00', '2026-03-01T03:00')).toEqual({ ticked: 0, repaired: 0 });
});

it('delivers all times of a long outage, however many', async () => {
  await scheduled({ recurrence: cron('0 * * * * ?') });
  const { ticked } = await watch('2026-03-01T00:00', '2026-03-02T12:00');
  expect(ticked).toBe(36 * 60);
  expect(new Set(ticks()).size).toBe(36 * 60);
});

it('makes the Schedule of a recurring task that has none', async () => {
  const recurrence = daily('02:00');
  const task = await around.task({ name: 'Nightly', recurrence, timezone: 'Europe/Berlin' });
  expect(await watch('2026-03-01T12:00', '2026-03-01T13:00')).toMatchObject({ repaired: 1 });
  const { tenant, id: taskId } = task;
  expect(around.port.put).toEqual([
    { tenant, taskId, name: 'Nightly', version: 1, recurrence, timezone: 'Europe/Berlin' },
  ]);
});

describe('a Schedule that tells of the version it was put with', () => {
  const recurrence = daily('02:00');
  const former = { recurrence: daily('01:00'), timezone: 'UTC' };

  async function noted(note: ScheduleNote | null, change: TaskChange = {}): Promise<string[]> {
    const task = await around.task({ recurrence, timezone: 'UTC', version: 7, ...change });
    around.port.schedules.push({ tenant: task.tenant, taskId: task.id, paused: false, note });
    await watch('2026-03-01T12:00', '2026-03-01T13:00');
    return around.port.put.map(({ version }) => `version ${version}`);
  }

  it('is put again where it is of an earlier one, with other times', async () => {
    expect(await noted({ version: 6, ...former })).toEqual(['version 7']);
    expect(around.port.put[0]).toMatchObject({ recurrence, timezone: 'UTC' });
  });

  it('is put again where only the timezone is another', async () => {
    const note = { version: 6, recurrence, timezone: 'Europe/Berlin' };
    expect(await noted(note)).toEqual(['version 7']);
  });

  it.each([
    ['comes at the same times', { version: 6, recurrence, timezone: 'UTC' }, {}],
    ['is of a later one than the store knows', { version: 8, ...former }, {}],
    ['tells of none', null, {}],
    [
      'belongs to a task that was edited a moment ago',
      { version: 6, ...former },
      { updatedAt: iso('2026-03-01T13:01') },
    ],
  ])('stays where it %s', async (_title, note, change) => {
    expect(await noted(note, change)).toEqual([]);
  });
});

it('deletes Schedules of tasks that are removed or recurring no more, and no others', async () => {
  const removed = await scheduled({
    ...{ recurrence: daily('02:00'), removedAt: iso('2026-02-01T00:00') },
  });
  const changed = await scheduled({ kind: 'manual', recurrence: daily('02:00') });
  await scheduled({ recurrence: daily('02:00') });
  const unknown = { tenant: 'default', taskId: newId(), paused: false, note: null };
  around.port.schedules.push(unknown);
  expect(await watch('2026-03-01T12:00', '2026-03-01T13:00')).toEqual({ ticked: 0, repaired: 2 });
  expect(around.port.deleted.toSorted()).toEqual([removed.id, changed.id].toSorted());
});

it('starts the drivers of backfills that have not come to their end', async () => {
  const task = await scheduled({ recurrence: daily('02:00') });
  const create = async (status: 'running' | 'cancelling'): Promise<string> => {
    const id = newId();
    const cell = { taskId: task.id, scheduleTime: iso('2026-01-01T02:00'), reason: null };
    await around.store.backfills.create({
      ...{ tenant: 'default', id, startedBy: 'backfill', startedByUser: 'admin' },
      ...{ taskIds: [task.id], downstream: 'none', existing: 'rerun', concurrency: 1 },
      cells: [{ ...cell, action: 'create', needs: [] }],
    });
    if (status !== 'running') {
      await around.store.backfills.changeStatus('default', id, ['running'], status);
    }
    return id;
  };
  const [running, broken, cancelling] = [
    ...[await create('running'), await create('running'), await create('cancelling')],
  ] as [string, string, string];
  around.port.broken.add(broken);
  await watch('2026-03-01T12:00', '2026-03-01T13:00');
  expect(around.port.driven.toSorted()).toEqual([running, cancelling].toSorted());
});

it('goes on with the others where one task cannot be told', async () => {
  const broken = await scheduled({ recurrence: hourly() });
  const well = await scheduled({ recurrence: hourly() });
  around.port.broken.add(broken.id);
  expect(await watch('2026-03-01T01:00', '2026-03-01T02:00')).toMatchObject({ ticked: 1 });
  expect(around.port.ticked[0]!.taskId).toBe(well.id);
});
