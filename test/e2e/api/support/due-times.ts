/** Steps of the tests about recurrence: times that are near, and what Temporal holds of a task. */
import { ScheduleNotFoundError, type ScheduleDescription } from '@temporalio/client';
import type { InstanceView } from '../../../../scheduling/scheduling';
import { scheduleIdOf } from '../../../../model/names';
import { withTemporal } from '../../../support/temporal';
import type { TestClient } from '../../../support/test-client';
import { until } from './flow';

const unsettled: readonly InstanceView['status'][] = ['waiting', 'queued', 'running', 'blocked'];

const isSettled = (status: InstanceView['status']): boolean => !unsettled.includes(status);

/** A whole second that far ahead of now, ISO 8601 in UTC. */
export function secondsAhead(seconds: number): string {
  return new Date((Math.floor(Date.now() / 1000) + seconds) * 1000).toISOString();
}

/**
 * Does what has to be done before a time is due; where the machine was too slow for that, once more
 * for a later time. Nothing is to be expected within `work`: what it made for a time that came too
 * soon is left alone.
 * @param work is given the time
 */
export async function beforeDue<Result>(work: (due: string) => Promise<Result>): Promise<Result> {
  for (let seconds = 4; ; seconds *= 2) {
    const due = secondsAhead(seconds);
    const done = await work(due);
    if (Date.now() < Date.parse(due)) return done;
  }
}

/** The same instant some seconds later. */
export function secondsAfter(iso: string, seconds: number): string {
  return new Date(Date.parse(iso) + seconds * 1000).toISOString();
}

/** Every day at the time of day of this instant. */
export const dailyAt = (iso: string) => ({ every: 'day', at: iso.slice(11, 19) });

/** The Schedule of a task of the first tenant as Temporal holds it; null: there is none. */
export function scheduleOf(taskId: string): Promise<ScheduleDescription | null> {
  return withTemporal(async (client) => {
    try {
      return await client.schedule.getHandle(scheduleIdOf('default', taskId)).describe();
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }
  });
}

/** When the server will fire next, ISO 8601 in UTC. */
export async function upcomingOf(taskId: string): Promise<string[]> {
  const schedule = await scheduleOf(taskId);
  return (schedule?.info.nextActionTimes ?? []).map((time) => time.toISOString());
}

/** All instances of a task, oldest first. */
export async function instancesOf(api: TestClient, taskId: string): Promise<InstanceView[]> {
  const path = `/tasks/${taskId}/instances?pageSize=1000`;
  const { items } = await api.get<{ items: InstanceView[] }>(path);
  return items.toReversed();
}

/** Waits until so many instances have come to an end. @returns all instances, oldest first */
export function untilEnded(
  api: TestClient,
  taskId: string,
  count: number,
): Promise<InstanceView[]> {
  return until(
    () => instancesOf(api, taskId),
    (all) => all.filter(({ status }) => isSettled(status)).length >= count,
  );
}
