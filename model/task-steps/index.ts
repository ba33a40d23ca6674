/**
 * The state machine of a scheduling task (rules 1 to 14 of the design). Every step is a function of
 * the state, its argument, the clock and the ids in `StepContext`: no I/O, no randomness of its
 * own. Steps change the state in place; what they refuse, they refuse before the first change.
 */
export { runsToStart } from './begin';
export * from './bookkeeping';
export * from './cancel';
export { requestCells, stopCells } from './cells';
export * from './definition';
export { takeImport, whyNotImport, type ImportedTask } from './imports';
export { queuedRecord, wholeVersion } from './records';
export {
  endLostRun,
  endRun,
  runHandedOver,
  startByHand,
  startNext,
  whyNotStart,
  type RunEnd,
} from './runs';
export type { KnownChange, Refusal, StepContext } from './step';
export * from './ticks';
export { nextTimeLimit, passTime } from './time-limits';
export * from './triggers';
export { startWithPresent, whyNotWithPresent, type PresentAsk } from './with-present';
