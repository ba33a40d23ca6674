/** Compiled calendars: the times of a recurrence as the server fires them. */
import type { Recurrence } from '../recurrence';
import { daysOfYear } from './day-rules';
import { planOf } from './plan-of';
import type { Plan } from './plan';
import { readScheduleTime } from './read-time';
import { walkAsServer } from './server-walk';
import { stretchesOf, type Stretch } from './stretches';
import { dayOfWall, lastYear, lowerBound, secondsOfDay, yearOfDay } from './wall';
import { startOfYear, zoneOf, type Zone } from './zone';

/** All times are milliseconds since the epoch, and whole seconds. */
export interface Calendar {
  /** The first time strictly after an instant; null where there is none. */
  next(after: number): number | null;
  /** The last time strictly before an instant; null where there is none. */
  previous(before: number): number | null;
  /** The times from one instant to another, both of which belong to it, ascending. */
  between(from: number, to: number, limit?: number): number[];
  includes(at: number): boolean;
}

/**
 * Compiles a recurrence. Its times are those that Temporal fires for `calendarsOf` in that zone,
 * changes of the clocks included (`server-walk.ts` has the rule), from its start to its end, both of
 * which belong to it; without a start they begin with 1970, and they end with 2100.
 * @throws TablegateError invalidInput where the recurrence or the zone is wrong
 */
export function openCalendar(recurrence: Recurrence, timezone: string): Calendar {
  const { startTime, endTime } = recurrence;
  const secondOf = (text: string, field: string): number =>
    Date.parse(readScheduleTime(text, timezone, `recurrence.${field}`)) / 1000;
  const first = startTime === null ? 0 : secondOf(startTime, 'startTime');
  const last = endTime === null ? endOfCalendars : secondOf(endTime, 'endTime');
  const times = new Times(planOf(recurrence), zoneOf(timezone), first, last);
  return {
    next: (after) => inMs(times.from(Math.floor(after / 1000) + 1)),
    previous: (before) => inMs(times.upTo(Math.ceil(before / 1000) - 1)),
    between: (from, to, limit) => {
      const found = times.between(Math.ceil(from / 1000), Math.floor(to / 1000), limit);
      return found.map((second) => second * 1000);
    },
    includes: (at) => at % 1000 === 0 && times.from(at / 1000) === at / 1000,
  };
}

const endOfCalendars = startOfYear(lastYear + 1) - 1;

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}

/** The times between two seconds, both of which belong to it. */
class Times {
  private readonly timesOfDay: number[];
  private readonly days = new Map<number, number[]>();
  private readonly stretches = new Map<number, Stretch[]>();
  private readonly walks = new Map<number, number[]>();
  private readonly last: number;

  constructor(
    private readonly plan: Plan,
    private readonly zone: Zone,
    private readonly first: number,
    last: number,
  ) {
    this.last = Math.min(last, endOfCalendars);
    this.timesOfDay = plan.hours.flatMap((hour) =>
      plan.minutes.flatMap((minute) => plan.seconds.map((it) => hour * 3600 + minute * 60 + it)),
    );
  }

  /** The first time at or after a second. */
  from(second: number): number | null {
    const start = Math.max(second, this.first);
    if (!(start <= this.last)) return null;
    for (let year = yearOf(start); year <= yearOf(this.last); year += 1) {
      for (const stretch of this.stretchesOf(year)) {
        if (stretch.to <= start) continue;
        const time = this.firstIn(stretch, Math.max(start, stretch.from));
        if (time !== null) return time <= this.last ? time : null;
      }
    }
    return null;
  }

  /** The last time at or before a second. */
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

  between(from: number, to: number, limit = Number.POSITIVE_INFINITY): number[] {
    const found: number[] = [];
    let time = limit > 0 ? this.from(from) : null;
    while (time !== null && time <= to) {
      found.push(time);
      time = found.length < limit ? this.from(time + 1) : null;
    }
    return found;
  }

  private firstIn(stretch: Stretch, second: number): number | null {
    const { to, offset } = stretch;
    if (offset === null) {
      const walk = this.walk(stretch);
      return walk[lowerBound(walk, second)] ?? null;
    }
    const wall = second + offset;
    const lastDay = dayOfWall(to - 1 + offset);
    for (let day = this.dayFrom(dayOfWall(wall), lastDay); day !== null;) {
      const ofDay = this.timesOfDay[lowerBound(this.timesOfDay, wall - day * secondsOfDay)];
      const time = ofDay === undefined ? null : day * secondsOfDay + ofDay - offset;
      if (time !== null) return time < to ? time : null;
      day = this.dayFrom(day + 1, lastDay);
    }
    return null;
  }

  private lastIn(stretch: Stretch, second: number): number | null {
    const { from, offset } = stretch;
    if (offset === null) {
      const walk = this.walk(stretch);
      return walk[lowerBound(walk, second + 1) - 1] ?? null;
    }
    const wall = second + offset;
    const firstDay = dayOfWall(from + offset);
    for (let day = this.dayUpTo(dayOfWall(wall), firstDay); day !== null;) {
      const index = lowerBound(this.timesOfDay, wall - day * secondsOfDay + 1) - 1;
      const ofDay = this.timesOfDay[index];
      const time = ofDay === undefined ? null : day * secondsOfDay + ofDay - offset;
      if (time !== null) return time >= from ? time : null;
      day = this.dayUpTo(day - 1, firstDay);
    }
    return null;
  }

  /** What the server finds around a change of the clocks; a start within it begins a new walk. */
  private walk({ from, to }: Stretch): number[] {
    const known = this.walks.get(from);
    if (known) return known;
    const walk = walkAsServer(this.plan, this.zone, Math.max(from, this.first), to - 1);
    this.walks.set(from, walk);
    return walk;
  }

  private dayFrom(day: number, lastDay: number): number | null {
    for (let year = yearOfDay(day); year <= yearOfDay(lastDay); year += 1) {
      const days = this.daysOf(year);
      const found = days[lowerBound(days, day)];
      if (found !== undefined) return found <= lastDay ? found : null;
    }
    return null;
  }

  private dayUpTo(day: number, firstDay: number): number | null {
    for (let year = yearOfDay(day); year >= yearOfDay(firstDay); year -= 1) {
      const days = this.daysOf(year);
      const found = days[lowerBound(days, day + 1) - 1];
      if (found !== undefined) return found >= firstDay ? found : null;
    }
    return null;
  }

  private daysOf(year: number): number[] {
    const known = this.days.get(year);
    if (known) return known;
    const days = year > lastYear ? [] : daysOfYear(this.plan.days, year);
    this.days.set(year, days);
    return days;
  }

  private stretchesOf(year: number): Stretch[] {
    const known = this.stretches.get(year);
    if (known) return known;
    const stretches = stretchesOf(this.zone, year);
    this.stretches.set(year, stretches);
    return stretches;
  }
}

function yearOf(second: number): number {
  return new Date(second * 1000).getUTCFullYear();
}
