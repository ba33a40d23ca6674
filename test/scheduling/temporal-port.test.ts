/** What activities ask of Temporal, on a real one: Schedules, signals and drivers. */
import { Client, Connection, ScheduleNotFoundError } from '@temporalio/client';
import type { TemporalPort } from '../../activities/deps';
import { openCalendar } from '../../model/calendar';
import {
  backfillWorkflowId,
  scheduleIdOf,
  taskWorkflowId,
  taskWorkflowType,
} from '../../model/names';
import type { FoundSchedule, ScheduledTask } from '../../model/schedule-note';
import type { Trigger } from '../../model/trigger';
import { TemporalGateway } from '../../scheduling/gateway';
import { makeTemporalPort } from '../../scheduling/temporal-port';
import { newId } from '../store/support/opened';
import { cron, daily, hourly } from '../support/lineage-tasks';
import { patience } from '../support/patience';
import { historyOf } from '../support/temporal';

/** Nobody serves it: what is started stays as it is. */
const taskQueue = `port-${newId()}`;
const tenant = 'default';

let client: Client;
let port: TemporalPort;
const taskIds: string[] = [];

beforeAll(async () => {
  const connection = await Connection.connect({ address: process.env.TEST_TEMPORAL_ADDRESS! });
  client = new Client({ connection, namespace: 'tablegate' });
  const options = { taskQueue, uiUrl: null, searchAttributes: () => false, patience };
  port = makeTemporalPort(client, new TemporalGateway(client, options), taskQueue);
});
afterAll(async () => {
  for (const taskId of taskIds) await port.deleteSchedule(tenant, taskId);
  await client.connection.close();
});

function newTask(): Omit<ScheduledTask, 'recurrence'> {
  const taskId = newId();
  taskIds.push(taskId);
  return { tenant, taskId, name: 'Nightly', version: 1, timezone: 'Europe/Berlin' };
}

const handleOf = (taskId: string) => client.schedule.getHandle(scheduleIdOf(tenant, taskId));

describe('a Schedule', () => {
  it('fires at the times of the calendar, none of which is dropped for another', async () => {
    const task = { ...newTask(), recurrence: daily('02:30') };
    await port.putSchedule(task);
    const { info, policies, action, state } = await handleOf(task.taskId).describe();
    const calendar = openCalendar(task.recurrence, task.timezone);
    const upcoming = info.nextActionTimes.map((time) => time.getTime());
    expect(upcoming.length).toBeGreaterThan(3);
    expect(upcoming).toEqual(calendar.between(upcoming[0]!, upcoming.at(-1)!));
    expect(policies).toMatchObject({ overlap: 'ALLOW_ALL', catchupWindow: 30 * 86_400_000 });
    const { name: _name, version: _version, ...input } = task;
    expect(action).toMatchObject({
      workflowType: 'scheduleTick',
      workflowId: `tick/${tenant}/${task.taskId}`,
      taskQueue,
      args: [input],
    });
    expect(state.paused).toBe(false);
  });

  it('is changed where it is there, and a pause made by hand stays with its note', async () => {
    const task = newTask();
    await port.putSchedule({ ...task, recurrence: daily('02:30') });
    await handleOf(task.taskId).pause('the source is being moved');
    await port.putSchedule({ ...task, recurrence: hourly(), timezone: 'UTC' });
    const { spec, state, action } = await handleOf(task.taskId).describe();
    expect(state).toMatchObject({ paused: true, note: 'the source is being moved' });
    expect(spec).toMatchObject({ timezone: 'UTC' });
    expect(spec.calendars?.[0]?.hour).toHaveLength(1);
    expect(action.args).toEqual([expect.objectContaining({ recurrence: hourly() })]);
    // By now the server has noted the pause for its list, and nothing waits to be seen.
    await port.putSchedule({ ...task, recurrence: daily('02:30') });
    const again = await handleOf(task.taskId).describe();
    expect(again.state).toMatchObject({ paused: true, note: 'the source is being moved' });
    expect(again.spec.calendars?.[0]).toMatchObject({
      hour: [{ start: 2 }],
      minute: [{ start: 30 }],
    });
  });

  it('stays as a later version of the task has put it, whatever comes late', async () => {
    const task = newTask();
    const [former, later] = [daily('02:30'), daily('03:30')];
    await port.putSchedule({ ...task, version: 8, recurrence: later });
    await port.putSchedule({ ...task, version: 7, recurrence: former });
    // Once what the server notes of it is up to date, and once where its workflow is to be asked.
    await handleOf(task.taskId).pause();
    await port.putSchedule({ ...task, version: 7, recurrence: former });
    const { spec } = await handleOf(task.taskId).describe();
    expect(spec.calendars?.[0]).toMatchObject({ hour: [{ start: 3 }], minute: [{ start: 30 }] });
    await port.putSchedule({ ...task, version: 9, recurrence: former });
    const { spec: again } = await handleOf(task.taskId).describe();
    expect(again.calendars?.[0]).toMatchObject({ hour: [{ start: 2 }], minute: [{ start: 30 }] });
  });

  it('takes its start and end along, and loses them again', async () => {
    const task = newTask();
    const startTime = '2030-01-01T00:00:00.000Z';
    await port.putSchedule({ ...task, recurrence: daily('02:30', { startTime }) });
    expect((await handleOf(task.taskId).describe()).spec.startAt).toEqual(new Date(startTime));
    await port.putSchedule({ ...task, recurrence: daily('02:30') });
    expect((await handleOf(task.taskId).describe()).spec.startAt).toBeUndefined();
  });

  it('is gone when it was deleted, and may be deleted again', async () => {
    const task = { ...newTask(), recurrence: daily('02:30') };
    await port.putSchedule(task);
    await port.deleteSchedule(tenant, task.taskId);
    await expect(handleOf(task.taskId).describe()).rejects.toBeInstanceOf(ScheduleNotFoundError);
    await expect(port.deleteSchedule(tenant, task.taskId)).resolves.toBeUndefined();
  });
});

