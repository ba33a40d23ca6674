/** An order of IDs that is the same for the same IDs, in whatever order they were numbered. Pure. */
import { noId } from './links';

/** The IDs of one type. */
export interface HashedIds {
  /** The number of the first one. */
  start: number;
  /** As pairs of words, the lower one first; those of one type differ. */
  hashes: Int32Array;
}

/** By type, and then by hash: their texts are not at hand. */
export class IdOrder {
  readonly #types: HashedIds[];

  /** @param types in the order of their places */
  constructor(types: HashedIds[]) {
    this.#types = types;
  }

  /** Negative where the first one comes first. */
  compare(one: number, other: number): number {
    const type = this.#placeOf(one);
    const ofOther = this.#placeOf(other);
    return type - ofOther || compareHashes(this.#types[type]!, one, other);
  }

  /**
   * Of each user that is wanted the ID that comes first; `noId` for the others.
   * @param isWanted a byte a user
   */
  firstOf(userOf: Uint32Array, isWanted: Uint8Array): Uint32Array {
    const first = new Uint32Array(isWanted.length).fill(noId);
    let missing = isWanted.reduce((sum, byte) => sum + byte, 0);
    for (const type of this.#types) {
      // As a rule the first types have all of them.
      if (missing === 0) break;
      const end = endOf(type);
      for (let id = type.start; id < end; id += 1) {
        const user = userOf[id]!;
        if (user === noId || isWanted[user] !== 1) continue;
        const before = first[user]!;
        const isOfType = before >= type.start && before < end;
        const isFirst = isOfType ? compareHashes(type, id, before) < 0 : before === noId;
        if (before === noId) missing -= 1;
        if (isFirst) first[user] = id;
      }
    }
    return first;
  }

  #placeOf(id: number): number {
    return this.#types.findIndex((type) => id >= type.start && id < endOf(type));
  }
}

const endOf = ({ start, hashes }: HashedIds): number => start + hashes.length / 2;

function compareHashes({ start, hashes }: HashedIds, one: number, other: number): number {
  const word = (id: number, half: 0 | 1): number => hashes[2 * (id - start) + half]! >>> 0;
  return word(one, 1) - word(other, 1) || word(one, 0) - word(other, 0);
}
