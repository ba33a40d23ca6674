/** What the record keeps of a result: small, and enough for a page about it. Pure. */
import type { Dictionary } from './dictionary';
import type { IdMappingSummary } from './messages';
import { countIds, type Matched, type Users } from './users';

/** Upper ends of the groups of users by how many IDs they have; the last group has no end. */
const sizeSteps = [1, 2, 3, 4, 5, 10, 20, 50, 100, 1_000, 10_000, Infinity];

/** Users by how many IDs they have; groups without any are left out. */
export function sizesOf(users: Users): IdMappingSummary['sizes'] {
  const counts = countIds(users, { start: 0, end: users.userOf.length });
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
export function idsByType({ types, leftOut }: Dictionary): Record<string, number> {
  const counts = types.map(({ idType, start, end }) => {
    let ids = 0;
    for (let id = start; id < end; id += 1) if (leftOut[id] === 0) ids += 1;
    return [idType, ids] as const;
  });
  return Object.fromEntries(counts);
}

/** Shares of the rows whose user other tables have as well, by table. */
export function matchedOf(names: string[], matched: Matched[]): IdMappingSummary['matched'] {
  return matched.map((counts, place) => ({ table: names[place]!, ...counts }));
}
