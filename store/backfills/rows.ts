/** Backfills as they are stored and shown. */
import { sql, type Selectable } from 'kysely';
import {
  cellStates,
  type BackfillStatus,
  type CellState,
  type CellView,
} from '../../model/backfill';
import { Paging } from '../paging';
import type { Database, Tables } from '../schema';
import type { PageRequest, StoredBackfill } from '../store';
import type { BackfillKey, Step } from './statement';

/** A backfill with its cells by state; null where there is none. */
export async function find(
  db: Database | Step,
  { tenant, id }: BackfillKey,
): Promise<StoredBackfill | null> {
  const row = await backfillsOf(db, tenant).where('id', '=', id).executeTakeFirst();
  return row ? toStored(row) : null;
}

function backfillsOf(db: Database | Step, tenant: string) {
  const counts = sql<Partial<Record<CellState, number>> | null>`(
    select json_object_agg(state, cells) from tablegate.backfill_counts as counted
    where counted.backfill = backfills.nr)`;
  const ahead = sql<number>`(
    select count(*)::integer from tablegate.backfill_cells as cell
    where cell.backfill = backfills.nr and state = 'running' and ahead)`;
  return db
    .selectFrom('backfills')
    .selectAll()
    .select([counts.as('counts'), ahead.as('ahead')])
    .where('tenant', '=', tenant);
}

type Row = Selectable<Tables['backfills']> & {
  counts: Partial<Record<CellState, number>> | null;
  /** Of those counted as running. */
  ahead: number;
};

function toStored(row: Row): StoredBackfill {
  return {
    id: row.id,
    status: row.status,
    startedBy: row.started_by,
    startedByUser: row.started_by_user,
    taskIds: row.task_ids,
    downstream: row.downstream,
    existing: row.existing,
    concurrency: row.concurrency,
    count: row.count,
    counts: allCounts(row.counts ?? {}, row.ahead),
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    resumedAt: row.resumed_at,
    endedSince: row.ended_since,
  };
}

function allCounts(
  known: Partial<Record<CellState, number>>,
  ahead: number,
): Record<CellState, number> {
  const all = cellStates.map((state) => [state, known[state] ?? 0] as const);
  const counts = Object.fromEntries(all) as Record<CellState, number>;
  return { ...counts, waiting: counts.waiting + ahead, running: counts.running - ahead };
}

/** Newest first; of a task: those that it was asked for in, or has cells in. */
export async function list(
  db: Database,
  tenant: string,
  { status, taskId }: { status: BackfillStatus | null; taskId: string | null },
  page: PageRequest,
) {
  const paging = new Paging(['backfills', tenant, status, taskId], page);
  const rows = await backfillsOf(db, tenant)
    .where(paging.after('created_at', 'id'))
    .$if(status !== null, (query) => query.where('status', '=', status!))
    .$if(taskId !== null, (query) => query.where(holds(taskId!)))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(rows, (row) => ({ at: row.created_at, id: row.id }), toStored);
}

function holds(taskId: string) {
  return sql<boolean>`(${taskId} = any(task_ids) or exists (
    select from tablegate.backfill_cells as cell
    where cell.backfill = backfills.nr and cell.task_id = ${taskId}))`;
}

/** Newest schedule time first. */
export async function cells(
  db: Database,
  { tenant, id }: BackfillKey,
  { state, taskId }: { state: CellState | null; taskId: string | null },
  page: PageRequest,
) {
  const paging = new Paging(['cells', tenant, id, state, taskId], page, {
    idPattern: /^\d{1,18}$/,
  });
  const rows = await db
    .selectFrom('backfill_cells')
    .selectAll()
    .where(
      'backfill',
      '=',
      db.selectFrom('backfills').select('nr').where('tenant', '=', tenant).where('id', '=', id),
    )
    .where(paging.after('schedule_time', 'cell'))
    .$if(state !== null, (query) => query.where(shownState, '=', state!))
    .$if(taskId !== null, (query) => query.where('task_id', '=', taskId!))
    .orderBy('schedule_time', 'desc')
    .orderBy('cell', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(rows, (row) => ({ at: row.schedule_time, id: row.cell }), toCell);
}

/** What waits in its task for a slot waits, as whoever looks sees it. */
const shownState = sql<CellState>`case when state = 'running' and ahead then 'waiting' else state end`;

function toCell(row: Selectable<Tables['backfill_cells']>): CellView {
  return {
    taskId: row.task_id,
    scheduleTime: row.schedule_time,
    action: row.action,
    reason: row.end_reason ?? row.reason,
    state: row.state === 'running' && row.ahead ? 'waiting' : row.state,
    runId: row.run_id,
  };
}

/** Backfills of all tenants that have not finished. */
export function live(db: Database): Promise<BackfillKey[]> {
  return db
    .selectFrom('backfills')
    .select(['tenant', 'id'])
    .where('finished_at', 'is', null)
    .orderBy('tenant')
    .orderBy('id')
    .execute();
}
