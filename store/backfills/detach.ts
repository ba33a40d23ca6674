/** A task that is to be removed out of the reach of those that come after it. */
import { notify } from '../notify';
import { isAwaited, letGo, passAllOn } from './passing-on';
import { reset } from './reset';
import {
  atOnce,
  inParts,
  rowsOf,
  type Backfill,
  type BackfillKey,
  type Database,
  type Part,
  type Step,
} from './statement';

// Of one that has succeeded nothing is taken up again.
const plansText = `select id from tablegate.backfills
  where tenant = $1 and status <> 'succeeded' and exists (
    select from tablegate.backfill_cells where backfill = nr and task_id = $2)
  order by nr`;

/** Drops all needs on cells of a task; see `BackfillStore.detachTask`. */
export async function detachTask(db: Database, tenant: string, taskId: string): Promise<string[]> {
  const live: string[] = [];
  for (const { id } of await rowsOf<{ id: string }>(db, plansText, [tenant, taskId])) {
    if (await detach(db, { tenant, id }, taskId)) live.push(id);
  }
  return live;
}

/** @returns whether it goes on */
async function detach(db: Database, key: BackfillKey, taskId: string): Promise<boolean> {
  let isLive = false;
  await inParts(db, key, async (step, backfill, part) => {
    isLive = goesOn(backfill);
    const dropped = await dropNeeds(step, part, taskId);
    if (dropped > 0) await notify(step, key.tenant, [{ type: 'backfill', id: key.id }]);
    return dropped === atOnce.rows ? 'again' : 'done';
  });
  if (isLive) await unblock(db, key);
  return isLive;
}

const dropText = `with of_task as (
    select need.needed, need.cell, ${isAwaited} as awaited
    from tablegate.backfill_cells as needed
      join tablegate.backfill_needs as need on need.needed = needed.cell
    where needed.cell >= $1 and needed.cell < $2 and needed.task_id = $3 limit $4)
  delete from tablegate.backfill_needs as need using of_task
  where need.needed = of_task.needed and need.cell = of_task.cell
  returning of_task.needed, of_task.cell, coalesce(of_task.awaited, false) as awaited`;

interface Dropped {
  needed: string;
  cell: string;
  /** Whether it counted in `waits_for`. */
  awaited: boolean;
}

async function dropNeeds(step: Step, { from, to }: Part, taskId: string): Promise<number> {
  const dropped = await rowsOf<Dropped>(step, dropText, [from, to, taskId, atOnce.rows]);
  const awaited = dropped.filter((need) => need.awaited);
  await letGo(step, awaited);
  return dropped.length;
}

/** What was blocked waits again, unless something else stands in its way. */
async function unblock(db: Database, key: BackfillKey): Promise<void> {
  await inParts(db, key, async (step, backfill, part) => {
    if (goesOn(backfill)) await reset(step, part, ['blocked']);
    return 'done';
  });
  await passAllOn(db, key);
}

/** In one that is over, or on its way there, nothing waits again by itself. */
function goesOn({ status }: Backfill): boolean {
  return status === 'running' || status === 'paused';
}
