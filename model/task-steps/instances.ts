/** What a task remembers of its instances. */
import type { CellRequest } from '../backfill';
import type { InstanceStand } from '../rerun-mode';
import type { InstanceMemo, TaskState } from '../task-state';
import { trimOldest } from './step';

const maxInstances = 200;

export function findInstance(state: TaskState, scheduleTime: string): InstanceMemo | null {
  return state.instances.find((instance) => instance.scheduleTime === scheduleTime) ?? null;
}

/** What is remembered of a time that has no record. */
export const neverRun = { attempts: 0, status: 'queued' } as const;

/** True where the task remembers a record of that time. */
export function isInstance(state: TaskState, scheduleTime: string): boolean {
  const memo = findInstance(state, scheduleTime);
  return memo !== null && (memo.attempts > 0 || memo.status !== neverRun.status);
}

/** Remembers how an instance stands, as the latest of all. */
export function rememberInstance(state: TaskState, memo: InstanceMemo): void {
  const known = state.instances.findIndex(
    (instance) => instance.scheduleTime === memo.scheduleTime,
  );
  if (known !== -1) state.instances.splice(known, 1);
  state.instances.push(memo);
  const waiting = state.cells.find((cell) => cell.scheduleTime === memo.scheduleTime);
  if (waiting) noteAttempts(waiting, memo);
  if (state.instances.length > maxInstances) state.instancesForgotten = true;
  trimOldest(state.instances, maxInstances);
}

/** Brings what a cell knows of its instance up to date, as the memo may be gone when it begins. */
export function noteAttempts(cell: CellRequest, known: InstanceStand): void {
  if (known.attempts < cell.attempts) return;
  cell.attempts = known.attempts;
  cell.status = known.status;
}

/** True where the instance may have been run and forgotten: the store is to be asked. */
export function mayBeForgotten(state: TaskState, scheduleTime: string): boolean {
  return state.instancesForgotten && findInstance(state, scheduleTime) === null;
}
