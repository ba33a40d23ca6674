/**
 * What the end of a cell means for those that need it. Half a plan may wait for one cell, so it is
 * told to some of them in each transaction; where that stands is kept, and whoever comes next goes on.
 */
import type { CellState } from '../../model/backfill';
import {
  affected,
  alone,
  atOnce,
  rowsOf,
  type Backfill,
  type BackfillKey,
  type Database,
  type Step,
} from './statement';

/** States in which a cell is as good as needed. */
export const metStates: readonly CellState[] = ['succeeded', 'skipped'];

/** `told_to` of a cell that has just ended: nobody that needs it has been told, if there is anybody. */
export const toldNobody = (cell: string): string =>
  `case when exists (select from tablegate.backfill_needs where needed = ${cell}.cell) then 0 end`;

/** Whether `need` counts in `waits_for` of its cell: `needed` is not met, or it has not been told. */
export const isAwaited = `(needed.state <> all(array['${metStates.join("', '")}'])
  or need.cell > needed.told_to)`;

/** A cell that has ended, and the last of those that need it which has been told. */
interface Untold {
  cell: string;
  state: CellState;
  toldTo: string;
}

interface Need {
  needed: string;
  cell: string;
}

const untoldText = `select cell, state, told_to as "toldTo" from tablegate.backfill_cells
  where backfill = $1 and told_to is not null order by cell limit $2`;

const needsText = `select need.needed, need.cell
  from unnest($1::bigint[], $2::bigint[]) as untold (cell, told_to), lateral (
    select needed, cell from tablegate.backfill_needs
    where needed = untold.cell and cell > untold.told_to order by cell limit $3) as need`;

/** Tells some of those that need cells which have ended. @returns whether more may be left */
export async function passOn(step: Step, { nr }: Backfill): Promise<boolean> {
  const untold = await rowsOf<Untold>(step, untoldText, [nr, atOnce.untold]);
  if (untold.length === 0) return false;
  const ofEach = Math.ceil(atOnce.rows / untold.length);
  const [cells, toldTo] = [untold.map(({ cell }) => cell), untold.map((one) => one.toldTo)];
  const needs = await rowsOf<Need>(step, needsText, [cells, toldTo, ofEach]);
  const isMet = new Map(untold.map(({ cell, state }) => [cell, metStates.includes(state)]));
  const ofMet = needs.filter(({ needed }) => isMet.get(needed));
  const ofBad = needs.filter(({ needed }) => !isMet.get(needed));
  await letGo(step, ofMet);
  const blocked = await block(step, ofBad);
  const unfinished = await noteTold(step, cells, needs, ofEach);
  return blocked + unfinished > 0 || untold.length === atOnce.untold;
}

/** Tells all of them, each time in a transaction of its own. */
export async function passAllOn(db: Database, key: BackfillKey): Promise<void> {
  const pass = async (step: Step, backfill: Backfill | null) =>
    backfill !== null && passOn(step, backfill);
  while (await alone(db, key, pass));
}

const letGoText = `update tablegate.backfill_cells as cell
  set waits_for = cell.waits_for - done.needs
  from unnest($1::bigint[], $2::int[]) as done (cell, needs)
  where cell.cell = done.cell and cell.state = 'waiting'`;

/** What waits has so many needs less. */
export async function letGo(step: Step, needs: readonly Need[]): Promise<void> {
  if (needs.length === 0) return;
  const done = new Map<string, number>();
  for (const { cell } of needs) done.set(cell, (done.get(cell) ?? 0) + 1);
  await affected(step, letGoText, [[...done.keys()], [...done.values()]]);
}

const blockText = `update tablegate.backfill_cells as cell
  set state = 'blocked', told_to = ${toldNobody('cell')},
    end_reason = format('It needs %s at %s, which did not succeed.',
      coalesce('the task "' || task.name || '"', needed.task_id),
      to_char(needed.schedule_time, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from unnest($1::bigint[], $2::bigint[]) as bad (cell, needed)
    join tablegate.backfill_cells as needed on needed.cell = bad.needed
    left join tablegate.tasks as task on task.tenant = needed.tenant and task.id = needed.task_id
  where cell.cell = bad.cell and cell.state = 'waiting'
  returning cell.told_to`;

/** Blocks what waits. @returns how many of these are needed themselves */
async function block(step: Step, needs: readonly Need[]): Promise<number> {
  if (needs.length === 0) return 0;
  const bad = new Map<string, string>();
  for (const { cell, needed } of needs) {
    const other = bad.get(cell);
    if (other === undefined || BigInt(needed) < BigInt(other)) bad.set(cell, needed);
  }
  const values = [[...bad.keys()], [...bad.values()]];
  const blocked = await rowsOf<{ told_to: string | null }>(step, blockText, values);
  return blocked.filter((row) => row.told_to !== null).length;
}

const toldText = `update tablegate.backfill_cells as cell set told_to = told.told_to
  from unnest($1::bigint[], $2::bigint[]) as told (cell, told_to)
  where cell.cell = told.cell`;

/** Notes how far each has come. @returns how many are not done */
async function noteTold(
  step: Step,
  cells: readonly string[],
  needs: readonly Need[],
  ofEach: number,
): Promise<number> {
  const last = new Map<string, { count: number; cell: string }>();
  for (const { needed, cell } of needs) {
    const { count = 0, cell: before = '0' } = last.get(needed) ?? {};
    last.set(needed, { count: count + 1, cell: BigInt(cell) > BigInt(before) ? cell : before });
  }
  const toldTo = cells.map((cell) => {
    const { count = 0, cell: reached = null } = last.get(cell) ?? {};
    return count === ofEach ? reached : null;
  });
  await affected(step, toldText, [cells, toldTo]);
  return toldTo.filter((reached) => reached !== null).length;
}
