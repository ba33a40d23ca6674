/** What every step is given, and how one is refused. */
import type { ErrorCode } from '../errors';
import type { TaskState } from '../task-state';

/** Changes that histories under way do not have: what they are is said where they are asked for. */
export type KnownChange = 'missed-gates' | 'judged-by' | 'still-due' | 'kept-slots';

/** Clock and source of run ids; inside a workflow both are deterministic. */
export interface StepContext {
  /** ISO 8601 in UTC. */
  now: string;
  newRunId(): string;
  /** True while the history is being rolled over: nothing new begins then. */
  closing?(): boolean;
  /** False for what happened in a history before this change came: it goes on as it was written. */
  knows?(change: KnownChange): boolean;
}

/** Why a step is not taken. */
export interface Refusal {
  code: ErrorCode;
  detail: string;
}

export function refuse(code: ErrorCode, detail: string): Refusal {
  return { code, detail };
}

/** Notes that something which is shown has changed. */
export function changed(state: TaskState): void {
  state.revision += 1;
}

/** Keeps the latest entries of a list. */
export function trimOldest(list: unknown[], most: number): void {
  if (list.length > most) list.splice(0, list.length - most);
}
