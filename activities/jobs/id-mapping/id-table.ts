/**
 * Finds the number of an ID by the 64-bit hash of its text. Open addressing in one array: three
 * words (the hash's two, the number plus one) a slot. Pure.
 */
import { noId } from './links';

/** Share of the slots that are taken: fewer are missed at once, more would take more memory. */
const load = 0.5;
const wordsPerSlot = 3;
/** Brings the upper word into the place of a hash whose lower word varies little. */
const mixer = 0x9e3779b1;

export class IdTable {
  readonly #slots: number;
  /** Signed, as what is read is then compared without being turned into a double first. */
  readonly #words: Int32Array;

  /** @param capacity IDs that it will hold */
  constructor(capacity: number) {
    this.#slots = Math.max(8, Math.ceil(capacity / load));
    this.#words = new Int32Array(this.#slots * wordsPerSlot);
  }

  /**
   * Numbers the hashes from `first` on.
   * @param hashes pairs of words, the lower one first
   * @returns the numbers whose hash is zero, which stands for no ID, or another ID's too
   */
  add(hashes: Int32Array, count: number, first: number): number[] {
    const words = this.#words;
    const slots = this.#slots;
    const refused: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const low = hashes[2 * at]!;
      const high = hashes[2 * at + 1]!;
      let word = firstWordOf(low, high, slots);
      while (words[word + 2] !== 0 && (words[word] !== low || words[word + 1] !== high)) {
        word = word + wordsPerSlot === words.length ? 0 : word + wordsPerSlot;
      }
      if (words[word + 2] !== 0 || (low === 0 && high === 0)) {
        refused.push(first + at);
        continue;
      }
      words[word] = low;
      words[word + 1] = high;
      words[word + 2] = first + at + 1;
    }
    return refused;
  }

  /**
   * Writes the numbers of hashes into `numbers` from `start` on; `noId` for zero.
   * @returns false where a hash is not there
   */
  find(hashes: Int32Array, count: number, numbers: Uint32Array, start: number): boolean {
    const words = this.#words;
    const slots = this.#slots;
    for (let at = 0; at < count; at += 1) {
      const low = hashes[2 * at]!;
      const high = hashes[2 * at + 1]!;
      if (low === 0 && high === 0) {
        numbers[start + at] = noId;
        continue;
      }
      let word = firstWordOf(low, high, slots);
      while (words[word] !== low || words[word + 1] !== high) {
        if (words[word + 2] === 0) return false;
        word = word + wordsPerSlot === words.length ? 0 : word + wordsPerSlot;
      }
      numbers[start + at] = words[word + 2]! - 1;
    }
    return true;
  }
}

function firstWordOf(low: number, high: number, slots: number): number {
  const slot = Math.floor((((low ^ Math.imul(high, mixer)) >>> 0) / 2 ** 32) * slots);
  return slot * wordsPerSlot;
}
