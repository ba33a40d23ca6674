/** Dates and times of a transfer: read strictly, never moved to another day or rounded. Pure. */
import { DirtyValue } from './dirty-value';
import type { TimeRange, TransferType } from './transfer-types';

type Of<Kind> = Extract<TransferType, { kind: Kind }>;

interface Moment {
  /** `YYYY-MM-DD` */
  date: string;
  /** `HH:MM:SS` */
  clock: string;
  /** Digits after the point, without zeros at the end. */
  fraction: string;
  /** Minutes east of UTC; null: none is written. */
  offset: number | null;
}

const momentPattern =
  /^(\d{4,6})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i;

const misfit = (text: string, what: string) =>
  new DirtyValue(`${text.length > 60 ? `${text.slice(0, 60)}…` : text} is ${what}`);

function isZero(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d/.test(text) && (text.startsWith('0000-') || /-00/.test(text.slice(4, 10)))
  );
}

const two = (text: string) => text.padStart(2, '0');

function momentOf(text: string): Moment {
  const found = momentPattern.exec(text);
  if (found === null) throw misfit(text, 'no date or time of a form that is known');
  const [, year = '', month = '', day = '', hour = '0', minute = '00', second = '00'] = found;
  const date = `${year}-${two(month)}-${two(day)}`;
  const days = new Date(Date.UTC(2000, Number(month), 0)).getUTCDate();
  const leap = isLeap(Number(year)) ? 29 : 28;
  const last = Number(month) === 2 ? leap : days;
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > last) {
    throw misfit(text, 'no day of the calendar');
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw misfit(text, 'no time of a day');
  }
  return {
    date,
    clock: `${two(hour)}:${minute}:${second}`,
    fraction: (found[7] ?? '').replace(/0+$/, ''),
    offset: offsetOf(found[8]),
  };
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function offsetOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^(Z|UTC)$/i.test(text)) return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(':', '') || '0');
  return text.startsWith('-') ? -minutes : minutes;
}

/** The same moment as UTC has it. */
function inUtc(moment: Moment): Moment {
  if (moment.offset === null || moment.offset === 0) return moment;
  const [year = 0, month = 1, day = 1] = moment.date.split('-').map(Number);
  const [hour = 0, minute = 0, second = 0] = moment.clock.split(':').map(Number);
  const at = new Date(Date.UTC(2000, month - 1, day, hour, minute - moment.offset, second));
  at.setUTCFullYear(year + (at.getUTCFullYear() - 2000));
  const iso = at.toISOString();
  const days = `${String(at.getUTCFullYear()).padStart(4, '0')}${iso.slice(-20, -14)}`;
  return { ...moment, date: days, clock: iso.slice(-13, -5), offset: 0 };
}

function infinityOf(text: string, range: TimeRange): string | null {
  const found = /^([+-]?)(infinity|inf)$/i.exec(text);
  if (found === null) return null;
  if (!range.infinite) throw misfit(text, 'not among the values of the target');
  return found[1] === '-' ? '-infinity' : 'infinity';
}

/** Years before Christ as PostgreSQL and DuckDB write them; only they have them. */
function ancientOf(text: string, range: TimeRange): string | null {
  const found = /^(\d+-\d\d-\d\d)(?: \(BC\)(.*)|(.*) BC)$/.exec(text);
  if (found === null) return null;
  if (!range.infinite) throw misfit(text, 'before the first year of the target');
  return `${found[1]}${found[2] ?? found[3] ?? ''} BC`;
}

function inRange(text: string, given: string, { first, last }: TimeRange): string {
  const years = text.indexOf('-');
  const padded = years > 4 ? null : text;
  const tooLate =
    padded === null ? last.indexOf('-') <= 4 : padded > last && last.indexOf('-') <= 4;
  if (tooLate) throw misfit(given, `after the last time of the target (${last.slice(0, 10)})`);
  if (padded !== null && padded < first) {
    throw misfit(given, `before the first time of the target (${first.slice(0, 10)})`);
  }
  return text;
}

/** What is neither a usual date nor to be judged as one. */
function unusual(text: string, range: TimeRange): string | null {
  if (isZero(text)) {
    if (range.zero) return text;
    throw misfit(text, 'no day: the target has no zero dates');
  }
  return infinityOf(text, range) ?? ancientOf(text, range);
}

export function asDate(given: string, { range }: Of<'date'>): string {
  const text = given.trim();
  const kept = unusual(text, range);
  if (kept !== null) {
    const day = kept.replace(/ 00:00:00(\.0+)?(\+00)?(?= BC|$)/, '');
    if (day.includes(':')) throw misfit(text, 'more than a date');
    return day;
  }
  const { date, clock, fraction } = momentOf(text);
  if (clock !== '00:00:00' || fraction !== '') throw misfit(text, 'more than a date');
  return inRange(date, text, { ...range, first: range.first.slice(0, 10) });
}

export function asTimestamp(given: string, { digits, zone, range }: Of<'timestamp'>): string {
  const text = given.trim();
  const kept = unusual(text, range);
  if (kept !== null) return kept;
  // A zone is a matter of UTC on both sides: clock times without one are taken as UTC's.
  const moment = inUtc(momentOf(text));
  const fraction = fractionOf(text, moment.fraction, digits);
  return inRange(`${moment.date} ${moment.clock}${fraction}`, text, range) + (zone ? '+00' : '');
}

function fractionOf(text: string, fraction: string, digits: number): string {
  if (fraction.length > digits) {
    throw misfit(text, `too exact: ${digits} digits after the point fit`);
  }
  return fraction === '' ? '' : `.${fraction}`;
}

const timePattern =
  /^(-?)(\d{1,3}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

export function asTime(given: string, { digits, zone, longest }: Of<'time'>): string {
  const text = given.trim();
  const found = timePattern.exec(text);
  if (found === null) throw misfit(text, 'no time of a form that is known');
  const [, sign = '', hour = '', minute = '', second = '00', rest = '', offset] = found;
  const isWholeDay = Number(hour) === 24 && longest >= 24 && minute === '00' && second === '00';
  const negative = sign === '-' && longest < 800;
  if (negative || (Number(hour) >= longest && !isWholeDay)) {
    throw misfit(text, 'no time of a day of the target');
  }
  if (Number(minute) > 59 || Number(second) > 59) throw misfit(text, 'no time of a day');
  if (offset !== undefined && !zone)
    throw misfit(text, 'a time with a zone, which the target has not');
  const fraction = fractionOf(text, rest.replace(/0+$/, ''), digits);
  const kept = offset === undefined ? (zone ? '+00' : '') : offset;
  return `${sign}${two(hour)}:${minute}:${second}${fraction}${kept}`;
}
