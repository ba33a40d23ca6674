/** `tablegate script`: sync scripts. */
import type { Command } from 'commander';
import { withExamples, type Done } from '../../client/api-command';
import { addValidate } from './validate';

/** Gives the command its subcommands. */
export function define(command: Command, done: Done): void {
  withExamples(command, ['script validate orders.json']);
  addValidate(command, done);
}
