/** Records as they are read. */
import type { Selectable } from 'kysely';
import type { RunRecord } from '../model/run';
import type { Tables } from './schema';

/** The record that a row holds. */
export function toRecord(row: Selectable<Tables['runs']>): RunRecord {
  return {
    id: row.id,
    taskId: row.task_id,
    status: row.status,
    startedBy: row.started_by,
    startedByUser: row.started_by_user,
    scheduleTime: row.schedule_time,
    attempt: row.attempt,
    tries: row.tries,
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    progress: row.progress,
    failureReason: row.failure_reason,
    failureCause: row.failure_cause,
    tables: row.tables,
    summary: row.summary,
  };
}
