/** Where IDs stand that are few among many, so that not all cells have to be looked through again. Pure. */
import { noId } from './links';

/** Rows of a column that hold some of the IDs that are looked for; null: it is looked through. */
export type Rows = Uint32Array | null;

/** Rows of columns. A column without any is looked through. */
export type RowsOf = Map<Uint32Array, Rows>;

/**
 * The rows that hold marked IDs.
 * @param column whose IDs, where it has some, go from `start` on
 * @param isMarked a byte an ID, from `start` on
 * @param mark that it has then
 */
export function rowsWith(
  column: Uint32Array,
  start: number,
  isMarked: Uint8Array,
  mark: number,
): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < column.length; row += 1) {
    const id = column[row]!;
    if (id !== noId && isMarked[id - start] === mark) rows.push(row);
  }
  return Uint32Array.from(rows);
}
