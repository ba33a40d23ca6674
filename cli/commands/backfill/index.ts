/** `tablegate backfill`: past schedule times, run again or for the first time. */
import { Option, type Command } from 'commander';
import { existingChoices } from '../../../model/existing-choice';
import { onApi, withApiOptions, type Done } from '../../client/api-command';
import { refuseOptionsBefore, several, wholeNumber } from '../../client/options';
import { addList } from './list';
import { addMoves } from './moves';
import { backfillFlags } from './request';
import { addShow } from './show';
import { start } from './start';
import { addWatch } from './watch';

/** Gives the command its options and subcommands. */
export function define(command: Command, done: Done): void {
  withApiOptions(command, {
    about:
      'run past schedule times of tasks, with what comes after them if wished, and show how it ' +
      'goes until it has ended',
    examples: [
      'backfill --task Unify --from 2026-01-01 --to 2026-01-31 --dry-run',
      'backfill --task Unify --from 2026-01-01 --to 2026-01-31 --downstream',
      'backfill --table crm.main.orders --time "2026-01-20 00:00:00" --detach',
    ],
  })
    .enablePositionalOptions()
    .usage('--task <task> --from <time> --to <time> [options]')
    .option('--task <task>', 'id or exact name of a task; may be given several times', several)
    .option('--table <table>', 'all tasks that list or read this table; several times', several)
    .option('--from <time>', 'first time; without an offset it is in the time zone of each task')
    .option('--to <time>', 'last time, which belongs to it')
    .option(
      '--time <time>',
      'a time by itself, in place of --from and --to; several times',
      several,
    )
    .option('--downstream', 'with everything that comes after them')
    .addOption(
      new Option('--existing <choice>', 'what has run: rerun all of it, what failed, or none')
        .choices(existingChoices)
        .default('rerun'),
    )
    .option('--concurrency <n>', 'most runs at the same time (16)', wholeNumber)
    .option('-y, --confirm', 'start it however large it is')
    .option('--dry-run', 'only show the plan')
    .option('--detach', 'do not wait for its end')
    .hook('preSubcommand', refuseOptionsBefore)
    .action(onApi(done, start, { flags: backfillFlags }));
  addList(command, done);
  addShow(command, done);
  addWatch(command, done);
  addMoves(command, done);
}
