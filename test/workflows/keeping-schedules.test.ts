/** A recurring task keeps one Schedule: asked for once, changed with its times, gone with it. */
import type { Recurrence } from '../../model/recurrence';
import { House, type OpenedTask } from '../support/workflows/house';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
});
afterAll(() => house.close());
beforeEach(() => {
  house.world.beforeSchedule = async () => undefined;
});

const daily: Recurrence = {
  ...{ every: 'day', at: '02:30', startTime: null, endTime: null },
  ...{ mode: 'normal', catchUp: 'latest' },
};

function openDaily(): Promise<OpenedTask> {
  return house.openTask({ kind: 'recurring', recurrence: daily });
}

/** What was asked for so far, once the task has nothing more to ask for. */
async function asked(task: OpenedTask) {
  await house.settled(task);
  return house.world.schedulesAsked
    .filter(({ taskId }) => taskId === task.taskId)
    .map(({ schedule }) => schedule);
}

it('asks for its Schedule once, also over a roll-over', async () => {
  const task = await openDaily();
  expect(await asked(task)).toEqual([{ recurrence: daily, timezone: 'UTC' }]);
  await task.edit({ name: 'Renamed', description: 'anew', dependsOn: ['0a'.repeat(16)] });
  await house.rollOver(task);
  expect(await asked(task)).toHaveLength(1);
});

it('asks for it anew after an edit of recurrence or timezone', async () => {
  const task = await openDaily();
  const later: Recurrence = { ...daily, at: '03:00' };
  // An edit that comes before it has asked would be taken along.
  expect(await asked(task)).toHaveLength(1);
  await task.edit({ recurrence: later });
  expect(await asked(task)).toEqual([
    { recurrence: daily, timezone: 'UTC' },
    { recurrence: later, timezone: 'UTC' },
  ]);
  await task.edit({ timezone: 'Europe/Berlin' });
  expect((await asked(task)).slice(2)).toEqual([{ recurrence: later, timezone: 'Europe/Berlin' }]);
});

it('takes only the last of several edits where they come while it is asking', async () => {
  const release = holdNext();
  const task = await openDaily();
  await release.reached;
  await task.edit({ recurrence: { ...daily, at: '04:00' } });
  await task.edit({ recurrence: { ...daily, at: '05:00' } });
  release.go();
  expect((await asked(task)).map((schedule) => schedule?.recurrence)).toEqual([
    ...[daily, { ...daily, at: '05:00' }],
  ]);
  const versions = house.world.schedulesAsked.filter(({ taskId }) => taskId === task.taskId);
  expect(versions.map(({ version }) => version)).toEqual([1, 3]);
});

it('lets it go when the task is of another kind, and asks for it again when it is back', async () => {
  const task = await openDaily();
  await task.edit({ kind: 'manual' });
  await task.edit({ kind: 'recurring' });
  await task.edit({ kind: 'triggered' });
  const all = await asked(task);
  expect(all.at(-1)).toBeNull();
  expect(house.world.schedules.get(task.taskId)).toBeNull();
  await task.edit({ kind: 'recurring' });
  expect((await asked(task)).at(-1)).toEqual({ recurrence: daily, timezone: 'UTC' });
});

it('asks for none where only schedule times are meant', async () => {
  const task = await house.openTask({ kind: 'manual', recurrence: daily });
  expect(await asked(task)).toEqual([]);
});

it('tries again where the Schedule could not be made', async () => {
  let failures = 1;
  house.world.beforeSchedule = async () => {
    failures -= 1;
    if (failures >= 0) throw new Error('Temporal is busy');
  };
  const task = await openDaily();
  expect(await asked(task)).toHaveLength(2);
  expect(house.world.schedules.get(task.taskId)).toEqual({ recurrence: daily, timezone: 'UTC' });
});

it('is not ended by its removal before its Schedule is gone', async () => {
  const task = await openDaily();
  await asked(task);
  const release = holdNext();
  await task.remove();
  await release.reached;
  await house.world.until(() => house.world.tasks.get(task.taskId)?.removedAt);
  expect((await task.handle.describe()).status.name).toBe('RUNNING');
  release.go();
  await task.handle.result();
  expect(house.world.schedules.get(task.taskId)).toBeNull();
});

/** The next Schedule that is asked for is made only when the test says so. */
function holdNext(): { reached: Promise<void>; go(): void } {
  let go = (): void => undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  const reached = new Promise<void>((resolve) => {
    house.world.beforeSchedule = () => {
      resolve();
      return gone;
    };
  });
  return { reached, go };
}
