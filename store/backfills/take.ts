/** Handing cells out to their tasks. */
import type { CellRequest, CellState, ExistingChoice } from '../../model/backfill';
import type { RunStatus } from '../../model/run';
import { latestFirst } from '../instances';
import { longUnderWay } from './ends';
import { affected, atOnce, rowsOf, type Backfill, type Step } from './statement';

/** Most cells that one task is handed ahead. */
const mostAhead = 16;

/** Cells of the instance of `one` that wait in any backfill; `offset 0` keeps it one lookup. */
const sameInstance = (one: string) => `select cell, backfill, waits_for
  from tablegate.backfill_cells
  where tenant = $1 and task_id = ${one}.task_id and schedule_time = ${one}.schedule_time
    and state = 'waiting' offset 0`;

/** Whether another running backfill holds the instance of `one` back, as it waits for needs there. */
const heldBack = (one: string) => `exists (
  select from (${sameInstance(one)}) as other
    join tablegate.backfills as backfill on backfill.nr = other.backfill
  where other.waits_for > 0 and backfill.status = 'running')`;

/** Where a look through the cells that wait has come to. */
export interface LookedTo {
  scheduleTime: string;
  cell: string;
}

const isReady = `backfill = $2 and state = 'waiting' and waits_for = 0`;
/** True for what comes after a place, or, where that is null, for all. */
const isAfter = (time: string, cell: string) =>
  `(schedule_time, cell) > (coalesce(${time}::timestamptz, '-infinity'), coalesce(${cell}::bigint, 0))`;

// What is not held back goes along in all backfills that have it, so that one run serves them. Few
// are looked at, as others wait meanwhile: all of a large plan may be held back.
const takeText = (of: string, looks: string, which: string, ahead: boolean) => `with ready as (
    select one.task_id, one.schedule_time from (
      select cell, task_id, schedule_time from tablegate.backfill_cells
      where ${isReady} and ${of} order by schedule_time, cell limit ${looks}) as one
    where ${which} order by one.schedule_time, one.cell limit $4),
  joined as (
    select other.cell from ready, lateral (${sameInstance('ready')}) as other
      join tablegate.backfills as backfill on backfill.nr = other.backfill
    where other.waits_for = 0 and backfill.status = 'running')
  update tablegate.backfill_cells as cell
  set state = 'running', ahead = ${ahead}, taken_by = $2, taken_step = $3, taken_at = now(),
    asked_at = now(), end_reason = null, ended_at = null
  from joined where cell.cell = joined.cell
  returning (select id from tablegate.backfills where nr = cell.backfill)`;

const takeOldest = takeText(isAfter('$6', '$7'), '$8', `($5 or not ${heldBack('one')})`, false);
const takeOfTask = takeText('task_id = $5', '$6', `not ${heldBack('one')}`, true);

// What was taken is ready no more: the others that were looked at come first.
const lookedToText = `select schedule_time as "scheduleTime", cell from tablegate.backfill_cells
  where ${isReady.replace('$2', '$1')} and ${isAfter('$2', '$3')}
  order by schedule_time, cell offset $4 limit 1`;

/** What one look has brought. */
interface Taken {
  /** Ids of the backfills that cells were taken in: this one and those joined. */
  joined: string[];
  /** Where more may be found; null: there is room for no more, or all were looked at. */
  lookedTo: LookedTo | null;
}

/**
 * Takes up to `most` cells, the oldest first, of the next that wait.
 * @param from where the look before came to
 * @param heldBackToo also those that other backfills hold back
 */
export async function take(
  step: Step,
  { tenant, id, nr }: Backfill,
  number: number,
  most: number,
  { from = null, heldBackToo = false }: { from?: LookedTo | null; heldBackToo?: boolean } = {},
): Promise<Taken> {
  if (most <= 0) return { joined: [], lookedTo: null };
  const place = [from?.scheduleTime ?? null, from?.cell ?? null];
  const looks = atOnce.rows + most;
  const asked = [tenant, nr, number, most, heldBackToo, ...place, looks];
  const ids = await takeBy(step, takeOldest, asked);
  const joined = [...new Set(ids)];
  const own = ids.filter((one) => one === id).length;
  if (own === most) return { joined, lookedTo: null };
  const values = [nr, ...place, looks - own - 1];
  const [lookedTo = null] = await rowsOf<LookedTo>(step, lookedToText, values);
  return { joined, lookedTo };
}

