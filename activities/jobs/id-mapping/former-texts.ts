/** The one_ids of a former result that the addon has numbered as texts. */
import type { AddonTexts } from '../../../native/texts';
import type { FormerIds } from './former-table';
import { Prefixes } from './prefixes';

/** @param texts one_ids, which are not needed any more then */
export function formerIdsOf(texts: AddonTexts): FormerIds {
  const { count, cells: ids } = texts.read();
  const { words: digits, others: pairs } = texts.digits();
  const others = new Map(pairs);
  const prefixes = new Prefixes();
  const words = new Uint32Array(3 * count);
  for (let number = 0; number < count; number += 1) {
    if (others.has(number)) continue;
    words[3 * number] = digits[4 * number]!;
    words[3 * number + 1] = digits[4 * number + 1]!;
    words[3 * number + 2] = prefixes.placeOf(digits[4 * number + 2]!, digits[4 * number + 3]!);
  }
  /** Last digits by place of the prefix: only a prefix that is given once more is asked for. */
  const known = new Map<number, Set<string>>();
  const withPrefix = (place: number): Set<string> => {
    const last = new Set<string>();
    for (let word = 0; word < words.length; word += 3) {
      if (words[word + 2] === place) last.add(`${words[word]} ${words[word + 1]}`);
    }
    return last;
  };
  return {
    ...{ count, ids },
    has: (low, high, prefix) => {
      const place = prefixes.find(prefix);
      if (place === undefined) return false;
      if (!known.has(place)) known.set(place, withPrefix(place));
      return known.get(place)!.has(`${low >>> 0} ${high >>> 0}`);
    },
    oneIds: () => ({ words, prefixes: prefixes.texts, others }),
  };
}
