/** What the API shows of tasks, runs and backfills. */
import type { BackfillView, CellState, CellView } from '../../../model/backfill';
import { noRuntimeResource, type TaskView } from '../../../model/task';
import type { RunRead } from '../../../scheduling/scheduling';

/** An id that ends in this number. */
export const idOf = (number: number): string => number.toString(16).padStart(32, '0');

export const taskId = idOf(1);

export function aTask(changes: Partial<TaskView> = {}): TaskView {
  return {
    ...{ id: taskId, number: '7001', name: 'Unify', description: '', owner: null },
    ...{ creator: 'admin', tags: [], environment: 'Prod', kind: 'triggered' },
    imported: null,
    ...{ runtimeResource: noRuntimeResource, dataSource: null },
    ...{ tables: [{ name: 'crm.main.orders', by: 'url' }], whileRunning: 'ignore' },
    ...{ timezone: 'Europe/Berlin', job: { type: 'id-mapping', config: {} } },
    runPolicy: {
      ...{ timeout: null, rerunMode: 'AllAllowed', rerunTimes: 0, rerunInterval: 0 },
      ...{ maxParallel: 1, gateExpiry: 86_400 },
    },
    ...{ recurrence: null, dependsOn: [], notifications: null, paused: false, gate: null },
    ...{ latestRun: null, nextRunTime: null, version: 1 },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-02T00:00:00.000Z' },
    ...changes,
  };
}

export const runId = idOf(2);

export function aRun(changes: Partial<RunRead> = {}): RunRead {
  return {
    ...{ id: runId, taskId, status: 'succeeded', startedBy: 'manual', startedByUser: 'admin' },
    ...{ scheduleTime: null, attempt: 1, tries: 1, queuedAt: '2026-01-20T10:00:00.000Z' },
    ...{ startedAt: '2026-01-20T10:00:01.000Z', finishedAt: '2026-01-20T10:00:13.000Z' },
    ...{ progress: null, failureReason: null, failureCause: null, tables: [], summary: null },
    ...{ temporalUrl: null },
    ...changes,
  };
}

export const backfillId = idOf(3);

type Counts = Partial<Record<CellState, number>>;

export function aBackfill({
  counts = {},
  ...changes
}: Partial<Omit<BackfillView, 'counts'>> & { counts?: Counts } = {}): BackfillView {
  return {
    ...{ id: backfillId, status: 'running', startedBy: 'backfill', startedByUser: 'admin' },
    ...{ taskIds: [taskId], downstream: 'none', existing: 'rerun', concurrency: 16, count: 3 },
    counts: {
      ...{ waiting: 0, running: 0, succeeded: 0, failed: 0, timedOut: 0, cancelled: 0 },
      ...{ blocked: 0, skipped: 0, dropped: 0 },
      ...counts,
    },
    ...{ createdAt: '2026-01-20T10:00:00.000Z', finishedAt: null, estimatedEnd: null },
    ...changes,
  };
}

/** One that has ended, with all of its cells as good. */
export const aDoneBackfill = (): BackfillView =>
  aBackfill({
    ...{ status: 'succeeded', counts: { succeeded: 3 } },
    finishedAt: '2026-01-20T10:00:12.000Z',
  });

export function aCell(changes: Partial<CellView> = {}): CellView {
  return {
    ...{ taskId, scheduleTime: '2026-01-20T01:30:00.000Z', action: 'create', reason: null },
    ...{ state: 'succeeded', runId: null },
    ...changes,
  };
}

/** A list as the API answers it, all on one page. */
export const listOf = <Item>(...items: Item[]) => ({ items, nextPageToken: null });
