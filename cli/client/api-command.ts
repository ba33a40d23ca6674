/** What all commands that call the API have in common: options, help, calls and refusals. */
import { Option, type Command } from 'commander';
import { ApiError, NoAnswerError, type ApiClient } from '../api-client';
import { say } from '../console';
import { adviceOn } from './advice';
import { connect, placeOf, type ConnectOptions, type Place } from './connect';
import { UsageError } from './usage-error';

export interface ApiOptions extends ConnectOptions {
  json?: boolean;
}

/** What the work of a command is given beside its arguments. */
export interface ApiCall<Options = object> {
  api: ApiClient;
  /** For calls that may plan much. */
  slowApi: ApiClient;
  options: Options & ApiOptions;
  /** Makes a command line to go on with, for the same server. */
  hint: (words: string) => string;
}

/** Takes the exit code of a command. */
export type Done = (code: number) => void;

export interface CommandText {
  about: string;
  /** Command lines without the program's name. */
  examples: string[];
}

/** Adds a command to a group, with what all of them have. */
export function apiCommand(group: Command, usage: string, text: CommandText): Command {
  return withApiOptions(group.command(usage), text);
}

/** Gives a command the options of all, a description and examples. */
export function withApiOptions(command: Command, { about, examples }: CommandText): Command {
  // The first option of a group says where the group stands in the help.
  command.option('--json', 'print what the API answered, as one JSON document');
  for (const [usage, what] of ofPlace) {
    command.addOption(new Option(usage, what).helpGroup('The server:'));
  }
  return withExamples(command.description(about), examples);
}

const ofPlace: readonly (readonly [string, string])[] = [
  ['--url <url>', 'base URL of the server (TABLEGATE_URL, http://127.0.0.1:8080)'],
  ['--key <key>', 'key of the API (TABLEGATE_KEY, else admin.key of the data folder)'],
  ['--data-dir <folder>', 'data folder that holds admin.key (TABLEGATE_DATA_DIR, .tablegate)'],
];

/** Ends the help with some command lines, given without the program's name. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  npx tablegate ${example}`);
  const heading = lines.length > 1 ? 'Examples' : 'Example';
  return command.addHelpText('after', `\n${heading}:\n${lines.join('\n')}`);
}

export interface WorkOptions {
  /** Fields of the API, as refusals name them, that the command has options for. */
  flags?: Record<string, string>;
}

/**
 * The action of a command: connects, does the work, and tells of refusals.
 * @param work takes the call and the arguments; answers the exit code
 */
export function onApi<Options, Args extends unknown[] = []>(
  done: Done,
  work: (call: ApiCall<Options>, ...args: Args) => Promise<number>,
  { flags }: WorkOptions = {},
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const options = command.opts<Options & ApiOptions>();
    const hint = hintFor(options);
    let place: Place | null = null;
    try {
      place = placeOf(options, process.env);
      const call = { ...connect(place), options, hint };
      done(await work(call, ...(given.slice(0, -2) as Args)));
    } catch (error) {
      if (error instanceof UsageError) {
        note(error.message);
        note(`Help: npx ${pathOf(command)} --help`);
        return done(2);
      }
      if (!place || !(error instanceof ApiError || error instanceof NoAnswerError)) throw error;
      if (options.json && error instanceof ApiError && error.body) printJson(error.body);
      for (const line of adviceOn(error, { place, hint, flags })) note(line);
      done(1);
    }
  };
}

/** A command's name after those of its groups. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

/** Options that say where the server is are said again; a key never is. */
function hintFor({ url, dataDir }: ApiOptions): (words: string) => string {
  const place = [
    ...(url === undefined ? [] : [`--url ${quoted(url)}`]),
    ...(dataDir === undefined ? [] : [`--data-dir ${quoted(dataDir)}`]),
  ];
  return (words) => ['npx tablegate', words, ...place].join(' ');
}

/** A word as a shell reads it. */
export function quoted(word: string): string {
  return /^[\w./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** What is said beside the answer: progress, and what to do next. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function printJson(body: unknown): void {
  say(JSON.stringify(body ?? null, null, 2));
}

/** Prints what the API answered: as JSON where that was asked for, else in lines for a person. */
export function print(
  { options }: Pick<ApiCall, 'options'>,
  body: unknown,
  lines: () => readonly string[],
): void {
  if (options.json) printJson(body);
  else for (const line of lines()) say(line);
}
