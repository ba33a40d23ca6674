/** What tasks and records say of how cells ended. */
import type { CellEnd, CellState } from '../../model/backfill';
import { storableJson } from '../storable';
import { toldNobody } from './passing-on';
import { affected, rowsOf, type Backfill, type Step } from './statement';

/** A cell that has just ended, or waits again. */
export interface Ended {
  cell: string;
  state: CellState;
}

/** Sets what `first` (cell, status, run_id, reason) says, of each cell once. */
const setEnds = `update tablegate.backfill_cells as cell
  set state = case first.status when 'withdrawn' then 'waiting' else first.status end,
    told_to = case when first.status <> 'withdrawn' then ${toldNobody('cell')} end,
    run_id = coalesce(first.run_id, cell.run_id),
    end_reason = first.reason,
    ended_at = case first.status when 'withdrawn' then null else now() end
  from first where cell.cell = first.cell
  returning cell.cell, cell.state`;

// Only what is under way can end, and one run ends it once: messages may come late and twice.
const toldText = `with first as (
    select distinct on (cell.cell) cell.cell, sent.status, sent."runId" as run_id, sent.reason
    from json_to_recordset($2::json) as sent (nr integer, "taskId" text,
        "scheduleTime" timestamptz(3), status text, "runId" text, reason text),
      lateral (select cell, state, run_id from tablegate.backfill_cells
        where backfill = $1 and task_id = sent."taskId" and schedule_time = sent."scheduleTime"
        limit 1) as cell
    where cell.state = 'running'
      and (sent."runId" is null or cell.run_id is distinct from sent."runId")
    order by cell.cell, sent.nr)
  ${setEnds}`;

/** Notes ends as the tasks tell them; of two for one cell, the first counts. */
export async function noteEnds(
  step: Step,
  { nr }: Backfill,
  told: readonly { taskId: string; cells: CellEnd[] }[],
): Promise<Ended[]> {
  const sent = told.flatMap(({ taskId, cells }) => cells.map((cell) => ({ taskId, ...cell })));
  if (sent.length === 0) return [];
  const numbered = sent.map((end, place) => ({ ...end, nr: place }));
  return rowsOf<Ended>(step, toldText, [nr, storableJson(numbered)]);
}

/**
 * How long a cell may be under way before its end is looked for: its message may have been lost
 * with the workflow that was to bring it.
 */
export const longUnderWay = `interval '2 minutes'`;

// What was queued before the cell was handed out is an earlier attempt.
const recordedText = `with first as (
    select cell.cell, run.status, run.id as run_id, run.failure_reason as reason
    from tablegate.backfill_cells as cell, lateral (
      select id, status, failure_reason from tablegate.runs as run
      where run.tenant = cell.tenant and run.task_id = cell.task_id
        and run.schedule_time = cell.schedule_time and run.attempt > 0
        and run.queued_at >= cell.taken_at
      order by attempt desc, queued_at desc, id desc limit 1) as run
    where cell.backfill = $1 and cell.state = 'running' and cell.asked_at < now() - ${longUnderWay}
      and run.status in ('succeeded', 'failed', 'timedOut', 'cancelled', 'skipped'))
  ${setEnds}`;

/** Ends cells that have been under way for long and whose run has ended in the records. */
export function noteRecorded(step: Step, { nr }: Backfill): Promise<Ended[]> {
  return rowsOf<Ended>(step, recordedText, [nr]);
}

/** Counts ends for the estimate of how long the rest will take. */
export async function countEnds(
  step: Step,
  { nr }: Backfill,
  ended: readonly Ended[],
): Promise<void> {
  const count = ended.filter(({ state }) => state !== 'waiting').length;
  if (count === 0) return;
  const text = 'update tablegate.backfills set ended_since = ended_since + $2 where nr = $1';
  await affected(step, text, [nr, count]);
}
