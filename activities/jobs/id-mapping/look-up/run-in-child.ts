/** The parent's side of a look-up. */
import path from 'node:path';
import { TablegateError } from '../../../../model/errors';
import { JobError } from '../../../../model/job-type';
import type { LookUpAnswer } from '../../../../model/look-up';
import { runChild, type Ending } from '../../run-child';
import type { FromLookUp, LookUpRequest } from './messages';

/** Its data lie in DuckDB and in typed arrays, which have bounds of their own. */
const heapMiB = 256;

/** @returns the ending when it is the last message */
function endingOf(message: FromLookUp): Ending<LookUpAnswer> | null {
  switch (message.type) {
    case 'doing':
      return null;
    case 'answer':
      return { answer: message.answer };
    case 'fault': {
      const cause = new Error(message.stack);
      return { error: new Error(`look-up: ${message.message}`, { cause }) };
    }
  }
}

/**
 * Answers a question in a child process, which is killed when the signal aborts.
 * @param onDoing told what the child is doing, in words that fit behind «while»
 * @throws TablegateError lookUpTooLarge where the child died; the signal's reason; anything else is
 * a fault
 */
export async function lookUpInChild(
  request: LookUpRequest,
  signal: AbortSignal,
  onDoing: (what: string) => void,
): Promise<LookUpAnswer> {
  try {
    return await runChild<FromLookUp, LookUpAnswer>({
      entry: path.join(__dirname, 'child'),
      request,
      signal,
      receive: (message) => {
        if (message.type === 'doing') onDoing(message.what);
        return endingOf(message);
      },
      memory: { heapMiB },
    });
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    throw new TablegateError('lookUpTooLarge', error.message, { cause: error });
  }
}
