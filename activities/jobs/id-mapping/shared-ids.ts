/** IDs that too many others occur with. Pure, in typed arrays. */
import { forEachRow, type IdRange, type LinkTable } from './links';

/** An ID that occurs with too many others. */
export interface SharedId {
  id: number;
  /** Distinct IDs that stand in one row with it. */
  others: number;
}

/** Pairs that are sorted at a time: 64 MiB. */
const pairsAtATime = 1 << 23;

/** Distinct others of one ID, over a bit for every ID: for those with very many. */
function countOthersOfOne(tables: LinkTable[], idCount: number, wanted: number): number {
  const seen = new Uint8Array(idCount);
  for (const table of tables) {
    forEachRow(table, (ids, count) => {
      if (!ids.slice(0, count).includes(wanted)) return;
      for (let at = 0; at < count; at += 1) seen[ids[at] as number] = 1;
    });
  }
  seen[wanted] = 0;
  return seen.reduce((sum, bit) => sum + bit, 0);
}

/** Distinct others of several IDs at once. @param slots place of an ID in the answer, or -1 */
function countOthersOfSome(
  tables: LinkTable[],
  slots: Int32Array,
  slotCount: number,
  pairCount: number,
): Float64Array {
  // Slot and other in one number: exact, as both stay below 2^53 together.
  const pairs = new Float64Array(pairCount);
  let end = 0;
  for (const table of tables) {
    forEachRow(table, (ids, count) => {
      for (let at = 0; at < count; at += 1) {
        const slot = slots[ids[at] as number] as number;
        if (slot < 0) continue;
        for (let other = 0; other < count; other += 1) {
          if (ids[other] !== ids[at]) pairs[end++] = slot * 2 ** 32 + (ids[other] as number);
        }
      }
    });
  }
  const counts = new Float64Array(slotCount);
  let previous = -1;
  for (const pair of pairs.subarray(0, end).sort()) {
    if (pair !== previous) counts[Math.floor(pair / 2 ** 32)]! += 1;
    previous = pair;
  }
  return counts;
}

/**
 * Distinct others of each candidate, in as many passes as the memory for pairs asks for.
 * @param mostOthers how many others may at most stand in rows with an ID, each time counted
 */
function countOthers(
  tables: LinkTable[],
  idCount: number,
  candidates: number[],
  mostOthers: (id: number) => number,
): Map<number, number> {
  const others = new Map<number, number>();
  if (candidates.length === 0) return others;
  const slots = new Int32Array(idCount).fill(-1);
  let batch: number[] = [];
  let pairs = 0;
  const countBatch = () => {
    batch.forEach((id, slot) => (slots[id] = slot));
    const counts = countOthersOfSome(tables, slots, batch.length, pairs);
    batch.forEach((id, slot) => others.set(id, counts[slot] as number));
    batch.forEach((id) => (slots[id] = -1));
    batch = [];
    pairs = 0;
  };
  for (const id of candidates) {
    const count = mostOthers(id);
    if (count > pairsAtATime) {
      others.set(id, countOthersOfOne(tables, idCount, id));
      continue;
    }
    if (pairs + count > pairsAtATime || batch.length >= 2 ** 20) countBatch();
    batch.push(id);
    pairs += count;
  }
  if (batch.length > 0) countBatch();
  return others;
}

/** A range of IDs with how many others each may occur with; null or undefined: any number. */
export type SharingLimit = Pick<IdRange, 'start' | 'end'> & {
  maxSharedBy?: number | null | undefined;
};

/**
 * IDs that stand in rows with more distinct others than the limit of their range, most first. All
 * are judged by the tables as they are, not by what is left when others are taken out.
 * @param cells that hold each ID
 * @param leftOut a byte an ID; those with another than 0 are not looked at
 */
export function findShared(
  tables: LinkTable[],
  cells: Uint32Array,
  leftOut: Uint8Array,
  limits: SharingLimit[],
): SharedId[] {
  const mostBeside = Math.max(0, ...tables.map((table) => table.length - 1));
  const mostOthers = (id: number): number => cells[id]! * mostBeside;
  const shared: SharedId[] = [];
  for (const { start, end, maxSharedBy } of limits) {
    if (maxSharedBy == null) continue;
    const candidates: number[] = [];
    for (let id = start; id < end; id += 1) {
      if (mostOthers(id) > maxSharedBy && leftOut[id] === 0) candidates.push(id);
    }
    for (const [id, others] of countOthers(tables, leftOut.length, candidates, mostOthers)) {
      if (others > maxSharedBy) shared.push({ id, others });
    }
  }
  return shared.toSorted((a, b) => b.others - a.others || a.id - b.id);
}
