/** Users with more IDs of one type than a person has. Pure. */
import type { IdOrder } from './id-order';
import { noId, type IdRange } from './links';
import type { Users } from './users';

export interface CrowdedUser {
  user: number;
  idType: string;
  ids: number;
  /** Its IDs are to be taken apart. */
  apart: boolean;
}

/** With the number of one of its IDs. */
export type SampledUser = CrowdedUser & { sample: number };

/** IDs that users may have of a range; null: any number. */
export type UserLimit = IdRange & { maxPerUser: number | null; overMax: 'report' | 'apart' };

/** Users with more IDs of a range than its limit. */
export function findCrowded({ count, userOf, ids }: Users, limits: UserLimit[]): CrowdedUser[] {
  const crowded: CrowdedUser[] = [];
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
  return crowded;
}

/** With the ID of each that comes first; those with most IDs first, then by these IDs. */
export function withSamples(
  crowded: CrowdedUser[],
  { count, userOf }: Users,
  order: IdOrder,
): SampledUser[] {
  if (crowded.length === 0) return [];
  const isCrowded = new Uint8Array(count);
  for (const { user } of crowded) isCrowded[user] = 1;
  const samples = order.firstOf(userOf, isCrowded);
  return crowded
    .map((one) => ({ ...one, sample: samples[one.user]! }))
    .toSorted((one, other) => other.ids - one.ids || order.compare(one.sample, other.sample));
}

/** Makes every ID of these users a user of its own, once they are numbered anew. */
export function takeApart(parents: Uint32Array, { userOf }: Users, users: Set<number>): void {
  for (let id = 0; id < parents.length; id += 1) if (users.has(userOf[id]!)) parents[id] = id;
}
