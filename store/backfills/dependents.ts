/** What the end of a cell means for those that need it. */
import { metStates, type Ended } from './ends';
import { affected, rowsOf, type Step } from './statement';

/** Lets go, or blocks, what waits for cells that have ended. */
export async function passOn(step: Step, ended: readonly Ended[]): Promise<void> {
  const over = ended.filter(({ state }) => state !== 'waiting');
  const cells = (met: boolean) =>
    over.filter(({ state }) => metStates.includes(state) === met).map(({ cell }) => cell);
  await letGo(step, cells(true));
  await block(step, cells(false));
}

const needingText = `select cell, count(*)::int as needs from tablegate.backfill_needs
  where needed = any($1::bigint[]) group by cell`;

const letGoText = `update tablegate.backfill_cells as cell
  set waits_for = cell.waits_for - done.needs
  from unnest($1::bigint[], $2::int[]) as done (cell, needs)
  where cell.cell = done.cell and cell.state = 'waiting'`;

async function letGo(step: Step, cells: readonly string[]): Promise<void> {
  if (cells.length === 0) return;
  const needing = await rowsOf<{ cell: string; needs: number }>(step, needingText, [cells]);
  for (const some of portions(needing)) {
    const values = [some.map(({ cell }) => cell), some.map(({ needs }) => needs)];
    await affected(step, letGoText, values);
  }
}

const blockedText = `with recursive bad (cell, needed) as (
    select cell, null::bigint from unnest($1::bigint[]) as ended (cell)
    union
    select need.cell, need.needed from bad
      join tablegate.backfill_needs as need on need.needed = bad.cell
      join tablegate.backfill_cells as cell on cell.cell = need.cell
    where cell.state = 'waiting')
  select cell, min(needed) as needed from bad where needed is not null group by cell`;

const blockText = `update tablegate.backfill_cells as cell
  set state = 'blocked', end_reason = format('It needs %s at %s, which did not succeed.',
    needed.task_id, to_char(needed.schedule_time, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from unnest($1::bigint[], $2::bigint[]) as bad (cell, needed)
    join tablegate.backfill_cells as needed on needed.cell = bad.needed
  where cell.cell = bad.cell`;

/** Blocks all that waits for these cells, and for those blocked thereby. */
export async function block(step: Step, cells: readonly string[]): Promise<void> {
  if (cells.length === 0) return;
  const blocked = await rowsOf<{ cell: string; needed: string }>(step, blockedText, [cells]);
  for (const some of portions(blocked)) {
    const values = [some.map(({ cell }) => cell), some.map(({ needed }) => needed)];
    await affected(step, blockText, values);
  }
}

/** Cells of one statement: half a plan may wait for one cell, and a statement has seconds. */
const cellsAtOnce = 10_000;

function* portions<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let from = 0; from < items.length; from += cellsAtOnce) {
    yield items.slice(from, from + cellsAtOnce);
  }
}
