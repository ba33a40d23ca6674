/** Users: components with numbers of their own, and what is counted of them. Pure. */
import type { TypeIds } from './dictionary';
import { noId, type IdRange, type LinkTable } from './links';

export interface Users {
  /** Number of users; their numbers go from 0. */
  count: number;
  /** User of each ID; `noId` for those left out. */
  userOf: Uint32Array;
}

/** Numbers the components. @param roots of each ID the smallest of its component, or `noId` */
export function numberUsers(roots: Uint32Array): Users {
  const userOf = new Uint32Array(roots.length);
  let count = 0;
  for (let id = 0; id < roots.length; id += 1) {
    const root = roots[id]!;
    if (root === noId) userOf[id] = noId;
    else userOf[id] = root === id ? count++ : userOf[root]!;
  }
  return { count, userOf };
}

/** Of each user how many IDs it has within a run of numbers. */
export function countIds(
  { count, userOf }: Users,
  { start, end }: Pick<IdRange, 'start' | 'end'>,
): Uint32Array {
  const counts = new Uint32Array(count);
  for (let id = start; id < end; id += 1) {
    const user = userOf[id]!;
    if (user !== noId) counts[user]! += 1;
  }
  return counts;
}

/** A user with more IDs of one type than a person has. */
export interface CrowdedUser {
  /** The smallest of its IDs. */
  root: number;
  idType: string;
  ids: number;
}

/** Users with more IDs of a range than its limit, most first; null: no limit. */
export function findCrowded(
  users: Users,
  roots: Uint32Array,
  limits: (IdRange & { maxPerUser: number | null })[],
): CrowdedUser[] {
  const crowded: CrowdedUser[] = [];
  let rootOfUser: Uint32Array | null = null;
  for (const range of limits) {
    const { maxPerUser, idType } = range;
    if (maxPerUser === null) continue;
    const counts = countIds(users, range);
    for (let user = 0; user < users.count; user += 1) {
      const ids = counts[user]!;
      if (ids <= maxPerUser) continue;
      rootOfUser ??= rootsByUser(users, roots);
      crowded.push({ root: rootOfUser[user]!, idType, ids });
    }
  }
  return crowded.toSorted((one, other) => other.ids - one.ids || one.root - other.root);
}

function rootsByUser({ count, userOf }: Users, roots: Uint32Array): Uint32Array {
  const rootOf = new Uint32Array(count);
  for (let id = 0; id < roots.length; id += 1) {
    if (roots[id] === id) rootOf[userOf[id]!] = id;
  }
  return rootOf;
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
