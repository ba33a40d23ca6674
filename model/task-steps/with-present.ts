/** Runs that a person starts with the tables that a gate has, whatever it still waits for. */
import { emptyGate, findDatedGate, judgeGate, type DatedGate, type Gate } from '../gate';
import { whyRerunDenied, type InstanceStand } from '../rerun-mode';
import { gateTables, type TaskState } from '../task-state';
import { dropDatedGate, newRun } from './begin';
import { takeWaitingCell } from './cells';
import { findInstance } from './instances';
import { changed, refuse, type Refusal, type StepContext } from './step';

export interface PresentAsk {
  /** Null: the open round. */
  scheduleTime: string | null;
  by: string;
  /** What the records know of the instance; what the task itself remembers goes before. */
  known: InstanceStand | null;
}

function gateOf(state: TaskState, scheduleTime: string | null): Gate | DatedGate {
  if (scheduleTime === null) return state.round;
  return findDatedGate(state.dated, scheduleTime).gate ?? emptyGate();
}

function standOf(state: TaskState, { scheduleTime, known }: PresentAsk): InstanceStand | null {
  return scheduleTime === null ? null : (findInstance(state, scheduleTime) ?? known);
}

/** Why a gate cannot run with what it has now; null where it can. */
export function whyNotWithPresent(state: TaskState, ask: PresentAsk): Refusal | null {
  const { scheduleTime } = ask;
  const { kind, runPolicy } = state.definition;
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  if (kind !== 'triggered') {
    return refuse('taskKindMismatch', `the task is ${kind}, no tables are waited for`);
  }
  const running =
    state.live ?? state.cellRuns.find((run) => run.scheduleTime === (scheduleTime ?? ''));
  if (running) {
    return refuse('runInProgress', `run ${running.runId} is in progress; wait for its end`);
  }
  if (Object.keys(gateOf(state, scheduleTime).marks).length === 0) {
    return refuse('gateEmpty', 'no table has arrived in this gate; start the task by hand instead');
  }
  const denied = whyRerunDenied(runPolicy.rerunMode, standOf(state, ask));
  return denied === null ? null : refuse('rerunDenied', denied);
}

/**
 * Starts one run from a gate as it is. The run has the whole definition, and reads the tables that
 * are missing as they stand; the gate is reset when it ends (rule 3). Call `whyNotWithPresent` first.
 */
export function startWithPresent(
  state: TaskState,
  ask: PresentAsk,
  context: StepContext,
): { runId: string } {
  const { scheduleTime, by } = ask;
  const attempts = standOf(state, ask)?.attempts ?? 0;
  const live = newRun(state, context, {
    ...{ startedBy: 'triggers', startedByUser: by, scheduleTime, attempt: attempts + 1 },
    gate: scheduleTime === null ? 'round' : 'dated',
  });
  live.partial = true;
  if (scheduleTime !== null) live.backfills = takeWaitingCell(state, scheduleTime)?.backfills ?? [];
  state.live = live;
  changed(state);
  return { runId: live.runId };
}

/** True for a mark that comes while its gate runs without that table: it is for the next attempt. */
export function isForNext({ live }: TaskState, scheduleTime: string | null): boolean {
  return live?.partial === true && live.gate === 'dated' && live.scheduleTime === scheduleTime;
}

/** Resets the gate of a run that has ended; what came during a run without it opens it anew. */
export function resetDatedGate(state: TaskState, scheduleTime: string, now: string): void {
  const { gate } = findDatedGate(state.dated, scheduleTime);
  const next = Object.entries(gate?.marks ?? {}).filter(([, mark]) => mark.next);
  if (!gate || next.length === 0) return dropDatedGate(state, scheduleTime);
  gate.marks = Object.fromEntries(next.map(([table, { at, caller }]) => [table, { at, caller }]));
  delete gate.late;
  gate.fullSince = null;
  judgeGate(gate, gateTables(state.definition), now);
}
