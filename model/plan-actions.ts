/** What is done about one cell of a plan (rule 7). */
import type { CellAction, ExistingChoice } from './backfill';
import type { LineageTask } from './lineage';
import { whyRerunDenied, type InstanceStand } from './rerun-mode';

/** @returns the action, with the reason in one short sentence where there is something to say */
export function decideAction(
  task: Pick<LineageTask, 'rerunMode'>,
  stand: InstanceStand | null,
  existing: ExistingChoice,
): { action: CellAction; reason: string | null } {
  if (stand === null) return { action: 'create', reason: null };
  const isLive = stand.status === 'queued' || stand.status === 'running';
  if (stand.attempts === 0) return { action: 'create', reason: `it was ${stand.status}` };
  if (existing === 'skip') {
    return { action: 'skip', reason: isLive ? 'it is running' : 'it has been run' };
  }
  if (existing === 'failed' && stand.status === 'succeeded') {
    return { action: 'skip', reason: 'it has succeeded' };
  }
  const denied = whyRerunDenied(task.rerunMode, stand);
  if (denied !== null) return { action: 'skip', reason: denied };
  return { action: 'rerun', reason: isLive ? 'it is running; this follows it' : null };
}
