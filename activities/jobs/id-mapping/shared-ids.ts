/** IDs that too many others occur with. Pure, in typed arrays. */
import { noId, type IdRange, type LinkTable } from './links';
import type { Rows, RowsOf } from './rows-of';

/** An ID that occurs with too many others. */
export interface SharedId {
  id: number;
  /** Distinct IDs that stand in one row with it. */
  others: number;
}

/** Pairs that are sorted at a time: 64 MiB. */
const pairsAtATime = 1 << 23;

/** A column of one ID type, and the table that it is of. */
interface Cells {
  column: Uint32Array;
  table: LinkTable;
  /** Those of all that may be looked for. */
  rows: Rows;
}

/** The columns that hold IDs of a range: a column holds those of one range only. */
function columnsOf(
  tables: LinkTable[],
  { start, end }: Pick<IdRange, 'start' | 'end'>,
  rowsOf: RowsOf,
): Cells[] {
  return tables.flatMap((table) =>
    table.flatMap((column) => {
      const id = column.find((one) => one !== noId);
      const isOfRange = id !== undefined && id >= start && id < end;
      return isOfRange ? [{ column, table, rows: rowsOf.get(column) ?? null }] : [];
    }),
  );
}

/** IDs that are looked for: a byte for each of their range, which so stays near the processor. */
interface Wanted {
  start: number;
  bytes: Uint8Array;
}

function mark({ start, bytes }: Wanted, ids: number[], byte: 0 | 1): void {
  for (const id of ids) bytes[id - start] = byte;
}

/** Calls back for every cell with a wanted ID and another ID in its row; of most cells it looks at a byte. */
function forEachOther(
  columns: Cells[],
  { start, bytes }: Wanted,
  visit: (id: number, other: number) => void,
): void {
  for (const { column, table, rows } of columns) {
    const count = rows === null ? column.length : rows.length;
    for (let at = 0; at < count; at += 1) {
      const row = rows === null ? at : rows[at]!;
      const id = column[row]!;
      if (id === noId || bytes[id - start] !== 1) continue;
      for (const beside of table) {
        const other = beside[row]!;
        if (other !== noId && other !== id) visit(id, other);
      }
    }
  }
}

/** Distinct others of one ID, over a byte for every ID: for those with very many. */
function countOthersOfOne(columns: Cells[], wanted: Wanted, idCount: number, id: number): number {
  const seen = new Uint8Array(idCount);
  mark(wanted, [id], 1);
  forEachOther(columns, wanted, (_, other) => (seen[other] = 1));
  mark(wanted, [id], 0);
  return seen.reduce((sum, byte) => sum + byte, 0);
}

/** Distinct others of several IDs at once, in their order. */
function countOthersOfSome(
  columns: Cells[],
  wanted: Wanted,
  ids: number[],
  pairCount: number,
): Float64Array {
  // Slot and other in one number: exact, as both stay below 2^53 together.
  const pairs = new Float64Array(pairCount);
  const slots = new Map(ids.map((id, slot) => [id, slot]));
  let end = 0;
  mark(wanted, ids, 1);
  forEachOther(columns, wanted, (id, other) => {
    pairs[end++] = slots.get(id)! * 2 ** 32 + other;
  });
  mark(wanted, ids, 0);
  const counts = new Float64Array(ids.length);
  let previous = -1;
  for (const pair of pairs.subarray(0, end).sort()) {
    if (pair !== previous) counts[Math.floor(pair / 2 ** 32)]! += 1;
    previous = pair;
  }
  return counts;
}

/**
 * Those of the candidates with more distinct others than allowed, in as many passes as the memory
 * for pairs asks for.
 * @param mostOthers how many others may at most stand in rows with an ID, each time counted
 */
function countOthers(
  columns: Cells[],
  wanted: Wanted,
  idCount: number,
  candidates: number[],
  mostOthers: (id: number) => number,
  maxSharedBy: number,
): SharedId[] {
  const shared: SharedId[] = [];
  const note = (id: number, others: number): void => {
    if (others > maxSharedBy) shared.push({ id, others });
  };
  let batch: number[] = [];
  let pairs = 0;
  const countBatch = () => {
    const counts = countOthersOfSome(columns, wanted, batch, pairs);
    batch.forEach((id, slot) => note(id, counts[slot] as number));
    batch = [];
    pairs = 0;
  };
  for (const id of candidates) {
    const count = mostOthers(id);
    if (count > pairsAtATime) {
      note(id, countOthersOfOne(columns, wanted, idCount, id));
      continue;
    }
    if (pairs + count > pairsAtATime || batch.length >= 2 ** 20) countBatch();
    batch.push(id);
    pairs += count;
  }
  if (batch.length > 0) countBatch();
  return shared;
}

/** A range of IDs with how many others each may occur with; null or undefined: any number. */
export type SharingLimit = Pick<IdRange, 'start' | 'end'> & {
  maxSharedBy?: number | null | undefined;
};

/** How many others stand beside an ID in a row at most. @param columns of each table */
export function mostBesideIn(columns: number[]): number {
  return Math.max(0, ...columns.map((count) => count - 1));
}

/** Places of what stands in so many cells that it may be shared by too many: no others are. */
export function inManyCells(
  cells: Uint32Array,
  mostBeside: number,
  maxSharedBy: number | null | undefined,
): number[] {
  const found: number[] = [];
  if (maxSharedBy == null) return found;
  for (let at = 0; at < cells.length; at += 1) {
    if (cells[at]! * mostBeside > maxSharedBy) found.push(at);
  }
  return found;
}

/**
 * IDs that stand in rows with more distinct others than the limit of their range, most first. All
 * are judged by the tables as they are, not by what is left when others are taken out.
 * @param cells that hold each ID
 * @param leftOut a byte an ID; those with another than 0 are not looked at
 * @param rowsOf columns with all rows that hold what `inManyCells` finds
 */
export function findShared(
  tables: LinkTable[],
  cells: Uint32Array,
  leftOut: Uint8Array,
  limits: SharingLimit[],
  rowsOf: RowsOf,
): SharedId[] {
  const mostBeside = mostBesideIn(tables.map((table) => table.length));
  const mostOthers = (id: number): number => cells[id]! * mostBeside;
  const shared: SharedId[] = [];
  for (const { start, end, maxSharedBy } of limits) {
    if (maxSharedBy == null) continue;
    const candidates = inManyCells(cells.subarray(start, end), mostBeside, maxSharedBy)
      .map((at) => start + at)
      .filter((id) => leftOut[id] === 0);
    if (candidates.length === 0) continue;
    const columns = columnsOf(tables, { start, end }, rowsOf);
    const wanted = { start, bytes: new Uint8Array(end - start) };
    const { length } = leftOut;
    const ofRange = countOthers(columns, wanted, length, candidates, mostOthers, maxSharedBy);
    for (const one of ofRange) shared.push(one);
  }
  return shared.toSorted((a, b) => b.others - a.others || a.id - b.id);
}
