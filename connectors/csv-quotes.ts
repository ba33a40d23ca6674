/** Whether the quotes of a CSV stand where every reader of one takes them alike. */

const quote = 34;
const [newline, returned] = [10, 13];

/**
 * PostgreSQL begins and ends a quoted part anywhere in a value, where others take a quote in the
 * middle of a value for a part of it.
 */
export class QuotePlaces {
  readonly #delimiter: number;
  #isQuoted = false;
  /** The last piece ended with a quote in a quoted value: what follows says what it is. */
  #isOpen = false;
  #before = newline;

  /** @param delimiter of one byte */
  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** @returns false where a quote stands in the middle of a value, or text behind its last one */
  areUsual(bytes: Buffer): boolean {
    let from = 0;
    if (this.#isOpen && bytes.length > 0) {
      this.#isOpen = false;
      if (bytes[0] === quote) from = 1;
      else if (this.#isBound(bytes[0])) this.#isQuoted = false;
      else return false;
    }
    for (let at = bytes.indexOf(quote, from); at >= 0; at = bytes.indexOf(quote, from)) {
      from = at + 1;
      if (!this.#isQuoted) {
        if (!this.#isBound(at === 0 ? this.#before : bytes[at - 1])) return false;
        this.#isQuoted = true;
      } else if (from === bytes.length) this.#isOpen = true;
      else if (bytes[from] === quote) from += 1;
      else if (this.#isBound(bytes[from])) this.#isQuoted = false;
      else return false;
    }
    this.#before = bytes.at(-1) ?? this.#before;
    return true;
  }

  /** Whether the text may end here. */
  get isWhole(): boolean {
    return !this.#isQuoted || this.#isOpen;
  }

  #isBound(byte: number | undefined): boolean {
    return byte === this.#delimiter || byte === newline || byte === returned;
  }
}
