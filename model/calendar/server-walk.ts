/**
 * How Temporal's server (1.29) walks from one time of its calendars to the next, for the days on
 * which the clocks change. The rule, as the server has it:
 *
 * - It counts on in wall time, field by field, from where the last time was, and turns what it finds
 *   into an instant as Go's `time.Date` does: with the offset that the zone has at the instant that
 *   these digits name in UTC, or, if that leads out of that offset's period, with the offset where it
 *   leads to. So of a wall time that comes twice, zones east of Greenwich get the second and zones
 *   west of it the first; one that was skipped lands up to the gap's length before or after it.
 * - A result in another hour than the one asked for is passed over together with the rest of that
 *   hour; one in the same hour counts, so that in gaps of half an hour a skipped time is moved.
 * - Where the next full hour is more than an hour away, the hour is gone through once more, now with
 *   an hour added to each result; the same for an hour that began less than an hour before under the
 *   same number. That hour is added whatever the clocks' change really is.
 * - The day of the week is that of the instant, so on a day without midnight it may be the day
 *   before's.
 *
 * What a walk finds on such a day can depend on where it began; ours begins before that day.
 */
import { hasDate } from './day-rules';
import type { Plan } from './plan';
import { dayOfWall, secondsOfDay, weekdayOf } from './wall';
import type { Zone } from './zone';

const anHour = 3600;

/** The instant that the server takes for a wall time, both in seconds. */
export function serverInstant(zone: Zone, wall: number): number {
  const { start, end, offset } = zone.periodAt(wall);
  const instant = wall - offset;
  if (instant >= start && instant < end) return instant;
  return wall - zone.offsetAt(instant);
}

/**
 * The times that the server fires from an instant to another, both of which belong to it.
 * @param from seconds; neither here nor in the hours before it may the clocks change
 * @returns ascending
 */
export function walkAsServer(plan: Plan, zone: Zone, from: number, to: number): number[] {
  const walker = new Walker(plan, zone, from, to);
  const times: number[] = [];
  for (let at = walker.next(from - 1); at !== null && at <= to; at = walker.next(at)) {
    times.push(at);
  }
  return times;
}

/** Of each rule, the days of the week on which a day matches, by the number of the day. */
type DaysOfRule = Map<number, readonly number[]>;

class Walker {
  private readonly isSecond: boolean[];
  private readonly isMinute: boolean[];
  private readonly isHour: boolean[];
  private readonly rules: DaysOfRule[];
  private readonly lastDay: number;

  constructor(
    plan: Plan,
    private readonly zone: Zone,
    from: number,
    to: number,
  ) {
    this.isSecond = flags(plan.seconds, 60);
    this.isMinute = flags(plan.minutes, 60);
    this.isHour = flags(plan.hours, 24);
    const firstDay = dayOfWall(from) - 2;
    this.lastDay = dayOfWall(to) + 2;
    this.rules = plan.days
      .map((rule) => {
        const days: DaysOfRule = new Map();
        for (let day = firstDay; day <= this.lastDay; day += 1) {
          const date = new Date(day * secondsOfDay * 1000);
          const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
          if (hasDate(rule, year, month, date.getUTCDate())) days.set(day, rule.daysOfWeek);
        }
        return days;
      })
      .filter((days) => days.size > 0);
  }

  /** The first time after an instant; null where there is none up to the last day. */
  next(after: number): number | null {
    let first: number | null = null;
    for (const days of this.rules) {
      const time = this.nextOf(days, after);
      if (time !== null && (first === null || time < first)) first = time;
    }
    return first;
  }

  private nextOf(days: DaysOfRule, after: number): number | null {
    const at = this.positionAfter(after);
    for (;;) {
      this.carry(at);
      if (!this.toDay(at, days)) return null;
      if (!this.toHour(at) || !this.toMinute(at) || !this.toSecond(at)) continue;
      const instant = serverInstant(this.zone, wallOf(at));
      // The server would walk in a circle over the second of these; no gap to come has that.
      if (this.hourAt(instant) === at.hour && instant + at.added > after) return instant + at.added;
      skipHour(at, at.added);
    }
  }

  private positionAfter(after: number): Position {
    const wall = after + this.zone.offsetAt(after);
    const day = dayOfWall(wall);
    const ofDay = wall - day * secondsOfDay;
    const hour = Math.floor(ofDay / anHour);
    const added = this.hourAt(after - anHour) === hour ? anHour : 0;
    return { day, hour, minute: Math.floor(ofDay / 60) % 60, second: (ofDay % 60) + 1, added };
  }

  private carry(at: Position): void {
    if (at.second >= 60) {
      at.minute += 1;
      at.second = 0;
    }
    if (at.minute >= 60) this.carryHour(at);
    if (at.hour >= 24) {
      at.day += 1;
      at.hour = 0;
    }
  }

  private carryHour(at: Position): void {
    at.minute = 0;
    const begun = serverInstant(this.zone, at.day * secondsOfDay + at.hour * anHour);
    const next = serverInstant(this.zone, at.day * secondsOfDay + (at.hour + 1) * anHour);
    if (at.added === 0 && next - begun > anHour) {
      at.added = anHour;
    } else {
      at.hour += 1;
      at.added = 0;
    }
  }

  private toDay(at: Position, days: DaysOfRule): boolean {
    while (at.day <= this.lastDay) {
      const daysOfWeek = days.get(at.day);
      if (daysOfWeek?.includes(this.weekdayAt(at))) return true;
      Object.assign(at, { day: at.day + 1, hour: 0, minute: 0, second: 0, added: 0 });
    }
    return false;
  }

  private toHour(at: Position): boolean {
    while (at.hour < 24 && !this.isHour[at.hour]) skipHour(at, 0);
    return at.hour < 24;
  }

  private toMinute(at: Position): boolean {
    while (at.minute < 60 && !this.isMinute[at.minute]) {
      at.minute += 1;
      at.second = 0;
    }
    return at.minute < 60;
  }

  private toSecond(at: Position): boolean {
    while (at.second < 60 && !this.isSecond[at.second]) at.second += 1;
    return at.second < 60;
  }

  private weekdayAt(at: Position): number {
    const instant = serverInstant(this.zone, wallOf(at));
    return weekdayOf(dayOfWall(instant + this.zone.offsetAt(instant)));
  }

  private hourAt(instant: number): number {
    const wall = instant + this.zone.offsetAt(instant);
    return Math.floor((wall - dayOfWall(wall) * secondsOfDay) / anHour);
  }
}

/** Where the walk is, in wall time. */
interface Position {
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Seconds that are added to what it finds: those of an hour that comes again. */
  added: number;
}

function wallOf({ day, hour, minute, second }: Position): number {
  return day * secondsOfDay + hour * anHour + minute * 60 + second;
}

function skipHour(at: Position, added: number): void {
  Object.assign(at, { hour: at.hour + 1, minute: 0, second: 0, added });
}

function flags(values: readonly number[], length: number): boolean[] {
  return Array.from({ length }, (_, value) => values.includes(value));
}
