/** What tasks and records say of how cells ended. */
import type { CellEnd, CellState } from '../../model/backfill';
import { storableJson } from '../storable';
import { affected, rowsOf, type BackfillKey, type Step } from './statement';

/** A cell that has just ended, or waits again. */
export interface Ended {
  seq: number;
  state: CellState;
}

/** States in which a cell is as good as needed. */
export const metStates: readonly CellState[] = ['succeeded', 'skipped'];

/** Sets what `first` (seq, status, run_id, reason) says, each cell at most once. */
const setEnds = `update tablegate.backfill_cells as cell
  set state = case first.status when 'withdrawn' then 'waiting' else first.status end,
    run_id = coalesce(first.run_id, cell.run_id),
    end_reason = first.reason,
    ended_at = case first.status when 'withdrawn' then null else now() end
  from first where cell.tenant = $1 and cell.backfill_id = $2 and cell.seq = first.seq
  returning cell.seq, cell.state`;

// Only what is under way can end, and one run ends it once: messages may come late and twice.
const toldText = `with first as (
    select distinct on (cell.seq) cell.seq, sent.status, sent."runId" as run_id, sent.reason
    from json_to_recordset($3::json) as sent (nr integer, "taskId" text,
        "scheduleTime" timestamptz(3), status text, "runId" text, reason text)
      join tablegate.backfill_cells as cell on cell.tenant = $1 and cell.backfill_id = $2
        and cell.task_id = sent."taskId" and cell.schedule_time = sent."scheduleTime"
    where cell.state = 'running' and (sent."runId" is null or cell.run_id is distinct from sent."runId")
    order by cell.seq, sent.nr)
  ${setEnds}`;

/** Notes ends as the tasks tell them; of two for one cell, the first counts. */
export async function noteEnds(
  step: Step,
  { tenant, id }: BackfillKey,
  told: readonly { taskId: string; cells: CellEnd[] }[],
): Promise<Ended[]> {
  const sent = told.flatMap(({ taskId, cells }) => cells.map((cell) => ({ taskId, ...cell })));
  if (sent.length === 0) return [];
  const numbered = sent.map((end, nr) => ({ ...end, nr }));
  return rowsOf<Ended>(step, toldText, [tenant, id, storableJson(numbered)]);
}

/**
 * How long a cell may be under way before its end is looked for: its message may have been lost
 * with the workflow that was to bring it.
 */
export const longUnderWay = `interval '2 minutes'`;

// What was queued before the cell was handed out is an earlier attempt.
const recordedText = `with first as (
    select cell.seq, run.status, run.id as run_id, run.failure_reason as reason
    from tablegate.backfill_cells as cell cross join lateral (
      select id, status, failure_reason from tablegate.runs as run
      where run.tenant = cell.tenant and run.task_id = cell.task_id
        and run.schedule_time = cell.schedule_time and run.attempt > 0
        and run.queued_at >= cell.taken_at
      order by attempt desc, queued_at desc, id desc limit 1) as run
    where cell.tenant = $1 and cell.backfill_id = $2 and cell.state = 'running'
      and cell.asked_at < now() - ${longUnderWay}
      and run.status in ('succeeded', 'failed', 'timedOut', 'cancelled', 'skipped'))
  ${setEnds}`;

/** Ends cells that have been under way for long and whose run has ended in the records. */
export function noteRecorded(step: Step, { tenant, id }: BackfillKey): Promise<Ended[]> {
  return rowsOf<Ended>(step, recordedText, [tenant, id]);
}

/** Counts ends for the estimate of how long the rest will take. */
export async function countEnds(
  step: Step,
  { tenant, id }: BackfillKey,
  ended: readonly Ended[],
): Promise<void> {
  const count = ended.filter(({ state }) => state !== 'waiting').length;
  if (count === 0) return;
  const text = `update tablegate.backfills set ended_since = ended_since + $3
    where tenant = $1 and id = $2`;
  await affected(step, text, [tenant, id, count]);
}
