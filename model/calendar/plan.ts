import type { DayRule } from './day-rules';

/**
 * A recurrence read: the times of day that it has on each of its days. All lists ascending. A time
 * belongs to it if its clock matches, and its day matches one of `days`.
 */
export interface Plan {
  seconds: number[];
  minutes: number[];
  hours: number[];
  days: DayRule[];
}
