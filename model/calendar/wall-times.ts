/** The times of a plan on a clock that never changes. All are wall times, in seconds. */
import { daysOfYear } from './day-rules';
import type { Plan } from './plan';
import { dayOfWall, lastYear, lowerBound, secondsOfDay, yearOfDay } from './wall';

export class WallTimes {
  /** Seconds since midnight, ascending; the same on each of its days. */
  private readonly ofDay: number[];
  private readonly years = new Map<number, number[]>();

  constructor(private readonly plan: Plan) {
    this.ofDay = plan.hours.flatMap((hour) =>
      plan.minutes.flatMap((minute) => plan.seconds.map((it) => hour * 3600 + minute * 60 + it)),
    );
  }

  /** The first from one wall time on, before another; null where there is none. */
  first(from: number, end: number): number | null {
    return this.list(from, end, 1)[0] ?? null;
  }

  /** The last before a wall time, down to another that belongs to it; null where there is none. */
  last(from: number, end: number): number | null {
    for (let day = this.dayUpTo(dayOfWall(end - 1), from); day !== null;) {
      const start = day * secondsOfDay;
      const ofDay = this.ofDay[lowerBound(this.ofDay, end - start) - 1];
      if (ofDay !== undefined) return start + ofDay >= from ? start + ofDay : null;
      day = this.dayUpTo(day - 1, from);
    }
    return null;
  }

  /** Those from one wall time on, before another, ascending; at most `limit`. */
  list(from: number, end: number, limit: number): number[] {
    const found: number[] = [];
    for (let day = this.dayFrom(dayOfWall(from), end); day !== null;) {
      const start = day * secondsOfDay;
      for (
        let index = lowerBound(this.ofDay, from - start);
        index < this.ofDay.length;
        index += 1
      ) {
        const wall = start + this.ofDay[index]!;
        if (wall >= end || found.length >= limit) return found;
        found.push(wall);
      }
      day = this.dayFrom(day + 1, end);
    }
    return found;
  }

  /** Whether a wall time is one of them. */
  includes(wall: number): boolean {
    return this.first(wall, wall + 1) !== null;
  }

  private dayFrom(day: number, end: number): number | null {
    const lastDay = dayOfWall(end - 1);
    for (let year = yearOfDay(day); year <= yearOfDay(lastDay); year += 1) {
      const days = this.daysOf(year);
      const found = days[lowerBound(days, day)];
      if (found !== undefined) return found <= lastDay ? found : null;
    }
    return null;
  }

  private dayUpTo(day: number, from: number): number | null {
    const firstDay = dayOfWall(from);
    for (let year = yearOfDay(day); year >= yearOfDay(firstDay); year -= 1) {
      const days = this.daysOf(year);
      const found = days[lowerBound(days, day + 1) - 1];
      if (found !== undefined) return found >= firstDay ? found : null;
    }
    return null;
  }

  private daysOf(year: number): number[] {
    const known = this.years.get(year);
    if (known) return known;
    const days = year > lastYear ? [] : daysOfYear(this.plan.days, year);
    this.years.set(year, days);
    return days;
  }
}
