/** What Temporal's server itself says that a Schedule fires. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import { toScheduleSpec } from '../../model/calendar';
import type { Recurrence } from '../../model/recurrence';

/** Gives a paused Schedule of the recurrence for one use. */
export async function withSchedule<T>(
  client: Client,
  recurrence: Recurrence,
  timezone: string,
  use: (scheduleId: string) => Promise<T>,
): Promise<T> {
  const handle = await client.schedule.create({
    scheduleId: `calendar-${randomUUID()}`,
    spec: toScheduleSpec(recurrence, timezone),
    action: { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none' },
    state: { paused: true },
  });
  try {
    return await use(handle.scheduleId);
  } finally {
    await handle.delete();
  }
}

/**
 * Its times after an instant up to another, in ms; at most 1,000. What it finds on a day on which the
 * clocks change depends on where its walk began: begin on a quiet day.
 */
export async function serverTimes(
  client: Client,
  scheduleId: string,
  from: number,
  to: number,
): Promise<number[]> {
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    ...{ namespace: client.options.namespace, scheduleId },
    ...{ startTime: msToTs(from), endTime: msToTs(to) },
  });
  return startTime.map(tsToMs);
}
