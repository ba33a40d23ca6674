/** What is special about a time because the clocks change. All times here are seconds. */
import { wallText } from './read-time';
import { serverInstant } from './server-walk';
import type { WallTimes } from './wall-times';
import type { ZoneTimes } from './zone-times';
import { endOfDay, instantsOf, type Transition, type Zone } from './zone';

/** The same times by the clock on the wall and as they are fired. */
export interface Look {
  wallTimes: WallTimes;
  times: ZoneTimes;
  zone: Zone;
}

/** How far behind a change its effects reach: the rest of the repeated hour and one more. */
const reach = 4 * 3600;

/**
 * @param previous the time before it
 * @returns sentences for people; null where nothing is special
 */
export function dstNote(look: Look, previous: number, at: number): string | null {
  const changes = look.zone.transitionsBetween(previous - reach, at + reach);
  const notes = [
    ...changes.map((change) => passedOverNote(look, change, previous, at)),
    changes.length > 0 ? ownNote(look, changes, at) : null,
  ].filter((note) => note !== null);
  return notes.length > 0 ? notes.join(' ') : null;
}

/** The time itself: one that comes twice, or one that stands in for another. */
function ownNote(look: Look, changes: readonly Transition[], at: number): string | null {
  const { wallTimes, times, zone } = look;
  const wall = at + zone.offsetAt(at);
  if (!wallTimes.includes(wall)) return standInNote(look, changes, at);
  const both = instantsOf(zone, wall);
  if (both.length < 2) return null;
  const runs = both.filter((instant) => isTime(times, instant));
  const which = at === both[0] ? 'first' : 'second';
  const often = runs.length > 1 ? 'it runs both times, here the' : 'it runs once, at the';
  return `The clocks go back and ${clockText(wall)} comes twice; ${often} ${which}.`;
}

function standInNote(look: Look, changes: readonly Transition[], at: number): string {
  const shown = clockText(at + look.zone.offsetAt(at));
  const skipped = changes.flatMap((change) => skippedWalls(look, change));
  const moved = skipped.filter((wall) => serverInstant(look.zone, wall) === at);
  if (moved.length > 0) {
    return `The clocks go forward and skip ${listed(moved)}; it runs at ${shown} instead.`;
  }
  return `The clocks change and Temporal runs it at ${shown}, which is none of its usual times.`;
}

/** Times after the one before and up to this one that do not run because of a change. */
function passedOverNote(
  look: Look,
  change: Transition,
  previous: number,
  at: number,
): string | null {
  const { before, after } = change;
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  const first = Math.max(change.at + low, previous + low);
  const end = Math.min(endOfDay(change.at + high) + reach, at + high + 1);
  const walls = look.wallTimes.list(first, end, Number.POSITIVE_INFINITY).filter((wall) => {
    const place = instantsOf(look.zone, wall).at(-1) ?? change.at;
    return place > previous && place <= at && !runsSomewhere(look, wall);
  });
  if (walls.length === 0) return null;
  const day = wallText(change.at + before).slice(0, 10);
  const way = after > before ? 'forward' : 'back';
  return `The clocks go ${way} on ${day}; left out: ${listed(walls)}.`;
}

function runsSomewhere(look: Look, wall: number): boolean {
  const instants = instantsOf(look.zone, wall);
  if (instants.length === 0) return standsIn(look, wall);
  return instants.some((instant) => isTime(look.times, instant));
}

/** Its times that the clocks leave out. */
function skippedWalls({ wallTimes }: Look, { at, before, after }: Transition): number[] {
  return wallTimes.list(at + before, at + after, Number.POSITIVE_INFINITY);
}

/** Whether a skipped time runs at another one that is none of its own. */
function standsIn({ wallTimes, times, zone }: Look, wall: number): boolean {
  const instant = serverInstant(zone, wall);
  return isTime(times, instant) && !wallTimes.includes(instant + zone.offsetAt(instant));
}

function isTime(times: ZoneTimes, instant: number): boolean {
  return times.between(instant, instant, 1).length > 0;
}

function listed(walls: readonly number[]): string {
  const shown = walls.slice(0, 3).map(clockText).join(', ');
  return walls.length > 3 ? `${shown} and ${walls.length - 3} more` : shown;
}

function clockText(wall: number): string {
  const text = wallText(wall).slice(11);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}
