/** What is added to a time: `-1`, `+7*2`, `-1/24`, `-15/24/60`; of days, as the vendors count. */
import { daysInMonth, secondsOfDay } from '../calendar/wall';
import { UnreadableValue } from './refusal';
import type { Wall } from './time-format';

/** Nobody means more; and a sum stays in years of four digits. */
const mostDays = 36_525;

/** Either whole units of the calendar, or seconds that pass. */
export type Offset = { whole: number } | { seconds: number };

const termPattern = /^\s*([+-])\s*(\d+(?:\s*[*/]\s*\d+)*)/;

/**
 * Reads what follows a format: one or more signed terms.
 * @throws UnreadableValue where anything else is there
 */
export function readOffsets(text: string): Offset[] {
  const offsets: Offset[] = [];
  let rest = text;
  while (rest.trim() !== '') {
    const match = termPattern.exec(rest);
    if (!match) throw new UnreadableValue(badOffset(text));
    offsets.push(readOffset(match[1] as '+' | '-', match[2]!));
    rest = rest.slice(match[0].length);
  }
  return offsets;
}

/** A whole number, as `-1` or `12*2`, in the second place of `add_months`. */
export function readWhole(text: string): number {
  const signed = /^\s*[+-]/.test(text) ? text : `+${text}`;
  const [offset, ...more] = readOffsets(signed);
  if (offset && 'whole' in offset && more.length === 0) return offset.whole;
  throw new UnreadableValue(`"${text.trim()}" is not a whole number of months, such as -1 or 12*2`);
}

function badOffset(text: string): string {
  if (/\bN\b/.test(text)) {
    return `"${text.trim()}" has N, which stands for a number; write the number, as in -7*2`;
  }
  return (
    `"${text.trim()}" cannot be added to a time; -1 is a day before, -7*2 two weeks, -1/24 an hour, ` +
    '-15/24/60 a quarter of one'
  );
}

function readOffset(sign: '+' | '-', text: string): Offset {
  const numbers = text.split(/[*/]/).map((number) => number.trim());
  const padded = numbers.find((number) => /^0\d/.test(number));
  if (padded !== undefined) {
    throw new UnreadableValue(
      `"${sign}${text}" may be an offset or a part of the date; put a date's digits behind the ` +
        `bracket, as in $[yyyy-MM]-01`,
    );
  }
  const operators = text.replace(/[^*/]/g, '');
  const times = (operator: '*' | '/') =>
    numbers
      .slice(1)
      .filter((_, index) => operators[index] === operator)
      .reduce((product, number) => product * Number(number), 1);
  const up = Number(numbers[0]) * times('*') * (sign === '-' ? -1 : 1);
  const down = times('/');
  if (down === 0) throw new UnreadableValue(`"${sign}${text}" divides by zero`);
  if (Math.abs(up / down) > mostDays) {
    throw new UnreadableValue(`"${sign}${text}" is more than 100 years`);
  }
  if (!operators.includes('/')) return { whole: up };
  const seconds = (up * secondsOfDay) / down;
  if (Number.isInteger(seconds)) return { seconds };
  throw new UnreadableValue(`"${sign}${text}" of a day is no whole number of seconds`);
}

/** The same day so many months on; the last of its month where that has no such day. */
export function addMonths(wall: Wall, months: number): Wall {
  const time = new Date(wall * 1000);
  const month = time.getUTCFullYear() * 12 + time.getUTCMonth() + months;
  const year = Math.floor(month / 12);
  const ofYear = month - year * 12;
  const day = Math.min(time.getUTCDate(), daysInMonth(year, ofYear + 1));
  const timeOfDay = ((wall % secondsOfDay) + secondsOfDay) % secondsOfDay;
  return Date.UTC(year, ofYear, day) / 1000 + timeOfDay;
}
