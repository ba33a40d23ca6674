/** The time line of a zone, cut where its wall times stop or begin to be one to one with instants. */
import { startOfYear, endOfDay, type Transition, type Zone } from './zone';

/** A piece of the time line, in seconds; `to` does not belong to it. */
export interface Stretch {
  from: number;
  to: number;
  /** The one offset that it has; null around a change of the clocks. */
  offset: number | null;
}

/** How far around a change the server's walk can differ, beside the change's own length. */
const margin = 3 * 3600;

/**
 * The stretches that a year of UTC touches, in order and without holes; the first and last may reach
 * into the neighbours.
 */
export function stretchesOf(zone: Zone, year: number): Stretch[] {
  const start = startOfYear(year);
  const end = startOfYear(year + 1);
  const changes = [year - 1, year, year + 1].flatMap((one) => zone.transitions(one));
  const around = merge(changes.map(aroundChange)).filter(
    ({ from, to }) => to > start && from < end,
  );
  const found: Stretch[] = [];
  let at = start;
  for (const one of around) {
    if (one.from > at) found.push({ from: at, to: one.from, offset: zone.offsetAt(at) });
    found.push(one);
    at = one.to;
  }
  if (at < end) found.push({ from: at, to: end, offset: zone.offsetAt(at) });
  return found;
}

/** From some hours before a change to some hours after the end of its day. */
function aroundChange({ at, before, after }: Transition): Stretch {
  const wide = Math.abs(after - before) + margin;
  const to = endOfDay(at + Math.max(before, after)) - Math.min(before, after) + wide;
  return { from: at - wide, to, offset: null };
}

function merge(stretches: readonly Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const stretch of stretches) {
    const last = merged.at(-1);
    if (last && stretch.from <= last.to) last.to = Math.max(last.to, stretch.to);
    else merged.push({ ...stretch });
  }
  return merged;
}
