/** Time zones: their offsets, from `Intl`. Instants are seconds since the epoch. */
import { upTo } from './ranges';
import { refuse } from './refuse';
import { dayOfWall, secondsOfDay } from './wall';

/** A time with one offset. Its ends may be nearer than those of the zone's own period. */
export interface Period {
  start: number;
  /** The first second that does not belong to it. */
  end: number;
  /** Seconds that the clocks are ahead of UTC. */
  offset: number;
}

/** A change of the clocks. */
export interface Transition {
  at: number;
  /** Offsets before and after it. */
  before: number;
  after: number;
}

interface Year {
  transitions: Transition[];
  periods: Period[];
}

/** Since 1970 no zone has kept an offset for a shorter time; the shortest was just under a week. */
const probeStep = 6 * secondsOfDay;

export class Zone {
  private readonly format: Intl.DateTimeFormat;
  private readonly years = new Map<number, Year>();
  /** Most questions are about the same time. */
  private lastPeriod: Period | undefined;

  /** @throws RangeError where there is no such zone */
  constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  offsetAt(instant: number): number {
    return this.periodAt(instant).offset;
  }

  periodAt(instant: number): Period {
    const last = this.lastPeriod;
    if (last && instant >= last.start && instant < last.end) return last;
    const { periods } = this.year(yearOf(instant));
    this.lastPeriod = periods.find(({ end }) => instant < end)!;
    return this.lastPeriod;
  }

  /** The changes within a year of UTC, in order. */
  transitions(year: number): Transition[] {
    return this.year(year).transitions;
  }

  /** The changes from one instant to another, both of which belong to it. */
  transitionsBetween(from: number, to: number): Transition[] {
    return upTo(yearOf(from), yearOf(to))
      .flatMap((year) => this.transitions(year))
      .filter(({ at }) => at >= from && at <= to);
  }

  private year(year: number): Year {
    const known = this.years.get(year);
    if (known) return known;
    const start = startOfYear(year);
    const end = startOfYear(year + 1);
    const transitions = this.findTransitions(start - 1, end - 1);
    const found = { transitions, periods: this.periodsOf(start, end, transitions) };
    this.years.set(year, found);
    return found;
  }

  private findTransitions(from: number, to: number): Transition[] {
    const found: Transition[] = [];
    let before = this.ask(from);
    for (let low = from; low < to; low += probeStep) {
      const high = Math.min(low + probeStep, to);
      const last = this.ask(high);
      for (let start = low; before !== last; start = found.at(-1)!.at) {
        const at = this.firstWithout(before, start, high);
        found.push({ at, before, after: this.ask(at) });
        before = found.at(-1)!.after;
      }
    }
    return found;
  }

  /** The first instant in (low, high] whose offset is not the one at `low`. */
  private firstWithout(offset: number, low: number, high: number): number {
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.ask(middle) === offset) low = middle;
      else high = middle;
    }
    return high;
  }

  private periodsOf(start: number, end: number, transitions: Transition[]): Period[] {
    const starts = [start, ...transitions.map(({ at }) => at)];
    return starts
      .map((from, index) => ({
        start: from,
        end: starts[index + 1] ?? end,
        offset: transitions[index - 1]?.after ?? this.ask(start - 1),
      }))
      .filter((period) => period.start < period.end);
  }

  private ask(instant: number): number {
    const text = this.format.format(instant * 1000);
    const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
    if (!match) return 0;
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return match[1] === '-' ? -seconds : seconds;
  }
}

/** Further from UTC no wall time is. */
const reach = 2 * secondsOfDay;

const zones = new Map<string, Zone>();
/** More than there are; the same name can be written in many ways. */
const zonesKept = 1000;

/** @throws TablegateError invalidInput where there is no such zone */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  const zone = openZone(name);
  if (zones.size >= zonesKept) zones.clear();
  zones.set(name, zone);
  return zone;
}

function openZone(name: string): Zone {
  try {
    return new Zone(name);
  } catch {
    refuse('timezone', 'it must be an IANA time zone such as Europe/Berlin');
  }
}

/** The instant at which the clocks skip a wall time. */
export function changeOver(zone: Zone, wall: number): number {
  const changes = zone.transitionsBetween(wall - reach, wall + reach);
  const change = changes.find(({ at, before, after }) => wall >= at + before && wall < at + after);
  return change?.at ?? wall - zone.offsetAt(wall);
}

/** The year of UTC that an instant is in. */
export function yearOf(instant: number): number {
  return new Date(instant * 1000).getUTCFullYear();
}

export function startOfYear(year: number): number {
  return Date.UTC(year, 0, 1) / 1000;
}

/** The second after the last of the day that a wall time is on. */
export function endOfDay(wall: number): number {
  return (dayOfWall(wall) + 1) * secondsOfDay;
}

/** The instants at which the clocks show a wall time: none, one or two, ascending. */
export function instantsOf(zone: Zone, wall: number): number[] {
  const { start, end, offset } = zone.periodAt(wall);
  if (wall - reach >= start && wall + reach < end) return [wall - offset];
  const changes = zone.transitionsBetween(wall - reach, wall + reach);
  const offsets = new Set([
    zone.offsetAt(wall),
    ...changes.flatMap(({ before, after }) => [before, after]),
  ]);
  return [...offsets]
    .map((offset) => wall - offset)
    .filter((instant) => instant + zone.offsetAt(instant) === wall)
    .sort((one, other) => one - other);
}
