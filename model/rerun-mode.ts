/** Whether an instance is run again: what its run policy lets, and what who asks for it wishes. */
import type { ExistingChoice } from './existing-choice';
import type { RunStatus } from './run';
import type { RunPolicy } from './task';

/** How an instance stands: attempts so far (0: nothing ran) and the status of the latest. */
export interface InstanceStand {
  attempts: number;
  /** Null where nothing is known of it. */
  status: RunStatus | null;
}

/** Why an instance that was run must not be run again; null where it may. */
export function whyRerunDenied(
  rerunMode: RunPolicy['rerunMode'],
  stand: InstanceStand | null,
): string | null {
  if (stand === null || stand.attempts === 0) return null;
  if (rerunMode === 'AllDenied') return 'its run policy allows no rerun';
  if (rerunMode === 'FailureAllowed' && stand.status === 'succeeded') {
    return 'it has succeeded, and its run policy allows reruns only after a failure';
  }
  return null;
}

/** Why a backfill leaves an instance as it is; null where it runs it, for the first time or again. */
export function whyLeft(
  rerunMode: RunPolicy['rerunMode'],
  stand: InstanceStand | null,
  existing: ExistingChoice,
): string | null {
  if (stand === null || stand.attempts === 0) return null;
  if (existing === 'skip') return isLive(stand) ? 'it is running' : 'it has been run';
  if (existing === 'failed' && stand.status === 'succeeded') return 'it has succeeded';
  return whyRerunDenied(rerunMode, stand);
}

/** True where its latest attempt has not ended. */
export function isLive({ status }: InstanceStand): boolean {
  return status === 'queued' || status === 'running';
}
