/** What a run policy says about running an instance again. */
import type { RunStatus } from './run';
import type { RunPolicy } from './task';

/** How an instance stands: attempts so far (0: nothing ran) and the status of the latest. */
export interface InstanceStand {
  attempts: number;
  status: RunStatus;
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
