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
