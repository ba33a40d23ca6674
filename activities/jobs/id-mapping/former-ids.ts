/**
 * Which user goes on under which former one_id. Pure. Pairs of former id and present user are taken
 * by the number of IDs that they share, most first; ties by the oldest id, then by the smallest ID
 * of the user; each former id and each user once.
 */
import { noId } from './links';

/** What former users and present ones have in common; one place of each array a pair. */
export interface FormerPairs {
  /** Numbers of former ids, in the order of their age. */
  former: Uint32Array;
  /** Users; `noId`: IDs that are in no present user. */
  user: Uint32Array;
  /** How many IDs they share. */
  ids: Uint32Array;
}

/** Users of whom another shares as many IDs with the same former id: their smallest ID decides. */
export function tiedUsers({ former, user, ids }: FormerPairs): number[] {
  const seen = new Map<string, number>();
  const counts = countBy(former, user);
  const tied = new Set<number>();
  for (let pair = 0; pair < former.length; pair += 1) {
    if (user[pair] === noId || counts[former[pair]!]! < 2) continue;
    const key = `${former[pair]} ${ids[pair]}`;
    const other = seen.get(key);
    if (other === undefined) seen.set(key, user[pair]!);
    else tied.add(other).add(user[pair]!);
  }
  return [...tied];
}

/** Pairs with a present user, by one of their sides. */
function countBy(side: Uint32Array, user: Uint32Array): Uint32Array {
  let most = 0;
  for (let pair = 0; pair < side.length; pair += 1) {
    if (user[pair] !== noId && side[pair]! >= most) most = side[pair]! + 1;
  }
  const counts = new Uint32Array(most);
  for (let pair = 0; pair < side.length; pair += 1) {
    if (user[pair] !== noId) counts[side[pair]!]! += 1;
  }
  return counts;
}

/**
 * @param rankOf place of a tied user in the order of their smallest IDs
 * @returns of each user the number of the former id that it keeps, or `noId`
 */
export function matchFormer(
  pairs: FormerPairs,
  userCount: number,
  rankOf: Map<number, number>,
): Uint32Array {
  const { former, user, ids } = pairs;
  const byFormer = countBy(former, user);
  const byUser = countBy(user, user);
  const kept = new Uint32Array(userCount).fill(noId);
  const contested: number[] = [];
  for (let pair = 0; pair < former.length; pair += 1) {
    if (user[pair] === noId) continue;
    if (byFormer[former[pair]!] === 1 && byUser[user[pair]!] === 1) {
      kept[user[pair]!] = former[pair]!;
    } else {
      contested.push(pair);
    }
  }
  const rank = (pair: number): number => rankOf.get(user[pair]!) ?? 0;
  contested.sort(
    (one, other) =>
      ids[other]! - ids[one]! || former[one]! - former[other]! || rank(one) - rank(other),
  );
  const taken = new Set<number>();
  for (const pair of contested) {
    if (taken.has(former[pair]!) || kept[user[pair]!] !== noId) continue;
    taken.add(former[pair]!);
    kept[user[pair]!] = former[pair]!;
  }
  return kept;
}
