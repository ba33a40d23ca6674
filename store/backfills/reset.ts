/** Cells that wait again. */
import type { CellState } from '../../model/backfill';
import { isAwaited } from './passing-on';
import { affected, rowsOf, type Part, type Step } from './statement';

const resetText = `update tablegate.backfill_cells as cell
  set state = 'waiting', told_to = null, end_reason = null, ended_at = null, waits_for = (
    select count(*) from tablegate.backfill_needs as need
      join tablegate.backfill_cells as needed on needed.cell = need.needed
    where need.cell = cell.cell and ${isAwaited})
  where cell.cell >= $1 and cell.cell < $2 and cell.state = any($3::text[])
  returning cell.cell`;

// What is needed stands before it: if that is bad still, or again, it tells so once more.
const tellAgainText = `update tablegate.backfill_cells as bad
  set told_to = least(bad.told_to, again.cell - 1)
  from (select need.needed, min(need.cell) as cell
    from unnest($1::bigint[]) as reset (cell)
      join tablegate.backfill_needs as need on need.cell = reset.cell
    group by need.needed) as again
  where bad.cell = again.needed
    and bad.state in ('failed', 'timedOut', 'cancelled', 'dropped', 'blocked')`;

/**
 * Lets cells of these states wait again; `passOn` then blocks those that need what is still bad.
 * Parts are to come in their order.
 */
export async function reset(
  step: Step,
  { from, to }: Part,
  states: readonly CellState[],
): Promise<void> {
  const rows = await rowsOf<{ cell: string }>(step, resetText, [from, to, states]);
  if (rows.length > 0) await affected(step, tellAgainText, [rows.map(({ cell }) => cell)]);
}
