/** Saving a backfill with its plan. */
import type { PlannedCell } from '../../model/backfill';
import { notify } from '../notify';
import { transact } from '../schema';
import { storableJson } from '../storable';
import type { NewBackfill } from '../store';
import { affected, places, type Database, type Step } from './statement';

/** Cells of one statement: it has to be done well within the longest time that one may take. */
const cellsAtOnce = 5_000;
const needsAtOnce = 50_000;

/** Saves it whole or not at all; see `BackfillStore.create`. */
export function create(db: Database, backfill: NewBackfill): Promise<boolean> {
  return transact(db, async (step) => {
    const nr = await insertBackfill(step, backfill);
    if (nr === null) return false;
    await insertCells(step, backfill.tenant, nr, backfill.cells);
    await insertNeeds(step, nr, backfill.cells);
    await notify(step, backfill.tenant, [{ type: 'backfill', id: backfill.id }]);
    return true;
  });
}

/** @returns the number that it got; null where the id is there */
async function insertBackfill(step: Step, backfill: NewBackfill): Promise<string | null> {
  const row = await step
    .insertInto('backfills')
    .values({
      tenant: backfill.tenant,
      id: backfill.id,
      status: 'running',
      started_by: backfill.startedBy,
      started_by_user: backfill.startedByUser,
      task_ids: backfill.taskIds,
      downstream: backfill.downstream,
      existing: backfill.existing,
      concurrency: backfill.concurrency,
      count: backfill.cells.length,
      finished_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('nr')
    .executeTakeFirst();
  return row?.nr ?? null;
}

const cellNumber = (nr: string, seq: string) => `${nr}::bigint * ${places} + ${seq}`;

const cellsText = `insert into tablegate.backfill_cells
    (cell, backfill, tenant, task_id, schedule_time, action, reason, state, waits_for)
  select ${cellNumber('$2', 'sent.seq')}, $2::bigint, $1, sent.task_id, sent.schedule_time, sent.action, sent.reason,
    sent.state, sent.waits_for
  from json_to_recordset($3::json) as sent (seq integer, task_id text,
    schedule_time timestamptz(3), action text, reason text, state text, waits_for integer)`;

async function insertCells(
  step: Step,
  tenant: string,
  nr: string,
  cells: readonly PlannedCell[],
): Promise<void> {
  for (let from = 0; from < cells.length; from += cellsAtOnce) {
    const rows = cells
      .slice(from, from + cellsAtOnce)
      .map((cell, nr) => toRow(cell, from + nr, cells));
    await affected(step, cellsText, [tenant, nr, storableJson(rows)]);
  }
}

/** What is skipped is met from the beginning. */
function toRow(cell: PlannedCell, seq: number, cells: readonly PlannedCell[]) {
  const { taskId, scheduleTime, action, reason } = cell;
  const needs = [...new Set(cell.needs)];
  return {
    seq,
    task_id: taskId,
    schedule_time: scheduleTime,
    action,
    reason,
    state: action === 'skip' ? 'skipped' : 'waiting',
    waits_for: needs.filter((need) => cells[need]?.action !== 'skip').length,
  };
}

const needsText = `insert into tablegate.backfill_needs (needed, cell)
  select ${cellNumber('$1', 'sent.needed')}, ${cellNumber('$1', 'sent.seq')}
  from unnest($2::int[], $3::int[]) as sent (needed, seq)`;

async function insertNeeds(step: Step, nr: string, cells: readonly PlannedCell[]): Promise<void> {
  let [needed, needing]: [number[], number[]] = [[], []];
  const write = async () => {
    if (needed.length > 0) await affected(step, needsText, [nr, needed, needing]);
    [needed, needing] = [[], []];
  };
  for (const [seq, cell] of cells.entries()) {
    for (const need of new Set(cell.needs)) {
      needed.push(need);
      needing.push(seq);
    }
    if (needed.length >= needsAtOnce) await write();
  }
  await write();
}
