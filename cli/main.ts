#!/usr/bin/env node
/** The command line. Each command is a file in `commands`, loaded only when it is asked for. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { explain, ignoreClosedConsole } from './console';
import { withFlags, type PlaceFlags } from './flags';

/** Loaded one at a time: the launcher has no use for what the server needs, and it is much. */
const commands = {
  demo: () => require('./commands/demo') as typeof import('./commands/demo'),
  doctor: () => require('./commands/doctor') as typeof import('./commands/doctor'),
  migrate: () => require('./commands/migrate') as typeof import('./commands/migrate'),
  rebuild: () => require('./commands/rebuild') as typeof import('./commands/rebuild'),
  server: () => require('./commands/server') as typeof import('./commands/server'),
  up: () => require('./commands/up') as typeof import('./commands/up'),
};

interface Group {
  about: string;
  load: () => { define: (command: Command, done: (code: number) => void) => void };
}

/** Commands that call the REST API of a server; each says itself what it takes. */
const groups: Record<string, Group> = {
  task: {
    about: 'list, show, create, edit, pause and remove scheduling tasks',
    load: () => require('./commands/task') as typeof import('./commands/task'),
  },
  run: {
    about: 'start, list, show, cancel and repeat runs of tasks',
    load: () => require('./commands/run') as typeof import('./commands/run'),
  },
  trigger: {
    about: 'say that a table has arrived, to one task or to all',
    load: () => require('./commands/trigger') as typeof import('./commands/trigger'),
  },
  backfill: {
    about: 'run past schedule times of tasks, with what comes after them if wished',
    load: () => require('./commands/backfill') as typeof import('./commands/backfill'),
  },
  script: {
    about: 'check the text of a sync script',
    load: () => require('./commands/script') as typeof import('./commands/script'),
  },
};

type UpOptions = import('./commands/up').UpOptions;

/** This file lies in `cli` of the sources or in `dist/cli` of the package. */
function version(): string {
  const above = [path.join(__dirname, '..'), path.join(__dirname, '..', '..')];
  const file = above.map((dir) => path.join(dir, 'package.json')).find((name) => existsSync(name));
  return file
    ? String((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version)
    : '';
}

function makeProgram(args: string[], done: (code: number) => void): Command {
  const program = new Command('tablegate')
    .description('Data-aware scheduling for Temporal')
    .version(version())
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError();
  const at = (command: Command) =>
    command
      .option('--port <port>', 'port of the API; 0 takes a free one (PORT, 8080)')
      .option('--host <address>', 'address that the API listens on (HOST, 127.0.0.1)')
      .option('--data-dir <folder>', 'data folder (TABLEGATE_DATA_DIR, .tablegate)');

  at(program.command('up', { isDefault: true }))
    .description('start everything in one data folder: Temporal, PostgreSQL, worker and API')
    .option('--no-demo', 'do not make the demo task')
    .option('--watch', 'start the server again after every build')
    .action(async (options: UpOptions) => done(await commands.up().up(options)));
  at(program.command('demo'))
    .description('start everything on a folder of its own, show one run, and end')
    .action(async (options: PlaceFlags) => done(await commands.demo().demo(options)));
  at(program.command('api'))
    .description('only the API, for a Temporal and a PostgreSQL that run already')
    .action(serveAs({ api: true, worker: false }, done));
  at(program.command('worker'))
    .description('only a worker, for a Temporal and a PostgreSQL that run already')
    .action(serveAs({ api: false, worker: true }, done));
  at(program.command('server'))
    .description('API and worker in one process, without what `up` starts around them')
    .action(serveAs({ api: true, worker: true }, done));
  program
    .command('migrate')
    .description('bring the tables of the store (DATABASE_URL) to this version')
    .action(async () => done(await commands.migrate().migrate()));
  program
    .command('rebuild')
    .description('write the read model of the store again from the workflows; deletes nothing')
    .action(async () => done(await commands.rebuild().rebuild()));
  at(program.command('doctor'))
    .description('look at everything that a start needs and say what is missing')
    .action(async (options: PlaceFlags) => done(await commands.doctor().doctor(options)));
  for (const [name, { about, load }] of Object.entries(groups)) {
    const group = program.command(name).description(about);
    // What a group takes is of no interest to the other commands.
    if (args.includes(name)) load().define(group, done);
  }
  refuseUnknown(program, args[0]);
  return program;
}

/** Without this a command that is misspelt would be taken for a word too many after `up`. */
function refuseUnknown(program: Command, word: string | undefined): void {
  if (word === undefined || word.startsWith('-') || word === 'help') return;
  if (program.commands.some((command) => command.name() === word)) return;
  program.error(`error: there is no command '${word}'`);
}

function serveAs(roles: { api: boolean; worker: boolean }, done: (code: number) => void) {
  return async (options: PlaceFlags) => {
    Object.assign(process.env, withFlags({}, options));
    done(await commands.server().serve(roles));
  };
}

/**
 * Runs one command line.
 * @param args words after the program's name
 * @returns exit code: 0 when it went well, 1 when it was refused or failed, 2 for a command line
 * that cannot be meant so; what went wrong is told on standard error
 */
export async function main(args: string[]): Promise<number> {
  let code = 0;
  try {
    await makeProgram(args, (result) => (code = result)).parseAsync(args, { from: 'user' });
  } catch (error) {
    // Its own text, or the help that was asked for, is out already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${explain(error)}\n`);
    return 1;
  }
  return code;
}

if (require.main === module) {
  ignoreClosedConsole();
  // What a command left open, such as a pool of connections, does not keep the process.
  void main(process.argv.slice(2)).then((code) => process.exit(code));
}
