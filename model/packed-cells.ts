/** Cells of backfills as they are handed on at a roll-over: each backfill's id stands there once. */
import type { CellRequest } from './backfill';
import { existingChoices } from './existing-choice';
import { runStatuses } from './run-status';
import type { LiveRun, TaskState } from './task-state';
import { TextIndex } from './text-index';

type PackedCell = [
  scheduleTime: number,
  backfills: number[],
  existing: number,
  attempts: number,
  status: number,
  by: number,
];
type PackedRun = [
  runId: string,
  runNumber: number,
  scheduleTime: number,
  attempt: number,
  queuedAt: number,
  backfills: number[],
  by: number,
  cancelReason: string | null,
];

export interface PackedCells {
  /** Ids of backfills. */
  backfills: string[];
  /** Who asked for cells. */
  names: string[];
  waiting: PackedCell[];
  running: PackedRun[];
}

/**
 * Packs cells that wait and runs of cells that have their workflows.
 * @param withoutNames leaves out who asked for them: the records have it
 */
export function packCells(
  { cells, cellRuns }: Pick<TaskState, 'cells' | 'cellRuns'>,
  withoutNames: boolean,
): PackedCells {
  const ids = new TextIndex();
  const names = new TextIndex(withoutNames);
  const placesOf = (backfills: string[]): number[] => backfills.map((id) => ids.placeOf(id));
  const waiting = cells.map((cell): PackedCell => [
    Date.parse(cell.scheduleTime),
    placesOf(cell.backfills),
    existingChoices.indexOf(cell.existing),
    cell.attempts,
    runStatuses.findIndex((status) => status === cell.status),
    names.placeOf(cell.by),
  ]);
  const running = cellRuns.map((run): PackedRun => {
    const { runId, runNumber, scheduleTime, attempt, queuedAt, backfills, cancelReason } = run;
    const by = names.placeOf(run.startedByUser ?? '');
    const times = [Date.parse(scheduleTime!), attempt, Date.parse(queuedAt)] as const;
    return [runId, runNumber, ...times, placesOf(backfills), by, cancelReason];
  });
  return { backfills: ids.texts, names: names.texts, waiting, running };
}

export function unpackCells(packed: PackedCells): Pick<TaskState, 'cells' | 'cellRuns'> {
  const idsOf = (places: number[]): string[] => places.map((place) => packed.backfills[place]!);
  return {
    cells: packed.waiting.map(([time, backfills, existing, attempts, status, by]): CellRequest => ({
      scheduleTime: new Date(time).toISOString(),
      backfills: idsOf(backfills),
      existing: existingChoices[existing]!,
      attempts,
      status: runStatuses[status] ?? null,
      by: packed.names[by]!,
    })),
    cellRuns: packed.running.map((run) => unpackRun(run, idsOf(run[5]), packed.names[run[6]]!)),
  };
}

function unpackRun(packed: PackedRun, backfills: string[], by: string): LiveRun {
  const [runId, runNumber, scheduleTime, attempt, queuedAt, , , cancelReason] = packed;
  return {
    ...{ runId, runNumber, startedBy: 'backfill', startedByUser: by, gate: null },
    scheduleTime: new Date(scheduleTime).toISOString(),
    ...{ attempt, queuedAt: new Date(queuedAt).toISOString() },
    ...{ definition: null, cancelReason, backfills, recordedByTask: true },
  };
}
