/** What the record keeps of a result: small, and enough for a page about it. Pure. */
import type { IdRange, LinkTable } from './links';
import type { IdMappingSummary } from './messages';
import { matchedRows, type Users } from './users';

/** Upper ends of the groups of users by how many IDs they have; the last group has no end. */
const sizeSteps = [1, 2, 3, 4, 5, 10, 20, 50, 100, 1_000, 10_000, Infinity];

/** Users by how many IDs they have; groups without any are left out. */
export function sizesOf({ ids: counts }: Users): IdMappingSummary['sizes'] {
  const groups = sizeSteps.map((to, place) => {
    const from = place === 0 ? 1 : sizeSteps[place - 1]! + 1;
    return { from, to: to === Infinity ? null : to, users: 0 };
  });
  let largest = 0;
  for (let user = 0; user < counts.length; user += 1) {
    const ids = counts[user]!;
    if (ids > largest) largest = ids;
    groups[sizeSteps.findIndex((to) => ids <= to)]!.users += 1;
  }
  return { largest, groups: groups.filter((group) => group.users > 0) };
}

/** IDs of the result by their type. */
export function idsByType(types: IdRange[], leftOut: Uint8Array): Record<string, number> {
  const counts = types.map(({ idType, start, end }) => {
    let ids = 0;
    for (let id = start; id < end; id += 1) if (leftOut[id] === 0) ids += 1;
    return [idType, ids] as const;
  });
  return Object.fromEntries(counts);
}

/** For each table how many IDs of the result name it as the first. */
export function rowsByFirstTable(
  firstTable: Uint16Array,
  leftOut: Uint8Array,
  tables: number,
): number[] {
  const counts = Array.from({ length: tables }, () => 0);
  for (let id = 0; id < firstTable.length; id += 1) {
    if (leftOut[id] === 0) counts[firstTable[id]!]! += 1;
  }
  return counts;
}

/** Shares of the rows whose user other tables have as well, by table. @param someApart as of `matchedRows` */
export function matchedOf(
  names: string[],
  tables: LinkTable[],
  users: Users,
  someApart: boolean,
): IdMappingSummary['matched'] {
  return matchedRows(tables, users, someApart).map((counts, place) => ({
    table: names[place]!,
    ...counts,
  }));
}
