/** Expressions of time: the inside of `${…}` and of `$[…]`. */
import { dayOfWall, secondsOfDay } from '../calendar/wall';
import { zoneOf } from '../calendar/zone';
import { addMonths, readOffsets, readWhole, type Offset } from './offset';
import { UnreadableValue } from './refusal';
import { readTimeFormat, type Wall } from './time-format';

/** The schedule time that values are made for, and the timezone that it is read in. */
export interface EvaluatedAt {
  scheduleTime: Date;
  timezone: string;
}

/** Gives the value at a schedule time. */
export type Evaluate = (at: EvaluatedAt) => string;

/** `business`: from the day before the schedule day, to the day. `schedule`: from the schedule time. */
export type TimeBase = 'business' | 'schedule';

/** Longer than any that means something. */
const longestExpression = 100;

const addMonthsPattern = /^add_months\s*\(([^,()]*),([^,()]*)\)(.*)$/i;

/**
 * @param text the inside of the brackets
 * @throws UnreadableValue
 */
export function readExpression(text: string, base: TimeBase): Evaluate {
  if (text.length > longestExpression) {
    throw new UnreadableValue(`an expression of time has at most ${longestExpression} characters`);
  }
  const monthly = addMonthsPattern.exec(text.trim());
  if (monthly) {
    const [, format, months, rest] = monthly as unknown as [string, string, string, string];
    return evaluator(base, format.trim(), readOffsets(rest), readWhole(months));
  }
  if (text.includes('(')) {
    throw new UnreadableValue(`"${text}" has a function that is not known; there is add_months`);
  }
  const [format, rest] = splitOffset(text);
  return evaluator(base, format, readOffsets(rest), 0);
}

/** An offset begins where a sign comes before a digit, or before anything behind a blank. */
function splitOffset(text: string): [format: string, rest: string] {
  const begin = /\s*[+-]\s*(?=\d|N\b)|\s*\+/.exec(text)?.index ?? text.length;
  return [text.slice(0, begin).trim(), text.slice(begin)];
}

function evaluator(base: TimeBase, text: string, offsets: Offset[], months: number): Evaluate {
  const format = readTimeFormat(text);
  const { finest } = format;
  const passing = offsets.flatMap((offset) => ('seconds' in offset ? [offset.seconds] : []));
  if (base === 'business') {
    const ofDay = finest === 'hour' || finest === 'minute' || finest === 'second';
    if (ofDay || passing.length > 0) {
      throw new UnreadableValue(
        `"${text}" asks the business date for a time of day, which it has not; $[…] has one`,
      );
    }
  }
  const whole = sum(offsets.flatMap((offset) => ('whole' in offset ? [offset.whole] : [])));
  // Counted in the finest unit of a business date, and always in days of a schedule time.
  const perWhole =
    base === 'business' ? { year: 12, month: 1 }[finest as 'year' | 'month'] : undefined;
  const allMonths = months + (perWhole === undefined ? 0 : whole * perWhole);
  const days = perWhole === undefined ? whole : 0;
  return (at) => {
    const wall = wallOf(at, base, sum(passing));
    return format.show(addMonths(wall, allMonths) + days * secondsOfDay);
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Hours and minutes pass as they do; days and months are counted on the calendar. */
function wallOf({ scheduleTime, timezone }: EvaluatedAt, base: TimeBase, passing: number): Wall {
  const instant = Math.floor(scheduleTime.getTime() / 1000) + passing;
  const wall = instant + zoneOf(timezone).offsetAt(instant);
  return base === 'business' ? (dayOfWall(wall) - 1) * secondsOfDay : wall;
}