describe('signals', () => {
  const triggers = (count: number): Trigger[] =>
    Array.from({ length: count }, () => ({
      ...{ receipt: newId().slice(2), table: 'w.main.t', at: '2026-03-01T00:00:00.000Z' },
      ...{ caller: 'task Up', scheduleTime: null, key: null },
    }));

  it('reach the task, so many triggers in one as it takes', async () => {
    const taskId = newId();
    const workflowId = taskWorkflowId(tenant, taskId);
    const handle = await client.workflow.start(taskWorkflowType, { workflowId, taskQueue });
    try {
      const tick = { scheduleTime: '2026-03-01T00:00:00.000Z', nextTime: null };
      expect(await port.tick(tenant, taskId, tick)).toBe('sent');
      expect(await port.upstreamChanged(tenant, taskId)).toBe('sent');
      expect(await port.markTables(tenant, taskId, triggers(501))).toBe('sent');
      const signals = (await historyOf(tenant, taskId))!.flatMap(
        ({ event }) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [],
      );
      expect(signals).toEqual(['tick', 'upstreamChanged', 'tablesTriggered', 'tablesTriggered']);
    } finally {
      await handle.terminate();
    }
  });

  it('say where the task is gone', async () => {
    const tick = { scheduleTime: '2026-03-01T00:00:00.000Z', nextTime: null };
    expect(await port.tick(tenant, newId(), tick)).toBe('gone');
    expect(await port.upstreamChanged(tenant, newId())).toBe('gone');
    expect(await port.markTables(tenant, newId(), triggers(1))).toBe('gone');
  });
});

it('starts the driver of a backfill where none is at work', async () => {
  const id = newId();
  const handle = client.workflow.getHandle(backfillWorkflowId(tenant, id));
  await port.ensureBackfill(tenant, id);
  const { runId } = await handle.describe();
  await port.ensureBackfill(tenant, id);
  expect((await handle.describe()).runId).toBe(runId);
  await handle.terminate();
  await port.ensureBackfill(tenant, id);
  expect((await handle.describe()).runId).not.toBe(runId);
  await handle.terminate();
});

it('lists the Schedules, with pauses made by hand and what each was put with', async () => {
  const [running, paused] = [newTask(), newTask()];
  const recurrence = cron('0 30 2 L * ?');
  for (const task of [running, paused]) await port.putSchedule({ ...task, recurrence });
  await handleOf(paused.taskId).pause();
  const wanted = [running, paused].map(({ taskId }) => taskId);
  // The list is that of Temporal's index, which follows within moments.
  const found = new Map<string, FoundSchedule>();
  const isPaused = ({ taskId }: { taskId: string }) => found.get(taskId)?.paused;
  while (isPaused(running) !== false || isPaused(paused) !== true) {
    for await (const schedule of port.listSchedules()) {
      if (wanted.includes(schedule.taskId)) found.set(schedule.taskId, schedule);
    }
  }
  expect([...found.keys()].toSorted()).toEqual(wanted.toSorted());
  const note = { version: 1, recurrence, timezone: 'Europe/Berlin' };
  expect([...found.values()].map((schedule) => schedule.note)).toEqual([note, note]);
});
