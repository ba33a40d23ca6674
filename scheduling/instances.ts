/** Instances of tasks, with the gates that have not brought about theirs yet. */
import { readScheduleTime } from '../model/calendar';
import { invalidInput } from '../model/field-errors';
import type { RunRecord } from '../model/run';
import type { GateView } from '../model/task';
import type { InstanceFilter, InstanceView, RunRead } from './scheduling';

/** A place in a list that goes by schedule time, newest first, then by task. */
export interface InstanceKey {
  scheduleTime: string;
  taskId: string;
}

/** The filter as one task reads it: ISO 8601 in UTC. */
export interface InstanceRange {
  from: string | null;
  to: string | null;
  status: InstanceView['status'] | null;
}

/** @throws TablegateError invalidInput for a time that cannot be read */
export function rangeIn(timezone: string, { from, to, status }: InstanceFilter): InstanceRange {
  return {
    from: from && readScheduleTime(from, timezone, 'from'),
    to: to && readScheduleTime(to, timezone, 'to'),
    status,
  };
}

/** What a gate of a schedule time shows while no run came of it. */
export function waitingInstance(taskId: string, gate: GateView['dated'][number]): InstanceView {
  const { scheduleTime } = gate;
  return {
    ...{ taskId, scheduleTime, attempts: 0, status: 'waiting', run: null },
    reason: reasonOf(gate),
  };
}

function reasonOf({ tables, upstream }: GateView['dated'][number]): string | null {
  if (upstream !== null && upstream.status !== 'met') return upstream.reason;
  const missing = tables.filter(({ status }) => status === 'Not Triggered');
  if (missing.length === 0) return 'it waits for its turn';
  return `waiting for tables ${missing.map(({ table }) => table).join(', ')}`;
}

/** An instance that has a record. */
export function recordedInstance(record: RunRecord, run: RunRead): InstanceView {
  const { taskId, attempt: attempts, status, failureReason: reason } = record;
  const scheduleTime = record.scheduleTime!;
  return { taskId, scheduleTime, attempts, status, reason, run };
}

/** Newest schedule time first, then by task. */
export function compareInstances(one: InstanceKey, other: InstanceKey): number {
  if (one.scheduleTime !== other.scheduleTime)
    return one.scheduleTime < other.scheduleTime ? 1 : -1;
  if (one.taskId === other.taskId) return 0;
  return one.taskId < other.taskId ? -1 : 1;
}

/** Within a range, newest first. */
export function gatesIn(
  dated: GateView['dated'],
  { from, to, status }: InstanceRange,
): GateView['dated'] {
  if (status !== null && status !== 'waiting') return [];
  return dated.filter(
    ({ scheduleTime }) =>
      (from === null || scheduleTime >= from) && (to === null || scheduleTime <= to),
  );
}

/** The token of the page that begins after this one. */
export function writeKey({ scheduleTime, taskId }: InstanceKey): string {
  return Buffer.from(`${scheduleTime} ${taskId}`).toString('base64url');
}

/** @throws TablegateError invalidInput for a text that is no token of such a list */
export function readKey(token: string | null): InstanceKey | null {
  if (token === null) return null;
  const [scheduleTime = '', taskId = ''] = Buffer.from(token, 'base64url').toString().split(' ');
  const key = { scheduleTime, taskId };
  if (isIsoTime(scheduleTime) && writeKey(key) === token) return key;
  const message = 'it is no token of this list; take it from the page before';
  throw invalidInput('query', [{ path: 'pageToken', message }]);
}

function isIsoTime(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}

/** The last schedule time of a task that comes after the key, or is in the range; null: any. */
export function lastTime(
  to: string | null,
  key: InstanceKey | null,
  taskId: string,
): string | null {
  if (key === null) return to;
  const { scheduleTime } = key;
  const below = new Date(Date.parse(scheduleTime) - 1).toISOString();
  const last = taskId > key.taskId ? scheduleTime : below;
  return to === null || last < to ? last : to;
}
