/** `tablegate task pause` and `resume`. */
import type { Command } from 'commander';
import type { TaskRead } from '../../../scheduling/scheduling';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { findTask } from '../../client/tasks';
import { plain } from '../../show/width';

export function addPauses(group: Command, done: Done): void {
  apiCommand(group, 'pause <task>', {
    about: 'pause a task: its tables are still marked, its due times are skipped',
    examples: ['task pause Unify'],
  }).action(onApi(done, (call: ApiCall, text: string) => move(call, text, 'pause')));
  apiCommand(group, 'resume <task>', {
    about: 'resume a task: a gate that is full starts its run',
    examples: ['task resume Unify'],
  }).action(onApi(done, (call: ApiCall, text: string) => move(call, text, 'resume')));
}

async function move(call: ApiCall, text: string, verb: 'pause' | 'resume'): Promise<number> {
  const { api } = call;
  const task = await api.post<TaskRead>(`/tasks/${await findTask(api, text)}:${verb}`);
  print(call, task, () => [
    `The task ${plain(task.name)} is ${task.paused ? 'paused' : 'active'}.`,
  ]);
  return 0;
}
