/** `tablegate run start`. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { RunRead } from '../../../scheduling/scheduling';
import { apiCommand, note, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { findTask } from '../../client/tasks';
import { waitForRun } from './watch';

type Options = { wait?: boolean };

export function addStart(group: Command, done: Done): void {
  apiCommand(group, 'start <task>', {
    about: 'start a run by hand; it waits for no trigger and leaves all marks',
    examples: ['run start Unify', 'run start Unify --wait'],
  })
    .option('--wait', 'wait for its end; the exit code is 0 when it succeeded')
    .action(onApi(done, start));
}

async function start(call: ApiCall<Options>, text: string): Promise<number> {
  const { api, options, hint } = call;
  const taskId = await findTask(api, text);
  const run = await api.post<RunRead>(`/tasks/${taskId}/runs`, undefined, randomUUID());
  if (options.wait) {
    note(`Run ${run.id} has started`);
    return waitForRun(call, run);
  }
  print(call, run, () => [
    `Run ${run.id} has started.`,
    `See it: ${hint(`run show ${taskId} ${run.id}`)}`,
  ]);
  return 0;
}
