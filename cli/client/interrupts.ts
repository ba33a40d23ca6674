/** Ctrl-C while something is watched: the watching ends, what is watched goes on. */

/** Exit code of a command that was interrupted, as shells have it. */
export const interruptedCode = 130;

/**
 * Does some work until it is done or Ctrl-C comes.
 * @param work heeds the signal, which is aborted by Ctrl-C
 * @returns what the work answers; null when it was interrupted
 */
export async function untilInterrupted<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const told = new AbortController();
  const interrupted = new Promise<null>((resolve) => {
    told.signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  const stop = () => told.abort();
  process.on('SIGINT', stop);
  try {
    return await Promise.race([work(told.signal), interrupted]);
  } finally {
    process.off('SIGINT', stop);
  }
}
