/** Saving a backfill with its plan. */
import type { PlannedCell } from '../../model/backfill';
import { notify } from '../notify';
import { transact } from '../schema';
import { storableJson } from '../storable';
import type { NewBackfill } from '../store';
import { affected, type BackfillKey, type Database, type Step } from './statement';

/** Cells of one statement: it has to be done well within the longest time that one may take. */
const cellsAtOnce = 5_000;
const needsAtOnce = 50_000;

/** Saves it whole or not at all; see `BackfillStore.create`. */
export function create(db: Database, backfill: NewBackfill): Promise<boolean> {
  return transact(db, async (step) => {
    if (!(await insertBackfill(step, backfill))) return false;
    await insertCells(step, backfill, backfill.cells);
    await insertNeeds(step, backfill, backfill.cells);
    await notify(step, { tenant: backfill.tenant, kind: 'backfill', id: backfill.id });
    return true;
  });
}

async function insertBackfill(step: Step, backfill: NewBackfill): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await step
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
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

const cellsText = `insert into tablegate.backfill_cells
    (tenant, backfill_id, seq, task_id, schedule_time, action, reason, state, waits_for)
  select $1, $2, sent.seq, sent.task_id, sent.schedule_time, sent.action, sent.reason,
    sent.state, sent.waits_for
  from json_to_recordset($3::json) as sent (seq integer, task_id text,
    schedule_time timestamptz(3), action text, reason text, state text, waits_for integer)`;

async function insertCells(
  step: Step,
  { tenant, id }: BackfillKey,
  cells: readonly PlannedCell[],
): Promise<void> {
  for (let from = 0; from < cells.length; from += cellsAtOnce) {
    const rows = cells
      .slice(from, from + cellsAtOnce)
      .map((cell, nr) => toRow(cell, from + nr, cells));
    await affected(step, cellsText, [tenant, id, storableJson(rows)]);
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

const needsText = `insert into tablegate.backfill_needs (tenant, backfill_id, needs_seq, seq)
  select $1, $2, needs_seq, seq from unnest($3::int[], $4::int[]) as sent (needs_seq, seq)`;

async function insertNeeds(
  step: Step,
  { tenant, id }: BackfillKey,
  cells: readonly PlannedCell[],
): Promise<void> {
  let [needed, needing]: [number[], number[]] = [[], []];
  const write = async () => {
    if (needed.length > 0) await affected(step, needsText, [tenant, id, needed, needing]);
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
