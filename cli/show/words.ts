/** Numbers, durations and times as people read them. */
import { isoInZone } from '../../model/calendar/read-time';

/** As in `8,760 cells`, `1 cell`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** As in `8,760`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** As in `12 s`, `3 min`, `2 h 5 min`, `4 days`. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, Math.round(seconds * 10) / 10)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours < 48) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  return `${Math.round(hours / 24)} days`;
}

/** How long it took from one time to another; null where one is missing. */
export function tookText(from: string | null, to: string | null): string | null {
  return from && to ? durationText((Date.parse(to) - Date.parse(from)) / 1000) : null;
}

/** An instant in UTC without parts of a second, as in `2026-03-01T02:30:00Z`. */
export function utcText(iso: string | null): string | null {
  return iso === null ? null : iso.replace(/\.\d+(?=Z$)/, '');
}

/** A schedule time with the offset of a zone; in UTC where there is none. */
export function zonedText(iso: string | null, timezone: string | null): string | null {
  if (iso === null || timezone === null || timezone === 'UTC') return utcText(iso);
  return isoInZone(Date.parse(iso), timezone);
}

/** The time of day here; with the day where it is not today. */
export function clockText(at: Date, now: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === now.toDateString()) return clock;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
}
