/** What the values of columns are like. */
import { z } from 'zod';

export const valueCountSchema = z.object({ value: z.string(), share: z.number() });

export const columnProfileSchema = z.object({
  /** 0 to 1; null: not known, as nothing was looked at. */
  nullShare: z.number().nullable(),
  /** Distinct values; an estimate unless the profile is exact. */
  distinct: z.number().nullable(),
  min: z.string().nullable(),
  max: z.string().nullable(),
  /** Values below which so many parts of a hundred lie: 5, 25, 50, 75 and 95. */
  quantiles: z.array(z.string()).nullable(),
  /** The most frequent ones, with their share of all rows. */
  top: z.array(valueCountSchema),
  /** True: it holds personal data, of which no value is kept. */
  withheld: z.boolean(),
});
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

export const profileMethods = ['statistics', 'sample', 'exact'] as const;

export const tableProfileSchema = z.object({
  /** `statistics`: the source's own; `sample`: some rows; `exact`: all rows. */
  method: z.enum(profileMethods),
  at: z.string(),
  /** That were looked at. */
  rows: z.number().nullable(),
  /** By the names of the columns. */
  columns: z.record(z.string(), columnProfileSchema),
});
export type TableProfile = z.infer<typeof tableProfileSchema>;

export const quantileShares = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
/** Most values of a column that are kept as its most frequent ones. */
export const mostTopValues = 10;
/** Characters of a value that are kept; one that is longer ends in `…`. */
const keptCharacters = 100;

export type ValueOrder = 'number' | 'text';

/** How values of a type are ordered: numbers by what they are, all else as text, lists of numbers too. */
export function orderOf(type: string): ValueOrder {
  return !isList(type) &&
    /^(?:u?(?:tiny|small|medium|big|huge)?int|integer|serial|bigserial|float|double|real|decimal|numeric|number|money|year|oid)/i.test(
      type,
    )
    ? 'number'
    : 'text';
}

/** Whether values between two of a type mean something; of texts and flags they do not. */
export function hasQuantiles(type: string): boolean {
  if (isList(type)) return false;
  return orderOf(type) === 'number' || /^(?:date|time|timestamp|interval)/i.test(type);
}

function isList(type: string): boolean {
  return type.endsWith(']');
}

export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Numbers as sources write them, sums of money too; what is none (`NaN`) comes last. */
export function compareNumbers(one: string, other: string): number {
  const [first, second] = [numberOf(one), numberOf(other)];
  if (first === second) return 0;
  if (Number.isNaN(first)) return Number.isNaN(second) ? 0 : 1;
  return Number.isNaN(second) || first < second ? -1 : 1;
}

function numberOf(text: string): number {
  const plain = Number(text);
  return Number.isNaN(plain) ? Number(text.replace(/[^\d.eE+-]/g, '') || NaN) : plain;
}

/** A value as it is kept. */
export function keptValue(text: string): string {
  const letters = text.length <= keptCharacters ? null : Array.from(text);
  return letters === null || letters.length <= keptCharacters
    ? text
    : `${letters.slice(0, keptCharacters).join('')}…`;
}

/**
 * The profile of some values of a column.
 * @param values a sample, or all of them
 * @param totalRows of the table; null: not known
 */
export function profileValues(
  type: string,
  values: readonly (string | null)[],
  totalRows: number | null,
): ColumnProfile {
  const present = values.filter((value) => value !== null);
  const counts = new Map<string, number>();
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = sortValues(present, orderOf(type));
  const [min, max] = [sorted[0], sorted.at(-1)];
  return {
    nullShare: values.length === 0 ? null : round(1 - present.length / values.length),
    distinct: values.length === 0 ? null : estimateDistinct(counts, values.length, totalRows),
    min: min === undefined ? null : keptValue(min),
    max: max === undefined ? null : keptValue(max),
    quantiles:
      sorted.length > 0 && hasQuantiles(type)
        ? quantileShares.map((share) => keptValue(sorted[placeOf(share, sorted.length)]!))
        : null,
    top: topOf(counts, values.length),
    withheld: false,
  };
}

function placeOf(share: number, count: number): number {
  return Math.min(count - 1, Math.floor(share * count));
}

function sortValues(values: readonly string[], order: ValueOrder): string[] {
  return values.toSorted(order === 'text' ? compareTexts : compareNumbers);
}

/**
 * As Haas and Stokes do, and PostgreSQL: values that come once in the sample stand for others that
 * it does not hold.
 */
function estimateDistinct(
  counts: ReadonlyMap<string, number>,
  sampled: number,
  totalRows: number | null,
): number {
  const distinct = counts.size;
  if (totalRows === null || totalRows <= sampled) return distinct;
  const once = [...counts.values()].filter((count) => count === 1).length;
  // All alike: a column of keys.
  if (once === sampled) return totalRows;
  const estimated = (sampled * distinct) / (sampled - once + (once * sampled) / totalRows);
  return Math.round(Math.min(Math.max(estimated, distinct), totalRows));
}

/** Values that come once say nothing unless there are few. */
function topOf(counts: ReadonlyMap<string, number>, rows: number): ColumnProfile['top'] {
  const telling = [...counts].filter(([, count]) => count > 1 || counts.size <= mostTopValues);
  return telling
    .toSorted(([one, n], [other, m]) => m - n || (one < other ? -1 : 1))
    .slice(0, mostTopValues)
    .map(([value, count]) => ({ value: keptValue(value), share: round(count / rows) }));
}

export function round(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}

/** The same without any value of the column. */
export function withoutValues(profile: ColumnProfile): ColumnProfile {
  return { ...profile, min: null, max: null, quantiles: null, top: [], withheld: true };
}
