import type { Trigger } from '../model/trigger';
import { keyDigest } from '../store/digests';

/** A call on its way to a task. */
export interface TriggerCall {
  receipt: string;
  table: string;
  caller: string;
  /** ISO 8601 in UTC; null: the open round. */
  scheduleTime: string | null;
  idempotencyKey: string | null;
}

/**
 * @param scope whose Idempotency-Keys these are: two callers may choose the same one
 * @returns the trigger, as if it came now
 */
export function makeTrigger(call: TriggerCall, scope: string): Trigger {
  const { receipt, table, caller, scheduleTime, idempotencyKey } = call;
  return {
    ...{ receipt, table, scheduleTime },
    at: new Date().toISOString(),
    caller: caller.slice(0, 64),
    key: idempotencyKey === null ? null : keyDigest([scope, idempotencyKey, table]),
  };
}
