import { TablegateError } from '../model/errors';
import type { Store } from '../store/store';

/**
 * Refuses a table that nobody has spoken of: it is not registered, no live task lists, reads or
 * writes it, and the catalogue does not have it.
 * @throws TablegateError tableNotFound naming the table and `path`
 */
export async function requireTable(
  store: Pick<Store, 'sources' | 'tasks' | 'catalogue'>,
  tenant: string,
  table: string,
  path = 'table',
): Promise<void> {
  if ((await store.sources.findTable(tenant, table)) !== null) return;
  if ((await store.tasks.tasksOfTable(tenant, table)).length > 0) return;
  const tasks = await store.tasks.lineage(tenant);
  if (tasks.some(({ writes }) => writes.includes(table))) return;
  if (await store.catalogue.knows(tenant, table)) return;
  const message = `the table ${table} is neither registered nor collected, and no task lists, reads or writes it`;
  throw new TablegateError('tableNotFound', `T${message.slice(1)}.`, {
    fields: [{ path, message }],
  });
}
