/** What former users and present ones have in common, counted. Pure. */
import type { FormerPairs } from './former-ids';
import { noId } from './links';

/** The rows of the former result whose IDs there are still. */
export interface FormerRows {
  /** Of each present ID the number of its former one_id, or `noId`. */
  formerOf: Uint32Array;
  /** Rows that name an ID once more, which no result of ours has. */
  again: { id: number; former: number }[];
}

/** Room that is made at first. */
const manyPairs = 1 << 16;

/** @param formerCount how many former one_ids there are */
export function countPairs(
  { formerOf, again }: FormerRows,
  formerCount: number,
  userOf: Uint32Array,
): FormerPairs {
  // Nearly all IDs of a former user are in one user: that of the first of them.
  const firstUser = new Uint32Array(formerCount).fill(noId);
  const firstIds = new Uint32Array(formerCount);
  /** Pairs of words: the users and former ones of all others. */
  let words = new Uint32Array(2 * manyPairs);
  let end = 0;
  const note = (former: number, user: number): void => {
    if (firstUser[former] === noId) firstUser[former] = user;
    if (firstUser[former] === user) {
      firstIds[former]! += 1;
      return;
    }
    if (end === words.length) {
      const longer = new Uint32Array(2 * end);
      longer.set(words);
      words = longer;
    }
    words[end++] = user;
    words[end++] = former;
  };
  for (let id = 0; id < formerOf.length; id += 1) {
    const former = formerOf[id]!;
    if (former !== noId && userOf[id] !== noId) note(former, userOf[id]!);
  }
  for (const { id, former } of again) if (userOf[id] !== noId) note(former, userOf[id]!);
  words = words.subarray(0, end);
  // Equal pairs come to stand side by side.
  new BigUint64Array(words.buffer, 0, end / 2).sort();
  const most = formerCount + end / 2;
  const former = new Uint32Array(most);
  const user = new Uint32Array(most);
  const ids = new Uint32Array(most);
  let count = 0;
  for (let place = 0; place < formerCount; place += 1) {
    if (firstUser[place] === noId) continue;
    former[count] = place;
    user[count] = firstUser[place]!;
    ids[count++] = firstIds[place]!;
  }
  for (let at = 0; at < end; at += 2) {
    const isNew = at === 0 || words[at] !== words[at - 2] || words[at + 1] !== words[at - 1];
    if (isNew) {
      user[count] = words[at]!;
      former[count++] = words[at + 1]!;
    }
    ids[count - 1]! += 1;
  }
  const part = (values: Uint32Array): Uint32Array => values.subarray(0, count);
  return { former: part(former), user: part(user), ids: part(ids) };
}
