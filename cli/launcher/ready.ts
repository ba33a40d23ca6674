/** Whether the server serves. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Address under which this machine reaches what listens on `host`. */
export function localUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/**
 * Waits until `/readyz` answers 200, which is when a trigger would be served.
 * @param mayAsk looked at before each question: false while it would be in vain; throws to end the
 *   waiting
 * @throws Error with the last answer when that takes longer than `limitMs`
 */
export async function untilServing(
  baseUrl: string,
  limitMs: number,
  mayAsk: () => boolean,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  let last = 'no answer';
  while (Date.now() < deadline) {
    if (!mayAsk()) {
      await sleep(50);
      continue;
    }
    try {
      const answer = await fetch(`${baseUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
      if (answer.status === 200) return;
      last = `${answer.status} ${(await answer.text()).slice(0, 300)}`;
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  throw new Error(`The server is not ready after ${limitMs / 1000} s: ${last}`);
}
