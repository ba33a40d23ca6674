/** IDs that stronger IDs contradict. Pure, in typed arrays. */
import { noId, type IdRange, type LinkTable } from './links';

/** Marks an ID that has been seen with two different ones. */
const several = noId - 1;

/** A table with the ID type of each of its columns. */
export interface TypedTable {
  columns: LinkTable;
  idTypes: string[];
}

/**
 * IDs that occur in rows with two different IDs of a type that comes before their own in
 * `priority`: the stronger type says that these are two users, so the weaker ID joins nobody.
 * @param leftOut a byte an ID; those with another than 0 contradict nothing and are not looked at
 * @returns numbers, in order, each once
 */
export function findContradicting(
  tables: TypedTable[],
  ranges: IdRange[],
  priority: string[],
  leftOut: Uint8Array,
): number[] {
  const found = new Set<number>();
  const present = priority.filter((idType) => ranges.some((range) => range.idType === idType));
  for (const [place, idType] of present.entries()) {
    const range = ranges.find((one) => one.idType === idType)!;
    for (const stronger of present.slice(0, place)) {
      for (const id of contradictedBy(tables, range, stronger, leftOut)) found.add(id);
    }
  }
  return [...found].toSorted((one, other) => one - other);
}

function contradictedBy(
  tables: TypedTable[],
  { idType, start, end }: IdRange,
  stronger: string,
  leftOut: Uint8Array,
): number[] {
  const seen = new Uint32Array(end - start).fill(noId);
  for (const { columns, idTypes } of tables) {
    const weak = columns.filter((_, column) => idTypes[column] === idType);
    const strong = columns.filter((_, column) => idTypes[column] === stronger);
    for (const one of weak) for (const other of strong) see(seen, one, other, start, leftOut);
  }
  const found: number[] = [];
  seen.forEach((what, place) => {
    if (what === several && leftOut[start + place] === 0) found.push(start + place);
  });
  return found;
}

function see(
  seen: Uint32Array,
  weak: Uint32Array,
  strong: Uint32Array,
  start: number,
  leftOut: Uint8Array,
): void {
  for (let row = 0; row < weak.length; row += 1) {
    const id = weak[row]!;
    const by = strong[row]!;
    if (id === noId || by === noId || leftOut[by] !== 0) continue;
    const before = seen[id - start]!;
    if (before === noId) seen[id - start] = by;
    else if (before !== by) seen[id - start] = several;
  }
}
