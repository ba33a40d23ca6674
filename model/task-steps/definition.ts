/** Edits, pauses, resets and the removal of a task. */
import { emptyGate, findDatedGate, keepMarksOf } from '../gate';
import { mergeDefinition } from '../definition';
import { whyOnlyImport } from '../imported';
import type { DefinitionPatch } from '../task';
import { gateTables, isGateOfLiveRun, liveRuns, type TaskState } from '../task-state';
import { keepSlot, waitsForSlot } from './begin';
import { cancelUnbegun } from './cancel';
import { dropCells } from './cells';
import { startNext } from './runs';
import { changed, refuse, type Refusal, type StepContext } from './step';
import { judgeDueGatesAnew, settleDueGates } from './ticks';

/**
 * Why an edit by a person is not taken, or a pause or the removal; `ifVersion` is what the caller
 * last saw.
 */
export function whyNotEdit(state: TaskState, ifVersion: number | null): Refusal | null {
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  if (state.imported) return refuse('taskImported', whyOnlyImport(state.imported));
  if (ifVersion !== null && ifVersion !== state.version) {
    return refuse(
      'staleVersion',
      `the task is at version ${state.version}, the edit was made on ${ifVersion}; read it again`,
    );
  }
  return null;
}

/**
 * Merges changes into the definition and judges every gate anew. Call `whyNotEdit` first.
 * @param paused sets the pause flag in the same step; undefined leaves it
 */
export function editTask(
  state: TaskState,
  patch: DefinitionPatch,
  context: StepContext,
  paused: boolean = state.paused,
): void {
  const kindBefore = state.definition.kind;
  const isToBegin = waitsForSlot(state);
  state.definition = mergeDefinition(state.definition, patch);
  state.paused = paused;
  // It has not begun: two whole definitions would be too much for a roll-over.
  if (isToBegin) state.live!.definition = state.definition;
  else keepSlot(state, context);
  state.version += 1;
  state.updatedAt = context.now;
  const { kind } = state.definition;
  if (kind !== kindBefore) dropGates(state, `the task is ${kind} now`, context);
  judgeAllGates(state, context);
  startNext(state, context);
  changed(state);
}

function dropGates(state: TaskState, reason: string, context: StepContext): void {
  settleDueGates(state, reason, context);
  state.round = emptyGate();
  state.nextRound = null;
  state.dated = [];
  if (state.live) state.live.gate = null;
}

function judgeAllGates(state: TaskState, context: StepContext): void {
  const tables = gateTables(state.definition);
  keepMarksOf(state.round, tables, context.now);
  if (state.nextRound) keepMarksOf(state.nextRound, tables, context.now);
  for (const gate of state.dated) if (!gate.upstream) keepMarksOf(gate, tables, context.now);
  judgeDueGatesAnew(state);
  state.dated = state.dated.filter(
    (gate) => gate.upstream || Object.keys(gate.marks).length > 0 || isGateOfLiveRun(state, gate),
  );
}

/** Sets or clears the one pause flag; resuming starts what a full gate has waited for. */
export function setPaused(state: TaskState, paused: boolean, context: StepContext): void {
  if (state.paused === paused) return;
  state.paused = paused;
  state.version += 1;
  state.updatedAt = context.now;
  startNext(state, context);
  changed(state);
}

/** Why a gate cannot be reset now; null where it can. */
export function whyNotReset(state: TaskState, scheduleTime: string | null): Refusal | null {
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  if (state.definition.kind !== 'triggered') {
    return refuse('taskKindMismatch', `the task is ${state.definition.kind}, it has no gate`);
  }
  const ofLiveRun =
    scheduleTime === null
      ? state.live?.gate === 'round' && state.nextRound === null
      : state.live?.gate === 'dated' && state.live.scheduleTime === scheduleTime;
  return ofLiveRun
    ? refuse('runInProgress', 'the gate belongs to the run in progress and is reset at its end')
    : null;
}

/**
 * Drops the marks of the open round, or of one dated gate; a cell that had waited for that gate may
 * begin by itself. Call `whyNotReset` first.
 */
export function resetGate(
  state: TaskState,
  scheduleTime: string | null,
  context: StepContext,
): void {
  if (scheduleTime !== null) {
    const { gate, index } = findDatedGate(state.dated, scheduleTime);
    if (gate) state.dated.splice(index, 1);
  } else if (state.live?.gate === 'round') {
    state.nextRound = null;
  } else {
    state.round = emptyGate();
  }
  startNext(state, context);
  changed(state);
}

/** Removes the task: nothing more starts, all gates and cells go, live runs are to be cancelled. */
export function removeTask(state: TaskState, by: string, context: StepContext): void {
  if (state.removed) return;
  state.removed = { at: context.now, by };
  dropGates(state, 'the task has been removed', context);
  dropCells(state);
  for (const run of liveRuns(state)) run.cancelReason = 'task removed';
  if (waitsForSlot(state)) cancelUnbegun(state, state.live!, context);
  changed(state);
}
