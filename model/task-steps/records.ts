/** Execution records as the task writes them. */
import type { RunProjection, RunStatus } from '../run';
import type { LiveRun, TaskState } from '../task-state';
import type { StepContext } from './step';

/** The record that a run begins with. */
export function queuedRecord(state: TaskState, live: LiveRun): RunProjection {
  return {
    tenant: state.tenant,
    version: 0,
    id: live.runId,
    taskId: state.taskId,
    status: 'queued',
    startedBy: live.startedBy,
    startedByUser: live.startedByUser,
    scheduleTime: live.scheduleTime,
    attempt: live.attempt,
    tries: 0,
    queuedAt: live.queuedAt,
    startedAt: null,
    finishedAt: null,
    progress: null,
    failureReason: null,
    failureCause: null,
    tables: [],
    summary: null,
  };
}

/** Below every version that a run itself writes: its record may have been one of these before. */
const unrunVersion = -1;

/**
 * Records that an instance was not run: a due time that was skipped or missed, or one that is
 * blocked. No attempt is counted.
 * @returns the record's id
 */
export function recordUnrun(
  state: TaskState,
  what: {
    id: string | null;
    scheduleTime: string;
    status: Extract<RunStatus, 'skipped' | 'missed' | 'blocked'>;
    reason: string;
  },
  context: StepContext,
): string {
  const id = what.id ?? context.newRunId();
  state.outbox.runs.push({
    tenant: state.tenant,
    version: what.id === null || what.status === 'blocked' ? unrunVersion : lastVersion,
    id,
    taskId: state.taskId,
    status: what.status,
    startedBy: 'schedule',
    startedByUser: null,
    scheduleTime: what.scheduleTime,
    attempt: 0,
    tries: 0,
    queuedAt: context.now,
    startedAt: null,
    finishedAt: what.status === 'blocked' ? null : context.now,
    progress: null,
    failureReason: what.reason,
    failureCause: null,
    tables: [],
    summary: null,
  });
  return id;
}

/** Above every version that a run's own workflow writes. */
export const lastVersion = 1_000_000;
