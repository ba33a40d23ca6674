/** Taking up again what went wrong. */
import { retriedStates, type BackfillStatus } from '../../model/backfill';
import { block } from './dependents';
import { metStates } from './ends';
import { find, setStatus } from './rows';
import { affected, alone, rowsOf, type BackfillKey, type Database, type Step } from './statement';

/** One that is being cancelled has to come to its end first. */
const retriable: readonly BackfillStatus[] = ['running', 'paused', 'failed', 'cancelled'];

/** Failed, timed-out, cancelled and blocked cells wait again; see `BackfillStore.retry`. */
export function retry(db: Database, key: BackfillKey): Promise<number> {
  return alone(db, key.tenant, async (step) => {
    const backfill = await find(step, key);
    if (!backfill || !retriable.includes(backfill.status)) return 0;
    const bad = await badCells(step, key);
    if (bad === 0) return 0;
    await reset(step, key, backfill.count);
    // What needs a cell that will never come stays blocked.
    await block(step, key, await droppedCells(step, key));
    const retried = bad - (await badCells(step, key));
    if (retried > 0) await setStatus(step, key, retriable, 'running');
    return retried;
  });
}

async function badCells(step: Step, { tenant, id }: BackfillKey): Promise<number> {
  const text = `select coalesce(sum(cells), 0)::int as cells from tablegate.backfill_counts
    where tenant = $1 and backfill_id = $2 and state = any($3::text[])`;
  const [row] = await rowsOf<{ cells: number }>(step, text, [tenant, id, retriedStates]);
  return row?.cells ?? 0;
}

const resetText = `update tablegate.backfill_cells as cell
  set state = 'waiting', end_reason = null, ended_at = null, waits_for = (
    select count(*) from tablegate.backfill_needs as need
      join tablegate.backfill_cells as needed on needed.tenant = $1 and needed.backfill_id = $2
        and needed.seq = need.needs_seq
    where need.tenant = $1 and need.backfill_id = $2 and need.seq = cell.seq
      and needed.state <> all($3::text[]))
  where cell.tenant = $1 and cell.backfill_id = $2 and cell.state = any($4::text[])
    and cell.seq >= $5 and cell.seq < $6`;

/** Cells of one statement: it has to be done well within the longest time that one may take. */
const cellsAtOnce = 20_000;

async function reset(step: Step, { tenant, id }: BackfillKey, count: number): Promise<void> {
  for (let from = 0; from < count; from += cellsAtOnce) {
    const range = [from, from + cellsAtOnce];
    await affected(step, resetText, [tenant, id, metStates, retriedStates, ...range]);
  }
}

async function droppedCells(step: Step, { tenant, id }: BackfillKey): Promise<number[]> {
  const text = `select seq from tablegate.backfill_cells
    where tenant = $1 and backfill_id = $2 and state = 'dropped'`;
  const rows = await rowsOf<{ seq: number }>(step, text, [tenant, id]);
  return rows.map((row) => row.seq);
}
