import { TablegateError } from '../model/errors';
import type { Caller } from '../model/people';
import type { TokenRow } from '../store/store';
import { noteAction } from './audit';
import type { SchedulingDeps } from './deps';
import type { TaskRead, TriggerUrl } from './scheduling';

/** The URL that a table of a task is triggered by. */
export function triggerUrlOf(
  { secrets, settings }: Pick<SchedulingDeps, 'secrets' | 'settings'>,
  { tenant, taskId, table, version }: Pick<TokenRow, 'tenant' | 'taskId' | 'table' | 'version'>,
): string {
  return `${settings.publicUrl}/trigger/${secrets.triggerToken(tenant, taskId, table, version)}`;
}

/** The live trigger URLs of a task, in the order of its tables. */
export async function listTriggerUrls(
  deps: SchedulingDeps,
  { tenant }: Caller,
  task: TaskRead,
): Promise<{ items: TriggerUrl[] }> {
  const order = task.tables.map((table) => table.name);
  const rows = (await deps.store.tokens.list(tenant, task.id)).sort(
    (one, other) => order.indexOf(one.table) - order.indexOf(other.table),
  );
  const items = rows.map((row) => {
    const { table, lastUsedAt, lastCaller } = row;
    return { table, url: triggerUrlOf(deps, row), lastUsedAt, lastCaller };
  });
  return { items };
}

/**
 * Replaces the URL of a table; the former one is refused from now on.
 * @throws TablegateError tableNotFound where the table has none
 */
export async function rotateTriggerUrl(
  deps: SchedulingDeps,
  caller: Caller,
  taskId: string,
  table: string,
): Promise<TriggerUrl> {
  const row = await deps.store.tokens.rotate(caller.tenant, taskId, table);
  if (!row) {
    const message = `The table ${table} has no trigger URL in this task.`;
    throw new TablegateError('tableNotFound', message);
  }
  await noteAction(deps.store, caller, 'task.rotateTriggerUrl', `task/${taskId}`, { table });
  return { table, url: triggerUrlOf(deps, row), lastUsedAt: null, lastCaller: null };
}
