import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Slices } from '../model/slices';

/** How long one slice may keep everybody else waiting. */
const sliceMs = 10;

/** Does long work slice by slice: what else the process has to do comes in between. */
export async function inSlices<Result>(work: Slices<Result>): Promise<Result> {
  for (let until = performance.now() + sliceMs; ;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    await nextTurn();
    until = performance.now() + sliceMs;
  }
}
