/** Users with more IDs of one type than a person has. Pure. */
import { noId, type IdRange } from './links';
import type { Users } from './users';

export interface CrowdedUser {
  user: number;
  /** The smallest of its IDs. */
  root: number;
  idType: string;
  ids: number;
  /** Its IDs are to be taken apart. */
  apart: boolean;
}

/** IDs that users may have of a range; null: any number. */
export type UserLimit = IdRange & { maxPerUser: number | null; overMax: 'report' | 'apart' };

/** Users with more IDs of a range than its limit, most first. */
export function findCrowded({ count, userOf, ids }: Users, limits: UserLimit[]): CrowdedUser[] {
  const crowded: Omit<CrowdedUser, 'root'>[] = [];
  if (limits.length === 0) return [];
  const isLarge = new Uint8Array(count);
  const counts = new Uint32Array(count);
  for (const { idType, start, end, maxPerUser, overMax } of limits) {
    if (maxPerUser === null) continue;
    // Few users have so many IDs at all: a byte for each stays near the processor.
    for (let user = 0; user < count; user += 1) isLarge[user] = ids[user]! > maxPerUser ? 1 : 0;
    counts.fill(0);
    for (let id = start; id < end; id += 1) {
      const user = userOf[id]!;
      if (user !== noId && isLarge[user] === 1) counts[user]! += 1;
    }
    for (let user = 0; user < count; user += 1) {
      const found = counts[user]!;
      if (found <= maxPerUser) continue;
      crowded.push({ user, idType, ids: found, apart: overMax === 'apart' });
    }
  }
  const roots = smallestIds(userOf, new Set(crowded.map(({ user }) => user)));
  return crowded
    .map((one) => ({ ...one, root: roots.get(one.user)! }))
    .toSorted((one, other) => other.ids - one.ids || one.root - other.root);
}

/** The smallest ID of each of some users. */
function smallestIds(userOf: Uint32Array, users: Set<number>): Map<number, number> {
  const smallest = new Map<number, number>();
  for (let id = 0; smallest.size < users.size; id += 1) {
    const user = userOf[id]!;
    if (users.has(user) && !smallest.has(user)) smallest.set(user, id);
  }
  return smallest;
}

/** Makes every ID of these users a user of its own, once they are numbered anew. */
export function takeApart(parents: Uint32Array, { userOf }: Users, users: Set<number>): void {
  for (let id = 0; id < parents.length; id += 1) if (users.has(userOf[id]!)) parents[id] = id;
}
