/** What asks a start to stop: Ctrl-C, `kill`, a closed terminal. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes a Ctrl-C on to what it runs, which got it from the terminal already. */
const sameRequestMs = 1_000;

/**
 * Calls `onStop` at the first request, and with `fast` at every later one.
 * @returns takes a request from elsewhere
 */
export function onStopSignals(onStop: (fast: boolean) => void): () => void {
  let first = 0;
  const request = () => {
    const now = Date.now();
    if (first === 0) {
      first = now;
      onStop(false);
    } else if (now - first > sameRequestMs) {
      onStop(true);
    }
  };
  for (const signal of signals) process.on(signal, request);
  return request;
}
