/** Execution records as the task writes them. */
import type { RunProjection, RunStarter, RunStatus } from '../run';
import type { LiveRun, TaskState } from '../task-state';
import { findInstance, rememberInstance } from './instances';
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

/** An instance that was not run, and why. */
interface Unrun {
  /** The record that shows it as blocked, where there is one. */
  id: string | null;
  scheduleTime: string;
  status: Extract<RunStatus, 'skipped' | 'missed' | 'blocked'>;
  reason: string;
  /** What would have started it. */
  startedBy?: RunStarter;
}

/** Records what became of a due time that led to no run; the instance is known from here on. */
export function settleUnrun(state: TaskState, what: Unrun, context: StepContext): void {
  const { scheduleTime, status } = what;
  recordUnrun(state, what, context);
  const attempts = findInstance(state, scheduleTime)?.attempts ?? 0;
  if (attempts === 0) rememberInstance(state, { scheduleTime, attempts, status });
}

/**
 * Records that an instance was not run: a due time that was skipped or missed, or one that is
 * blocked. No attempt is counted.
 * @returns the record's id
 */
export function recordUnrun(state: TaskState, what: Unrun, context: StepContext): string {
  const id = what.id ?? context.newRunId();
  state.outbox.runs.push({
    tenant: state.tenant,
    version: what.id === null || what.status === 'blocked' ? unrunVersion : lastVersion,
    id,
    taskId: state.taskId,
    status: what.status,
    startedBy: what.startedBy ?? 'schedule',
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

/** Above every version that a run's own workflow writes before its end. */
export const lastVersion = 1_000_000;
/** Of a whole record that may come after the task has written its end. */
export const wholeVersion = lastVersion + 1;
