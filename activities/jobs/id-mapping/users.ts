/** Users: components with numbers of their own, and what is counted of them. Pure. */
import type { TypeIds } from './dictionary';
import { noId, sharedNumbers, type IdRange, type LinkTable } from './links';

export interface Users {
  /** Number of users; their numbers go from 0. */
  count: number;
  /** User of each ID; `noId` for those left out. */
  userOf: Uint32Array;
  /** How many IDs each user has. */
  ids: Uint32Array;
}

/**
 * Numbers the components.
 * @param roots of each ID the smallest of its component, or `noId`
 * @returns arrays that threads may share
 */
export function numberUsers(roots: Uint32Array): Users {
  const userOf = sharedNumbers(roots.length);
  const ids = sharedNumbers(roots.length);
  let count = 0;
  for (let id = 0; id < roots.length; id += 1) {
    const root = roots[id]!;
    if (root === noId) {
      userOf[id] = noId;
      continue;
    }
    const user = root === id ? count++ : userOf[root]!;
    userOf[id] = user;
    ids[user]! += 1;
  }
  return { count, userOf, ids: ids.subarray(0, count) };
}

/** A user with more IDs of one type than a person has. */
export interface CrowdedUser {
  /** The smallest of its IDs. */
  root: number;
  idType: string;
  ids: number;
  /** Its IDs are to be taken apart. */
  apart: boolean;
}

/** Users with more IDs of a range than its limit, most first; null: no limit. */
export function findCrowded(
  { userOf, ids }: Users,
  roots: Uint32Array,
  limits: (IdRange & { maxPerUser: number | null; overMax: 'report' | 'apart' })[],
): CrowdedUser[] {
  const crowded: CrowdedUser[] = [];
  for (const { idType, start, end, maxPerUser, overMax } of limits) {
    if (maxPerUser === null) continue;
    // Few users have so many IDs at all.
    const counts = new Map<number, number>();
    for (let id = start; id < end; id += 1) {
      if (userOf[id] === noId || ids[userOf[id]!]! <= maxPerUser) continue;
      const root = roots[id]!;
      counts.set(root, (counts.get(root) ?? 0) + 1);
    }
    for (const [root, count] of counts) {
      if (count > maxPerUser)
        crowded.push({ root, idType, ids: count, apart: overMax === 'apart' });
    }
  }
  return crowded.toSorted((one, other) => other.ids - one.ids || one.root - other.root);
}

/** Makes every ID of these components a user of its own. */
export function takeApart(roots: Uint32Array, components: Set<number>): void {
  if (components.size === 0) return;
  for (let id = 0; id < roots.length; id += 1) {
    const root = roots[id]!;
    // The root itself comes first and is its own already.
    if (root !== noId && components.has(root)) roots[id] = id;
  }
}

/** No place. */
const none = 0xffff;

/** For each user the ID that stands for it: that with the smallest hash, whatever the order of rows. */
export interface Representatives {
  low: Uint32Array;
  high: Uint32Array;
  /** Place of its type. */
  type: Uint16Array;
}

/** @param types in their order, with the hashes of their IDs as a dictionary has them */
export function representativesOf(
  { count, userOf }: Users,
  types: Pick<TypeIds, 'start' | 'end' | 'hashes'>[],
): Representatives {
  const low = new Uint32Array(count).fill(noId);
  const high = new Uint32Array(count).fill(noId);
  const type = new Uint16Array(count).fill(none);
  for (const [place, { start, end, hashes }] of types.entries()) {
    for (let id = start; id < end; id += 1) {
      const user = userOf[id]!;
      if (user === noId) continue;
      const lower = hashes[2 * (id - start)]! >>> 0;
      const upper = hashes[2 * (id - start) + 1]! >>> 0;
      const isSmaller = upper < high[user]! || (upper === high[user] && lower < low[user]!);
      if (!isSmaller && type[user] !== none) continue;
      low[user] = lower;
      high[user] = upper;
      type[user] = place;
    }
  }
  return { low, high, type };
}

/** How many rows of a table have a user who stands in another table too. */
export interface Matched {
  rows: number;
  /** Rows that have an ID which is not left out. */
  withUser: number;
  /** Rows whose user other tables have as well. */
  matched: number;
}

/** The same of all tables, in their order. */
export function matchedRows(tables: LinkTable[], users: Users): Matched[] {
  const first = new Uint16Array(users.count).fill(none);
  const isInSeveral = new Uint8Array(users.count);
  const usersOfRows = tables.map((table) => usersByRow(table, users));
  for (const [place, ofRows] of usersOfRows.entries()) {
    for (let row = 0; row < ofRows.length; row += 1) {
      const user = ofRows[row]!;
      if (user === noId) continue;
      if (first[user] === none) first[user] = place;
      else if (first[user] !== place) isInSeveral[user] = 1;
    }
  }
  return usersOfRows.map((ofRows) => {
    let withUser = 0;
    let matched = 0;
    for (let row = 0; row < ofRows.length; row += 1) {
      const user = ofRows[row]!;
      if (user === noId) continue;
      withUser += 1;
      matched += isInSeveral[user]!;
    }
    return { rows: ofRows.length, withUser, matched };
  });
}

/** Of each row the user of its first ID that is not left out, or `noId`. */
function usersByRow(table: LinkTable, { userOf }: Users): Uint32Array {
  const users = new Uint32Array(table[0]?.length ?? 0).fill(noId);
  for (const column of table) {
    for (let row = 0; row < column.length; row += 1) {
      const id = column[row]!;
      if (id !== noId && users[row] === noId) users[row] = userOf[id]!;
    }
  }
  return users;
}
