/** Numbers for the one_ids of a former result, in the order in which they come. Pure. */
import { prefixOf, type OneIds } from './one-ids';

/** Of slots only every second is taken at most: what is looked for is nearly always there at once. */
const slotsPerId = 2;
/** Inverted in DuckDB's UUIDs, which are compared as signed numbers. */
const topBit = 1 << 31;

export class FormerTable {
  #words: Int32Array;
  /** Number of the one_id in a slot and 1; 0: none. A power of two. */
  #slots: Int32Array;
  #ids: Uint32Array;
  #count = 0;
  /** Other texts with their numbers, and the other way round. */
  readonly #numbersOfOthers = new Map<string, number>();
  readonly #others = new Map<number, string>();

  /** @param expected makes room for so many: more take more time */
  constructor(expected: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(expected, 1)));
    this.#words = new Int32Array(4 * capacity);
    this.#slots = new Int32Array(slotsPerId * capacity);
    this.#ids = new Uint32Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** How often each has been numbered. */
  get ids(): Uint32Array {
    return this.#ids.subarray(0, this.#count);
  }

  /**
   * Numbers one_ids: those that were seen before as then, all others anew.
   * @param uuids their digits as DuckDB has UUIDs in memory: four words each, the lowest first
   * @param otherOf the text of one whose digits are all 0
   * @param numbers written, one each
   */
  number(
    uuids: Int32Array,
    count: number,
    otherOf: (at: number) => string,
    numbers: Uint32Array,
  ): void {
    while (this.#count + count > this.#ids.length) this.#grow();
    const ids = this.#ids;
    for (let at = 0; at < count; at += 1) {
      const from = 4 * at;
      const low = uuids[from]!;
      const high = uuids[from + 1]!;
      const lowest = uuids[from + 2]!;
      const top = uuids[from + 3]! ^ topBit;
      const number =
        (low | high | lowest | top) === 0
          ? this.#numberOther(otherOf(at))
          : this.#numberDigits(low, high, lowest, top);
      ids[number]! += 1;
      numbers[at] = number;
    }
  }

  /** Whether a one_id of these digits is there. */
  has(low: number, high: number, lowest: number, top: number): boolean {
    return this.#slots[this.#slotOf(low | 0, high | 0, lowest | 0, top | 0)] !== 0;
  }

  /** Negative where the first is older: ids sort by their age, and texts by their bytes. */
  compareAge(one: number, other: number): number {
    if (this.#others.size > 0) return Buffer.compare(this.#bytesOf(one), this.#bytesOf(other));
    for (let word = 3; word >= 0; word -= 1) {
      const age = this.#words[4 * one + word]! >>> 0;
      const ofOther = this.#words[4 * other + word]! >>> 0;
      if (age !== ofOther) return age - ofOther;
    }
    return 0;
  }

  /** All of them, by their numbers. */
  oneIds(): OneIds {
    const words = new Uint32Array(3 * this.#count);
    const prefixes = [''];
    const places = new Map<number, Map<number, number>>();
    for (let number = 0; number < this.#count; number += 1) {
      if (this.#others.has(number)) continue;
      const from = 4 * number;
      words[3 * number] = this.#words[from]!;
      words[3 * number + 1] = this.#words[from + 1]!;
      const [low, high] = [this.#words[from + 2]!, this.#words[from + 3]!];
      let ofHigh = places.get(high);
      if (ofHigh === undefined) places.set(high, (ofHigh = new Map()));
      let place = ofHigh.get(low);
      if (place === undefined) ofHigh.set(low, (place = prefixes.push(prefixOf(low, high)) - 1));
      words[3 * number + 2] = place;
    }
    return { words, prefixes, others: this.#others };
  }

  #bytesOf(number: number): Buffer {
    const other = this.#others.get(number);
    if (other !== undefined) return Buffer.from(other);
    const [low, high, lowest, highest] = this.#words.subarray(4 * number);
    return Buffer.from(prefixOf(lowest!, highest!) + prefixOf(low!, high!));
  }

  #numberOther(text: string): number {
    const known = this.#numbersOfOthers.get(text);
    if (known !== undefined) return known;
    const number = this.#add();
    this.#numbersOfOthers.set(text, number);
    this.#others.set(number, text);
    return number;
  }

  #numberDigits(low: number, high: number, lowest: number, top: number): number {
    const slot = this.#slotOf(low, high, lowest, top);
    if (this.#slots[slot] !== 0) return this.#slots[slot]! - 1;
    const number = this.#add();
    this.#slots[slot] = number + 1;
    const words = this.#words;
    words[4 * number] = low;
    words[4 * number + 1] = high;
    words[4 * number + 2] = lowest;
    words[4 * number + 3] = top;
    return number;
  }

  /** Where these digits are, or may be put. */
  #slotOf(low: number, high: number, lowest: number, top: number): number {
    const slots = this.#slots;
    const words = this.#words;
    let slot = hashOf(low, high, lowest, top) & (slots.length - 1);
    for (; slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const to = 4 * (slots[slot]! - 1);
      const isSame =
        words[to] === low &&
        words[to + 1] === high &&
        words[to + 2] === lowest &&
        words[to + 3] === top;
      if (isSame) break;
    }
    return slot;
  }

  #add(): number {
    this.#ids[this.#count] = 0;
    this.#count += 1;
    return this.#count - 1;
  }

  #grow(): void {
    const capacity = 2 * this.#ids.length;
    const [words, ids] = [this.#words, this.#ids];
    this.#words = new Int32Array(4 * capacity);
    this.#words.set(words);
    this.#ids = new Uint32Array(capacity);
    this.#ids.set(ids);
    this.#slots = new Int32Array(slotsPerId * capacity);
    for (let number = 0; number < this.#count; number += 1) {
      if (this.#others.has(number)) continue;
      const to = 4 * number;
      const slot = this.#slotOf(words[to]!, words[to + 1]!, words[to + 2]!, words[to + 3]!);
      this.#slots[slot] = number + 1;
    }
  }
}

/** The lower half is a hash already, if we gave the id. */
function hashOf(low: number, high: number, lowest: number, top: number): number {
  const mixed =
    low ^ Math.imul(high, 0x9e3779b1) ^ Math.imul(lowest, 0x85ebca6b) ^ Math.imul(top, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}