/** @returns for each cell that was taken, the id of its backfill */
async function takeBy(step: Step, text: string, values: unknown[]): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(step, text, values);
  return rows.map((row) => row.id);
}

const cellsIn = (state: CellState) => `coalesce((select cells from tablegate.backfill_counts
    where backfill = $2 and state = '${state}'), 0)`;

/** Slots of the task of a cell; a task that is not stored has none that are known. */
const slotsOf = (one: string) => `(
    select coalesce((view->'runPolicy'->>'maxParallel')::integer, 1)
    from tablegate.tasks where tenant = $1 and id = ${one}.task_id)`;

// By itself, so that it is found by its state: grouped by task at once, it might be found by reading
// the whole plan in the order of its tasks.
const handedOut = `handed_out as materialized (
    select cell, task_id, schedule_time, ahead from tablegate.backfill_cells
    where backfill = $2 and state = 'running')`;

// Those first that have begun: their tasks have more slots than other cells hold.
const promoteText = `with ${handedOut},
  held as (
    select task_id, count(*) filter (where not ahead) as cells from handed_out group by task_id),
  waiting_there as (
    select cell, schedule_time,
      row_number() over (partition by one.task_id order by schedule_time, cell)
        > coalesce(${slotsOf('one')}, 0) - held.cells as is_behind
    from handed_out as one join held on held.task_id = one.task_id where ahead),
  ahead as (
    select cell, row_number() over (order by is_behind, schedule_time, cell) as place,
      count(*) over () as cells
    from waiting_there),
  room as (
    select $3::integer - ${cellsIn('running')} + coalesce(max(cells), 0) as cells from ahead),
  promoted as (
    update tablegate.backfill_cells as cell set ahead = false
    from ahead, room where cell.cell = ahead.cell and ahead.place <= room.cells returning 1)
  select (room.cells - (select count(*) from promoted))::integer as room,
    ${cellsIn('running')}::integer as running, ${cellsIn('waiting')}::integer as waiting from room`;

/**
 * Counts cells that were handed out ahead as under way, those first that their tasks have begun when
 * others ended, as far as there is room.
 * @returns for how many more there is room then; how many are handed out, and how many wait
 */
export async function promote(
  step: Step,
  { tenant, nr, concurrency }: Backfill,
): Promise<{ room: number; running: number; waiting: number }> {
  const [row] = await rowsOf<{ room: number; running: number; waiting: number }>(
    step,
    promoteText,
    [tenant, nr, concurrency],
  );
  return row!;
}

// A task without known slots gets nothing ahead.
const fullText = `with ${handedOut}
  select held.task_id as "taskId", least(task.parallel, ${mostAhead}) - held.ahead as room
  from (
    select task_id, count(*) filter (where not ahead) as handed, count(*) filter (where ahead) as ahead
    from handed_out group by task_id) as held, lateral (select ${slotsOf('held')} as parallel) as task
  where held.handed >= task.parallel and held.ahead < least(task.parallel, ${mostAhead})
  order by held.task_id`;

/**
 * Hands more cells to tasks all of whose slots are taken, as many again, so that the next begins in
 * the very moment in which one ends. No more run at the same time because of that.
 * @returns ids of the backfills that cells were taken in
 */
export async function takeAhead(
  step: Step,
  { tenant, nr }: Backfill,
  number: number,
): Promise<string[]> {
  const full = await rowsOf<{ taskId: string; room: string }>(step, fullText, [tenant, nr]);
  const taken: string[] = [];
  for (const { taskId, room } of full) {
    const asked = [tenant, nr, number, room, taskId, atOnce.rows + Number(room)];
    taken.push(...(await takeBy(step, takeOfTask, asked)));
  }
  return [...new Set(taken)];
}

