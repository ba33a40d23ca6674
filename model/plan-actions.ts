/** What is done about one cell of a plan (rule 7). */
import type { CellAction, ExistingChoice } from './backfill';
import type { LineageTask } from './lineage';
import { isLive, whyLeft, type InstanceStand } from './rerun-mode';

/** @returns the action, with the reason in one short sentence where there is something to say */
export function decideAction(
  { rerunMode }: Pick<LineageTask, 'rerunMode'>,
  stand: InstanceStand | null,
  existing: ExistingChoice,
): { action: CellAction; reason: string | null } {
  if (stand === null) return { action: 'create', reason: null };
  if (stand.attempts === 0) return { action: 'create', reason: `it was ${stand.status}` };
  const left = whyLeft(rerunMode, stand, existing);
  if (left !== null) return { action: 'skip', reason: left };
  return { action: 'rerun', reason: isLive(stand) ? 'it is running; this follows it' : null };
}
