/** Formats of times as the vendors write them: `yyyyMMdd`, `yyyy-mm-dd`, `hh24miss`, `HH:mm`. */
import { UnreadableValue } from './refusal';

const units = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
type Unit = (typeof units)[number];

/** A time as a clock on the wall shows it, in seconds since 1970. */
export type Wall = number;

type Part =
  { kind: 'text'; text: string } | { kind: 'token'; unit: Unit; digits: 2 | 4; token: string };

export interface TimeFormat {
  /** The finest unit that it shows. */
  finest: Unit;
  show(wall: Wall): string;
}

/** Longer tokens first. `mm` is settled by its neighbours. */
const tokens: readonly (readonly [token: string, unit: Unit])[] = [
  ['yyyy', 'year'],
  ['YYYY', 'year'],
  ['hh24', 'hour'],
  ['HH24', 'hour'],
  ['yy', 'year'],
  ['MM', 'month'],
  ['mm', 'month'],
  ['dd', 'day'],
  ['DD', 'day'],
  ['HH', 'hour'],
  ['hh', 'hour'],
  ['mi', 'minute'],
  ['MI', 'minute'],
  ['ss', 'second'],
  ['SS', 'second'],
];

const known = 'yyyy, yy, MM or mm, dd, HH or hh24, mi or mm behind hours, ss';

/**
 * @param text such as `yyyy-MM-dd HH:mm:ss`
 * @throws UnreadableValue naming what is not known in it
 */
export function readTimeFormat(text: string): TimeFormat {
  const parts = settleMinutes(split(text));
  const shown = parts.flatMap((part) => (part.kind === 'token' ? [part.unit] : []));
  if (shown.length === 0) {
    throw new UnreadableValue(`"${text}" shows no time; a format is made of ${known}`);
  }
  const finest = units.findLast((unit) => shown.includes(unit))!;
  return { finest, show: (wall) => parts.map((part) => showPart(part, wall)).join('') };
}

function split(text: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < text.length;) {
    const found = tokens.find(([token]) => text.startsWith(token, at));
    if (found) {
      const [token, unit] = found;
      parts.push({ kind: 'token', unit, digits: /^y{4}$/i.test(token) ? 4 : 2, token });
      at += token.length;
    } else {
      parts.push({ kind: 'text', text: separatorAt(text, at) });
      at += 1;
    }
  }
  return parts;
}

function separatorAt(text: string, at: number): string {
  const character = text[at]!;
  if (/[-/:. _,]/.test(character)) return character;
  // As in ISO 8601.
  if (character === 'T' && at > 0) return character;
  if (/\d/.test(character)) {
    throw new UnreadableValue(
      `"${text}" has digits in its format; put them behind the bracket, as in $[yyyyMM]01`,
    );
  }
  throw new UnreadableValue(`"${text}" has "${character}"; a format is made of ${known}`);
}

/** `mm` behind hours or before seconds means minutes, everywhere else months. */
function settleMinutes(parts: Part[]): Part[] {
  const shown = parts.filter((part) => part.kind === 'token');
  return parts.map((part) => {
    if (part.kind === 'text' || part.token !== 'mm') return part;
    const place = shown.indexOf(part);
    const isMinutes =
      shown[place - 1]?.unit === 'hour' ||
      (shown[place + 1]?.unit === 'second' && shown[place - 1]?.unit !== 'year');
    return isMinutes ? { ...part, unit: 'minute' } : part;
  });
}

function showPart(part: Part, wall: Wall): string {
  if (part.kind === 'text') return part.text;
  const time = new Date(wall * 1000);
  const value = {
    year: time.getUTCFullYear(),
    month: time.getUTCMonth() + 1,
    day: time.getUTCDate(),
    hour: time.getUTCHours(),
    minute: time.getUTCMinutes(),
    second: time.getUTCSeconds(),
  }[part.unit];
  return String(part.digits === 2 ? value % 100 : value).padStart(part.digits, '0');
}
