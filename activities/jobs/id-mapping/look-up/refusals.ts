/** Refusals of look-ups, each in a sentence that says what to do. */
import { ConnectorError } from '../../../../connectors/connector';
import { isOutOfMemory } from '../../../../connectors/duckdb-engine';
import { TablegateError, type ErrorCode } from '../../../../model/errors';
import { JobError } from '../../../../model/job-type';
import type { LookedUpId } from '../../../../model/look-up';

const longestValue = 200;

/** An ID for people: `phone "0138"`. */
export function wordsOf({ idType, value }: LookedUpId): string {
  const shown = value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
  return `${idType} "${shown}"`;
}

/** Codes that say that something is not where the task expects it. */
const gone = new Set<ErrorCode>(['tableNotFound', 'columnNotFound', 'connectionNotFound']);

export function tooLarge(detail: string, cause?: unknown): TablegateError {
  return new TablegateError(
    'lookUpTooLarge',
    `${detail} Query the result in the analysis source in place of this.`,
    { cause },
  );
}

/**
 * What went wrong with a table, which its name is put in front of.
 * @returns the error as it is where it is none of a source
 */
export function refusalOf(table: string, error: unknown): unknown {
  const cause = (error as { cause?: unknown } | null)?.cause;
  if ([error, cause].some(isOutOfMemory))
    return tooLarge(`${table}: there was not enough memory.`, error);
  const isGone = error instanceof TablegateError && gone.has(error.code);
  if (isGone || error instanceof JobError) {
    const { message } = error;
    const detail = message.startsWith(`${table}: `) ? message : `${table}: ${message}`;
    return new TablegateError(
      'sourcesChanged',
      `${detail} Mend that or edit the task, run it, and ask again.`,
      { cause: error },
    );
  }
  if (error instanceof ConnectorError || error instanceof TablegateError) {
    const cause = error.cause ?? error;
    return new TablegateError('connectionFailed', `${table}: ${error.message}`, { cause });
  }
  return error;
}
