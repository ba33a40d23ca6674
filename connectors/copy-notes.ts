/** What a target remembers of the copies into it, and what it says to another try. Pure. */
import { isOfLaterRun } from '../model/fence';
import { SupersededError } from './connector';
import type { CopyTotals } from './transfer';

/** The last copy of a task into a table. */
export interface CopyNote {
  fence: bigint;
  totals: CopyTotals;
}

/**
 * @param fence of the try that asks
 * @returns what another try of the same run has committed; null where the run has not yet
 * @throws SupersededError where a later run has
 */
export function judgeCopy(last: CopyNote, fence: bigint, place: string): CopyTotals | null {
  if (isOfLaterRun(last.fence, fence)) {
    throw new SupersededError(
      `${place} was already written by a later run (${last.fence}, this is ${fence}).`,
      last.fence,
    );
  }
  return isOfLaterRun(fence, last.fence) ? null : last.totals;
}
