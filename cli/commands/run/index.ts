/** `tablegate run`: execution records. */
import type { Command } from 'commander';
import { withExamples, type Done } from '../../client/api-command';
import { addCancel } from './cancel';
import { addList } from './list';
import { addLog } from './log';
import { addRerun } from './rerun';
import { addShow } from './show';
import { addStart } from './start';

/** Gives the command its subcommands. */
export function define(command: Command, done: Done): void {
  withExamples(command, ['run start Unify --wait', 'run list Unify', 'run log Unify']);
  for (const add of [addStart, addList, addShow, addLog, addCancel, addRerun]) add(command, done);
}
