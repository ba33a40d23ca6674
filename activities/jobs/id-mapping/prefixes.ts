/** The first halves of one_ids, each once, with places of their own. Pure. */

/** Bits of the places at which prefixes that were met last are at hand: a result has some of each run. */
const atHandBits = 14;

/** The first 16 digits of a one_id, lower and upper half. */
export function prefixOf(low: number, high: number): string {
  const digits = [high, low].map((word) => (word >>> 0).toString(16).padStart(8, '0'));
  return digits.join('');
}

export class Prefixes {
  /** By place; the first is empty. */
  readonly texts = [''];
  readonly #places = new Map<string, number>();
  /** Two halves of a prefix, and its place; 0: none. */
  readonly #atHand = new Int32Array(3 << atHandBits);

  /** The place of a prefix, which is put there. @param low with a sign or without, as `high` */
  placeOf(low: number, high: number): number {
    const atHand = this.#atHand;
    const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0xc2b2ae35);
    const at = 3 * (mixed >>> (32 - atHandBits));
    if (atHand[at] === (low | 0) && atHand[at + 1] === (high | 0) && atHand[at + 2] !== 0) {
      return atHand[at + 2]!;
    }
    const prefix = prefixOf(low, high);
    const place = this.#places.get(prefix) ?? this.texts.push(prefix) - 1;
    this.#places.set(prefix, place);
    atHand[at] = low;
    atHand[at + 1] = high;
    atHand[at + 2] = place;
    return place;
  }
}