/** Cells of the running backfills of a tenant, of those that `condition` picks. */
const cellsOfRunning = (condition: string) => `select from tablegate.backfills as moving, lateral (
    select cell, task_id, schedule_time from tablegate.backfill_cells
    where backfill = moving.nr and ${condition} offset 0) as one
  where moving.tenant = $1 and moving.status = 'running'`;

const stuckText = `select not exists (${cellsOfRunning(`state = 'running'`)})
  and not exists (${cellsOfRunning(`state = 'waiting' and waits_for = 0`)}
    and not ${heldBack('one')}) as stuck`;

/**
 * Whether no running backfill of the tenant can go on: plans that were made before and after tasks
 * changed places may hold each other back.
 */
export async function allStuck(step: Step, { tenant }: Backfill): Promise<boolean> {
  const [row] = await rowsOf<{ stuck: boolean }>(step, stuckText, [tenant]);
  return row?.stuck ?? false;
}

const takeAgainText = `with long as (
    select other.cell from tablegate.backfill_cells as one, lateral (
      select cell, state, taken_by, taken_step from tablegate.backfill_cells
      where tenant = $1 and task_id = one.task_id and schedule_time = one.schedule_time
        and state in ('waiting', 'running') offset 0) as other
    where one.backfill = $2 and one.state = 'running' and one.asked_at < now() - ${longUnderWay}
      and other.state = 'running' and other.taken_by = one.taken_by
      and other.taken_step = one.taken_step)
  update tablegate.backfill_cells as cell
  set taken_by = $2, taken_step = $3, asked_at = now()
  from long where cell.cell = long.cell`;

/** Hands cells out once more that have been under way for long, with those joined to them. */
export async function takeAgain(
  step: Step,
  { tenant, nr }: Backfill,
  number: number,
): Promise<void> {
  await affected(step, takeAgainText, [tenant, nr, number]);
}

const takenText = `select one.task_id as "taskId", one.schedule_time as "scheduleTime",
    together.backfills, together.existing, known.attempts, known.status
  from tablegate.backfill_cells as one, lateral (
    select array_agg(backfill.id) as backfills,
      array_agg(backfill.existing) as existing
    from (select backfill from tablegate.backfill_cells
        where tenant = $1 and task_id = one.task_id and schedule_time = one.schedule_time
          and state = 'running' and taken_by = $2 and taken_step = $3 offset 0) as other
      join tablegate.backfills as backfill on backfill.nr = other.backfill) as together
    left join lateral (
      select attempt as attempts, status from tablegate.runs
      where tenant = $1 and task_id = one.task_id and schedule_time = one.schedule_time
      order by ${latestFirst} limit 1) as known on true
  where one.backfill = $2 and one.state = 'running' and one.taken_by = $2
    and one.taken_step = $3
  order by one.schedule_time, one.cell`;

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
  { tenant, nr, startedByUser }: Backfill,
  number: number,
): Promise<{ taskId: string; cells: CellRequest[] }[]> {
  const rows = await rowsOf<TakenRow>(step, takenText, [tenant, nr, number]);
  const byTask = new Map<string, CellRequest[]>();
  for (const row of rows) {
    const cells = byTask.get(row.taskId) ?? [];
    byTask.set(row.taskId, [...cells, toRequest(row, startedByUser)]);
  }
  return [...byTask].map(([taskId, cells]) => ({ taskId, cells }));
}

function toRequest(row: TakenRow, by: string): CellRequest {
  const { scheduleTime, backfills, attempts, status } = row;
  const existing = strongest(row.existing);
  return {
    scheduleTime,
    backfills: backfills.toSorted(),
    existing,
    attempts: attempts ?? 0,
    status,
    by,
  };
}

/** What does most for the instance: whoever asks for less is served by it too. */
function strongest(choices: readonly ExistingChoice[]): ExistingChoice {
  if (choices.includes('rerun')) return 'rerun';
  return choices.includes('failed') ? 'failed' : 'skip';
}
