/**
 * Numbers for the one_ids of a former result, in the order in which they come. Pure. Open addressing
 * in one array, four words a slot, so that each look-up waits for the memory once.
 */
import type { OneIds } from './one-ids';
import { Prefixes } from './prefixes';

/** The one_ids of a former result, by numbers of their own. */
export interface FormerIds {
  count: number;
  /** How many rows have each. */
  ids: Uint32Array;
  oneIds(): OneIds;
}

const wordsPerSlot = 4;
/** Share of the slots that may be taken. */
const mostLoad = 0.75;
/** Inverted in DuckDB's UUIDs, which are compared as signed numbers. */
const topBit = 1 << 31;

export class FormerTable implements FormerIds {
  /** The halves of the last 16 digits, the place of the prefix, and the number and 1; 0: free. */
  #slots: Int32Array;
  #ids: Uint32Array;
  #count = 0;
  readonly #prefixes = new Prefixes();
  /** Other texts with their numbers, and the other way round. */
  readonly #numbersOfOthers = new Map<string, number>();
  readonly #others = new Map<number, string>();

  /** @param expected makes room for so many: more take more time */
  constructor(expected: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(expected, 1) / mostLoad));
    this.#slots = new Int32Array(wordsPerSlot * slots);
    this.#ids = new Uint32Array(Math.floor(slots * mostLoad));
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
    const slots = this.#slots;
    for (let at = 0; at < count; at += 1) {
      const low = uuids[4 * at]!;
      const high = uuids[4 * at + 1]!;
      const lowest = uuids[4 * at + 2]!;
      const top = uuids[4 * at + 3]! ^ topBit;
      if ((low | high | lowest | top) === 0) {
        numbers[at] = this.#numberOther(otherOf(at));
        continue;
      }
      const prefix = this.#prefixes.placeOf(lowest, top);
      const slot = slotOf(slots, low, high, prefix);
      if (slots[slot + 3] === 0) {
        this.#count += 1;
        slots[slot] = low;
        slots[slot + 1] = high;
        slots[slot + 2] = prefix;
        slots[slot + 3] = this.#count;
      }
      numbers[at] = slots[slot + 3]! - 1;
    }
    const ids = this.#ids;
    for (let at = 0; at < count; at += 1) ids[numbers[at]!]! += 1;
  }

  /** All of them, by their numbers. */
  oneIds(): OneIds {
    const words = new Uint32Array(3 * this.#count);
    const slots = this.#slots;
    for (let slot = 0; slot < slots.length; slot += wordsPerSlot) {
      if (slots[slot + 3] === 0) continue;
      const to = 3 * (slots[slot + 3]! - 1);
      words[to] = slots[slot]!;
      words[to + 1] = slots[slot + 1]!;
      words[to + 2] = slots[slot + 2]!;
    }
    return { words, prefixes: this.#prefixes.texts, others: this.#others };
  }

  #numberOther(text: string): number {
    const known = this.#numbersOfOthers.get(text);
    if (known !== undefined) return known;
    const number = this.#count;
    this.#count += 1;
    this.#numbersOfOthers.set(text, number);
    this.#others.set(number, text);
    return number;
  }

  #grow(): void {
    const before = this.#slots;
    const slots = new Int32Array(2 * before.length);
    for (let slot = 0; slot < before.length; slot += wordsPerSlot) {
      if (before[slot + 3] === 0) continue;
      const to = slotOf(slots, before[slot]!, before[slot + 1]!, before[slot + 2]!);
      for (let word = 0; word < wordsPerSlot; word += 1) slots[to + word] = before[slot + word]!;
    }
    this.#slots = slots;
    const ids = this.#ids;
    this.#ids = new Uint32Array(Math.floor((slots.length / wordsPerSlot) * mostLoad));
    this.#ids.set(ids);
  }
}

/** Where these are, or may be put. The digits are a hash already, if we gave the id. */
function slotOf(slots: Int32Array, low: number, high: number, prefix: number): number {
  const mixed = low ^ Math.imul(high, 0x9e3779b1) ^ Math.imul(prefix, 0x85ebca6b);
  let slot = (wordsPerSlot * (mixed ^ (mixed >>> 15))) & (slots.length - 1);
  while (
    slots[slot + 3] !== 0 &&
    (slots[slot] !== low || slots[slot + 1] !== high || slots[slot + 2] !== prefix)
  ) {
    slot = (slot + wordsPerSlot) & (slots.length - 1);
  }
  return slot;
}
