/** How long backfills take, as far as it can be told. */
import type { PlannedCell } from '../../model/backfill';
import { defaultRunPolicy } from '../../model/task';
import type { Store, StoredBackfill } from '../../store/store';
import { inTurns } from '../in-turns';

/**
 * Seconds that a plan takes at the least, if runs take as long as they usually do: no task goes
 * faster than its `maxParallel` lets it, and all together not faster than the concurrency.
 * @returns null where none of the tasks has succeeded yet; those that have not count as the others
 */
export async function estimateSeconds(
  store: Pick<Store, 'tasks' | 'runs'>,
  tenant: string,
  cells: readonly Pick<PlannedCell, 'taskId' | 'action'>[],
  concurrency: number,
): Promise<number | null> {
  const counts = new Map<string, number>();
  for (const { taskId, action } of cells) {
    if (action !== 'skip') counts.set(taskId, (counts.get(taskId) ?? 0) + 1);
  }
  if (counts.size === 0) return 0;
  const taskIds = [...counts.keys()];
  const usual = await store.runs.usualSeconds(tenant, taskIds);
  const typical = average([...usual.values()]);
  if (typical === null) return null;
  const work = await inTurns(taskIds, async (taskId) => {
    const task = await store.tasks.find(tenant, taskId);
    const seconds = counts.get(taskId)! * (usual.get(taskId) ?? typical);
    return { seconds, slots: (task?.runPolicy ?? defaultRunPolicy).maxParallel };
  });
  const alone = Math.max(...work.map(({ seconds, slots }) => seconds / slots));
  const together = work.reduce((sum, { seconds }) => sum + seconds, 0) / concurrency;
  return Math.max(alone, together);
}

/**
 * When a backfill will be over, ISO 8601: at the pace since it was last begun or gone on with;
 * before anything has ended, at the usual one.
 * @param usualSeconds what a cell usually takes; null: not known
 * @param now ms
 * @returns null for a backfill that does not go on, and where nothing can be told
 */
export function estimateEnd(
  { status, counts, endedSince, resumedAt, concurrency }: StoredBackfill,
  usualSeconds: number | null,
  now: number,
): string | null {
  if (status !== 'running') return null;
  const left = (counts.waiting ?? 0) + (counts.running ?? 0);
  const sinceMs = Math.max(0, now - Date.parse(resumedAt));
  const usualMs = usualSeconds === null ? null : (usualSeconds * 1000) / concurrency;
  const cellMs = endedSince > 0 ? sinceMs / endedSince : usualMs;
  return cellMs === null ? null : new Date(now + left * cellMs).toISOString();
}

/** Mean of some numbers; null where there are none. */
export function average(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
