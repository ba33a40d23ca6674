/** Execution records. */
import type { Transaction } from 'kysely';
import type { RunProgress, RunProjection, TableDetail } from '../model/run';
import { instanceQueries } from './instances';
import { notify, type NewChange } from './notify';
import { Paging } from './paging';
import { appendLog, readLog } from './run-log';
import { toRecord } from './run-rows';
import { transact, type Database, type Tables } from './schema';
import { storableJson } from './storable';
import type { PageRequest, RunFilter, RunStore } from './store';
import { newestOfEach, versionedUpsert } from './versioned-upsert';

export function runStore(db: Database): RunStore {
  return {
    project: (record) =>
      transact(db, async (transaction) => {
        await writeRuns(transaction, [record]);
        await notify(transaction, record.tenant, changesOfRun(record));
      }),
    progress: (tenant, runId, progress, tables) =>
      noteProgress(db, { tenant, runId, progress, tables }),
    find: async (tenant, taskId, runId) => {
      const row = await db
        .selectFrom('runs')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('id', '=', runId)
        .where('task_id', '=', taskId)
        .executeTakeFirst();
      return row ? toRecord(row) : null;
    },
    doings: (tenant, runIds) => doings(db, tenant, runIds),
    list: (tenant, filter, page) => list(db, tenant, filter, page),
    ...instanceQueries(db),
    appendLog: (tenant, runId, lines) => appendLog(db, tenant, runId, lines),
    log: (tenant, runId) => readLog(db, tenant, runId),
  };
}

/** What a record changes: itself, and the instance that it is of. */
export function changesOfRun({ id, taskId, scheduleTime, version }: RunProjection): NewChange[] {
  const run: NewChange = { type: 'run', id, taskId, version };
  return scheduleTime === null ? [run] : [run, { type: 'instance', id: scheduleTime, taskId }];
}

/** A record that has ended is never touched, however late the message comes. */
async function noteProgress(
  db: Database,
  note: { tenant: string; runId: string; progress: RunProgress | null; tables: TableDetail[] },
): Promise<void> {
  const { tenant, runId: id } = note;
  await transact(db, async (transaction) => {
    const row = await transaction
      .updateTable('runs')
      .set({
        progress: note.progress && storableJson(note.progress),
        tables: storableJson(note.tables),
      })
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .where('status', '=', 'running')
      .returning('task_id as taskId')
      .executeTakeFirst();
    if (row) await notify(transaction, tenant, [{ type: 'run', id, taskId: row.taskId }]);
  });
}

async function doings(
  db: Database,
  tenant: string,
  runIds: readonly string[],
): ReturnType<RunStore['doings']> {
  if (runIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('runs')
    .select(['id', 'started_at as startedAt', 'progress'])
    .where('tenant', '=', tenant)
    .where('id', 'in', runIds)
    .execute();
  return new Map(rows.map(({ id, ...doing }) => [id, doing]));
}

async function list(
  db: Database,
  tenant: string,
  { taskId, status, startedBy, from, to }: RunFilter,
  page: PageRequest,
) {
  const paging = new Paging(['runs', tenant, taskId, status, startedBy, from, to], page);
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .where('tenant', '=', tenant)
    .where(paging.after('queued_at', 'id'))
    .$if(taskId !== null, (query) => query.where('task_id', '=', taskId!))
    .$if(status !== null, (query) => query.where('status', '=', status!))
    .$if(startedBy !== null, (query) => query.where('started_by', '=', startedBy!))
    .$if(from !== null, (query) => query.where('queued_at', '>=', from!))
    .$if(to !== null, (query) => query.where('queued_at', '<=', to!))
    .orderBy('queued_at', 'desc')
    .orderBy('id', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(rows, (row) => ({ at: row.queued_at, id: row.id }), toRecord);
}

const upsert = versionedUpsert({
  table: 'runs',
  key: ['tenant', 'id'],
  version: 'version',
  columns: {
    tenant: 'text',
    id: 'text',
    task_id: 'text',
    status: 'text',
    started_by: 'text',
    started_by_user: 'text',
    schedule_time: 'timestamptz(3)',
    attempt: 'integer',
    tries: 'integer',
    queued_at: 'timestamptz(3)',
    started_at: 'timestamptz(3)',
    finished_at: 'timestamptz(3)',
    progress: 'json',
    failure_reason: 'text',
    failure_cause: 'text',
    tables: 'json',
    summary: 'json',
    version: 'bigint',
  },
});

/** Writes records; the same run may be among them more than once, with different versions. */
export async function writeRuns(
  transaction: Transaction<Tables>,
  records: readonly RunProjection[],
): Promise<void> {
  const whole = records.filter((record) => !record.endOnly);
  const newest = newestOfEach(whole, ({ tenant, id }) => JSON.stringify([tenant, id]));
  await upsert(transaction, newest.map(toRow));
  for (const record of records) if (record.endOnly) await writeEnd(transaction, record);
}

/** Ends the record of a run that has no end yet; what the run had written of itself stays. */
async function writeEnd(transaction: Transaction<Tables>, record: RunProjection): Promise<void> {
  await upsert(transaction, [toRow({ ...record, version: 0 })]);
  await transaction
    .updateTable('runs')
    .set({
      status: record.status,
      finished_at: record.finishedAt,
      failure_reason: record.failureReason,
      progress: null,
      version: String(record.version),
    })
    .where('tenant', '=', record.tenant)
    .where('id', '=', record.id)
    .where('status', 'in', ['queued', 'running'])
    .execute();
}

function toRow(record: RunProjection) {
  return {
    tenant: record.tenant,
    id: record.id,
    task_id: record.taskId,
    status: record.status,
    started_by: record.startedBy,
    started_by_user: record.startedByUser,
    schedule_time: record.scheduleTime,
    attempt: record.attempt,
    tries: record.tries,
    queued_at: record.queuedAt,
    started_at: record.startedAt,
    finished_at: record.finishedAt,
    progress: record.progress,
    failure_reason: record.failureReason,
    failure_cause: record.failureCause,
    tables: record.tables,
    summary: record.summary,
    version: record.version,
  };
}
