/** What is special about a time because the clocks change. */
import type { Calendar } from './open-calendar';
import type { Plan } from './plan';
import { wallText } from './read-time';
import { hasDate } from './day-rules';
import { dayOfWall, secondsOfDay, weekdayOf } from './wall';
import { instantsOf, type Transition, type Zone } from './zone';

export interface Look {
  calendar: Calendar;
  plan: Plan;
  zone: Zone;
}

/** How far behind a change its effects reach: the rest of the repeated hour and one more. */
const reach = 4 * 3600;

/**
 * @param previousMs the time before it, in milliseconds like `atMs`
 * @returns sentences for people; null where nothing is special
 */
export function dstNote(look: Look, previousMs: number, atMs: number): string | null {
  const [previous, at] = [previousMs / 1000, atMs / 1000];
  const changes = look.zone.transitionsBetween(previous - reach, at + reach);
  const notes = [
    ...changes.map((change) => passedOverNote(look, change, previous, at)),
    ownNote(look, changes, at),
  ].filter((note) => note !== null);
  return notes.length > 0 ? notes.join(' ') : null;
}

/** The time itself: one that comes twice, or that stands in for one that does not exist. */
function ownNote({ calendar, plan, zone }: Look, changes: Transition[], at: number): string | null {
  const wall = at + zone.offsetAt(at);
  const both = instantsOf(zone, wall);
  if (!matches(plan, wall)) {
    return changes.length > 0 ? 'It runs at another time than usual, as the clocks change.' : null;
  }
  if (both.length < 2) return null;
  const runs = both.filter((instant) => calendar.includes(instant * 1000));
  const which = at === both[0] ? 'first' : 'second';
  const often = runs.length > 1 ? `it runs both times, here the` : 'it runs once, at the';
  return `${clockText(wall)} comes twice that day, as the clocks go back; ${often} ${which}.`;
}

/** Times of the plan before it, and after the one before, that do not run because of a change. */
function passedOverNote(
  { calendar, plan, zone }: Look,
  change: Transition,
  previous: number,
  at: number,
): string | null {
  const { before, after } = change;
  const first = change.at + Math.min(before, after);
  const walls: number[] = [];
  for (let wall = first; wall < change.at + Math.max(before, after) + reach; wall += 1) {
    if (!matches(plan, wall)) continue;
    const instants = instantsOf(zone, wall);
    const place = instants.at(-1) ?? wall - before;
    if (place <= previous || place > at) continue;
    if (!instants.some((instant) => calendar.includes(instant * 1000))) walls.push(wall);
  }
  if (walls.length === 0) return null;
  const way = after > before ? 'forward' : 'back';
  const day = wallText(change.at + before).slice(0, 10);
  return `The clocks go ${way} on ${day}: ${listed(walls)} passed over.`;
}

function listed(walls: readonly number[]): string {
  const shown = walls.slice(0, 3).map(clockText).join(', ');
  const more = walls.length > 3 ? ` and ${walls.length - 3} more` : '';
  return `${shown}${more} ${walls.length > 1 ? 'are' : 'is'}`;
}

function clockText(wall: number): string {
  const text = wallText(wall).slice(11);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}

function matches({ seconds, minutes, hours, days }: Plan, wall: number): boolean {
  const day = dayOfWall(wall);
  const ofDay = wall - day * secondsOfDay;
  if (!seconds.includes(ofDay % 60) || !minutes.includes(Math.floor(ofDay / 60) % 60)) return false;
  if (!hours.includes(Math.floor(ofDay / 3600))) return false;
  const date = new Date(wall * 1000);
  const [year, month, ofMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return days.some(
    (rule) => hasDate(rule, year, month, ofMonth) && rule.daysOfWeek.includes(weekdayOf(day)),
  );
}
