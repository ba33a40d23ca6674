/** `tablegate task`: scheduling tasks. */
import type { Command } from 'commander';
import { withExamples, type Done } from '../../client/api-command';
import { addInstances } from './instances';
import { addList } from './list';
import { addPauses } from './pauses';
import { addPreview } from './preview';
import { addRemove } from './remove';
import { addSaves } from './saves';
import { addShow } from './show';
import { addUrls } from './urls';

/** Gives the command its subcommands. */
export function define(command: Command, done: Done): void {
  withExamples(command, ['task list', 'task show Unify', 'task create -f unify.json']);
  const parts = [addList, addShow, addSaves, addPauses, addRemove, addUrls];
  for (const add of [...parts, addInstances, addPreview]) add(command, done);
}
