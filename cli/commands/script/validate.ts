/** `tablegate script validate`: what is wrong with the text of a script, and where. */
import type { Command } from 'commander';
import type { ScriptProblem } from '../../../model/script';
import { readScript } from '../../../model/script-reading';
import { problemOfValue } from '../../../model/schedule-parameters';
import { ApiError, NoAnswerError } from '../../api-client';
import {
  apiCommand,
  note,
  print,
  type ApiCall,
  type ApiOptions,
  type Done,
} from '../../client/api-command';
import { connect, placeOf } from '../../client/connect';
import { several } from '../../client/options';
import { readText } from '../../client/read-json';
import { UsageError } from '../../client/usage-error';
import { explain } from '../../console';

interface Options extends ApiOptions {
  parameter?: string[];
  offline?: boolean;
}

/** As `POST /scripts:validate` answers it. */
interface Validation {
  valid: boolean;
  problems: ScriptProblem[];
  reads: string[];
  writes: string[];
  values: Record<string, string>;
  unresolved: string[];
}

export function addValidate(group: Command, done: Done): void {
  apiCommand(group, 'validate <file>', {
    about:
      'say what is wrong with a script, line by line; a server that answers is asked about its ' +
      'connections, too. Ends with 1 where anything is wrong',
    examples: [
      'script validate orders.json',
      "script validate orders.json --parameter 'day=${yyyyMMdd}'",
      'script validate - --offline --json < orders.json',
    ],
  })
    .option('--parameter <name=value>', 'a value for ${name}; may be given several times', several)
    .option('--offline', 'ask no server')
    .action(async (file: string, options: Options) => done(await validate(file, options)));
}

async function validate(file: string, options: Options): Promise<number> {
  try {
    const text = (await readText(file)).replace(/^\ufeff/, '');
    const parameters = parametersOf(options);
    const here = validateHere(text, parameters);
    const seen = here.valid && !options.offline ? await askServer(text, parameters, options) : null;
    const validation = seen ?? here;
    print({ options } as Pick<ApiCall, 'options'>, validation, () => linesOf(file, validation));
    return validation.valid ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    note(error.message);
    note('Help: npx tablegate script validate --help');
    return 2;
  }
}

function parametersOf({ parameter = [] }: Options): Record<string, string> {
  const pairs = parameter.map((text) => {
    const end = text.indexOf('=');
    if (end < 1) throw new UsageError(`--parameter is "${text}"; it must be name=value`);
    const [name, value] = [text.slice(0, end), text.slice(end + 1)];
    const problem = problemOfValue(value);
    if (problem !== null) throw new UsageError(`--parameter ${name}: ${problem}`);
    return [name, value] as const;
  });
  return Object.fromEntries(pairs);
}

/** Everything but whether the connections are there. */
function validateHere(text: string, parameters: Record<string, string>): Validation {
  const list = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  const at = { scheduleTime: new Date(), timezone: 'UTC' };
  const { script, problems, lineage, values, unresolved } = readScript(text, list, at, []);
  const hasError = problems.some(({ severity }) => severity === 'error');
  const valid = script !== null && !hasError && unresolved.length === 0;
  return { valid, problems, ...lineage, values, unresolved };
}

/** @returns null where no server answers, which is said */
async function askServer(
  script: string,
  parameters: Record<string, string>,
  options: Options,
): Promise<Validation | null> {
  try {
    const { api } = connect(placeOf(options, process.env));
    return await api.post<Validation>('/scripts:validate', { script, parameters });
  } catch (error) {
    if (error instanceof UsageError || error instanceof ApiError) throw error;
    const reason = error instanceof NoAnswerError ? 'no server answers' : explain(error);
    note(`Whether its connections are there was not looked at: ${reason}`);
    return null;
  }
}

function linesOf(file: string, { valid, problems, reads, writes, unresolved }: Validation) {
  const name = file === '-' ? 'Standard input' : file;
  return [
    ...problems.map(({ line, column, severity, path, message }) => {
      const where = path === '' ? '' : `${path}: `;
      return `${name}:${line}:${column}: ${severity}: ${where}${message}`;
    }),
    ...unresolved.map((one) => `${name}: error: nothing is set for \${${one}}; use --parameter`),
    ...(valid ? [`${name} is valid`, ...tables('reads', reads), ...tables('writes', writes)] : []),
  ];
}

function tables(what: string, names: readonly string[]): string[] {
  return names.map((name) => `  ${what} ${name}`);
}
