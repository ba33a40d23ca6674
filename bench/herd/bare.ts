/** Schedules of Temporal that start workflows, all due in the same second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { bareQueue } from '../bare/names';
import { eachAtOnce } from '../support/each-at-once';
import type { Stage } from '../support/stage';
import { startsOf, type HerdSide } from './starts';
import type { DueTimes } from './slots';

const callsAtOnce = 8;
const pollMs = 500;
const workflowType = 'dueNow';

/** A herd of Schedules, due at these times. */
export async function makeBareHerd(stage: Stage, size: number, due: DueTimes): Promise<HerdSide> {
  await eachAtOnce(size, callsAtOnce, (index) => makeSchedule(stage, `bare-due-${index}`, due));
  return {
    gather: (at, until) => gather(stage, { size, due: at, until }),
    look: async () => ({}),
  };
}

function makeSchedule({ client }: Stage, id: string, { minutes, startAt, endAt }: DueTimes) {
  return client.schedule.create({
    scheduleId: id,
    spec: { calendars: [{ second: 0, minute: minutes, hour: '*' }], startAt, endAt },
    action: { type: 'startWorkflow', workflowType, workflowId: id, taskQueue: bareQueue },
    // As the Schedules of tasks have it.
    policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow: '30 days' },
  });
}

async function gather(
  { client }: Stage,
  { size, due, until }: { size: number; due: number; until: number },
) {
  for (;;) {
    const starts = await startsOf(client, workflowType, due, until);
    if (starts.length >= size || Date.now() >= until) return { starts, steps: {} };
    await sleep(pollMs);
  }
}
