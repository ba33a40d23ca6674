/**
 * Changes of tasks as batches of vendors bring them: incremental down into when a task starts, which
 * only the present task makes whole.
 */
import { isoInZone, readPlainTime } from './calendar';
import { invalidInput } from './field-errors';
import type { Recurrence } from './recurrence';
import type { TaskPatch, TaskView } from './task';

export interface TaskChange {
  fields: Pick<
    TaskPatch,
    'name' | 'description' | 'owner' | 'tags' | 'runPolicy' | 'runtimeResource' | 'dataSource'
  >;
  trigger: TriggerChange;
}

/** When it starts; what is not named stays. */
export interface TriggerChange {
  kind?: 'recurring' | 'manual' | undefined;
  /** The rest is for recurring tasks alone, and heeded for no other. */
  mode?: 'pause' | 'skip' | 'normal' | undefined;
  cron?: string | undefined;
  /** `yyyy-MM-dd HH:mm:ss` in the task's timezone. */
  startTime?: string | undefined;
  endTime?: string | undefined;
}

export interface SettledChange {
  patch: TaskPatch;
  /** Undefined: the pause flag stays. */
  paused: boolean | undefined;
}

/** What vendors send for a time that has always begun, and for one that never comes. */
export const alwaysBegun = '1970-01-01 00:00:00';
export const neverEnding = '9999-01-01 00:00:00';

/**
 * @param task as it is before the change
 * @throws TablegateError invalidInput for a time that cannot be read, and for a recurring task
 *   without any recurrence
 */
export function settleChange(task: TaskView, { fields, trigger }: TaskChange): SettledChange {
  const kind = trigger.kind ?? task.kind;
  const patch: TaskPatch = { ...fields, ...(kind !== task.kind && { kind }) };
  if (kind !== 'recurring') return { patch, paused: undefined };
  const recurrence = recurrenceAfter(task, trigger);
  const isSame = JSON.stringify(recurrence) === JSON.stringify(task.recurrence);
  const { mode } = trigger;
  return {
    patch: isSame ? patch : { ...patch, recurrence },
    paused: mode === undefined ? undefined : mode === 'pause',
  };
}

function recurrenceAfter(
  { recurrence, timezone }: TaskView,
  { cron, mode, ...ends }: TriggerChange,
): Recurrence {
  const present = recurrence ?? { startTime: null, endTime: null };
  const { startTime = present.startTime, endTime = present.endTime } = {
    startTime: readEnd(ends.startTime, alwaysBegun, timezone, 'startTime'),
    endTime: readEnd(ends.endTime, neverEnding, timezone, 'endTime'),
  };
  const common = {
    startTime,
    endTime,
    mode: mode === 'skip' || mode === 'normal' ? mode : (recurrence?.mode ?? 'normal'),
    catchUp: recurrence?.catchUp ?? ('latest' as const),
  };
  if (cron !== undefined) return { cron, ...common };
  if (recurrence !== null) return { ...recurrence, ...common };
  const message = 'it is needed: the task has had no schedule so far';
  throw invalidInput('task', [{ path: 'recurrence.cron', message }]);
}

/** @returns undefined where nothing was sent; null for the text that stands for no end */
function readEnd(
  text: string | undefined,
  none: string,
  timezone: string,
  field: 'startTime' | 'endTime',
): string | null | undefined {
  if (text === undefined) return undefined;
  return text === none ? null : readPlainTime(text, timezone, `recurrence.${field}`);
}

/** An end of a recurrence as vendors write it. */
export function plainTimeOf(time: string | null, none: string, timezone: string): string {
  if (time === null) return none;
  return isoInZone(Date.parse(time), timezone).slice(0, 19).replace('T', ' ');
}

/** A recurrence as a cron expression: its own, or Quartz's of the same times. */
export function cronOf(recurrence: Recurrence): string {
  if ('cron' in recurrence) return recurrence.cron;
  if (recurrence.every === 'day') return `${clockFields(recurrence.at).join(' ')} * * ?`;
  const { from, interval } = recurrence;
  const [second, minute, hour] = clockFields(from);
  return `${second} ${minute} ${hour}-23/${interval} * * ?`;
}

/** Second, minute and hour, each with two digits, as vendors write them. */
function clockFields(clock: string): [string, string, string] {
  const [hour = '00', minute = '00', second = '00'] = clock.split(':');
  return [second, minute, hour];
}
