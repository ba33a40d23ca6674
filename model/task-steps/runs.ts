/** The run that makes the task busy: what asks for it, when it begins, what its end brings about. */
import { emptyGate, judgeGate, type DatedGate } from '../gate';
import { whyNoRunByHand } from '../imported';
import { whyRerunDenied } from '../rerun-mode';
import type { EndedStatus, RunProjection } from '../run';
import { gateTables, liveRuns, type LiveRun, type TaskState } from '../task-state';
import { dropDatedGate, newRun } from './begin';
import { reportEnd, startCells, takeWaitingCell } from './cells';
import { findInstance, mayBeForgotten, rememberInstance } from './instances';
import { noteRunEnd } from './notices';
import { lastVersion, queuedRecord, recordUnrun } from './records';
import { changed, refuse, type Refusal, type StepContext } from './step';
import { resetDatedGate } from './with-present';

/** Characters of a failure that the task keeps; the run's record has all of it. */
const maxReason = 1000;

/** Why the task cannot be started by hand now; null where it can. */
export function whyNotStart(state: TaskState): Refusal | null {
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  if (state.imported && state.definition.kind === 'recurring') {
    return refuse('taskImported', whyNoRunByHand(state.imported));
  }
  if (state.live) {
    return refuse('runInProgress', `run ${state.live.runId} is in progress; wait for its end`);
  }
  return null;
}

/** Starts a run by hand, whatever the gate holds; it leaves all marks. Call `whyNotStart` first. */
export function startByHand(state: TaskState, by: string, context: StepContext): { runId: string } {
  const live = newRun(state, context, {
    ...{ startedBy: 'manual', startedByUser: by, gate: null, scheduleTime: null },
  });
  state.live = live;
  changed(state);
  return { runId: live.runId };
}

/** How a run ended, as its own workflow tells it. */
export interface RunEnd {
  runId: string;
  status: EndedStatus;
  finishedAt: string;
  failureReason: string | null;
  /** The whole record, for the task to write; null or absent where the run has written it. */
  record?: RunProjection | null;
}

/**
 * Takes the end of a live run: resets the gate that had started it, tells who waits for it, and
 * starts what waits.
 * @returns false where no such run is live (a repeated or late message)
 */
export function endRun(state: TaskState, end: RunEnd, context: StepContext): boolean {
  const run = liveRuns(state).find(({ runId }) => runId === end.runId);
  if (!run) return false;
  if (run.recordedByTask) state.outbox.runs.push(end.record ?? endedRecord(state, run, end));
  if (run === state.live) endLive(state, run, context);
  else state.cellRuns = state.cellRuns.filter((other) => other !== run);
  noteEnd(state, run, end);
  if (run.startedBy !== 'backfill') noteRunEnd(state, run, end, context);
  startNext(state, context);
  changed(state);
  return true;
}

function noteEnd(state: TaskState, run: LiveRun, { status, finishedAt, ...end }: RunEnd): void {
  const { scheduleTime, attempt, runId, startedBy, queuedAt } = run;
  const reason = end.failureReason?.slice(0, maxReason) ?? null;
  if (scheduleTime !== null) {
    rememberInstance(state, { scheduleTime, attempts: attempt, status });
    reportEnd(state, run.backfills, { scheduleTime, status, runId, reason });
  }
  if (state.latestRun?.id !== runId) return;
  const failureReason = reason;
  state.latestRun = { id: runId, status, startedBy, queuedAt, finishedAt, failureReason };
}

function endLive(state: TaskState, live: LiveRun, context: StepContext): void {
  if (live.gate === 'round') {
    state.round = state.nextRound ?? emptyGate();
    state.nextRound = null;
    judgeGate(state.round, gateTables(state.definition), context.now);
  } else if (live.gate === 'dated') {
    resetDatedGate(state, live.scheduleTime!, context.now);
  }
  state.live = null;
}

/** What the task can write of an end whose record is written, or lost. */
function endedRecord(state: TaskState, run: LiveRun, end: RunEnd): RunProjection {
  const { status, finishedAt, failureReason } = end;
  return {
    ...queuedRecord(state, run),
    ...{ status, finishedAt, failureReason },
    version: lastVersion,
    endOnly: true,
  };
}

