/** Taking up again what went wrong. */
import { retriedStates, type BackfillStatus } from '../../model/backfill';
import { block } from './dependents';
import { metStates } from './ends';
import {
  affected,
  alone,
  rowsOf,
  type Backfill,
  type BackfillKey,
  type Database,
  type Step,
} from './statement';
import { setStatus } from './status';

/** One that is being cancelled has to come to its end first. */
const retriable: readonly BackfillStatus[] = ['running', 'paused', 'failed', 'cancelled'];

/** Failed, timed-out, cancelled and blocked cells wait again; see `BackfillStore.retry`. */
export function retry(db: Database, key: BackfillKey): Promise<number> {
  return alone(db, key, async (step, backfill) => {
    if (!backfill || !retriable.includes(backfill.status)) return 0;
    const bad = await badCells(step, backfill);
    if (bad === 0) return 0;
    await reset(step, backfill);
    // What needs a cell that will never come stays blocked.
    await block(step, await droppedCells(step, backfill));
    const retried = bad - (await badCells(step, backfill));
    if (retried > 0) await setStatus(step, key, retriable, 'running');
    return retried;
  });
}

async function badCells(step: Step, { nr }: Backfill): Promise<number> {
  const text = `select coalesce(sum(cells), 0)::int as cells from tablegate.backfill_counts
    where backfill = $1 and state = any($2::text[])`;
  const [row] = await rowsOf<{ cells: number }>(step, text, [nr, retriedStates]);
  return row?.cells ?? 0;
}

/** Cells of one statement: it has to be done well within the longest time that one may take. */
const cellsAtOnce = 10_000;

const resetText = `update tablegate.backfill_cells as cell
  set state = 'waiting', end_reason = null, ended_at = null, waits_for = (
    select count(*) from tablegate.backfill_needs as need
      join tablegate.backfill_cells as needed on needed.cell = need.needed
    where need.cell = cell.cell and needed.state <> all($2::text[]))
  from (select cell from tablegate.backfill_cells
    where backfill = $1 and state = any($3::text[]) limit ${cellsAtOnce}) as bad
  where cell.cell = bad.cell`;

async function reset(step: Step, { nr }: Backfill): Promise<void> {
  for (let cells = cellsAtOnce; cells === cellsAtOnce;) {
    cells = await affected(step, resetText, [nr, metStates, retriedStates]);
  }
}

async function droppedCells(step: Step, { nr }: Backfill): Promise<string[]> {
  const text = `select cell from tablegate.backfill_cells
    where backfill = $1 and state = 'dropped'`;
  const rows = await rowsOf<{ cell: string }>(step, text, [nr]);
  return rows.map((row) => row.cell);
}
