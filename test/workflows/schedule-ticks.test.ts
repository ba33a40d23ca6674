/** Due times as a real Schedule delivers them to a task. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { tickSignal, type ScheduleTickInput, type Tick } from '../../model/messages';
import { tickWorkflowId, tickWorkflowType } from '../../model/names';
import type { Recurrence } from '../../model/recurrence';
import { makeTemporalPort } from '../../scheduling/temporal-port';
import { hourly } from '../support/lineage-tasks';
import { signalsOf } from '../support/workflows/history';
import { House, tenant, type OpenedTask } from '../support/workflows/house';

/** Set by the server on all that a Schedule starts. */
const dueTime = defineSearchAttributeKey(
  'TemporalScheduledStartTime',
  SearchAttributeType.DATETIME,
);

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const everySecond: Recurrence = {
  ...{ cron: '* * * * * ?', startTime: null, endTime: null },
  ...{ mode: 'normal', catchUp: 'all' },
};

/** Hands over the present time, as no Schedule has started it. */
async function tickNow({ taskId }: OpenedTask, recurrence: Recurrence): Promise<unknown> {
  const input: ScheduleTickInput = { tenant, taskId, recurrence, timezone: 'UTC' };
  const handle = await house.client.workflow.start(tickWorkflowType, {
    workflowId: tickWorkflowId(tenant, taskId),
    taskQueue: house.taskQueue,
    args: [input],
  });
  return handle.result();
}

it('delivers due times as the whole seconds that they are, each with the one after it', async () => {
  const { taskId, handle } = await house.openTask({ kind: 'recurring', recurrence: everySecond });
  const temporal = makeTemporalPort(house.client, house.gateway, house.taskQueue);
  const schedule = { tenant, taskId, name: 'Every second', version: 1, recurrence: everySecond };
  await temporal.putSchedule({ ...schedule, timezone: 'Europe/Berlin' });
  const runs = await house.world.until(() => {
    const ended = [...house.world.runs.values()].filter(
      (run) => run.taskId === taskId && run.status === 'succeeded',
    );
    return ended.length >= 3 && ended;
  });
  await temporal.deleteSchedule(tenant, taskId);
  const ticks = await signalsOf<Tick>(handle, tickSignal.name);
  const times = ticks.map(({ scheduleTime }) => scheduleTime);
  expect(times.filter((time) => !time.endsWith('.000Z'))).toEqual([]);
  expect(new Set(times).size).toBe(times.length);
  expect(ticks.map(({ nextTime }) => Date.parse(nextTime!))).toEqual(
    times.map((time) => Date.parse(time) + 1_000),
  );
  expect(new Set(runs.map(({ scheduleTime }) => scheduleTime)).size).toBe(runs.length);
  expect(runs.every(({ scheduleTime }) => times.includes(scheduleTime!))).toBe(true);
});

it.each([
  ['Europe/Berlin', '2026-10-25T00:00:00.000Z', '2026-10-25T02:00:00.000Z'],
  ['Europe/Berlin', '2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z'],
  ['America/New_York', '2026-11-01T05:00:00.000Z', '2026-11-01T06:00:00.000Z'],
  ['America/New_York', '2026-03-08T06:00:00.000Z', '2026-03-08T07:00:00.000Z'],
])(
  'in %s tells at %s, when the clocks change, that %s is the hour that comes next',
  async (timezone, scheduleTime, nextTime) => {
    const { taskId, handle } = await house.openTask({ kind: 'manual' });
    const tick = await house.client.workflow.start(tickWorkflowType, {
      workflowId: tickWorkflowId(tenant, taskId),
      taskQueue: house.taskQueue,
      args: [{ tenant, taskId, recurrence: hourly(), timezone }],
      typedSearchAttributes: [{ key: dueTime, value: new Date(scheduleTime) }],
    });
    await tick.result();
    expect(await signalsOf<Tick>(handle, tickSignal.name)).toEqual([{ scheduleTime, nextTime }]);
  },
);

it('says where a due time was the last', async () => {
  const task = await house.openTask({ kind: 'manual' });
  await tickNow(task, { ...everySecond, endTime: '2026-01-01T00:00:00.000Z' });
  const [tick] = await signalsOf<Tick>(task.handle, tickSignal.name);
  expect(tick).toEqual({ scheduleTime: expect.any(String), nextTime: null });
});

it('ends quietly where its task has been removed', async () => {
  const task = await house.openTask({ kind: 'manual' });
  await task.remove();
  await task.handle.result();
  expect(await tickNow(task, everySecond)).toBeUndefined();
});
