/** Tells which IDs guard rails have left out of the result, and why. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { textsOf, type Dictionary } from './dictionary';
import { IdOrder } from './id-order';
import {
  leftOutCode,
  leftOutReasons,
  type IdRange,
  type LeftOutReason,
  type LinkTable,
} from './links';
import type { LeftOutCount, LeftOutValue } from './messages';
import type { Reporter } from './report';
import type { SharedId } from './shared-ids';

/** The record stays below 64 KB. */
const mostKeptOfReason = 25;
const mostLogged = 20;
const mostTables = 5;
const longestValue = 120;
const reasons = ['filler', 'shared', 'contradicting'] as const;

export function shortened(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** By type and value. */
export function byText(
  one: { idType: string; value: string },
  other: { idType: string; value: string },
): number {
  if (one.idType !== other.idType) return one.idType < other.idType ? -1 : 1;
  return Buffer.compare(Buffer.from(one.value), Buffer.from(other.value));
}

/** What was left out, and where it stands. */
export interface LeftOut {
  /** Those that stand in most cells, of each reason. */
  values: LeftOutValue[];
  counts: LeftOutCount[];
}

/**
 * @param shared with how many others the shared ones occur
 * @param tables and their names, in the order of the task
 */
export async function describeLeftOut(
  connection: DuckDBConnection,
  dictionary: Dictionary,
  shared: SharedId[],
  tables: { name: string; links: LinkTable }[],
): Promise<LeftOut> {
  const { leftOut: codes, cells, types } = dictionary;
  const counts = countByType(codes, cells, types);
  if (counts.length === 0) return { values: [], counts };
  const others = new Map(shared.map((one) => [one.id, one.others]));
  const kept = reasons
    .filter((reason) => counts.some(({ why }) => why === reason))
    .map((reason) => inMostCells(dictionary, reason));
  const texts = await textsOf(connection, types, kept.flat());
  const places = tablesOf(new Set(kept.flat()), tables);
  const inOrder = kept.flatMap((ids) =>
    ids.toSorted(
      (one, other) => cells[other]! - cells[one]! || byText(texts.get(one)!, texts.get(other)!),
    ),
  );
  const values = inOrder.map((id): LeftOutValue => {
    const { idType, value } = texts.get(id)!;
    const why = leftOutReasons[codes[id]!] as LeftOutReason;
    const where = [...(places.get(id) ?? [])].slice(0, mostTables);
    return {
      ...{ idType, value: shortened(value), why, others: others.get(id) ?? null },
      ...{ cells: cells[id]!, tables: where },
    };
  });
  return { values, counts };
}

/** Those in most cells; of as many cells, those that come first. */
function inMostCells(
  { leftOut: codes, cells, types, hashes }: Dictionary,
  reason: LeftOutReason,
): number[] {
  const wanted = leftOutCode[reason];
  const order = new IdOrder(types.map(({ start }, place) => ({ start, hashes: hashes[place]! })));
  const compare = (one: number, other: number): number =>
    cells[other]! - cells[one]! || order.compare(one, other);
  let found: number[] = [];
  /** None after it is kept. */
  let last: number | null = null;
  const shorten = (): void => {
    found = found.toSorted(compare).slice(0, mostKeptOfReason);
    last = found[mostKeptOfReason - 1] ?? null;
  };
  for (let id = 0; id < codes.length; id += 1) {
    if (codes[id] !== wanted || (last !== null && compare(id, last) > 0)) continue;
    found.push(id);
    if (found.length >= 40 * mostKeptOfReason) shorten();
  }
  shorten();
  return found;
}

function tablesOf(
  wanted: Set<number>,
  tables: { name: string; links: LinkTable }[],
): Map<number, Set<string>> {
  const places = new Map([...wanted].map((id) => [id, new Set<string>()]));
  for (const { name, links } of tables) {
    for (const column of links) for (const id of column) places.get(id)?.add(name);
  }
  return places;
}

function countByType(codes: Uint8Array, cells: Uint32Array, types: IdRange[]): LeftOutCount[] {
  return types.flatMap(({ idType, start, end }) => {
    const counts = leftOutReasons.map((why) => ({ idType, why, values: 0, cells: 0 }));
    for (let id = start; id < end; id += 1) {
      if (codes[id] === 0) continue;
      const count = counts[codes[id]!]!;
      count.values += 1;
      count.cells += cells[id]!;
    }
    return reasons.flatMap((why) => {
      const count = counts[leftOutCode[why]]!;
      return count.values > 0 ? [{ ...count, why }] : [];
    });
  });
}

/** How many IDs were left out. */
export function countOf(counts: LeftOutCount[]): number {
  return counts.reduce((sum, { values }) => sum + values, 0);
}

const wording: Record<LeftOutReason, (value: LeftOutValue) => string> = {
  filler: ({ cells }) => `it stands for nobody, in ${cells} cells of`,
  shared: ({ others }) => `it occurs with ${others} other values in`,
  contradicting: () => 'it occurs with several IDs of a stronger type in',
};

/** One line a value, and one for the rest. */
export function logLeftOut(reporter: Reporter, { values, counts }: LeftOut): void {
  const logged = values.slice(0, mostLogged);
  for (const value of logged) {
    const where = `${wording[value.why](value)} ${value.tables.join(', ')}`;
    reporter.log('warn', `left out ${value.idType} "${value.value}": ${where}`);
  }
  const more = countOf(counts) - logged.length;
  if (more > 0) reporter.log('warn', `left out ${more} more values for such reasons`);
}
