/** Chooses among any number of tables without holding up everything else that the process does. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long it goes on before others get their turn. */
const stepMs = 20;

/**
 * `all.filter(takes)` in steps: a thousand regular expressions over ten thousand names take minutes.
 * @throws the reason of the signal
 */
export async function takenOf<One>(
  all: readonly One[],
  takes: (one: One) => boolean,
  signal: AbortSignal,
): Promise<One[]> {
  const taken: One[] = [];
  let endsAt = performance.now() + stepMs;
  for (const one of all) {
    if (takes(one)) taken.push(one);
    if (performance.now() < endsAt) continue;
    await nextTurn();
    signal.throwIfAborted();
    endsAt = performance.now() + stepMs;
  }
  return taken;
}
