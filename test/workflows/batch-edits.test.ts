/** Edits of a batch: what they changed is told when the batch is over, or when anything else comes. */
import { editUpdate, type TaskEdit } from '../../model/messages';
import { eventTypes } from '../support/workflows/history';
import { House, makeId, tenant, type OpenedTask } from '../support/workflows/house';
import { nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const edit = (task: OpenedTask, name: string, rest: Partial<TaskEdit> = {}) =>
  house.gateway.update(
    ...([tenant, task.taskId, editUpdate] as const),
    [{ patch: { name }, ifVersion: null, ...rest }],
    makeId(),
  );
const shown = (task: OpenedTask) => house.world.tasks.get(task.taskId)?.name;

test('DW-41: it is held back for its time, and told then', async () => {
  const [task, other] = await Promise.all([house.openTask(), house.openTask()]);
  await house.settled(task);
  await house.settled(other);
  const { task: answered } = await edit(task, 'held', { holdMs: 1_000, paused: true });
  expect([answered.name, answered.paused]).toEqual(['held', true]);
  // Nobody waits for it: who sent it writes it too. Of one that is held back for long, as the time of
  // the first may be over by now.
  await edit(other, 'held', { holdMs: 60_000 });
  expect(await house.gateway.isProjected(tenant, other.taskId)).toBe(true);
  expect(shown(other)).toBe('Unify');
  await house.world.until(() => shown(task) === 'held');
  const events = await eventTypes(task.handle);
  const sinceEdit = events.slice(events.indexOf('EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED'));
  const told = sinceEdit.indexOf('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
  expect(sinceEdit.slice(0, told)).toContain('EVENT_TYPE_TIMER_FIRED');
});

test('DW-41: another edit, and a run that begins, are told at once, with what was held back', async () => {
  house.world.job = () => Promise.resolve(nothingDone);
  const task = await house.openTask({ kind: 'manual' });
  await edit(task, 'held', { holdMs: 60_000 });
  await edit(task, 'edited');
  await house.settled(task);
  expect(shown(task)).toBe('edited');
  await edit(task, 'held again', { holdMs: 60_000 });
  const runId = await task.start();
  await house.world.ended(runId);
  await house.settled(task);
  expect(shown(task)).toBe('held again');
});
