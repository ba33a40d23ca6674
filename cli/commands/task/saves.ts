/** `tablegate task create` and `edit`: settings from a file. */
import type { Command } from 'commander';
import type { TaskRead } from '../../../scheduling/scheduling';
import {
  apiCommand,
  onApi,
  print,
  quoted,
  type ApiCall,
  type Done,
} from '../../client/api-command';
import { readJson } from '../../client/read-json';
import { findTask } from '../../client/tasks';
import { plain } from '../../show/width';

type Options = { file: string };

export function addSaves(group: Command, done: Done): void {
  apiCommand(group, 'create', {
    about: 'create a task from a JSON file: the body of POST /api/v1/tasks',
    examples: ['task create -f unify.json', 'task create -f - < unify.json'],
  })
    .requiredOption('-f, --file <file>', 'JSON file; - is standard input')
    .action(onApi(done, create));
  apiCommand(group, 'edit <task>', {
    about: 'change those settings of a task that a JSON file holds; the others stay',
    examples: ['task edit Unify -f change.json'],
  })
    .requiredOption('-f, --file <file>', 'JSON file; - is standard input')
    .action(onApi(done, edit));
}

async function create(call: ApiCall<Options>): Promise<number> {
  const { api, options, hint } = call;
  const task = await api.post<TaskRead>('/tasks', await readJson(options.file));
  print(call, task, () => [
    `Created the task ${plain(task.name)} (${task.id}).`,
    task.kind === 'triggered'
      ? `Its trigger URLs: ${hint(`task urls ${task.id}`)}`
      : `Start it: ${hint(`run start ${task.id}`)}`,
  ]);
  return 0;
}

async function edit(call: ApiCall<Options>, text: string): Promise<number> {
  const { api, options, hint } = call;
  const change = await readJson(options.file);
  const task = await api.patch<TaskRead>(`/tasks/${await findTask(api, text)}`, change);
  print(call, task, () => [
    `Saved version ${task.version} of the task ${plain(task.name)}.`,
    `See it: ${hint(`task show ${quoted(task.id)}`)}`,
  ]);
  return 0;
}
