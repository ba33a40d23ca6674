/** A task that is removed in the middle of a backfill. */
import { notify } from '../notify';
import { passOn } from './dependents';
import type { Ended } from './ends';
import { alone, rowsOf, type BackfillKey, type Database } from './statement';

const dropText = `update tablegate.backfill_cells
  set state = 'dropped', end_reason = 'Its task was removed.'
  where backfill = $1 and task_id = $2 and state in ('waiting', 'running')
  returning cell, state`;

/** Drops what has not ended of a task; see `BackfillStore.dropTask`. */
export function dropTask(db: Database, key: BackfillKey, taskId: string): Promise<void> {
  return alone(db, key, async (step, backfill) => {
    if (!backfill) return;
    const dropped = await rowsOf<Ended>(step, dropText, [backfill.nr, taskId]);
    if (dropped.length === 0) return;
    await passOn(step, dropped);
    await notify(step, key.tenant, [{ type: 'backfill', id: key.id }]);
  });
}