/** Notes that a live run's own workflow exists: it holds the definition from here on. */
export function runHandedOver(state: TaskState, runId: string): void {
  const run = liveRuns(state).find((live) => live.runId === runId);
  if (!run) return;
  run.definition = null;
  delete run.keepsSlot;
  if (state.latestRun?.id === runId) state.latestRun.status = 'running';
  changed(state);
}

/**
 * Takes the end of a live run whose own workflow cannot write its record any more (it was
 * terminated, or could not be started): the record is written from here.
 */
export function endLostRun(state: TaskState, end: RunEnd, context: StepContext): void {
  const run = liveRuns(state).find(({ runId }) => runId === end.runId);
  if (!run) return;
  if (!run.recordedByTask) state.outbox.runs.push(endedRecord(state, run, end));
  endRun(state, end, context);
}

/**
 * Starts what waits: the gate that waits longest, if the task is idle and not paused; then cells,
 * in the slots that are left.
 * @returns the run that a gate has started
 */
export function startNext(state: TaskState, context: StepContext): string | null {
  const runId = startGate(state, context);
  startCells(state, context);
  return runId;
}

function startGate(state: TaskState, context: StepContext): string | null {
  for (;;) {
    if (state.live || state.paused || state.removed || context.closing?.()) return null;
    const next = nextGate(state);
    if (next === null) return null;
    const run = next === 'round' ? startRound(state, context) : startDated(state, next, context);
    if (run) return run.runId;
  }
}

/** The gate that starts next: of those that are full, the round if it waits longer. */
function nextGate(state: TaskState): 'round' | DatedGate | null {
  const dated = state.dated.find((gate) => gate.fullSince !== null && mayStart(state, gate));
  const roundSince = state.round.fullSince;
  if (roundSince !== null && (!dated || roundSince <= dated.fullSince!)) return 'round';
  return dated ?? null;
}

/** A gate waits for the cell that runs its instance, and until what is forgotten of it is known. */
function mayStart(state: TaskState, gate: DatedGate): boolean {
  const isLive = state.cellRuns.some((run) => run.scheduleTime === gate.scheduleTime);
  return !isLive && !isAsked(state, gate);
}

/** True where the records are to be asked first whether the instance was run before. */
function isAsked(state: TaskState, gate: DatedGate): boolean {
  if (!gate.upstream && mayBeForgotten(state, gate.scheduleTime)) gate.ask = true;
  return gate.ask && gate.upstream === null;
}

function startRound(state: TaskState, context: StepContext): LiveRun {
  const live = newRun(state, context, {
    ...{ startedBy: 'triggers', startedByUser: null, gate: 'round', scheduleTime: null },
  });
  state.live = live;
  return live;
}

/** @returns null where the gate has led to no run: its instance is done, or must not be rerun */
function startDated(state: TaskState, gate: DatedGate, context: StepContext): LiveRun | null {
  const { scheduleTime } = gate;
  const startedBy = gate.upstream ? 'schedule' : 'triggers';
  const { rerunMode } = state.definition.runPolicy;
  const denied = whyRerunDenied(rerunMode, findInstance(state, scheduleTime));
  if (denied !== null) {
    const id = gate.upstream?.recordId ?? null;
    const what = { id, scheduleTime, status: 'skipped', reason: denied, startedBy } as const;
    recordUnrun(state, what, context);
    dropDatedGate(state, scheduleTime);
    return null;
  }
  const live = newRun(state, context, {
    ...{ startedBy, startedByUser: null, gate: 'dated', scheduleTime },
    ...(gate.upstream?.recordId && { runId: gate.upstream.recordId }),
  });
  live.backfills = takeWaitingCell(state, scheduleTime)?.backfills ?? [];
  if (gate.upstream && state.definition.recurrence?.mode === 'skip') {
    succeedWithoutWork(state, live, context);
    return null;
  }
  state.live = live;
  return live;
}

/** `mode: skip`: a success without any work. */
function succeedWithoutWork(state: TaskState, live: LiveRun, context: StepContext): void {
  const { now } = context;
  const summary = { mode: 'skip' };
  const progress = { fraction: 1, text: 'nothing to do: the mode is skip' };
  state.live = live;
  endRun(
    state,
    {
      ...{ runId: live.runId, status: 'succeeded', finishedAt: now, failureReason: null },
      record: {
        ...queuedRecord(state, live),
        ...{ status: 'succeeded', version: 1, startedAt: now, finishedAt: now, progress, summary },
      },
    },
    context,
  );
}
