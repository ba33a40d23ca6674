/** Calls a URL at a steady rate, whether or not the calls before were answered. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Calls {
  /** From when each call was due to the end of its answer, in milliseconds. */
  ms: number[];
  /** Answered with anything but 200, or not at all. */
  refused: number;
}

const callLimitMs = 60_000;

/**
 * Calls until the promise settles, and waits for what was not answered by then.
 * @throws what the promise throws
 */
export async function callSteadily(
  url: string,
  callsPerSecond: number,
  until: Promise<unknown>,
): Promise<Calls> {
  const calls: Calls = { ms: [], refused: 0 };
  const under: Promise<void>[] = [];
  let isOver = false;
  const over = until.finally(() => (isOver = true));
  over.catch(() => undefined);
  const startedAt = performance.now();
  for (let made = 0; !isOver; made += 1) {
    const dueAt = startedAt + (made * 1000) / callsPerSecond;
    await sleep(Math.max(0, dueAt - performance.now()));
    under.push(call(url, dueAt, calls));
  }
  await Promise.all(under);
  await over;
  return calls;
}

async function call(url: string, dueAt: number, calls: Calls): Promise<void> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(callLimitMs) });
    await answer.text();
    if (answer.status !== 200) calls.refused += 1;
  } catch {
    calls.refused += 1;
  }
  calls.ms.push(performance.now() - dueAt);
}
