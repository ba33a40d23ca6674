/** Schedule times as people write them, and as they are shown. */
import { refuse } from './refuse';
import { dayNumber, daysInMonth, secondsOfDay } from './wall';
import { changeOver, instantsOf, zoneOf, type Zone } from './zone';

const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?( ?[Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?)?$/;
const plainPattern = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;

/**
 * Reads a schedule time: ISO 8601 with an offset, or without one in `timezone`, where a time that
 * comes twice means the first. Date alone, minutes, and a blank instead of the T will do.
 * @param path the field that a refusal names
 * @returns ISO 8601 in UTC
 * @throws TablegateError invalidInput where it cannot be read, or the clocks skip it
 */
export function readScheduleTime(text: string, timezone: string, path: string): string {
  return isoUtc(firstOf(readIso(text, path), timezone, path));
}

/** How a time is written: `iso` as people may, `plain` as the vendors have it. */
export type TimeForm = 'iso' | 'plain';

/**
 * Reads a time that the clocks may show twice.
 * @returns the instants that it may mean, in ms, ascending: one, or two
 * @throws TablegateError invalidInput as `readScheduleTime` and `readPlainTime` do
 */
export function readInstants(
  text: string,
  form: TimeForm,
  timezone: string,
  path: string,
): number[] {
  const time = read(text, form, path);
  if (time.offset !== null) return [(time.wall - time.offset) * 1000];
  const zone = zoneOf(timezone);
  const instants = instantsOf(zone, time.wall);
  if (instants.length === 0) refuseSkipped(zone, time.wall, path);
  return instants.map((instant) => instant * 1000);
}

/**
 * Reads an end of a closed range: of a time that comes twice both belong to it, and one that the
 * clocks skip stands for the moment at which they do.
 * @returns ms; a range whose ends the clocks skip both ends 1 ms before it begins
 * @throws TablegateError invalidInput where it cannot be read
 */
export function readRangeEnd(
  text: string,
  form: TimeForm,
  timezone: string,
  path: 'startTime' | 'endTime',
): number {
  const time = read(text, form, path);
  if (time.offset !== null) return (time.wall - time.offset) * 1000;
  const zone = zoneOf(timezone);
  const instants = instantsOf(zone, time.wall);
  const at = path === 'startTime' ? instants[0] : instants.at(-1);
  if (at !== undefined) return at * 1000;
  const change = changeOver(zone, time.wall) * 1000;
  return path === 'startTime' ? change : change - 1;
}

/** True where the text says which instant it means, whatever the timezone. */
export function hasOffset(text: string, form: TimeForm): boolean {
  return form === 'iso' && (isoPattern.exec(text.trim())?.[8] ?? '') !== '';
}

interface Written {
  /** Wall time, or, with an offset, the same as UTC. */
  wall: number;
  /** Seconds ahead of UTC; null where none was written. */
  offset: number | null;
}

function read(text: string, form: TimeForm, path: string): Written {
  return form === 'plain' ? { wall: readPlain(text, path), offset: null } : readIso(text, path);
}

function firstOf({ wall, offset }: Written, timezone: string, path: string): number {
  return offset === null ? firstInstant(wall, timezone, path) : wall - offset;
}

function readIso(text: string, path: string): Written {
  const match = isoPattern.exec(text.trim());
  if (!match) {
    refuse(path, 'it must be a time such as 2026-01-20T00:00:00+01:00 or 2026-01-20 00:00:00');
  }
  if (Number(match[7] ?? '0') !== 0) refuse(path, 'it must be a whole second');
  const wall = readWall(match.slice(1, 7), path);
  const offset = match[8]?.trim();
  return { wall, offset: offset === undefined ? null : readOffset(offset, path) };
}

/**
 * Reads a time written `yyyy-MM-dd HH:mm:ss` in `timezone`, as the vendors have it, and no other.
 * @returns ISO 8601 in UTC
 * @throws TablegateError invalidInput naming the field `path`
 */
export function readPlainTime(text: string, timezone: string, path: string): string {
  return isoUtc(firstInstant(readPlain(text, path), timezone, path));
}

function readPlain(text: string, path: string): number {
  const match = plainPattern.exec(text);
  if (!match) refuse(path, 'it must be written yyyy-MM-dd HH:mm:ss, as in 2026-01-20 00:00:00');
  return readWall(match.slice(1, 7), path);
}

/**
 * Shows an instant in a zone, as in `2026-03-29T03:30:00+02:00`.
 * @param ms since the epoch; parts of a second are left out
 */
export function isoInZone(ms: number, timezone: string): string {
  const second = Math.floor(ms / 1000);
  const offset = zoneOf(timezone).offsetAt(second);
  return wallText(second + offset) + offsetText(offset);
}

/** A wall time as in `2026-03-29T03:30:00`. */
export function wallText(wall: number): string {
  return new Date(wall * 1000).toISOString().slice(0, 19);
}

function isoUtc(second: number): string {
  return new Date(second * 1000).toISOString();
}

function readWall(parts: readonly (string | undefined)[], path: string): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? '0'),
  );
  if (year < 1970) refuse(path, 'the year must be between 1970 and 9999');
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!isDate) refuse(path, 'there is no such day');
  if (hour > 23 || minute > 59 || second > 59) {
    refuse(path, 'there is no such time of day; the last is 23:59:59');
  }
  return dayNumber(year, month, day) * secondsOfDay + hour * 3600 + minute * 60 + second;
}

function readOffset(text: string, path: string): number {
  if (/^z$/i.test(text)) return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (text.slice(1).match(/\d\d/g) ?? []).map(Number);
  if (hours > 18 || minutes > 59 || seconds > 59) refuse(path, `there is no offset ${text}`);
  const offset = hours * 3600 + minutes * 60 + seconds;
  return text.startsWith('-') ? -offset : offset;
}

function offsetText(offset: number): string {
  const size = Math.abs(offset);
  const parts = [size / 3600, (size / 60) % 60, ...(size % 60 === 0 ? [] : [size % 60])];
  const digits = parts.map((part) => String(Math.floor(part)).padStart(2, '0'));
  return (offset < 0 ? '-' : '+') + digits.join(':');
}

function firstInstant(wall: number, timezone: string, path: string): number {
  const zone = zoneOf(timezone);
  const [first] = instantsOf(zone, wall);
  return first ?? refuseSkipped(zone, wall, path);
}

function refuseSkipped(zone: Zone, wall: number, path: string): never {
  const text = wallText(wall).replace('T', ' ');
  refuse(path, `${text} does not exist in ${zone.name}: the clocks skip it when they go forward`);
}
