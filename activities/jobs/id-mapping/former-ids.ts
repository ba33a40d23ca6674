/**
 * Which user goes on under which former one_id. Pure. Pairs of former id and present user are taken
 * by the number of IDs that they share, most first; ties by the oldest id, then by the smallest ID
 * of the user; each former id and each user once.
 */
import { noId } from './links';

/** What former users and present ones have in common; one place of each array a pair. */
export interface FormerPairs {
  /** Numbers of former ids. */
  former: Uint32Array;
  /** Numbers of present users. */
  user: Uint32Array;
  /** How many IDs they share. */
  ids: Uint32Array;
}

/** Users of whom another shares as many IDs with the same former id: their smallest ID decides. */
export function tiedUsers({ former, user, ids }: FormerPairs): number[] {
  const seen = new Map<string, number>();
  const counts = countBy(former);
  const tied = new Set<number>();
  for (let pair = 0; pair < former.length; pair += 1) {
    if (counts[former[pair]!]! < 2) continue;
    const key = `${former[pair]} ${ids[pair]}`;
    const other = seen.get(key);
    if (other === undefined) seen.set(key, user[pair]!);
    else tied.add(other).add(user[pair]!);
  }
  return [...tied];
}

/** How many pairs there are, by one of their sides. */
function countBy(side: Uint32Array): Uint32Array {
  let most = 0;
  for (let pair = 0; pair < side.length; pair += 1) if (side[pair]! >= most) most = side[pair]! + 1;
  const counts = new Uint32Array(most);
  for (let pair = 0; pair < side.length; pair += 1) counts[side[pair]!]! += 1;
  return counts;
}

/** What a pair is whose user does not go on under the former id. */
export const apartKind = {
  /** The user has IDs of several former ones. */
  merged: 1,
  /** The former one's IDs are those of several users now. */
  split: 2,
} as const;

/** Who goes on as whom. */
export interface FormerMatch {
  /** Of each user the number of the former id that it keeps, or `noId`. */
  kept: Uint32Array;
  /** How many IDs each shares with that. */
  keptIds: Uint32Array;
  /** A byte a former id; 1: nobody keeps it. */
  isGone: Uint8Array;
  /** All other pairs with present users; `kind` is a sum of `apartKind`. */
  apart: FormerPairs & { kind: Uint8Array };
}

/** What decides between pairs that share as many IDs. */
export interface TieBreakers {
  /** Negative where the first former id is older. */
  compareAge(one: number, other: number): number;
  /** Places of tied users in the order of their smallest IDs. */
  rankOf: Map<number, number>;
}

/** @param counts how many users and former ids there are */
export function matchFormer(
  pairs: FormerPairs,
  counts: { users: number; formers: number },
  { compareAge, rankOf }: TieBreakers,
): FormerMatch {
  const { former, user, ids } = pairs;
  const byFormer = countBy(former);
  const byUser = countBy(user);
  const kept = new Uint32Array(counts.users).fill(noId);
  const keptIds = new Uint32Array(counts.users);
  const isGone = new Uint8Array(counts.formers).fill(1);
  const keep = (pair: number): void => {
    kept[user[pair]!] = former[pair]!;
    keptIds[user[pair]!] = ids[pair]!;
    isGone[former[pair]!] = 0;
  };
  const contested: number[] = [];
  for (let pair = 0; pair < former.length; pair += 1) {
    if (byFormer[former[pair]!] === 1 && byUser[user[pair]!] === 1) keep(pair);
    else contested.push(pair);
  }
  const rank = (pair: number): number => rankOf.get(user[pair]!) ?? 0;
  contested.sort(
    (one, other) =>
      ids[other]! - ids[one]! ||
      compareAge(former[one]!, former[other]!) ||
      rank(one) - rank(other),
  );
  const apart = contested.filter((pair) => {
    if (isGone[former[pair]!] === 0 || kept[user[pair]!] !== noId) return true;
    keep(pair);
    return false;
  });
  const kindOf = (pair: number): number =>
    (byUser[user[pair]!]! > 1 ? apartKind.merged : 0) +
    (byFormer[former[pair]!]! > 1 ? apartKind.split : 0);
  return {
    ...{ kept, keptIds, isGone },
    apart: {
      former: Uint32Array.from(apart, (pair) => former[pair]!),
      user: Uint32Array.from(apart, (pair) => user[pair]!),
      ids: Uint32Array.from(apart, (pair) => ids[pair]!),
      kind: Uint8Array.from(apart, kindOf),
    },
  };
}
