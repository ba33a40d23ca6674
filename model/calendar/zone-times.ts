/** The times of a plan in a zone, as the server fires them. All are seconds since the epoch. */
import type { Plan } from './plan';
import { walkAsServer } from './server-walk';
import { stretchesOf, type Stretch } from './stretches';
import { lastYear, lowerBound } from './wall';
import { WallTimes } from './wall-times';
import { startOfYear, yearOf, type Zone } from './zone';

/** The last second that calendars have. */
const endOfCalendars = startOfYear(lastYear + 1) - 1;

export class ZoneTimes {
  private readonly wallTimes: WallTimes;
  private readonly stretches = new Map<number, Stretch[]>();
  private readonly walks = new Map<number, number[]>();
  private readonly last: number;

  /** @param first,last bounds that belong to it */
  constructor(
    private readonly plan: Plan,
    private readonly zone: Zone,
    private readonly first: number,
    last: number,
  ) {
    this.wallTimes = new WallTimes(plan);
    this.last = Math.min(last, endOfCalendars);
  }

  /** The first at or after a second; null where there is none. */
  from(second: number): number | null {
    return this.between(second, this.last, 1)[0] ?? null;
  }

  /** The last at or before a second; null where there is none. */
  upTo(second: number): number | null {
    const end = Math.min(second, this.last);
    if (!(end >= this.first)) return null;
    for (let year = yearOf(end); year >= yearOf(this.first); year -= 1) {
      for (const stretch of this.stretchesOf(year).toReversed()) {
        if (stretch.from > end) continue;
        const time = this.lastIn(stretch, Math.min(end, stretch.to - 1));
        if (time !== null) return time >= this.first ? time : null;
      }
    }
    return null;
  }

  /** Those from one second to another, both of which belong to it, ascending; at most `limit`. */
  between(from: number, to: number, limit: number): number[] {
    const found: number[] = [];
    const start = Math.max(from, this.first);
    const end = Math.min(to, this.last);
    if (!(start <= end)) return found;
    let next = start;
    for (let year = yearOf(start); year <= yearOf(end); year += 1) {
      for (const stretch of this.stretchesOf(year)) {
        if (found.length >= limit) return found;
        // Two years share the stretch over their border, so it may have been gone through already.
        const [low, high] = [Math.max(next, stretch.from), Math.min(end, stretch.to - 1)];
        if (low <= high) append(found, this.timesIn(stretch, low, high, limit - found.length));
        next = Math.max(next, stretch.to);
      }
    }
    return found;
  }

  private timesIn(stretch: Stretch, from: number, to: number, limit: number): number[] {
    const { offset } = stretch;
    if (offset === null) {
      const walk = this.walk(stretch);
      const start = lowerBound(walk, from);
      return walk.slice(start, Math.min(lowerBound(walk, to + 1), start + limit));
    }
    const walls = this.wallTimes.list(from + offset, to + 1 + offset, limit);
    return walls.map((wall) => wall - offset);
  }

  private lastIn(stretch: Stretch, second: number): number | null {
    const { from, offset } = stretch;
    if (offset === null) {
      const walk = this.walk(stretch);
      return walk[lowerBound(walk, second + 1) - 1] ?? null;
    }
    const wall = this.wallTimes.last(from + offset, second + 1 + offset);
    return wall === null ? null : wall - offset;
  }

  /** What the server finds around a change of the clocks; a start within it begins a new walk. */
  private walk({ from, to }: Stretch): number[] {
    const known = this.walks.get(from);
    if (known) return known;
    const walk = walkAsServer(this.plan, this.zone, Math.max(from, this.first), to - 1);
    this.walks.set(from, walk);
    return walk;
  }

  /** None for a year in or beside which it has no day: such years need not be looked up. */
  private stretchesOf(year: number): Stretch[] {
    const known = this.stretches.get(year);
    if (known) return known;
    const mayCome = this.plan.days.some(
      ({ years }) => years === null || years.some((one) => Math.abs(one - year) <= 1),
    );
    const stretches = mayCome ? stretchesOf(this.zone, year) : [];
    this.stretches.set(year, stretches);
    return stretches;
  }
}

function append(found: number[], times: readonly number[]): void {
  for (const time of times) found.push(time);
}
