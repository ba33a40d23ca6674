/** Cells of a backfill, for a person. */
import type { CellState, CellView } from '../../../model/backfill';
import type { ApiClient } from '../../api-client';
import { knownTasks } from '../../client/tasks';
import { table } from '../../show/table';
import { zonedText } from '../../show/words';

export interface CellPage {
  items: CellView[];
  nextPageToken: string | null;
}

type Counts = Partial<Record<CellState, number>>;

/** What has gone wrong; causes come before what they block. */
export const badStates = ['failed', 'timedOut', 'cancelled', 'dropped', 'blocked'] as const;

/** Cells that did not succeed, by state as above, the newest times of each first. */
export async function badCells(
  api: ApiClient,
  id: string,
  counts: Counts,
  most: number,
): Promise<CellView[]> {
  const found: CellView[] = [];
  for (const state of badStates) {
    const room = most - found.length;
    if (room <= 0 || !counts[state]) continue;
    const path = `/backfills/${encodeURIComponent(id)}/cells?state=${state}&pageSize=${room}`;
    found.push(...(await api.get<CellPage>(path)).items);
  }
  return found;
}

/** A table of cells with the names of their tasks. */
export async function cellTable(api: ApiClient, cells: readonly CellView[]): Promise<string[]> {
  const taskOf = await knownTasks(
    api,
    cells.map(({ taskId }) => taskId),
  );
  const rows = cells.map(({ taskId, scheduleTime, state, runId, reason }) => {
    const { name, timezone } = taskOf(taskId);
    return [zonedText(scheduleTime, timezone), name, state, runId, reason];
  });
  return table(['time', 'task', 'state', 'run', 'reason'], rows);
}

/** How many cells have not succeeded. */
export function badCount(counts: Counts): number {
  return badStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}
