/** Looks at sources by calls of people: each costs memory and time of the process that answers. */
import { ConnectorError } from './connector';
import { Turns } from './turns';

/** Engines and buffers of so many looks fit beside everything else that a server does. */
const mostAtOnce = 4;
/** Longer than a look waits for a file that another process holds. */
const waitMs = 10_000;

/** Longest that reading rows, or a statement of a look, may take. */
export const callLimitMs = 10_000;

const turns = new Turns(mostAtOnce);

/**
 * Runs a look when there are not too many already.
 * @throws ConnectorError after ten seconds without a turn; what `look` throws
 */
export async function withLook<T>(look: () => Promise<T>): Promise<T> {
  if (!(await turns.take({ waitMs, signal: null }))) {
    throw new ConnectorError(
      `Too many calls look at data sources at once; waited ${waitMs / 1000} s for a turn.`,
      { retryable: true },
    );
  }
  try {
    return await look();
  } finally {
    turns.end();
  }
}

/**
 * The same for a look that reads rows, which may go on for ever: it is broken off in time.
 * @throws ConnectorError when it takes too long; what `look` throws
 */
export async function withTimedLook<T>(
  look: (signal: AbortSignal) => Promise<T>,
  limitMs = callLimitMs,
): Promise<T> {
  return withLook(async () => {
    const signal = AbortSignal.timeout(limitMs);
    try {
      return await look(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new ConnectorError(`Reading its first rows took longer than ${limitMs / 1000} s.`, {
        retryable: true,
      });
    }
  });
}
