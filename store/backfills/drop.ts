/** A task that is removed in the middle of a backfill. */
import { notify } from '../notify';
import { passOn } from './dependents';
import type { Ended } from './ends';
import { alone, rowsOf, type BackfillKey, type Database } from './statement';

const dropText = `update tablegate.backfill_cells
  set state = 'dropped', end_reason = 'Its task was removed.'
  where tenant = $1 and backfill_id = $2 and task_id = $3 and state in ('waiting', 'running')
  returning seq, state`;

/** Drops what has not ended of a task; see `BackfillStore.dropTask`. */
export function dropTask(db: Database, key: BackfillKey, taskId: string): Promise<void> {
  return alone(db, key.tenant, async (step) => {
    const dropped = await rowsOf<Ended>(step, dropText, [key.tenant, key.id, taskId]);
    if (dropped.length === 0) return;
    await passOn(step, key, dropped);
    await notify(step, { tenant: key.tenant, kind: 'backfill', id: key.id });
  });
}
