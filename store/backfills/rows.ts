/** Backfills as they are stored and shown. */
import {
  cellStates,
  type BackfillStatus,
  type CellState,
  type CellView,
} from '../../model/backfill';
import { notify } from '../notify';
import { Paging } from '../paging';
import type { Database, Tables } from '../schema';
import type { PageRequest, StoredBackfill } from '../store';
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { alone, type BackfillKey, type Step } from './statement';

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
    where counted.tenant = backfills.tenant and counted.backfill_id = backfills.id)`;
  return db
    .selectFrom('backfills')
    .selectAll()
    .select(counts.as('counts'))
    .where('tenant', '=', tenant);
}

type Row = Selectable<Tables['backfills']> & {
  counts: Partial<Record<CellState, number>> | null;
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
    counts: allCounts(row.counts ?? {}),
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    resumedAt: row.resumed_at,
    endedSince: row.ended_since,
  };
}

function allCounts(known: Partial<Record<CellState, number>>): Record<CellState, number> {
  const all = cellStates.map((state) => [state, known[state] ?? 0] as const);
  return Object.fromEntries(all) as Record<CellState, number>;
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
    where cell.tenant = backfills.tenant and cell.backfill_id = backfills.id
      and cell.task_id = ${taskId}))`;
}

/** Newest schedule time first. */
export async function cells(
  db: Database,
  { tenant, id }: BackfillKey,
  { state, taskId }: { state: CellState | null; taskId: string | null },
  page: PageRequest,
) {
  const paging = new Paging(['cells', tenant, id, state, taskId], page, /^\d{1,9}$/);
  const rows = await db
    .selectFrom('backfill_cells')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('backfill_id', '=', id)
    .where(paging.after('schedule_time', 'seq'))
    .$if(state !== null, (query) => query.where('state', '=', state!))
    .$if(taskId !== null, (query) => query.where('task_id', '=', taskId!))
    .orderBy('schedule_time', 'desc')
    .orderBy('seq', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(rows, (row) => ({ at: row.schedule_time, id: String(row.seq) }), toCell);
}

function toCell(row: Selectable<Tables['backfill_cells']>): CellView {
  return {
    taskId: row.task_id,
    scheduleTime: row.schedule_time,
    action: row.action,
    reason: row.end_reason ?? row.reason,
    state: row.state,
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

/** Moves one to another status; see `BackfillStore.changeStatus`. */
export function changeStatus(
  db: Database,
  key: BackfillKey,
  from: readonly BackfillStatus[],
  to: BackfillStatus,
): Promise<StoredBackfill | null> {
  return alone(db, key.tenant, async (step) => {
    if (!(await setStatus(step, key, from, to))) return null;
    return find(step, key);
  });
}

/** Statuses that are no end. */
const unfinished: readonly BackfillStatus[] = ['running', 'paused', 'cancelling'];

/** Sets the status where the present one is in `from`, and the times that go with it. */
export async function setStatus(
  step: Step,
  { tenant, id }: BackfillKey,
  from: readonly BackfillStatus[],
  to: BackfillStatus,
): Promise<boolean> {
  const { numUpdatedRows } = await step
    .updateTable('backfills')
    .set({ status: to, finished_at: unfinished.includes(to) ? null : sql<string>`now()` })
    .$if(to === 'running', (query) => query.set({ resumed_at: sql`now()`, ended_since: 0 }))
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .where('status', 'in', from)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await notify(step, { tenant, kind: 'backfill', id });
  return true;
}
