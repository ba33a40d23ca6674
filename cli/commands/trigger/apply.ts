/** `tablegate trigger apply`. */
import type { Command } from 'commander';
import type { LedgerEntry } from '../../../model/trigger';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { findTask } from '../../client/tasks';
import { plain } from '../../show/width';

export function addApply(group: Command, done: Done): void {
  apiCommand(group, 'apply <task> <receipt>', {
    about: 'apply a trigger call that was ignored, as if it came now',
    examples: ['trigger apply Unify <receipt>'],
  }).action(onApi(done, apply));
}

async function apply(call: ApiCall, text: string, receipt: string): Promise<number> {
  const { api } = call;
  const path = `/tasks/${await findTask(api, text)}/triggers/${encodeURIComponent(receipt)}:apply`;
  const entry = await api.post<LedgerEntry>(path);
  print(call, entry, () => [
    `${plain(entry.table)}: ${entry.outcome}${entry.runId ? `, run ${entry.runId}` : ''}.`,
  ]);
  return 0;
}
