/** The one_ids of a former result that the addon has numbered as texts. */
import type { AddonTexts } from '../../../native/texts';
import type { FormerIds } from './former-table';
import { Prefixes } from './prefixes';

/** @param texts one_ids; they are forgotten then, as all of this takes memory */
export function formerIdsOf(texts: AddonTexts): FormerIds {
  const ids = texts.cells();
  const { words, others: pairs } = texts.digits();
  texts.end();
  const others = new Map(pairs);
  const prefixes = new Prefixes();
  // In place: what is written lies before what is read.
  for (let number = 0; number < ids.length; number += 1) {
    const [from, to] = [4 * number, 3 * number];
    const isOther = others.size > 0 && others.has(number);
    const prefix = isOther ? 0 : prefixes.placeOf(words[from + 2]!, words[from + 3]!);
    words[to] = isOther ? 0 : words[from]!;
    words[to + 1] = isOther ? 0 : words[from + 1]!;
    words[to + 2] = prefix;
  }
  const oneIds = {
    words: words.subarray(0, 3 * ids.length),
    ...{ prefixes: prefixes.texts, others },
  };
  return { count: ids.length, ids, oneIds: () => oneIds };
}
