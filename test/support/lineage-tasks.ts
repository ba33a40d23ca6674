/** Tasks as lineage sees them, and their recurrences. */
import type { LineageTask } from '../../model/lineage';
import type { Recurrence } from '../../model/recurrence';
import { taskTimes, type TaskTimes } from '../../model/task-times';

const common = { startTime: null, endTime: null, mode: 'normal', catchUp: 'latest' } as const;

export function daily(at: string, change: Partial<Recurrence> = {}): Recurrence {
  return { every: 'day', at, ...common, ...change } as Recurrence;
}

export function hourly(change: Partial<Recurrence> = {}): Recurrence {
  return { every: 'hour', from: '00:00', interval: 1, ...common, ...change } as Recurrence;
}

export function cron(text: string, change: Partial<Recurrence> = {}): Recurrence {
  return { cron: text, ...common, ...change } as Recurrence;
}

/** A recurring task where it has a recurrence, else a manual one; it has been there since 2020. */
export function lineageTaskOf(id: string, change: Partial<LineageTask> = {}): LineageTask {
  return {
    id,
    name: id,
    kind: change.recurrence ? 'recurring' : 'manual',
    recurrence: null,
    timezone: 'UTC',
    createdAt: '2020-01-01T00:00:00.000Z',
    dependsOn: [],
    lists: [],
    byTask: [],
    reads: [],
    writes: [],
    rerunMode: 'AllAllowed',
    ...change,
  };
}

/** The times of such a task. */
export function timesOf(
  id: string,
  change: Partial<LineageTask> = {},
  instances: number[] = [],
): TaskTimes {
  return taskTimes(lineageTaskOf(id, change), instances);
}

/** The instant of a text without offset, in UTC: `2026-03-01T02:00`. */
export function utc(text: string): number {
  return Date.parse(`${text}Z`);
}

/** Instants as short texts in UTC, to be read in a test: `2026-03-01T02:00`. */
export function texts(times: readonly number[]): string[] {
  return times.map((time) => new Date(time).toISOString().slice(0, 16));
}
