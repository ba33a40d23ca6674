/** `tablegate run cancel`. */
import type { Command } from 'commander';
import type { RunRead } from '../../../scheduling/scheduling';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { findTask } from '../../client/tasks';

export function addCancel(group: Command, done: Done): void {
  apiCommand(group, 'cancel <task> <run>', {
    about: 'cancel a live run',
    examples: ['run cancel Unify <run>'],
  }).action(onApi(done, cancel));
}

async function cancel(call: ApiCall, text: string, runId: string): Promise<number> {
  const { api, hint } = call;
  const taskId = await findTask(api, text);
  const path = `/tasks/${taskId}/runs/${encodeURIComponent(runId)}:cancel`;
  const run = await api.post<RunRead>(path);
  print(call, run, () => [
    `The run ${run.id} was told to end; its status is ${run.status}.`,
    `See it: ${hint(`run show ${taskId} ${run.id}`)}`,
  ]);
  return 0;
}
