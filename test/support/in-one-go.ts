import type { Slices } from '../../model/slices';

/** Does work to its end without a break. */
export function inOneGo<Result>(work: Slices<Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
