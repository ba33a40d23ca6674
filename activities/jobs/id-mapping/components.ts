/** Who is one user: connected components of IDs. Pure, in typed arrays. */
import { noId, type LinkTable } from './links';

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
 * @param leftOut a byte an ID; other than 0: left out
 * @returns for each ID the smallest ID of its component, `noId` for those left out
 */
export function findComponents(tables: LinkTable[], leftOut: Uint8Array): Uint32Array {
  const roots = new Uint32Array(leftOut.length);
  for (let id = 0; id < roots.length; id += 1) roots[id] = id;
  for (const table of tables) if (table.length > 1) joinRows(roots, table, leftOut);
  for (let id = 0; id < roots.length; id += 1) {
    roots[id] = leftOut[id] === 0 ? rootOf(roots, id) : noId;
  }
  return roots;
}

function joinRows(roots: Uint32Array, table: LinkTable, leftOut: Uint8Array): void {
  const rows = table[0]!.length;
  for (let row = 0; row < rows; row += 1) {
    let first = noId;
    for (let column = 0; column < table.length; column += 1) {
      const id = table[column]![row]!;
      if (id === noId || leftOut[id] !== 0) continue;
      const root = rootOf(roots, id);
      if (first === noId) first = root;
      else if (root < first) first = roots[first] = root;
      else roots[root] = first;
    }
  }
}
