/** Gives every user its one_id. Pure. */
import type { FormerMatch } from './former-ids';
import type { FormerIds } from './former-table';
import { noId } from './links';
import { prefixOf } from './prefixes';
import type { Representatives, Users } from './users';

/** one_ids in little room: 32 hex digits in small letters, and whatever else a former one may be. */
export interface OneIds {
  /**
   * Three words each: the lower and the upper half of the last 16 digits, and the place of the first
   * 16 in `prefixes`; 0 there: another text.
   */
  words: Uint32Array;
  /** Each once; the first is empty. */
  prefixes: string[];
  /** Other texts, by the places of the ids. */
  others: ReadonlyMap<number, string>;
}

/** The former ids, and who keeps which. */
export interface MatchedFormer {
  table: FormerIds;
  /** Those of the table. */
  oneIds: OneIds;
  match: FormerMatch;
}

/** Negative where the first is older: ids sort by their age, and texts by their bytes. */
export function compareAge(ids: OneIds, one: number, other: number): number {
  const { words, prefixes, others } = ids;
  if (others.has(one) || others.has(other)) {
    return Buffer.compare(Buffer.from(textOf(ids, one)), Buffer.from(textOf(ids, other)));
  }
  const prefix = prefixes[words[3 * one + 2]!]!;
  const ofOther = prefixes[words[3 * other + 2]!]!;
  if (prefix !== ofOther) return prefix < ofOther ? -1 : 1;
  return words[3 * one + 1]! - words[3 * other + 1]! || words[3 * one]! - words[3 * other]!;
}

function textOf({ words, prefixes, others }: OneIds, place: number): string {
  const [low, high, prefix] = words.subarray(3 * place, 3 * place + 3);
  return others.get(place) ?? prefixes[prefix!]! + prefixOf(low!, high!);
}

/**
 * Who is the same user as before keeps the former id. A new id is made of the time at which the try
 * began (12 digits, so that ids sort by their age), of the type (4) and of the hash of the ID that
 * stands for the user (16), so that no two users ever get the same one, whichever task gives it; in
 * a first result the time says nothing, so that the same content gets the same ids, whatever the
 * order of rows and tables. Where a former id begins with that time already, as another run began in the
 * same millisecond, it is the next time that none does.
 * @param startedAtMs of the try
 */
export function giveOneIds(
  { count }: Users,
  representatives: Representatives,
  former: MatchedFormer | null,
  startedAtMs: number,
): OneIds {
  // With the place of a prefix in that of a type.
  const words = representatives.slice();
  const others = new Map<number, string>();
  const prefixes = [...(former?.oneIds.prefixes ?? [''])];
  const generation = former === null ? 0 : nextGeneration(prefixes, startedAtMs);
  const hasOthers = former !== null && former.oneIds.others.size > 0;
  /** Places of the prefixes of new ids, by type. */
  const places: number[] = [];
  for (let user = 0; user < count; user += 1) {
    const number = former === null ? noId : former.match.kept[user]!;
    if (former !== null && number !== noId) {
      for (let word = 0; word < 3; word += 1) {
        words[3 * user + word] = former.oneIds.words[3 * number + word]!;
      }
      const other = hasOthers ? former.oneIds.others.get(number) : undefined;
      if (other !== undefined) others.set(user, other);
      continue;
    }
    const ofType = words[3 * user + 2]!;
    places[ofType] ??= prefixes.push(newPrefix(generation, ofType)) - 1;
    words[3 * user + 2] = places[ofType];
  }
  return { words, prefixes, others };
}

const generationText = (generation: number): string => generation.toString(16).padStart(12, '0');

const newPrefix = (generation: number, type: number): string =>
  generationText(generation) + type.toString(16).padStart(4, '0');

/** The first from this one on that no prefix has. */
function nextGeneration(prefixes: string[], from: number): number {
  for (let generation = from; ; generation += 1) {
    const text = generationText(generation);
    if (!prefixes.some((prefix) => prefix.startsWith(text))) return generation;
  }
}
