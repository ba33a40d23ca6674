/**
 * The instants at which everything is due. All of a run lie in less than an hour, so that the minutes
 * of the hour tell them apart: one recurrence then has all that a side is due at.
 */
import { orderOf, type Side } from '../support/turns';

const minuteMs = 60_000;

export interface Slot {
  side: Side;
  pair: number;
  /** Milliseconds since 1970. */
  due: number;
}

/** Most pairs that fit into an hour. */
export function mostPairsOf(minutesApart: number): number {
  return Math.floor(60 / (2 * minutesApart));
}

/** @param from the first is at the first whole minute from here on */
export function slotsOf(pairs: number, minutesApart: number, from: number): Slot[] {
  const first = Math.ceil(from / minuteMs) * minuteMs;
  return Array.from({ length: pairs }, (_, pair) => orderOf(pair).map((side) => ({ side, pair })))
    .flat()
    .map((turn, index) => ({ ...turn, due: first + index * minutesApart * minuteMs }));
}

/** When a side is due: minutes of the hour, within a range. */
export interface DueTimes {
  minutes: number[];
  startAt: Date;
  endAt: Date;
}

export function dueTimesOf(slots: readonly Slot[], side: Side): DueTimes {
  const mine = slots.filter((slot) => slot.side === side);
  const first = slots[0]!.due;
  const last = slots.at(-1)!.due;
  return {
    minutes: mine.map(({ due }) => new Date(due).getUTCMinutes()),
    startAt: new Date(first),
    endAt: new Date(last),
  };
}
