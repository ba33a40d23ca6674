/** `tablegate trigger`: saying that tables have arrived. */
import type { Command } from 'commander';
import { onApi, print, withApiOptions, type ApiCall, type Done } from '../../client/api-command';
import { findTask } from '../../client/tasks';
import { refuseOptionsBefore } from '../../client/options';
import { addApply } from './apply';
import { addList } from './list';
import { addTable } from './table';

type Options = { time?: string };

/** Gives the command its options and subcommands. */
export function define(command: Command, done: Done): void {
  withApiOptions(command, {
    about: 'say that a table has arrived, to one task or to all that list or read it',
    examples: [
      'trigger Unify crm.main.orders',
      'trigger Unify crm.main.orders --time 2026-03-01T02:30:00+08:00',
      'trigger table crm.main.orders',
    ],
  })
    .enablePositionalOptions()
    .argument('<task>', 'id or exact name of a task')
    .argument('<table>', 'a table that it lists')
    .option('--time <time>', 'the schedule time that it has arrived for')
    .hook('preSubcommand', refuseOptionsBefore)
    .action(onApi(done, trigger, { flags: { scheduleTime: '--time' } }));
  addTable(command, done);
  addList(command, done);
  addApply(command, done);
}

async function trigger(call: ApiCall<Options>, text: string, table: string): Promise<number> {
  const { api, options, hint } = call;
  const taskId = await findTask(api, text);
  const body = { table, ...(options.time === undefined ? {} : { scheduleTime: options.time }) };
  const taken = await api.post<{ receipt: string }>(`/tasks/${taskId}/triggers`, body);
  print(call, taken, () => [
    `Taken, under the receipt ${taken.receipt}.`,
    `What became of it: ${hint(`trigger list ${taskId}`)}`,
  ]);
  return 0;
}
