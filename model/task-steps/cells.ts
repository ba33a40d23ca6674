/** Cells of backfills: asked for, started in the slots that are left, reported when they end. */
import type { CellEnd, CellRequest } from '../backfill';
import { existingChoices } from '../existing-choice';
import { findDatedGate } from '../gate';
import { whyLeft } from '../rerun-mode';
import { liveRuns, type LiveRun, type TaskState } from '../task-state';
import { dropDatedGate, newRun } from './begin';
import { findInstance, noteAttempts } from './instances';
import { changed, type StepContext } from './step';

/**
 * How often backfills may wait for cells and runs of one task, all together; more is handed back.
 * Each may be for a backfill of its own, whose id then stands in what a roll-over hands on.
 */
const maxWaits = 500;

/** Takes cells of backfills; one that waits already, or runs for the same backfill, is joined. */
export function requestCells(state: TaskState, cells: CellRequest[], context: StepContext): void {
  for (const cell of cells) takeCell(state, cell);
  startCells(state, context);
  changed(state);
}

function takeCell(state: TaskState, cell: CellRequest): void {
  const running = liveRuns(state).find((run) => run.scheduleTime === cell.scheduleTime);
  const unserved = cell.backfills.filter((backfill) => !running?.backfills.includes(backfill));
  if (state.removed) {
    reportEnd(state, unserved, endOf(cell, 'dropped', 'the task has been removed'));
  } else if (unserved.length > 0) {
    queueCell(state, { ...cell, backfills: unserved });
  }
}

function queueCell(state: TaskState, cell: CellRequest): void {
  const { scheduleTime } = cell;
  const waiting = state.cells.find((known) => known.scheduleTime === scheduleTime);
  const added = cell.backfills.filter((backfill) => !waiting?.backfills.includes(backfill));
  if (added.length > 0 && countWaits(state) + added.length > maxWaits) {
    const end = endOf(cell, 'withdrawn', 'too many cells wait in the task');
    return reportEnd(state, added, { ...end, full: true });
  }
  if (waiting) return join(waiting, cell, added);
  const memo = findInstance(state, scheduleTime);
  const later = state.cells.findIndex((known) => known.scheduleTime > scheduleTime);
  const queued = { ...cell };
  if (memo) noteAttempts(queued, memo);
  state.cells.splice(later === -1 ? state.cells.length : later, 0, queued);
}

function countWaits(state: TaskState): number {
  return [...state.cells, ...liveRuns(state)].reduce(
    (count, { backfills }) => count + backfills.length,
    0,
  );
}

/** What does most for the instance is done: whoever asked for less is served by it too. */
function join(waiting: CellRequest, cell: CellRequest, added: string[]): void {
  waiting.backfills = [...waiting.backfills, ...added];
  waiting.existing = existingChoices.find((choice) =>
    [waiting.existing, cell.existing].includes(choice),
  )!;
  noteAttempts(waiting, cell);
}

function endOf(
  cell: Pick<CellRequest, 'scheduleTime'>,
  status: CellEnd['status'],
  reason: string,
): CellEnd {
  return { scheduleTime: cell.scheduleTime, status, runId: null, reason };
}

/** Puts an end on its way to the backfills that wait for it. */
export function reportEnd(state: TaskState, backfills: string[], end: CellEnd): void {
  for (const backfill of backfills) state.reports.push({ backfill, end });
}

/** The cell that waits for this time, for a run that serves it too. */
export function takeWaitingCell(state: TaskState, scheduleTime: string): CellRequest | null {
  const index = state.cells.findIndex((cell) => cell.scheduleTime === scheduleTime);
  return index === -1 ? null : state.cells.splice(index, 1)[0]!;
}

/**
 * Begins as many waiting cells as there are slots; a run that makes the task busy holds one, also
 * while it waits for it.
 */
export function startCells(state: TaskState, context: StepContext): void {
  if (state.removed || context.closing?.()) return;
  const held = state.cellRuns.length + (state.live ? 1 : 0);
  let slots = state.definition.runPolicy.maxParallel - held;
  for (let index = 0; slots > 0 && index < state.cells.length;) {
    const cell = state.cells[index]!;
    if (followsAnother(state, cell.scheduleTime)) {
      index += 1;
      continue;
    }
    state.cells.splice(index, 1);
    if (beginCell(state, cell, context)) slots -= 1;
  }
}

/** A cell follows the live run of its instance, and is served by a full gate that starts it. */
function followsAnother(state: TaskState, scheduleTime: string): boolean {
  if (liveRuns(state).some((run) => run.scheduleTime === scheduleTime)) return true;
  const { gate } = findDatedGate(state.dated, scheduleTime);
  return gate !== null && gate.upstream === null && gate.fullSince !== null && !state.paused;
}

/** @returns false where there is nothing to be run */
function beginCell(state: TaskState, cell: CellRequest, context: StepContext): boolean {
  const reason = whyLeft(state.definition.runPolicy.rerunMode, cell, cell.existing);
  if (reason !== null) {
    reportEnd(state, cell.backfills, endOf(cell, 'skipped', reason));
    return false;
  }
  const recordId = takeOverGate(state, cell.scheduleTime);
  const run = newRun(state, context, {
    ...{ startedBy: 'backfill', startedByUser: cell.by, gate: null },
    ...{ scheduleTime: cell.scheduleTime, attempt: cell.attempts + 1 },
    ...(recordId !== null && { runId: recordId }),
  });
  run.backfills = cell.backfills;
  state.cellRuns.push(run);
  return true;
}

/** A gate that a due time opened for the same instance has nothing more to wait for. */
function takeOverGate(state: TaskState, scheduleTime: string): string | null {
  const { gate } = findDatedGate(state.dated, scheduleTime);
  if (!gate?.upstream) return null;
  dropDatedGate(state, scheduleTime);
  return gate.upstream.recordId;
}

/** Hands back the cells of a backfill that have not begun; with `kill` cancels those that run. */
export function stopCells(state: TaskState, backfill: string, kill: boolean): void {
  for (const cell of state.cells) {
    if (!leave(cell, backfill)) continue;
    reportEnd(state, [backfill], endOf(cell, 'withdrawn', 'the backfill was stopped'));
  }
  state.cells = state.cells.filter((cell) => cell.backfills.length > 0);
  if (kill) for (const run of liveRuns(state)) killRun(state, run, backfill);
  changed(state);
}

/** @returns false where the backfill was not waiting for it */
function leave(waiter: { backfills: string[] }, backfill: string): boolean {
  if (!waiter.backfills.includes(backfill)) return false;
  waiter.backfills = waiter.backfills.filter((other) => other !== backfill);
  return true;
}

/** A run that somebody else wants as well goes on without this backfill. */
function killRun(state: TaskState, run: LiveRun, backfill: string): void {
  const [first, ...others] = run.backfills;
  const isOnlyOurs = run.startedBy === 'backfill' && first === backfill && others.length === 0;
  if (isOnlyOurs) run.cancelReason ??= 'backfill cancelled';
  else if (leave(run, backfill)) {
    const scheduleTime = run.scheduleTime!;
    reportEnd(
      state,
      [backfill],
      endOf({ scheduleTime }, 'withdrawn', 'the run goes on for others'),
    );
  }
}

/** The task is removed: what waits is dropped. */
export function dropCells(state: TaskState): void {
  for (const cell of state.cells) {
    reportEnd(state, cell.backfills, endOf(cell, 'dropped', 'the task has been removed'));
  }
  state.cells = [];
}
