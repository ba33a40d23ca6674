import type { RunRead } from '../../../scheduling/scheduling';
import type { ApiClient } from '../../api-client';

/**
 * The newest record of a task.
 * @throws Error where it has none
 */
export async function latestRun(api: ApiClient, taskId: string): Promise<RunRead> {
  const { items } = await api.get<{ items: RunRead[] }>(`/tasks/${taskId}/runs?pageSize=1`);
  if (items[0]) return items[0];
  throw new Error('The task has no run yet.');
}
