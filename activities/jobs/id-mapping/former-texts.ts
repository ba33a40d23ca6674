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
  /** Last digits by place of the prefix, sorted: only a prefix that is given once more is asked for. */
  const known = new Map<number, BigUint64Array>();
  return {
    ...{ count, ids },
    has: (low, high, prefix) => {
      const place = prefixes.find(prefix);
      if (place === undefined) return false;
      if (!known.has(place)) known.set(place, lastDigits(words, place));
      return includes(known.get(place)!, lastOf(low, high));
    },
    oneIds: () => ({ words, prefixes: prefixes.texts, others }),
  };
}

const lastOf = (low: number, high: number): bigint =>
  (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

/** Those of the one_ids with this prefix. */
function lastDigits(words: Uint32Array, prefix: number): BigUint64Array {
  const last = new BigUint64Array(words.length / 3);
  let count = 0;
  for (let word = 0; word < words.length; word += 3) {
    if (words[word + 2] === prefix) last[count++] = lastOf(words[word]!, words[word + 1]!);
  }
  return last.slice(0, count).sort();
}

function includes(sorted: BigUint64Array, one: bigint): boolean {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < one) from = middle + 1;
    else to = middle;
  }
  return sorted[from] === one;
}
