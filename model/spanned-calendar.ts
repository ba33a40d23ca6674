/** A calendar whose times over a span are worked out once, for plans that ask for them all. */
import type { Calendar } from './calendar';
import { firstFrom, positionOf, sliceBetween } from './sorted-times';

/** Most times that are kept; what lies after them is asked of the calendar itself. */
const mostKept = 200_000;

/**
 * @param from first instant of the span
 * @param to its last
 * @returns a calendar with the same times
 */
export function spannedCalendar(calendar: Calendar, from: number, to: number): Calendar {
  const times = calendar.between(from, to, mostKept);
  const end = times.length === mostKept ? times.at(-1)! : to;
  const isWithin = (at: number): boolean => at >= from && at <= end;
  return {
    next(after) {
      const known = isWithin(after) ? times[firstFrom(times, after + 1)] : undefined;
      return known ?? calendar.next(after);
    },
    previous(before) {
      const known = isWithin(before) ? times[firstFrom(times, before) - 1] : undefined;
      return known ?? calendar.previous(before);
    },
    between(first, last, limit) {
      if (!isWithin(first) || !isWithin(last)) return calendar.between(first, last, limit);
      return sliceBetween(times, first, last).slice(0, limit);
    },
    includes: (at) => (isWithin(at) ? positionOf(times, at) !== -1 : calendar.includes(at)),
  };
}
