/** Texts that are numbered by the addon. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { connectionOf, loadAddon, newName, type Addon, type Handle } from './addon';

/** All that is known of distinct texts, in the order of their numbers. */
export interface KnownTexts {
  count: number;
  /** Of the texts, as pairs of words, the lower one first. */
  hashes: Int32Array;
  /** How often each was numbered. */
  cells: Uint32Array;
  /** The smallest place at which each was numbered. */
  firstPlaces: Uint16Array;
}

/** A function that numbers the cells of one column. */
export interface Numbering {
  /**
   * By which SQL calls it: `(VARCHAR, UBIGINT, UINTEGER) -> UINTEGER`, a text with its hash and the row
   * that it stands in, none of them NULL; for a row that the array does not reach, such as the largest
   * number, it is written nowhere. It finds the number of a text that comes for the first time, and the
   * largest number for all others.
   */
  name: string;
  /** It is not called any more then. @returns how many cells it has numbered */
  release(): number;
}

/** A table of the C code that numbers texts in the order in which they come, and compares them as a whole. */
export class AddonTexts {
  readonly #addon: Addon;
  readonly #texts: Handle;

  private constructor(addon: Addon, texts: Handle) {
    this.#addon = addon;
    this.#texts = texts;
  }

  /** @returns null where there is no addon, or no memory. @param mostMiB that texts may take */
  static open(mostMiB: number): AddonTexts | null {
    const addon = loadAddon();
    const texts = addon?.openTexts(mostMiB) ?? null;
    return addon === null || texts === null ? null : new AddonTexts(addon, texts);
  }

  /** Forgets all texts. @param first the number of the next one @returns false where there is no memory */
  begin(first: number): boolean {
    return this.#addon.beginTexts(this.#texts, first);
  }

  /** Forgets all texts, and gives back their memory. */
  end(): void {
    this.#addon.endTexts(this.#texts);
  }

  /**
   * @param numbers written, by row
   * @param place of the column
   */
  number(connection: DuckDBConnection, numbers: Uint32Array, place: number): Numbering {
    const name = newName();
    let held: Uint32Array | null = numbers;
    const numbering = this.#addon.numberTexts(
      connectionOf(connection),
      name,
      this.#texts,
      held,
      place,
    );
    return {
      name,
      release: () => {
        held = null;
        return this.#addon.releaseNumbering(numbering);
      },
    };
  }

  /** How many there are; null where two texts have one hash, or there is no room: numbers mean nothing then. */
  get count(): number | null {
    return this.#addon.countTexts(this.#texts);
  }

  /** @throws Error where the numbers mean nothing */
  read(): KnownTexts {
    const count = this.#counted();
    const hashes = new Int32Array(2 * count);
    const cells = new Uint32Array(count);
    const firstPlaces = new Uint16Array(count);
    this.#addon.readTexts(this.#texts, cells, firstPlaces, hashes);
    return { count, hashes, cells, firstPlaces };
  }

  /** How often each was numbered. @throws Error where the numbers mean nothing */
  cells(): Uint32Array {
    const cells = new Uint32Array(this.#counted());
    this.#addon.readTexts(this.#texts, cells, null, null);
    return cells;
  }

  /**
   * The texts as 32 hex digits in small letters, not all of them 0.
   * @returns four words each, the lowest first, and by number, counted from 0, the texts that are none,
   *   whose words mean nothing
   * @throws Error where the numbers mean nothing
   */
  digits(): { words: Uint32Array; others: [number, string][] } {
    const words = new Uint32Array(4 * this.#counted());
    return { words, others: this.#addon.readDigits(this.#texts, words) };
  }

  /** What the C code writes into is as long as that. */
  #counted(): number {
    const { count } = this;
    if (count === null) throw new Error('texts were asked for whose numbers mean nothing');
    return count;
  }
}
