/** Handing cells out to their tasks. */
import type { CellRequest, ExistingChoice } from '../../model/backfill';
import type { RunStatus } from '../../model/run';
import { latestFirst } from '../instances';
import { longUnderWay } from './ends';
import { affected, rowsOf, type BackfillKey, type Step } from './statement';

// A cell that waits for its needs in another backfill is waited for here too; one that waits for
// nothing there goes along, so that one run serves both.
const takeText = `with ready as (
    select cell.seq, cell.task_id, cell.schedule_time from tablegate.backfill_cells as cell
    where cell.tenant = $1 and cell.backfill_id = $2 and cell.state = 'waiting'
      and cell.waits_for = 0 and not exists (
        select from tablegate.backfill_cells as other join tablegate.backfills as backfill
          on backfill.tenant = other.tenant and backfill.id = other.backfill_id
        where other.tenant = cell.tenant and other.task_id = cell.task_id
          and other.schedule_time = cell.schedule_time and other.backfill_id <> cell.backfill_id
          and other.state = 'waiting' and other.waits_for > 0 and backfill.status = 'running')
    order by cell.schedule_time, cell.seq limit $4),
  joined as (
    select other.backfill_id, other.seq from ready join tablegate.backfill_cells as other
        on other.tenant = $1 and other.task_id = ready.task_id
          and other.schedule_time = ready.schedule_time and other.state = 'waiting'
      join tablegate.backfills as backfill
        on backfill.tenant = $1 and backfill.id = other.backfill_id
          and backfill.status = 'running')
  update tablegate.backfill_cells as cell
  set state = 'running', taken_by = $2, taken_step = $3, taken_at = now(), asked_at = now(),
    end_reason = null, ended_at = null
  from joined
  where cell.tenant = $1 and cell.backfill_id = joined.backfill_id and cell.seq = joined.seq
  returning cell.backfill_id as "backfillId"`;

/**
 * Takes up to `most` cells, the oldest first.
 * @returns the backfills that cells were taken in: this one and those joined
 */
export async function take(
  step: Step,
  { tenant, id }: BackfillKey,
  number: number,
  most: number,
): Promise<string[]> {
  if (most <= 0) return [];
  const rows = await rowsOf<{ backfillId: string }>(step, takeText, [tenant, id, number, most]);
  return [...new Set(rows.map((row) => row.backfillId))];
}

const takeAgainText = `with long as (
    select task_id, schedule_time, taken_by, taken_step from tablegate.backfill_cells
    where tenant = $1 and backfill_id = $2 and state = 'running'
      and asked_at < now() - ${longUnderWay})
  update tablegate.backfill_cells as cell
  set taken_by = $2, taken_step = $3, asked_at = now()
  from long
  where cell.tenant = $1 and cell.task_id = long.task_id
    and cell.schedule_time = long.schedule_time and cell.state = 'running'
    and cell.taken_by = long.taken_by and cell.taken_step = long.taken_step`;

/** Hands cells out once more that have been under way for long. */
export async function takeAgain(
  step: Step,
  { tenant, id }: BackfillKey,
  number: number,
): Promise<void> {
  await affected(step, takeAgainText, [tenant, id, number]);
}

const takenText = `select cell.task_id as "taskId", cell.schedule_time as "scheduleTime",
    array_agg(other.backfill_id order by other.backfill_id) as backfills,
    array_agg(distinct backfill.existing) as existing, known.attempts, known.status
  from tablegate.backfill_cells as cell
    join tablegate.backfill_cells as other on other.tenant = cell.tenant
      and other.task_id = cell.task_id and other.schedule_time = cell.schedule_time
      and other.state = 'running' and other.taken_by = $2 and other.taken_step = $3
    join tablegate.backfills as backfill
      on backfill.tenant = other.tenant and backfill.id = other.backfill_id
    left join lateral (
      select attempt as attempts, status from tablegate.runs
      where tenant = cell.tenant and task_id = cell.task_id
        and schedule_time = cell.schedule_time
      order by ${latestFirst} limit 1) as known on true
  where cell.tenant = $1 and cell.backfill_id = $2 and cell.state = 'running'
    and cell.taken_by = $2 and cell.taken_step = $3
  group by cell.seq, cell.task_id, cell.schedule_time, known.attempts, known.status
  order by cell.schedule_time, cell.seq`;

interface TakenRow {
  taskId: string;
  scheduleTime: string;
  backfills: string[];
  existing: ExistingChoice[];
  attempts: number | null;
  status: RunStatus | null;
}

/** The cells that this step has handed out and that are still under way, by task. */
export async function takenBy(
  step: Step,
  { tenant, id }: BackfillKey,
  number: number,
  by: string,
): Promise<{ taskId: string; cells: CellRequest[] }[]> {
  const rows = await rowsOf<TakenRow>(step, takenText, [tenant, id, number]);
  const byTask = new Map<string, CellRequest[]>();
  for (const row of rows) {
    const cells = byTask.get(row.taskId) ?? [];
    byTask.set(row.taskId, [...cells, toRequest(row, by)]);
  }
  return [...byTask].map(([taskId, cells]) => ({ taskId, cells }));
}

function toRequest(row: TakenRow, by: string): CellRequest {
  const { scheduleTime, backfills, attempts, status } = row;
  const existing = strongest(row.existing);
  return { scheduleTime, backfills, existing, attempts: attempts ?? 0, status, by };
}

/** What does most for the instance: whoever asks for less is served by it too. */
function strongest(choices: readonly ExistingChoice[]): ExistingChoice {
  if (choices.includes('rerun')) return 'rerun';
  return choices.includes('failed') ? 'failed' : 'skip';
}
