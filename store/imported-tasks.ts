/** Tasks that imports keep, by their ids in the system that they come from. */
import type { TaskView } from '../model/task';
import type { Database } from './schema';
import { wholeTaskView } from './task-view';

/** See `TaskStore.imported`. */
export async function importedTasks(
  db: Database,
  tenant: string,
  source: string,
): Promise<Map<string, { task: TaskView | null; removed: number }>> {
  const ofSource = db
    .selectFrom('tasks')
    .where('tenant', '=', tenant)
    .where('import_source', '=', source)
    .where('external_id', 'is not', null);
  const gone = await ofSource
    .select(({ fn }) => ['external_id as externalId', fn.countAll<string>().as('count')])
    .where('removed_at', 'is not', null)
    .groupBy('external_id')
    .execute();
  const live = await ofSource
    .select(['external_id as externalId', 'view'])
    .where('removed_at', 'is', null)
    .execute();
  const found = new Map<string, { task: TaskView | null; removed: number }>();
  for (const { externalId, count } of gone) {
    found.set(externalId!, { task: null, removed: Number(count) });
  }
  for (const { externalId, view } of live) {
    const removed = found.get(externalId!)?.removed ?? 0;
    found.set(externalId!, { task: wholeTaskView(view), removed });
  }
  return found;
}
