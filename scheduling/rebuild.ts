import type { Store } from '../store/store';
import type { Gateway, SchedulingDeps } from './deps';
import { lineageOf } from './task-checks';

interface RebuildDeps {
  gateway: Pick<Gateway, 'liveTasks' | 'snapshot'>;
  store: Pick<Store, 'tasks'>;
  jobTypes: SchedulingDeps['jobTypes'];
}

/**
 * Writes the read model of all live tasks again, as their workflows know them. Nothing is deleted,
 * and what is newer in the store stays.
 * @param note takes one line for each task that could not be asked
 * @returns how many tasks were written, and how many could not be asked
 */
export async function rebuild(
  { gateway, store, jobTypes }: RebuildDeps,
  note: (line: string) => void,
): Promise<{ written: number; failed: number }> {
  let written = 0;
  let failed = 0;
  for await (const { tenant, taskId } of gateway.liveTasks()) {
    try {
      const snapshot = await gateway.snapshot(tenant, taskId);
      const lineage = lineageOf(jobTypes, snapshot.task);
      await store.tasks.project({ ...snapshot, lineage });
      written += 1;
    } catch (error) {
      failed += 1;
      note(`task ${taskId}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { written, failed };
}
