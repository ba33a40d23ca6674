/** Runs: what asks for one, when it begins, and what its end brings about. */
import { emptyGate, findDatedGate, judgeGate } from '../gate';
import type { EndedStatus, RunProjection } from '../run';
import { gateTables, type LiveRun, type TaskState } from '../task-state';
import { changed, refuse, trimOldest, type Refusal, type StepContext } from './step';

const maxInstances = 200;
/** Characters of a failure that the task keeps; the run's record has all of it. */
const maxReason = 1000;

/** Why the task cannot be started by hand now; null where it can. */
export function whyNotStart(state: TaskState): Refusal | null {
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  if (state.live) {
    return refuse('runInProgress', `run ${state.live.runId} is in progress; wait for its end`);
  }
  return null;
}

/** Starts a run by hand, whatever the gate holds; it leaves all marks. Call `whyNotStart` first. */
export function startByHand(state: TaskState, by: string, context: StepContext): { runId: string } {
  const runId = begin(state, context, {
    startedBy: 'manual',
    startedByUser: by,
    gate: null,
    scheduleTime: null,
  });
  changed(state);
  return { runId };
}

/** How a run ended, as its own workflow tells it. */
export interface RunEnd {
  runId: string;
  status: EndedStatus;
  finishedAt: string;
  failureReason: string | null;
}

/**
 * Takes the end of the live run: resets the gate that had started it and starts what waits.
 * @returns false where this run is not the live one (a repeated or late message)
 */
export function endRun(state: TaskState, end: RunEnd, context: StepContext): boolean {
  const { live } = state;
  if (live?.runId !== end.runId) return false;
  if (live.gate === 'round') {
    state.round = state.nextRound ?? emptyGate();
    state.nextRound = null;
    judgeGate(state.round, gateTables(state.definition), context.now);
  } else if (live.gate === 'dated') {
    const { gate, index } = findDatedGate(state.dated, live.scheduleTime!);
    if (gate) state.dated.splice(index, 1);
  }
  state.latestRun = {
    id: live.runId,
    status: end.status,
    startedBy: live.startedBy,
    queuedAt: live.queuedAt,
    finishedAt: end.finishedAt,
    failureReason: end.failureReason?.slice(0, maxReason) ?? null,
  };
  state.live = null;
  startNext(state, context);
  changed(state);
  return true;
}

/** Notes that the live run's own workflow exists: it holds the definition from here on. */
export function runHandedOver(state: TaskState, runId: string): void {
  if (state.live?.runId !== runId) return;
  state.live.definition = null;
  if (state.latestRun?.id === runId) state.latestRun.status = 'running';
  changed(state);
}

/**
 * Takes the end of a live run whose own workflow cannot write its record any more (it was
 * terminated, or could not be started): the record is written from here.
 */
export function endLostRun(state: TaskState, end: RunEnd, context: StepContext): void {
  const { live } = state;
  if (live?.runId !== end.runId) return;
  const { status, finishedAt, failureReason } = end;
  state.outbox.runs.push({
    ...queuedRecord(state, live),
    ...{ status, finishedAt, failureReason },
    version: lostRunVersion,
    lost: true,
  });
  endRun(state, end, context);
}

/** Above every version that a run's own workflow writes. */
const lostRunVersion = 1_000_000;

/** Starts the gate that waits longest, if the task is idle and not paused. */
export function startNext(state: TaskState, context: StepContext): string | null {
  if (state.live || state.paused || state.removed) return null;
  const dated = state.dated.find((gate) => gate.fullSince !== null);
  const roundSince = state.round.fullSince;
  if (roundSince !== null && (!dated || roundSince <= dated.fullSince!)) {
    return begin(state, context, { ...byTriggers, gate: 'round', scheduleTime: null });
  }
  if (!dated) return null;
  const { scheduleTime } = dated;
  return begin(state, context, { ...byTriggers, gate: 'dated', scheduleTime });
}

const byTriggers = { startedBy: 'triggers', startedByUser: null } as const;

function begin(
  state: TaskState,
  context: StepContext,
  ask: Pick<LiveRun, 'startedBy' | 'startedByUser' | 'gate' | 'scheduleTime'>,
): string {
  state.runCount += 1;
  const live: LiveRun = {
    ...ask,
    runId: context.newRunId(),
    runNumber: state.runCount,
    attempt: ask.scheduleTime === null ? 1 : nextAttempt(state, ask.scheduleTime),
    queuedAt: context.now,
    definition: state.definition,
    cancelReason: null,
  };
  state.live = live;
  state.latestRun = {
    id: live.runId,
    status: 'queued',
    startedBy: live.startedBy,
    queuedAt: live.queuedAt,
    finishedAt: null,
    failureReason: null,
  };
  state.outbox.runs.push(queuedRecord(state, live));
  return live.runId;
}

function nextAttempt(state: TaskState, scheduleTime: string): number {
  const known = state.instances.find((instance) => instance.scheduleTime === scheduleTime);
  if (known) {
    known.attempts += 1;
    return known.attempts;
  }
  state.instances.push({ scheduleTime, attempts: 1 });
  trimOldest(state.instances, maxInstances);
  return 1;
}

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
