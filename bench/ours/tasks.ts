/** Tasks as a benchmark makes them through the API. */
import type { ApiClient } from '../../cli/api-client';
import type { TaskView } from '../../model/task';

let made = 0;

/** Makes a task; what is not said is that of a manual task that does nothing. */
export function makeTask(api: ApiClient, settings: Record<string, unknown>): Promise<TaskView> {
  made += 1;
  return api.post<TaskView>('/tasks', {
    ...{ name: `Bench ${made}`, kind: 'manual', tables: ['bench.main.table'], timezone: 'UTC' },
    job: { type: 'bench-nothing' },
    ...settings,
  });
}

/** Trigger URLs of a task, in the order of its tables. */
export async function triggerUrls(api: ApiClient, id: string): Promise<string[]> {
  const { items } = await api.get<{ items: { url: string }[] }>(`/tasks/${id}/trigger-urls`);
  return items.map(({ url }) => url);
}
