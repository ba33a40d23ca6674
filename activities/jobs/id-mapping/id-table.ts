/**
 * Numbers for the 64-bit hashes of texts, in the order in which they come. Open addressing in one
 * array that stays small, as looking for a hash is waiting for memory: two words a slot, the lower
 * word of the hash and the number plus one. The upper word helps to say where a hash belongs. It is
 * compared only where that is asked for: else two hashes with one lower word whose places are near
 * each other may be given one number, as the order has it (one chance in some ten thousand for a
 * type of a million IDs). Whoever numbers texts by their hashes has to look for texts that share a
 * number anyhow, and asks for it then. Pure. One table serves type after type.
 */

/** Share of the slots that may be taken: with more, what is looked for is often not there at once. */
const mostLoad = 0.7;
const wordsPerSlot = 2;
/** Larger than every place. */
const noPlace = 0xffff;
/** A power of two, as its multiples are. */
const firstSlots = 1 << 12;
/** Brings the lower word into the place of a hash whose upper word varies little. */
const mixer = 0x9e3779b1;
/** Below so many, room for four times as many is made at once. */
const manySlots = 1 << 20;

export class IdTable {
  #slots = firstSlots;
  /** Signed, as what is read is then compared without being turned into a double first. */
  #words = new Int32Array(firstSlots * wordsPerSlot);
  #capacity = capacityOf(firstSlots);
  #count = 0;
  #first = 0;
  #comparesWhole = false;
  #hashes = new Int32Array(2 * this.#capacity);
  #cells = new Uint32Array(this.#capacity);
  #firstPlaces = new Uint16Array(this.#capacity);

  /**
   * Forgets all hashes.
   * @param first the number of the next one
   * @param comparesWhole whether each hash gets a number of its own, which takes longer
   */
  begin(first: number, comparesWhole: boolean): void {
    this.#words.fill(0);
    this.#count = 0;
    this.#first = first;
    this.#comparesWhole = comparesWhole;
  }

  /** How many hashes it has told apart. */
  get count(): number {
    return this.#count;
  }

  /**
   * The hashes in the order of their numbers, as pairs of words, the lower one first; as what comes
   * next, valid until it begins anew.
   */
  get hashes(): Int32Array {
    return this.#hashes.subarray(0, 2 * this.#count);
  }

  /** How often each was numbered. */
  get cells(): Uint32Array {
    return this.#cells.subarray(0, this.#count);
  }

  /** The smallest place at which each was numbered. */
  get firstPlaces(): Uint16Array {
    return this.#firstPlaces.subarray(0, this.#count);
  }

  /**
   * Numbers hashes: those that were seen before as then, all others anew.
   * @param hashes pairs of words, the lower one first
   * @param place where they were found
   * @param numbers written, one a hash
   */
  number(hashes: Int32Array, count: number, place: number, numbers: Uint32Array): void {
    if (this.#count + count > this.#capacity) this.#grow(this.#count + count);
    this.#touch(hashes, count, numbers);
    this.#find(hashes, count, numbers);
    const cells = this.#cells;
    const firstPlaces = this.#firstPlaces;
    const first = this.#first;
    // A loop of its own: one that looks for hashes as well waits for memory far longer.
    for (let at = 0; at < count; at += 1) {
      const number = numbers[at]!;
      cells[number]! += 1;
      if (place < firstPlaces[number]!) firstPlaces[number] = place;
      numbers[at] = first + number;
    }
  }

  /**
   * Reads all slots once, so that they are near then: as no branch depends on them here, many come
   * from memory at a time.
   * @param read what it finds there, which means nothing
   */
  #touch(hashes: Int32Array, count: number, read: Uint32Array): void {
    const words = this.#words;
    const mask = this.#slots - 1;
    for (let at = 0; at < count; at += 1) {
      read[at] = words[slotOf(hashes[2 * at]!, hashes[2 * at + 1]!, mask) * wordsPerSlot]!;
    }
  }

  /** Numbers hashes from 0 on. */
  #find(hashes: Int32Array, count: number, numbers: Uint32Array): void {
    const words = this.#words;
    const last = words.length;
    const mask = this.#slots - 1;
    const known = this.#hashes;
    const comparesWhole = this.#comparesWhole;
    let seen = this.#count;
    for (let at = 0; at < count; at += 1) {
      const low = hashes[2 * at]!;
      const high = hashes[2 * at + 1]!;
      let word = slotOf(low, high, mask) * wordsPerSlot;
      while (
        words[word + 1] !== 0 &&
        (words[word] !== low || (comparesWhole && known[2 * words[word + 1]! - 1] !== high))
      ) {
        word = word + wordsPerSlot === last ? 0 : word + wordsPerSlot;
      }
      const number = words[word + 1]! - 1;
      if (number >= 0) {
        numbers[at] = number;
        continue;
      }
      words[word] = low;
      words[word + 1] = seen + 1;
      known[2 * seen] = low;
      known[2 * seen + 1] = high;
      numbers[at] = seen;
      seen += 1;
    }
    // Where counts of a former type may stand.
    this.#cells.fill(0, this.#count, seen);
    this.#firstPlaces.fill(noPlace, this.#count, seen);
    this.#count = seen;
  }

  /** Makes room for so many hashes. */
  #grow(needed: number): void {
    while (capacityOf(this.#slots) < needed) this.#slots *= this.#slots < manySlots ? 4 : 2;
    this.#capacity = capacityOf(this.#slots);
    this.#hashes = longer(this.#hashes, new Int32Array(2 * this.#capacity));
    this.#cells = longer(this.#cells, new Uint32Array(this.#capacity));
    this.#firstPlaces = longer(this.#firstPlaces, new Uint16Array(this.#capacity));
    this.#words = new Int32Array(this.#slots * wordsPerSlot);
    this.#placeAll();
  }

  #placeAll(): void {
    const words = this.#words;
    const hashes = this.#hashes;
    const mask = this.#slots - 1;
    for (let number = 0; number < this.#count; number += 1) {
      const low = hashes[2 * number]!;
      let word = slotOf(low, hashes[2 * number + 1]!, mask) * wordsPerSlot;
      while (words[word + 1] !== 0) {
        word = word + wordsPerSlot === words.length ? 0 : word + wordsPerSlot;
      }
      words[word] = low;
      words[word + 1] = number + 1;
    }
  }
}

/** Where a hash is looked for first. */
function slotOf(low: number, high: number, mask: number): number {
  return (high ^ Math.imul(low, mixer)) & mask;
}

function capacityOf(slots: number): number {
  return Math.floor(slots * mostLoad);
}

function longer<T extends Int32Array | Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
