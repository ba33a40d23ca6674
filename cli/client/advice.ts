/** What went wrong with a call of the API, and what to do about it. */
import { NoAnswerError, type ApiError } from '../api-client';
import type { Place } from './connect';

export interface AdviceOptions {
  place: Pick<Place, 'url' | 'keyFrom'>;
  /** Makes a command line for the same server. */
  hint: (words: string) => string;
  /** Fields of the API that the command has options for. */
  flags?: Record<string, string> | undefined;
}

/** @returns the error in words for a person, one sentence or field a line */
export function adviceOn(error: ApiError | NoAnswerError, options: AdviceOptions): string[] {
  if (error instanceof NoAnswerError) return noAnswer(error, options);
  const next = nextStep(error, options);
  return [...wordsOf(error, options.flags ?? {}), ...(next === null ? [] : [next])];
}

function noAnswer(error: NoAnswerError, { place }: AdviceOptions): string[] {
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return [
        `Nothing answers at ${place.url}.`,
        'Start the server (npm start, or npx tablegate up), or say where it is with --url or TABLEGATE_URL.',
      ];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [
        `The host of ${place.url} is not known.`,
        'Say where the server is with --url or TABLEGATE_URL.',
      ];
    default:
      return [
        `${error.message}${code && ` (${code})`}.`,
        error.mayBeDone
          ? 'What was asked for may have been done all the same: look before you do it again.'
          : 'Look at the log of the server, or say where it is with --url or TABLEGATE_URL.',
      ];
  }
}

interface Caused {
  code?: unknown;
  cause?: unknown;
  /** Of an AggregateError: a host may have several addresses. */
  errors?: unknown[];
}

/** The code of the innermost cause that has one, as in `ECONNREFUSED`; else nothing. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, cause, errors = [] } = error as Caused;
  return codeOf(cause) || codeOf(errors[0]) || (typeof code === 'string' ? code : '');
}

function wordsOf(error: ApiError, flags: Record<string, string>): string[] {
  const { detail, errors = [] } = error.body ?? {};
  const said = typeof detail === 'string' ? detail : error.message;
  const fields = errors.length > 1 ? errors.map((each) => `  ${each.path}: ${each.message}`) : [];
  return [said, ...fields].map((line) => withFlags(line, flags));
}

/** Names the options of the command in place of the fields of the API. */
function withFlags(line: string, flags: Record<string, string>): string {
  const field =
    /`(\w+)((?:\[\d+\])?)`(?: in the (?:body|query))?|(?<=^ {2})(\w+)|\b([a-z]+[A-Z]\w*)/g;
  return line.replace(
    field,
    (whole: string, quotedName?: string, index = '', first?: string, camelCase?: string) => {
      const name = String(quotedName ?? first ?? camelCase);
      return Object.hasOwn(flags, name) ? `${flags[name]}${index}` : whole;
    },
  );
}

const steps: Record<string, (options: AdviceOptions) => string> = {
  notAuthenticated: ({ place }) =>
    `The key is from ${place.keyFrom}: give one of this server with --key or TABLEGATE_KEY, or its data folder with --data-dir.`,
  notAllowed: ({ place }) =>
    `The key is from ${place.keyFrom}: give that of a user whose role allows it with --key or TABLEGATE_KEY.`,
  taskNotFound: ({ hint }) => `All tasks: ${hint('task list')}`,
  runNotFound: ({ hint }) => `All runs: ${hint('run list')}`,
  backfillNotFound: ({ hint }) => `All backfills: ${hint('backfill list')}`,
  triggerNotFound: ({ hint }) => `All calls of a task: ${hint('trigger list <task>')}`,
  runInProgress: ({ hint }) => `What runs: ${hint('run list --status running')}`,
  taskInUse: () => 'With --detach they no longer come after it.',
  temporalUnavailable: () => 'Try again; the log of the server says more if it stays so.',
  storeUnavailable: () => 'Try again; the log of the server says more if it stays so.',
  workerUnavailable: () => 'Start a worker (npm start, or npx tablegate worker), then try again.',
  notReady: () => 'It is starting: try again in a few seconds.',
  tooManyTriggers: () => 'Try again in a few seconds.',
  requestInProgress: () => 'Try again in a few seconds.',
};

function nextStep(error: ApiError, options: AdviceOptions): string | null {
  if (error.code === '') return `What answers at ${options.place.url} may not be Tablegate.`;
  return steps[error.code]?.(options) ?? null;
}
