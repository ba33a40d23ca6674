/** `tablegate task remove`. */
import type { Command } from 'commander';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { findTask } from '../../client/tasks';
import { plain } from '../../show/width';

type Options = { detach?: boolean };

export function addRemove(group: Command, done: Done): void {
  apiCommand(group, 'remove <task>', {
    about: 'remove a task; its records, its ledger and the data that it wrote stay',
    examples: ['task remove Unify', 'task remove Unify --detach'],
  })
    .option('--detach', 'also where other tasks come after it: they no longer do')
    .action(onApi(done, remove));
}

/** The API answers a removal without a body, so `--json` prints `null`. */
async function remove(call: ApiCall<Options>, text: string): Promise<number> {
  const { api, options } = call;
  const id = await findTask(api, text);
  await api.delete(`/tasks/${id}${options.detach ? '?detach=true' : ''}`);
  print(call, null, () => [`Removed the task ${plain(text)}${text === id ? '' : ` (${id})`}.`]);
  return 0;
}
