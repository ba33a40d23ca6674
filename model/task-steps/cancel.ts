/** Cancelling one run: its own workflow is told, or, where it has none yet, it ends at once. */
import { liveRuns, type LiveRun, type TaskState } from '../task-state';
import { waitsForSlot } from './begin';
import { endLostRun } from './runs';
import { refuse, type Refusal, type StepContext } from './step';

/** Why a run cannot be cancelled; null where it can. */
export function whyNotCancel(state: TaskState, runId: string): Refusal | null {
  return findLive(state, runId) ? null : refuse('runNotLive', 'the run has ended');
}

/**
 * Cancels a live run. One that waits for a slot behind cells ends at once, as any run does (rule 3);
 * of any other the reason is noted, and its workflow is told as soon as it is there. Call
 * `whyNotCancel` first.
 */
export function cancelRun(
  state: TaskState,
  { runId, reason }: { runId: string; reason: string },
  context: StepContext,
): void {
  const run = findLive(state, runId);
  if (!run) return;
  run.cancelReason ??= reason;
  if (run === state.live && waitsForSlot(state)) cancelUnbegun(state, run, context);
}

function findLive(state: TaskState, runId: string): LiveRun | null {
  return liveRuns(state).find((run) => run.runId === runId) ?? null;
}

/** Ends a cancelled run that has no workflow of its own: nobody else can write its end. */
export function cancelUnbegun(
  state: TaskState,
  { runId, cancelReason }: LiveRun,
  context: StepContext,
): void {
  const failureReason = `cancelled: ${cancelReason}`;
  const finishedAt = context.now;
  endLostRun(state, { runId, status: 'cancelled', finishedAt, failureReason }, context);
}
