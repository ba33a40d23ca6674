/** Times as DataArts' clients write them. */
import { readScheduleTime } from '../calendar';

/**
 * Reads ISO 8601, and the form with a blank before the offset (`2026-04-14T00:00:00 +08`).
 * @param timezone in which a time without an offset is read
 * @param path the field that a refusal names
 * @returns ISO 8601 in UTC
 * @throws TablegateError invalidInput
 */
export function readVendorTime(text: string, timezone: string, path: string): string {
  const joined = text.trim().replace(/\s+(?=[+-]\d\d(?::?\d\d)?$)/, '');
  return readScheduleTime(joined, timezone, path);
}

/** The same for a moment of the past, which may have parts of a second. */
export function readVendorMoment(text: string, timezone: string, path: string): string {
  const fraction = /(?<=:\d\d)[.,]\d+/.exec(text)?.[0] ?? '.0';
  const whole = readVendorTime(text.replace(fraction, ''), timezone, path);
  const ms = Math.floor(Number(`0.${fraction.slice(1)}`) * 1000);
  return new Date(Date.parse(whole) + ms).toISOString();
}
