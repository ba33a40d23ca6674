/** One field of a cron expression: lists, ranges, steps and names. */
import { sorted, upTo } from './ranges';
import { refuseCron } from './refuse';

export interface CronField {
  /** What a refusal calls it. */
  label: string;
  min: number;
  max: number;
  /** How many values there are before they begin again; null where a range cannot wrap. */
  cycle: number | null;
  /** In the order of the values from `min` on. */
  names: readonly string[];
  /** What else it may hold, for the refusal. */
  also: string;
}

const plain = { names: [], also: '' };
const monthNames = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const dayNames = 'SUN MON TUE WED THU FRI SAT'.split(' ');

export const seconds: CronField = { label: 'seconds', min: 0, max: 59, cycle: 60, ...plain };
export const minutes: CronField = { label: 'minutes', min: 0, max: 59, cycle: 60, ...plain };
export const hours: CronField = { label: 'hours', min: 0, max: 23, cycle: 24, ...plain };
export const daysOfMonth: CronField = {
  ...{ label: 'day of month', min: 1, max: 31, cycle: 31, names: [] },
  also: ', L, L-3, LW or 15W',
};
export const unixDaysOfMonth: CronField = { ...daysOfMonth, also: '' };
export const months: CronField = {
  ...{ label: 'month', min: 1, max: 12, cycle: 12, names: monthNames, also: '' },
};
export const daysOfWeek: CronField = {
  ...{ label: 'day of week', min: 1, max: 7, cycle: 7, names: dayNames },
  also: ' (1 is Sunday), 6L or 6#3',
};
export const unixDaysOfWeek: CronField = {
  ...{ label: 'day of week', min: 0, max: 7, cycle: 7, names: dayNames },
  also: ' (0 and 7 are Sunday)',
};
export const years: CronField = { label: 'year', min: 1970, max: 2099, cycle: null, ...plain };

/**
 * The values of a field without letters of special meaning.
 * @returns ascending; of the days of the week in Unix cron 7 has become 0
 * @throws TablegateError invalidInput with what the field may hold
 */
export function parseList(field: CronField, text: string): number[] {
  return sorted(text.split(',').flatMap((part) => parsePart(field, part)));
}

/** One item of a list: `*`, `5`, `MON-FRI`, each of them with or without a step. */
export function parsePart(field: CronField, part: string): number[] {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)?(?:\/(\d+))?$/.exec(part);
  if (!match || part === '') refuseValue(field, part);
  const [, star, from, to, step] = match;
  const every = step === undefined ? 1 : parseStep(field, Number(step), part);
  if (star !== undefined || from === undefined) return upTo(field.min, lastOf(field), every);
  const start = parseValue(field, from, part);
  if (to !== undefined) return range(field, start, parseValue(field, to, part), every, part);
  return step === undefined ? [wrapped(field, start)] : upTo(start, lastOf(field), every);
}

/** One number or name of the field. */
export function parseValue(field: CronField, text: string, part = text): number {
  const index = field.names.indexOf(text);
  const value = index >= 0 ? field.min + index : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.min && value <= field.max)) refuseValue(field, part);
  return value;
}

/** @throws TablegateError invalidInput with what is allowed */
export function refuseValue(field: CronField, part: string): never {
  const [first] = field.names;
  const names = first ? ` or ${first} to ${field.names.at(-1)}` : '';
  const shown = part === '' ? 'an empty item' : `"${part}"`;
  refuseCron(
    `${shown} is not allowed as ${field.label}; allowed are *, ${field.min} to ${field.max}${names}` +
      `${field.also}, ranges such as 2-4, steps such as */2 and lists of these with commas`,
  );
}

function parseStep(field: CronField, step: number, part: string): number {
  if (step >= 1 && step <= field.max) return step;
  refuseCron(`the step of "${part}" (${field.label}) must be between 1 and ${field.max}`);
}

function range(field: CronField, start: number, end: number, step: number, part: string) {
  if (end >= start) return upTo(start, end, step).map((value) => wrapped(field, value));
  if (field.cycle === null) {
    refuseCron(`"${part}" (${field.label}) ends before it begins`);
  }
  return upTo(start, end + field.cycle, step).map((value) => wrapped(field, value));
}

function wrapped({ min, cycle }: CronField, value: number): number {
  return cycle === null ? value : ((value - min) % cycle) + min;
}

/** The last value that is none of the cycle's first again. */
function lastOf({ min, max, cycle }: CronField): number {
  return cycle === null ? max : Math.min(max, min + cycle - 1);
}
