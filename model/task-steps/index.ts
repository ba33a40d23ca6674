/**
 * The state machine of a scheduling task (rules 1 to 6 and 14 of the design). Every step is a
 * function of the state, its argument, the clock and the ids in `StepContext`: no I/O, no
 * randomness of its own. Steps change the state in place; what they refuse, they refuse before
 * the first change.
 */
export * from './bookkeeping';
export * from './definition';
export {
  endLostRun,
  endRun,
  queuedRecord,
  runHandedOver,
  startByHand,
  whyNotStart,
  type RunEnd,
} from './runs';
export type { Refusal, StepContext } from './step';
export * from './triggers';
