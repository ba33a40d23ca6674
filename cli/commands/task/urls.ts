/** `tablegate task urls`. */
import type { Command } from 'commander';
import type { TriggerUrl } from '../../../scheduling/scheduling';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { findTask } from '../../client/tasks';
import { table } from '../../show/table';
import { utcText } from '../../show/words';

export function addUrls(group: Command, done: Done): void {
  apiCommand(group, 'urls <task>', {
    about: 'list the trigger URLs of a task; whoever has one can trigger',
    examples: ['task urls Unify'],
  }).action(onApi(done, urls));
}

async function urls(call: ApiCall, text: string): Promise<number> {
  const { api } = call;
  const list = await api.get<{ items: TriggerUrl[] }>(
    `/tasks/${await findTask(api, text)}/trigger-urls`,
  );
  print(call, list, () => linesOf(list.items));
  return 0;
}

function linesOf(items: readonly TriggerUrl[]): string[] {
  if (items.length === 0) return ['There are none: only tables of a triggered task have them.'];
  const rows = items.map((item) => [item.table, utcText(item.lastUsedAt), item.url]);
  return table(['table', 'last used', 'url'], rows);
}
