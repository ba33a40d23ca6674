/** What stands in a Schedule of the task that it was made for, so that puts can be told apart. */
import { z } from 'zod';
import { deepEqual } from './deep-equal';
import type { ScheduleTickInput } from './messages';
import { recurrenceSchema, type Recurrence } from './recurrence';

/** A task as its Schedule is made of it. */
export interface ScheduledTask extends ScheduleTickInput {
  name: string;
  /** The task's version; a Schedule that a later one has put stays. */
  version: number;
}

/** A Schedule that is there. */
export interface FoundSchedule {
  tenant: string;
  taskId: string;
  /** What somebody did by hand, as Tablegate pauses none. */
  paused: boolean;
  note: ScheduleNote | null;
}

export interface ScheduleNote {
  /** The task's version when its Schedule was put. */
  version: number;
  recurrence: Recurrence;
  timezone: string;
}

const noteSchema = z.object({
  version: z.number().int(),
  recurrence: recurrenceSchema,
  timezone: z.string(),
});

/** The note as a text, for the comment of a calendar. */
export function writeScheduleNote({ version, recurrence, timezone }: ScheduleNote): string {
  return JSON.stringify({ version, recurrence, timezone });
}

/** @returns null where there is none: somebody else's comment, or a Schedule from before notes */
export function readScheduleNote(comment: string | null | undefined): ScheduleNote | null {
  try {
    return noteSchema.safeParse(JSON.parse(comment ?? '')).data ?? null;
  } catch {
    return null;
  }
}

/** True for a Schedule of an earlier version that comes at other times than the task now has. */
export function isOutdated(note: ScheduleNote | null, task: ScheduleNote): boolean {
  if (note === null || note.version >= task.version) return false;
  return !deepEqual(
    { recurrence: note.recurrence, timezone: note.timezone },
    { recurrence: task.recurrence, timezone: task.timezone },
  );
}
