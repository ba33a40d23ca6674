/**
 * When a table that is missing usually arrives, learned from the times it has come to a task before.
 * Nothing is said where these are few, or scattered.
 */
import { z } from 'zod';
import { instantsOf, zoneOf } from './calendar/zone';
import { secondsOfDay } from './calendar/wall';

export const arrivalBases = ['offset', 'timeOfDay', 'interval'] as const;

export const usualArrivalSchema = z.object({
  usualAt: z
    .string()
    .nullable()
    .meta({ description: 'When it usually would be there; null: not known' }),
  basis: z
    .enum(arrivalBases)
    .nullable()
    .meta({
      description:
        'What that is learned from: how long after their schedule time its marks came, at which time ' +
        'of the day, or how long after the one before',
    }),
  samples: z.number().int().meta({ description: 'Former marks that it is learned from' }),
  lateSeconds: z
    .number()
    .int()
    .nullable()
    .meta({ description: '0: not late yet; null: not known' }),
});
export type UsualArrival = z.infer<typeof usualArrivalSchema>;

/** A mark of one table in one task. */
export interface Arrival {
  at: string;
  /** Null: in an open round. */
  scheduleTime: string | null;
}

/** The gate that the table is missing in. */
export interface AwaitedGate {
  scheduleTime: string | null;
  since: string;
  /** Timezone of the task. */
  timezone: string;
}

/** Fewer say nothing. */
const fewest = 5;
/** Half of the times lie nearer to their middle than this, or nothing is said. In seconds. */
const mostScattered = 3 * 3600;
/** The same for intervals, as a part of the interval. */
const mostScatteredPart = 0.25;
/** Longer intervals are days, of which the clock says more. */
const longestInterval = 20 * 3600;

interface Learned {
  basis: (typeof arrivalBases)[number];
  /** In seconds since the epoch. */
  usualAt: number;
  samples: number;
}

/** @param arrivals former marks, in any order @param now in milliseconds */
export function usualArrival(
  arrivals: readonly Arrival[],
  gate: AwaitedGate,
  now: number,
): UsualArrival {
  const learned = gate.scheduleTime === null ? ofRound(arrivals, gate) : ofTime(arrivals, gate);
  if (learned === null) return { usualAt: null, basis: null, samples: 0, lateSeconds: null };
  const { basis, usualAt, samples } = learned;
  return {
    ...{ basis, samples, usualAt: new Date(usualAt * 1000).toISOString() },
    lateSeconds: Math.max(0, Math.round(now / 1000 - usualAt)),
  };
}

function secondsOf(text: string): number {
  return Date.parse(text) / 1000;
}

/** How long after its schedule time it comes: the first mark of each time counts. */
function ofTime(arrivals: readonly Arrival[], { scheduleTime }: AwaitedGate): Learned | null {
  const first = new Map<string, number>();
  for (const arrival of arrivals) {
    if (arrival.scheduleTime === null || arrival.scheduleTime === scheduleTime) continue;
    const known = first.get(arrival.scheduleTime) ?? Number.POSITIVE_INFINITY;
    first.set(arrival.scheduleTime, Math.min(known, secondsOf(arrival.at)));
  }
  const offsets = [...first].map(([time, at]) => at - secondsOf(time));
  const offset = middleOf(offsets, mostScattered);
  if (offset === null) return null;
  return { basis: 'offset', usualAt: secondsOf(scheduleTime!) + offset, samples: offsets.length };
}

function ofRound(arrivals: readonly Arrival[], gate: AwaitedGate): Learned | null {
  const times = arrivals
    .filter(({ scheduleTime, at }) => scheduleTime === null && at < gate.since)
    .map(({ at }) => secondsOf(at))
    .sort((one, other) => one - other);
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  const gap = gaps.length === 0 ? null : median(gaps);
  if (gap === null) return null;
  return gap < longestInterval ? byInterval(times, gaps, gap, gate) : byClock(times, gate);
}

/** As long after the one before as usual; a round that opened later is what makes it awaited. */
function byInterval(
  times: readonly number[],
  gaps: readonly number[],
  gap: number,
  { since }: AwaitedGate,
): Learned | null {
  if (middleOf(gaps, gap * mostScatteredPart) === null) return null;
  const usualAt = Math.max(times.at(-1)! + gap, secondsOf(since));
  return { basis: 'interval', usualAt, samples: times.length };
}

/** At the usual time of the day, on the day for which that comes nearest to when the round opened. */
function byClock(times: readonly number[], { since, timezone }: AwaitedGate): Learned | null {
  const zone = zoneOf(timezone);
  const ofDay = times.map((time) => remainder(time + zone.offsetAt(time), secondsOfDay));
  // Times around midnight are near to each other: the day is cut where none are.
  const cut = widestGapEnd(ofDay);
  const middle = middleOf(
    ofDay.map((time) => remainder(time - cut, secondsOfDay)),
    mostScattered,
  );
  if (middle === null) return null;
  const opened = secondsOf(since);
  const wall = opened + zone.offsetAt(opened);
  const ahead = remainder(cut + middle - wall, secondsOfDay);
  const nearest = wall + (ahead > secondsOfDay / 2 ? ahead - secondsOfDay : ahead);
  const instantOf = (at: number): number => instantsOf(zone, at)[0] ?? at - zone.offsetAt(at);
  // That one may have come, for the round before.
  const hasCome = instantOf(nearest) - times.at(-1)! < secondsOfDay / 2;
  const usualAt = instantOf(hasCome ? nearest + secondsOfDay : nearest);
  return { basis: 'timeOfDay', usualAt, samples: times.length };
}

/** @returns the first time of the day after the longest stretch of it without any */
function widestGapEnd(ofDay: readonly number[]): number {
  const sorted = ofDay.toSorted((one, other) => one - other);
  const gapBefore = (index: number): number =>
    remainder(sorted[index]! - sorted.at(index - 1)!, secondsOfDay);
  const best = sorted.reduce(
    (widest, _, index) => (gapBefore(index) > gapBefore(widest) ? index : widest),
    0,
  );
  return sorted[best]!;
}

/** The median; null where there are few values, or half of them are further from it than `most`. */
function middleOf(values: readonly number[], most: number): number | null {
  if (values.length < fewest) return null;
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle))) <= most ? middle : null;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function remainder(value: number, by: number): number {
  return ((value % by) + by) % by;
}
