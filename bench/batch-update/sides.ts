/** One change of all tasks by each side. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskView } from '../../model/task';
import { scheduleIdOf } from '../../model/names';
import { bareQueue, changeUpdate } from '../bare/names';
import { makeTask } from '../ours/tasks';
import { eachAtOnce } from '../support/each-at-once';
import { cpuBetween, cpuSoFar, type CpuByProcess, type Stage } from '../support/stage';

/** Updates under way at the same time, as `scheduling/task-batches.ts` has it. */
const atOnce = 32;
/** Late, few and seldom: whoever asks after a Schedule takes part in the load. */
const firstLookMs = 20_000;
const looksAtOnce = 2;
const pollMs = 500;

export interface Updated {
  answerMs: number;
  /** From the call until all Schedules are right; null: there are none. */
  schedulesMs: number | null;
  /** Until the answer. */
  cpuSeconds: CpuByProcess;
}

/** Recurring tasks that are not due soon. */
export function makeOurs({ api }: Stage, count: number): Promise<TaskView[]> {
  return eachAtOnce(count, atOnce, () =>
    makeTask(api, { kind: 'recurring', recurrence: { cron: '0 0 0 1 1 ?' } }),
  );
}

/** @param change counts up; the minute of the new cron */
export async function updateOurs(
  stage: Stage,
  tasks: readonly TaskView[],
  change: number,
): Promise<Updated> {
  const minute = change % 60;
  const entries = tasks.map(({ number }) => {
    const Trigger = { Type: 'Scheduler', Cron: `0 ${minute} 0 1 1 ?` };
    return `{"Id":${number},"Trigger":${JSON.stringify(Trigger)},"Timeout":7200,"Owner":"${change}"}`;
  });
  const before = cpuSoFar(stage);
  const began = Date.now();
  const from = performance.now();
  await callBatch(stage, `{"Tasks":[${entries.join(',')}],"Comment":"change ${change}"}`);
  const answerMs = performance.now() - from;
  const cpuSeconds = cpuBetween(before, cpuSoFar(stage));
  const scheduledAt = await untilScheduled(stage, tasks, minute);
  return { answerMs, schedulesMs: scheduledAt - began, cpuSeconds };
}

async function callBatch({ sides, key }: Stage, body: string): Promise<void> {
  const answer = await fetch(`${sides.ours.url}/`, {
    method: 'POST',
    headers: {
      ...{ 'x-acs-action': 'BatchUpdateTasks', 'x-acs-version': '2024-05-18' },
      ...{ authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    },
    body,
  });
  const told = (await answer.json()) as { SuccessInfo?: Record<string, { Success: boolean }> };
  const failed = Object.values(told.SuccessInfo ?? {}).filter(({ Success }) => !Success);
  if (answer.status === 200 && failed.length === 0) return;
  const why = JSON.stringify(failed[0] ?? told);
  throw new Error(`the call failed: ${answer.status}, ${failed.length} tasks: ${why}`);
}

/** @returns when the last of the Schedules was changed, by the server's clock, in epoch milliseconds */
async function untilScheduled(
  { client }: Stage,
  tasks: readonly TaskView[],
  minute: number,
): Promise<number> {
  await sleep(firstLookMs);
  const changed = await eachAtOnce(tasks.length, looksAtOnce, async (index) => {
    const handle = client.schedule.getHandle(scheduleIdOf('default', tasks[index]!.id));
    for (;;) {
      const { spec, info } = await handle.describe();
      if (spec.calendars?.[0]?.minute?.[0]?.start === minute) return info.lastUpdatedAt!.getTime();
      await sleep(pollMs);
    }
  });
  return Math.max(...changed);
}

/** @returns ids of workflows that hold a value each */
export function makeBare({ client }: Stage, count: number): Promise<string[]> {
  return eachAtOnce(count, atOnce, async (index) => {
    const workflowId = `bare-value-${index}`;
    await client.workflow.start('holdValue', { workflowId, taskQueue: bareQueue, args: [] });
    return workflowId;
  });
}

export async function updateBare(
  stage: Stage,
  ids: readonly string[],
  change: number,
): Promise<Updated> {
  const { client } = stage;
  const before = cpuSoFar(stage);
  const from = performance.now();
  await eachAtOnce(ids.length, atOnce, (index) =>
    client.workflow.getHandle(ids[index]!).executeUpdate(changeUpdate, { args: [change] }),
  );
  const answerMs = performance.now() - from;
  return { answerMs, schedulesMs: null, cpuSeconds: cpuBetween(before, cpuSoFar(stage)) };
}
