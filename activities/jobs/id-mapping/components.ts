/**
 * Who is one user: IDs are numbers from 0, the IDs of one row belong together. Pure, in typed
 * arrays: 4 bytes a cell and about 10 an ID.
 */

/** Stands for a cell without an ID. */
export const noId = 0xffffffff;

/** One array a column, all as long as the table has rows. */
export type LinkTable = Uint32Array[];

/** An ID that occurs with too many others. */
export interface SharedId {
  id: number;
  /** Distinct IDs that stand in one row with it. */
  others: number;
  /** Places in the list of tables, in order. */
  tables: number[];
}

/** Pairs that are sorted at a time: 64 MiB. */
const pairsAtATime = 1 << 23;

/** Rows of a table as lists of their IDs. The list is used again for the next row. */
function forEachRow(table: LinkTable, visit: (ids: number[], count: number) => void): void {
  const ids: number[] = [];
  const rows = table[0]?.length ?? 0;
  for (let row = 0; row < rows; row += 1) {
    let count = 0;
    for (const column of table) {
      const id = column[row] as number;
      if (id !== noId) ids[count++] = id;
    }
    if (count > 1) visit(ids, count);
  }
}

/** For every ID how many others stand in rows with it, each time counted: no fewer than distinct. */
function countNeighbours(tables: LinkTable[], idCount: number): Float64Array {
  const counts = new Float64Array(idCount);
  for (const table of tables) {
    forEachRow(table, (ids, count) => {
      for (let at = 0; at < count; at += 1) counts[ids[at] as number]! += count - 1;
    });
  }
  return counts;
}

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

/** Distinct others of each candidate, in as many passes as the memory for pairs asks for. */
function countOthers(
  tables: LinkTable[],
  idCount: number,
  candidates: number[],
  neighbours: Float64Array,
): Map<number, number> {
  const others = new Map<number, number>();
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
    const count = neighbours[id] as number;
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

/**
 * IDs that stand in rows with more than `maxSharedBy` distinct others, most first. All are judged
 * by the tables as they are, not by what is left when others are taken out.
 */
export function findShared(tables: LinkTable[], idCount: number, maxSharedBy: number): SharedId[] {
  const neighbours = countNeighbours(tables, idCount);
  const candidates: number[] = [];
  neighbours.forEach((count, id) => count > maxSharedBy && candidates.push(id));
  const others = countOthers(tables, idCount, candidates, neighbours);
  const shared = new Map<number, SharedId>();
  for (const [id, count] of others) {
    if (count > maxSharedBy) shared.set(id, { id, others: count, tables: [] });
  }
  if (shared.size === 0) return [];
  tables.forEach((table, place) => {
    forEachRow(table, (ids, count) => {
      for (let at = 0; at < count; at += 1) {
        const seen = shared.get(ids[at] as number)?.tables;
        if (seen !== undefined && seen.at(-1) !== place) seen.push(place);
      }
    });
  });
  return [...shared.values()].toSorted((a, b) => b.others - a.others || a.id - b.id);
}

/** The smallest ID of the component that `id` is in; shortens the way for the next time. */
function rootOf(parents: Uint32Array, id: number): number {
  let at = id;
  while (parents[at] !== at) {
    parents[at] = parents[parents[at] as number] as number;
    at = parents[at] as number;
  }
  return at;
}

/**
 * Connected components. IDs that are left out link nobody.
 * @returns for each ID the smallest ID of its component, `noId` for those left out
 */
export function findComponents(
  tables: LinkTable[],
  idCount: number,
  leftOut: Iterable<number>,
): Uint32Array {
  const roots = new Uint32Array(idCount);
  for (let id = 0; id < idCount; id += 1) roots[id] = id;
  const isLeftOut = new Uint8Array(idCount);
  for (const id of leftOut) isLeftOut[id] = 1;
  for (const table of tables) {
    forEachRow(table, (ids, count) => {
      let first = noId;
      for (let at = 0; at < count; at += 1) {
        const id = ids[at] as number;
        if (isLeftOut[id] === 1) continue;
        const root = rootOf(roots, id);
        if (first === noId) first = root;
        else if (root < first) first = roots[first] = root;
        else roots[root] = first;
      }
    });
  }
  for (let id = 0; id < idCount; id += 1) {
    roots[id] = isLeftOut[id] === 1 ? noId : rootOf(roots, id);
  }
  return roots;
}
