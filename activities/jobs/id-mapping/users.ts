/** Users: components with numbers of their own, and what is counted of them. Pure. */
import { loadAddon } from '../../../native/addon';
import { noId, sharedNumbers, type LinkTable } from './links';

export interface Users {
  /** Number of users; their numbers go from 0. */
  count: number;
  /** User of each ID; `noId` for those left out. */
  userOf: Uint32Array;
  /** How many IDs each user has. */
  ids: Uint32Array;
}

/**
 * Numbers the components, by their smallest IDs.
 * @param parents of each ID a smaller one of its component, or itself where it is the smallest; `noId`
 *   for those left out
 * @returns arrays that threads may share
 */
export function numberUsers(parents: Uint32Array): Users {
  const userOf = sharedNumbers(parents.length);
  const ids = sharedNumbers(parents.length);
  const count = (loadAddon()?.numberUsers ?? numberAll)(parents, userOf, ids);
  return { count, userOf, ids: ids.subarray(0, count) };
}

/** @returns how many users there are */
function numberAll(parents: Uint32Array, userOf: Uint32Array, ids: Uint32Array): number {
  let count = 0;
  for (let id = 0; id < parents.length; id += 1) {
    const parent = parents[id]!;
    if (parent === noId) {
      userOf[id] = noId;
      continue;
    }
    // In their order: a smaller one has its user by then.
    const user = parent === id ? count++ : userOf[parent]!;
    userOf[id] = user;
    ids[user]! += 1;
  }
  return count;
}

/**
 * For each user the ID that stands for it: that with the smallest hash, whatever the order of rows.
 * Three words each: the lower and the upper half of the hash, and the place of its type.
 */
export type Representatives = Uint32Array;

/**
 * @param types in the order of their places: the first of their IDs, and the hashes of these
 * @returns an array that threads may share
 */
export function representativesOf(
  { count, userOf }: Users,
  types: { start: number; hashes: Int32Array }[],
): Representatives {
  // Side by side, as each look-up is waiting for memory. No type has the place that stands for none.
  const words = sharedNumbers(3 * count).fill(noId);
  const represent = loadAddon()?.represent ?? representAll;
  for (const [place, { start, hashes }] of types.entries()) {
    represent(words, userOf.subarray(start, start + hashes.length / 2), hashes, place);
  }
  return words;
}

/** Puts the smallest hash of an ID of each user in the place of a larger one. */
function representAll(
  words: Representatives,
  userOf: Uint32Array,
  hashes: Int32Array,
  place: number,
): void {
  for (let id = 0; id < userOf.length; id += 1) {
    const user = userOf[id]!;
    if (user === noId) continue;
    const low = hashes[2 * id]! >>> 0;
    const high = hashes[2 * id + 1]! >>> 0;
    const word = 3 * user;
    const least = words[word + 1]!;
    const isSmaller = high < least || (high === least && low < words[word]!);
    if (!isSmaller && words[word + 2] !== noId) continue;
    words[word] = low;
    words[word + 1] = high;
    words[word + 2] = place;
  }
}

/** No place. */
const none = 0xffff;

/** How many rows of a table have a user who stands in another table too; one of theirs is enough. */
export interface Matched {
  rows: number;
  /** Rows that have an ID which is not left out. */
  withUser: number;
  /** Rows whose user other tables have as well. */
  matched: number;
}

/**
 * The same of all tables, in their order.
 * @param someApart IDs of some users were made users of their own: a row may have several then
 */
export function matchedRows(tables: LinkTable[], users: Users, someApart: boolean): Matched[] {
  const first = new Uint16Array(users.count).fill(none);
  const isInSeveral = new Uint8Array(users.count);
  const note = (user: number, place: number): void => {
    if (first[user] === none) first[user] = place;
    else if (first[user] !== place) isInSeveral[user] = 1;
  };
  const usersOfRows = tables.map((table) => usersByRow(table, users));
  // All others of its row are of that user too, unless it has this ID only.
  const isOneOfSome = (user: number): boolean => someApart && users.ids[user] === 1;
  for (const [place, ofRows] of usersOfRows.entries()) {
    for (let row = 0; row < ofRows.length; row += 1) {
      const user = ofRows[row]!;
      if (user === noId) continue;
      note(user, place);
      if (isOneOfSome(user)) {
        for (const other of usersOfRow(tables[place]!, row, users)) note(other, place);
      }
    }
  }
  return usersOfRows.map((ofRows, place) => {
    let withUser = 0;
    let matched = 0;
    for (let row = 0; row < ofRows.length; row += 1) {
      const user = ofRows[row]!;
      if (user === noId) continue;
      withUser += 1;
      if (isInSeveral[user] === 1) matched += 1;
      else if (isOneOfSome(user)) {
        const others = usersOfRow(tables[place]!, row, users);
        if (others.some((other) => isInSeveral[other] === 1)) matched += 1;
      }
    }
    return { rows: ofRows.length, withUser, matched };
  });
}

/** The users of all IDs of a row that are not left out. */
function usersOfRow(table: LinkTable, row: number, { userOf }: Users): number[] {
  const users: number[] = [];
  for (const column of table) {
    const id = column[row]!;
    const user = id === noId ? noId : userOf[id]!;
    if (user !== noId) users.push(user);
  }
  return users;
}

/** Of each row the user of its first ID that is not left out, or `noId`. */
function usersByRow(table: LinkTable, { userOf }: Users): Uint32Array {
  const users = new Uint32Array(table[0]?.length ?? 0).fill(noId);
  const find = loadAddon()?.usersOfRows ?? usersOfRows;
  let withoutUser = users.length;
  for (const column of table) {
    if (withoutUser === 0) break;
    withoutUser -= find(users, column, userOf);
  }
  return users;
}

/** Writes the users of rows that have none so far. @returns how many rows have got one */
function usersOfRows(users: Uint32Array, column: Uint32Array, userOf: Uint32Array): number {
  let found = 0;
  for (let row = 0; row < column.length; row += 1) {
    const id = column[row]!;
    if (id === noId || users[row] !== noId) continue;
    const user = userOf[id]!;
    users[row] = user;
    if (user !== noId) found += 1;
  }
  return found;
}
