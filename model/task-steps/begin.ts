/** How every run begins: with a number, an attempt and a record. */
import { findDatedGate } from '../gate';
import type { LiveRun, TaskState } from '../task-state';
import { findInstance, rememberInstance } from './instances';
import { queuedRecord } from './records';
import type { StepContext } from './step';

/** A run that has been asked for, with its record on its way; its place is the caller's to give. */
export function newRun(
  state: TaskState,
  context: StepContext,
  ask: Pick<LiveRun, 'startedBy' | 'startedByUser' | 'gate' | 'scheduleTime'> & {
    runId?: string;
    attempt?: number;
  },
): LiveRun {
  state.runCount += 1;
  const run: LiveRun = {
    ...ask,
    runId: ask.runId ?? context.newRunId(),
    runNumber: state.runCount,
    attempt: ask.attempt ?? nextAttempt(state, ask.scheduleTime),
    queuedAt: context.now,
    definition: state.definition,
    cancelReason: null,
    backfills: [],
    recordedByTask: state.recordedByTask,
  };
  if (run.scheduleTime !== null) {
    const { scheduleTime, attempt } = run;
    rememberInstance(state, { scheduleTime, attempts: attempt, status: 'queued' });
  }
  state.latestRun = {
    id: run.runId,
    status: 'queued',
    startedBy: run.startedBy,
    queuedAt: run.queuedAt,
    finishedAt: null,
    failureReason: null,
  };
  state.outbox.runs.push(queuedRecord(state, run));
  return run;
}

function nextAttempt(state: TaskState, scheduleTime: string | null): number {
  if (scheduleTime === null) return 1;
  return (findInstance(state, scheduleTime)?.attempts ?? 0) + 1;
}

/** Drops a dated gate, where it is open. */
export function dropDatedGate(state: TaskState, scheduleTime: string): void {
  const { gate, index } = findDatedGate(state.dated, scheduleTime);
  if (gate) state.dated.splice(index, 1);
}

/** Runs whose own workflow may be started now: the busy one waits for a slot, before any cell. */
export function runsToStart(state: TaskState): LiveRun[] {
  const { live, cellRuns } = state;
  const waiting = cellRuns.filter((run) => run.definition !== null);
  return live?.definition && !waitsForSlot(state) ? [live, ...waiting] : waiting;
}

/** True where the run that makes the task busy has no workflow, as cells hold all the slots. */
export function waitsForSlot({ live, cellRuns, definition }: TaskState): boolean {
  if (live?.definition == null || live.keepsSlot) return false;
  return cellRuns.length >= definition.runPolicy.maxParallel;
}

/**
 * A run that has its slot keeps it where an edit leaves fewer: its own workflow may be on its way,
 * so it can neither wait any more nor end as one that never began.
 */
export function keepSlot(state: TaskState, context: StepContext): void {
  if (!waitsForSlot(state)) return;
  if (context.knows && !context.knows('kept-slots')) return;
  state.live!.keepsSlot = true;
}
