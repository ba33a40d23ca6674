/** Taking up again what went wrong. */
import { retriedStates, type BackfillStatus } from '../../model/backfill';
import { passAllOn } from './passing-on';
import { reset } from './reset';
import {
  alone,
  inParts,
  rowsOf,
  type Backfill,
  type BackfillKey,
  type Database,
  type Step,
} from './statement';
import { setStatus } from './status';

/** One that is being cancelled has to come to its end first. */
const retriable: readonly BackfillStatus[] = ['running', 'paused', 'failed', 'cancelled'];

const isRetriable = (backfill: Backfill | null): backfill is Backfill =>
  backfill !== null && retriable.includes(backfill.status);

/**
 * Failed, timed-out, cancelled and blocked cells wait again; see `BackfillStore.retry`. One that is
 * over stays so until all of it is done: nobody takes up what waits in it before.
 */
export async function retry(db: Database, key: BackfillKey): Promise<number> {
  const before = await alone(db, key, async (step, backfill) =>
    isRetriable(backfill) ? cellsIn(step, backfill, retriedStates) : null,
  );
  if (before === null) return 0;
  if (before > 0) {
    await inParts(db, key, async (step, backfill, part) => {
      if (isRetriable(backfill)) await reset(step, part, retriedStates);
      return 'done';
    });
    // What needs a cell that will never come stays blocked.
    await passAllOn(db, key);
  }
  return alone(db, key, async (step, backfill) => {
    if (!isRetriable(backfill)) return 0;
    // In one that is over, what waits now waits again, also where a former call did not come this far.
    const retried = backfill.finished
      ? await cellsIn(step, backfill, ['waiting'])
      : before - (await cellsIn(step, backfill, retriedStates));
    if (retried > 0) await setStatus(step, key, retriable, 'running');
    return Math.max(0, retried);
  });
}

async function cellsIn(step: Step, { nr }: Backfill, states: readonly string[]): Promise<number> {
  const text = `select coalesce(sum(cells), 0)::int as cells from tablegate.backfill_counts
    where backfill = $1 and state = any($2::text[])`;
  const [row] = await rowsOf<{ cells: number }>(step, text, [nr, states]);
  return row?.cells ?? 0;
}
