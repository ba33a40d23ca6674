/** Deletes backfills that ended long ago, with their plans. */
import { affected, places, rowsOf, type Step, type Database } from './statement';

const oldestText = `select nr from tablegate.backfills where finished_at < $1
  order by finished_at limit 1`;
const ofPlan = (column: string): string =>
  `${column} >= $1::bigint * ${places} and ${column} < ($1::bigint + 1) * ${places}`;
const someOf = (table: string, column: string): string =>
  `delete from tablegate.${table} where ctid = any(array(
    select ctid from tablegate.${table} where ${ofPlan(column)} limit $2))`;

/**
 * Deletes at most `most` rows of backfills that ended before: plans piece by piece, a backfill
 * itself when nothing of its plan is left.
 * @returns how many rows are gone
 */
export async function pruneBackfills(
  db: Database,
  before: Date | null,
  most: number,
): Promise<number> {
  if (before === null) return 0;
  let gone = 0;
  while (gone < most) {
    const [oldest] = await rowsOf<{ nr: string }>(db, oldestText, [before.toISOString()]);
    if (!oldest) break;
    gone += await db.transaction().execute((step) => prunePlan(step, oldest.nr, most - gone));
  }
  return gone;
}

async function prunePlan(step: Step, nr: string, most: number): Promise<number> {
  const needs = await affected(step, someOf('backfill_needs', 'needed'), [nr, most]);
  if (needs === most) return needs;
  const cells = await affected(step, someOf('backfill_cells', 'cell'), [nr, most - needs]);
  if (needs + cells === most) return most;
  await affected(step, 'delete from tablegate.backfill_counts where backfill = $1', [nr]);
  const own = await affected(step, 'delete from tablegate.backfills where nr = $1', [nr]);
  return needs + cells + own;
}
