/** Times, durations and numbers as people read them. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(zone: string | undefined): Intl.DateTimeFormat {
  const known = formats.get(zone ?? '');
  if (known) return known;
  const options = {
    ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
    ...({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const),
  };
  const format = new Intl.DateTimeFormat('en-CA', { ...options, ...(zone && { timeZone: zone }) });
  formats.set(zone ?? '', format);
  return format;
}

const offsetFormats = new Map<string, Intl.DateTimeFormat>();

function offsetFormatIn(zone: string | undefined): Intl.DateTimeFormat {
  const known = offsetFormats.get(zone ?? '');
  if (known) return known;
  const options = { timeZoneName: 'shortOffset', ...(zone && { timeZone: zone }) } as const;
  const format = new Intl.DateTimeFormat('en', options);
  offsetFormats.set(zone ?? '', format);
  return format;
}

/** @returns the parts of a time by the clocks of a zone; of the browser without one */
export function clockOf(at: string | Date, zone?: string): { date: string; time: string } {
  const parts = formatIn(zone).formatToParts(new Date(at));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
  };
}

/** `2026-11-28 09:15:30` by the clocks of a zone. */
export function timeText(at: string | Date, zone?: string): string {
  const { date, time } = clockOf(at, zone);
  return `${date} ${time}`;
}

/** Offset of a zone at an instant, as in `GMT+8`. */
export function offsetText(at: string | Date, zone?: string): string {
  const parts = offsetFormatIn(zone).formatToParts(new Date(at));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** The same offset as in `offsetText`; nothing where the browser's clocks show the same. */
export function otherOffset(at: string | Date, zone?: string): string {
  if (zone === undefined) return '';
  const there = offsetText(at, zone);
  return there === offsetText(at) ? '' : there;
}

/** A time as files have it: with its offset where the reader's clocks would show another. */
export function writtenTime(at: string | Date, zone?: string): string {
  return [timeText(at, zone), otherOffset(at, zone)].join(' ').trim();
}

/** `1 h 04 min`, `12.4 s`, of a number of seconds. */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Seconds between two times; up to now without the second. */
export function secondsBetween(from: string, to: string | null): number {
  return ((to === null ? Date.now() : Date.parse(to)) - Date.parse(from)) / 1000;
}

/** `3 minutes ago`, `in 2 hours`, in the language. */
export function agoText(at: string, locale: string, now = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const steps = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const;
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(Math.trunc(seconds), 'second');
}

export function countText(count: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(count);
}
