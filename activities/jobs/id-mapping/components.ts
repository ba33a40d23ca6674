/** Who is one user: connected components of IDs. Pure, in typed arrays. */
import { noId, type LinkTable } from './links';

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

/**
 * Connected components. IDs that are left out link nobody.
 * @param leftOut a byte an ID; other than 0: left out
 * @returns for each ID the smallest ID of its component, `noId` for those left out
 */
export function findComponents(tables: LinkTable[], leftOut: Uint8Array): Uint32Array {
  // Of a component that is being made, each ID names a smaller one, and the smallest names itself.
  const parents = new Uint32Array(leftOut.length);
  for (let id = 0; id < parents.length; id += 1) parents[id] = leftOut[id] === 0 ? id : noId;
  for (const table of tables) joinRows(parents, table);
  // In their order: what a smaller one names is its root by then.
  for (let id = 0; id < parents.length; id += 1) {
    if (parents[id] !== noId) parents[id] = parents[parents[id]!]!;
  }
  return parents;
}

/** Column by column, as a loop over one of them takes half the time of one over the cells of rows. */
function joinRows(parents: Uint32Array, table: LinkTable): void {
  if (table.length < 2) return;
  const firstIds = new Uint32Array(table[0]!.length).fill(noId);
  for (const column of table) joinColumn(parents, firstIds, column);
}

/** @param firstIds of each row the first ID that is not left out, of the columns before */
function joinColumn(parents: Uint32Array, firstIds: Uint32Array, column: Uint32Array): void {
  for (let row = 0; row < column.length; row += 1) {
    const id = column[row]!;
    if (id === noId || parents[id] === noId) continue;
    const first = firstIds[row]!;
    if (first === noId) {
      firstIds[row] = id;
      continue;
    }
    const root = rootOf(parents, id);
    const other = rootOf(parents, first);
    if (root < other) parents[other] = root;
    else parents[root] = other;
  }
}
