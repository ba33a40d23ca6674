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
  return { count, ids, oneIds: () => ({ words, prefixes: prefixes.texts, others }) };
}
