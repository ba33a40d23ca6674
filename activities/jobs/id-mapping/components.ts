/** Who is one user: connected components of IDs, whose columns may come one by one. Pure. */
import { loadAddon } from '../../../native/addon';
import { noId, type LinkTable } from './links';
import type { Rows } from './rows-of';

/** The smallest ID of the component that `id` is in; shortens the way for the next time. */
function rootOf(parents: Uint32Array, id: number): number {
  let at = id;
  let parent = parents[at]!;
  while (parent !== at) {
    const next = parents[parent]!;
    if (next === parent) return parent;
    parents[at] = next;
    at = next;
    parent = parents[at]!;
  }
  return at;
}

function joinTwo(parents: Uint32Array, one: number, two: number): void {
  // Most have met before.
  if (parents[one] === parents[two]) return;
  const root = rootOf(parents, one);
  const other = rootOf(parents, two);
  if (root < other) parents[other] = root;
  else parents[root] = other;
}

/** The first ID of a row that links, or `noId`. */
function firstOf(parents: Uint32Array, columns: LinkTable, row: number): number {
  for (let at = 0; at < columns.length; at += 1) {
    const id = columns[at]![row]!;
    if (id !== noId && parents[id] !== noId) return id;
  }
  return noId;
}

/** Joins the IDs of a column with the first ID of their row that links. */
function joinColumn(parents: Uint32Array, column: Uint32Array, before: LinkTable): void {
  for (let row = 0; row < column.length; row += 1) {
    const id = column[row]!;
    if (id === noId || parents[id] === noId) continue;
    const first = firstOf(parents, before, row);
    if (first !== noId) joinTwo(parents, id, first);
  }
}

/** Which IDs are one user does not depend on the order in which IDs and columns come. */
export class Components {
  /**
   * Of a component that is being made, each ID names a smaller one, and the smallest names itself.
   * IDs that link nobody name `noId`.
   */
  readonly #parents: Uint32Array;
  #count = 0;

  /** @param mostIds memory is only taken for those that come */
  constructor(mostIds: number) {
    this.#parents = new Uint32Array(mostIds);
  }

  /** The next IDs. @param leftOut a byte an ID; other than 0: it links nobody for now */
  add(leftOut: Uint8Array): void {
    const parents = this.#parents;
    const first = this.#count;
    for (let at = 0; at < leftOut.length; at += 1) {
      parents[first + at] = leftOut[at] === 0 ? first + at : noId;
    }
    this.#count += leftOut.length;
  }

  /**
   * Joins what stands in one row: column by column, as a loop over one of them takes half the time
   * of one over the cells of rows.
   * @param before the columns of its table that were joined before
   */
  join(column: Uint32Array, before: LinkTable): void {
    if (before.length === 0) return;
    // The addon takes no table of very many columns.
    const isJoined = loadAddon()?.join(this.#parents, column, before) ?? false;
    if (!isJoined) joinColumn(this.#parents, column, before);
  }

  /**
   * Lets those of some IDs link that did not so far, and now may.
   * @param start of the IDs
   * @param leftOut a byte for each
   * @param columns all that hold them, with all joined columns of their table, and the rows that do
   * @throws Error where an ID is left out that has linked others
   */
  admit(
    start: number,
    leftOut: Uint8Array,
    columns: { numbers: Uint32Array; table: LinkTable; rows: Rows }[],
  ): void {
    const parents = this.#parents;
    const isNew = new Uint8Array(leftOut.length);
    let some = false;
    for (let at = 0; at < leftOut.length; at += 1) {
      const id = start + at;
      if ((leftOut[at] === 0) === (parents[id] !== noId)) continue;
      if (leftOut[at] !== 0) throw new Error(`ID ${id} was linked before it was left out`);
      parents[id] = id;
      isNew[at] = 1;
      some = true;
    }
    if (!some) return;
    for (const { numbers, table, rows } of columns) {
      this.#joinNew(numbers, table, rows, start, isNew);
    }
  }

  /** With all IDs of the row: those may have been joined by way of an ID that came later. */
  #joinNew(
    column: Uint32Array,
    table: LinkTable,
    rows: Rows,
    start: number,
    isNew: Uint8Array,
  ): void {
    const parents = this.#parents;
    const count = rows === null ? column.length : rows.length;
    for (let at = 0; at < count; at += 1) {
      const row = rows === null ? at : rows[at]!;
      const id = column[row]!;
      if (id === noId || isNew[id - start] === 0) continue;
      for (const beside of table) {
        const other = beside[row]!;
        if (other !== noId && parents[other] !== noId) joinTwo(parents, id, other);
      }
    }
  }

  /**
   * Ends the joining.
   * @returns for each ID a smaller one of its component, or itself where it is the smallest; `noId`
   * for those left out
   */
  parents(): Uint32Array {
    return this.#parents.subarray(0, this.#count);
  }
}
