/**
 * C code of ours that DuckDB's threads call by themselves, so that they do not wait for that of
 * JavaScript. Whatever it does is done in JavaScript too, more slowly: it is compiled where there is a
 * C compiler.
 */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

/** A handle of the C code. */
type Handle = { readonly handle: unique symbol };

/** What the C code offers, as it stands in `addon.c`. */
interface Addon {
  openTexts(mostMiB: number): Handle | null;
  beginTexts(texts: Handle, first: number): boolean;
  endTexts(texts: Handle): void;
  numberTexts(
    connection: unknown,
    name: string,
    texts: Handle,
    numbers: Uint32Array,
    place: number,
  ): Handle;
  releaseNumbering(numbering: Handle): number;
  countTexts(texts: Handle): number | null;
  readTexts(texts: Handle, cells: Uint32Array, places: Uint16Array, hashes: Int32Array): void;
  readDigits(texts: Handle, words: Uint32Array): [number, string][];
  registerOneIds(
    connection: unknown,
    name: string,
    of: Uint32Array,
    words: Uint32Array,
    prefixes: Uint8Array,
    beside: Uint32Array | Uint16Array | Uint8Array,
    texts: string[] | null,
  ): void;
}

/** Versions of DuckDB's package for Node whose connections the C code knows. */
const knownVersions = ['1.5.6-r.1'];

/** `off` does without. */
const setting = 'TABLEGATE_ADDON';

let loaded: Addon | null | undefined;

/** @returns null where it is not there, or switched off */
function loadAddon(): Addon | null {
  if (process.env[setting] === 'off') return null;
  if (loaded !== undefined) return loaded;
  const folder = __filename.endsWith('.ts') ? 'build' : '../../native/build';
  try {
    const { version } = require('@duckdb/node-bindings/package.json') as { version: string };
    loaded = knownVersions.includes(version)
      ? (require(path.join(__dirname, folder, 'ids.node')) as Addon)
      : null;
  } catch {
    loaded = null;
  }
  return loaded;
}

/** Whether the addon is there, and not switched off. */
export const hasAddon = (): boolean => loadAddon() !== null;

/** Functions that have been made: each has a name of its own. */
let functions = 0;

const newName = (): string => `tablegate_addon_${(functions += 1)}`;

/** What DuckDB's package holds of a connection. */
const connectionOf = (connection: DuckDBConnection): unknown =>
  (connection as unknown as { connection: unknown }).connection;

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
   * that it stands in (or the largest number: none). It finds the number of a text that comes for the first
   * time, and the largest number for all others.
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

  read(): KnownTexts {
    const count = this.count!;
    const hashes = new Int32Array(2 * count);
    const cells = new Uint32Array(count);
    const firstPlaces = new Uint16Array(count);
    this.#addon.readTexts(this.#texts, cells, firstPlaces, hashes);
    return { count, hashes, cells, firstPlaces };
  }

  /**
   * The texts as 32 hex digits in small letters, not all of them 0.
   * @returns four words each, the lowest first, and by number the texts that are none
   */
  digits(): { words: Uint32Array; others: [number, string][] } {
    const words = new Uint32Array(4 * this.count!);
    return { words, others: this.#addon.readDigits(this.#texts, words) };
  }
}

/** What is kept for as long as a connection is. */
const kept = new WeakMap<DuckDBConnection, unknown[]>();

/** Something that is known by number: numbers, or places in a list of texts. */
export interface BesideOneId {
  values: Uint32Array | Uint16Array | Uint8Array;
  texts?: string[];
}

/**
 * Makes a function `(UINTEGER) -> STRUCT(one_id VARCHAR, beside)`, whose one_id is NULL for a number
 * without one; `beside` is a UINTEGER, or an ENUM of the texts.
 * @param of place of the one_id of each number, or the largest number
 * @param words three each: the halves of the last 16 digits, the lower one first, and the place of the prefix
 * @param prefixes 16 digits each, or empty
 * @returns its name; null where there is no addon
 */
export function registerAddonOneIds(
  connection: DuckDBConnection,
  of: Uint32Array,
  { words, prefixes }: { words: Uint32Array; prefixes: string[] },
  { values, texts }: BesideOneId,
): string | null {
  const addon = loadAddon();
  if (addon === null) return null;
  const name = newName();
  const digits = Buffer.from(prefixes.map((prefix) => prefix.padStart(16, '0')).join(''), 'latin1');
  const held = [of, words, digits, values];
  kept.set(connection, [...(kept.get(connection) ?? []), ...held]);
  addon.registerOneIds(connectionOf(connection), name, of, words, digits, values, texts ?? null);
  return name;
}
