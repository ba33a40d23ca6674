/** The status of a backfill, and the times that go with it. */
import { sql } from 'kysely';
import { liveBackfillStatuses, type BackfillStatus } from '../../model/backfill';
import { notify } from '../notify';
import type { StoredBackfill } from '../store';
import { find } from './rows';
import { alone, type BackfillKey, type Database, type Step } from './statement';

/** Moves one to another status; see `BackfillStore.changeStatus`. */
export function changeStatus(
  db: Database,
  key: BackfillKey,
  from: readonly BackfillStatus[],
  to: BackfillStatus,
): Promise<StoredBackfill | null> {
  return alone(db, key, async (step) =>
    (await setStatus(step, key, from, to)) ? find(step, key) : null,
  );
}

const unfinished: readonly BackfillStatus[] = liveBackfillStatuses;

/** @returns whether its status was in `from`; it is `to` now */
export async function setStatus(
  step: Step,
  { tenant, id }: BackfillKey,
  from: readonly BackfillStatus[],
  to: BackfillStatus,
): Promise<boolean> {
  const { numUpdatedRows } = await step
    .updateTable('backfills')
    .set({ status: to, finished_at: unfinished.includes(to) ? null : sql<string>`now()` })
    .$if(to === 'running', (query) => query.set({ resumed_at: sql`now()`, ended_since: 0 }))
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .where('status', 'in', from)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await notify(step, tenant, [{ type: 'backfill', id }]);
  return true;
}
