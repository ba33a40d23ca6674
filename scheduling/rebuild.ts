import type { Store } from '../store/store';
import type { TemporalGateway } from './gateway';

/**
 * Writes the read model of all live tasks again, as their workflows know them. Nothing is deleted,
 * and what is newer in the store stays.
 * @param note takes one line for each task that could not be asked
 * @returns how many tasks were written, and how many could not be asked
 */
export async function rebuild(
  { gateway, store }: { gateway: TemporalGateway; store: Pick<Store, 'tasks'> },
  note: (line: string) => void,
): Promise<{ written: number; failed: number }> {
  let written = 0;
  let failed = 0;
  for await (const { tenant, taskId } of gateway.liveTasks()) {
    try {
      await store.tasks.project(await gateway.snapshot(tenant, taskId));
      written += 1;
    } catch (error) {
      failed += 1;
      note(`task ${taskId}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { written, failed };
}
