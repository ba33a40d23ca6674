/** A task that is removed in the middle of a backfill. */
import { notify } from '../notify';
import { passAllOn, toldNobody } from './passing-on';
import { affected, inParts, type BackfillKey, type Database } from './statement';

const dropText = `update tablegate.backfill_cells as cell
  set state = 'dropped', told_to = ${toldNobody('cell')}, end_reason = 'Its task was removed.'
  where cell >= $1 and cell < $2 and task_id = $3 and state in ('waiting', 'running')`;

/** Drops what has not ended of a task; see `BackfillStore.dropTask`. */
export async function dropTask(db: Database, key: BackfillKey, taskId: string): Promise<void> {
  await inParts(db, key, async (step, _backfill, { from, to }) => {
    const dropped = await affected(step, dropText, [from, to, taskId]);
    if (dropped > 0) await notify(step, key.tenant, [{ type: 'backfill', id: key.id }]);
    return 'done';
  });
  await passAllOn(db, key);
}
