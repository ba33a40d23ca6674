/** Rows of a COPY out of PostgreSQL, brought together in the very buffer in which their messages came. */
import type { Chunk } from '../transfer';

/** Bytes that come together, but for a row that is larger. */
const usualBytes = 512 << 10;

/** Codes of the messages of the protocol. */
const copyData = 0x64;
const copyDone = 0x63;
const errorResponse = 0x45;
/** A message begins with its code and its length. */
const headBytes = 5;

/** Bytes that are moved at once. The gap that a head leaves is wider, so nothing is written over. */
const wordBytes = 4;
/** A call that moves costs more than moving so few bytes. */
const fewBytes = 512;

export class GatheredRows {
  #bytes: Buffer = Buffer.allocUnsafeSlow(usualBytes);
  #view = viewOf(this.#bytes);
  /** Where the rows end, and what has come of messages behind them begins. */
  #used = 0;
  /** Where that ends. */
  #end = 0;
  /** Size of the first of those messages, once it is known. */
  #wanted = 0;
  #count = 0;
  /** Bytes before the first row that belong to none. */
  #skip: number;

  constructor(skip = 0) {
    this.#skip = skip;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get isOfUsualSize(): boolean {
    return this.#bytes.length === usualBytes;
  }

  hasRoomFor(size: number): boolean {
    return this.#end + size + wordBytes <= this.#bytes.length;
  }

  /** Adds what came, wherever its messages begin and end. */
  append(bytes: Buffer): void {
    if (!this.hasRoomFor(bytes.length)) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * Brings the rows of all whole messages together.
   * @returns null; what came from the end of the copy on, or from an error, once there is one
   */
  gather(): Buffer | null {
    const bytes = this.#bytes;
    const view = this.#view;
    const end = this.#end;
    let at = this.#used;
    this.#wanted = 0;
    while (at + headBytes <= end) {
      const code = bytes[at];
      const next = at + 1 + view.getUint32(at + 1);
      if (code === errorResponse) return this.#handOver(at);
      if (next > end) {
        this.#wanted = next - at;
        break;
      }
      if (code === copyDone) return this.#handOver(next);
      if (code === copyData) this.#add(at + headBytes + this.#skip, next);
      at = next;
    }
    bytes.copyWithin(this.#used, at, end);
    this.#end = this.#used + end - at;
    return null;
  }

  /**
   * @param other takes what is not whole yet; what it held is gone
   * @returns it
   */
  takeRest(other: GatheredRows): GatheredRows {
    other.#used = 0;
    other.#end = 0;
    other.#count = 0;
    other.append(this.#bytes.subarray(this.#used, this.#end));
    return other;
  }

  chunk(): Chunk {
    return { bytes: this.#bytes.subarray(0, this.#used), rows: this.#count };
  }

  #handOver(from: number): Buffer {
    const others = Buffer.from(this.#bytes.subarray(from, this.#end));
    this.#end = this.#used;
    return others;
  }

  #add(from: number, end: number): void {
    this.#skip = 0;
    const bytes = this.#bytes;
    const size = end - from;
    // The trailer of the binary form, and a header without a row.
    if (size === 2 && bytes[from] === 0xff && bytes[from + 1] === 0xff) return;
    if (size <= 0) return;
    if (size > fewBytes) bytes.copyWithin(this.#used, from, end);
    else moveWords(this.#view, this.#used, from, size);
    this.#used += size;
    this.#count += 1;
  }

  #grow(size: number): void {
    // Once for a row, however large it is: what is copied again and again takes the longest.
    const needed = Math.max(this.#end + size, this.#used + this.#wanted);
    const larger = Buffer.allocUnsafeSlow(needed + usualBytes);
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Moves bytes towards the beginning; up to a word behind them is written over. */
function moveWords(view: DataView, to: number, from: number, size: number): void {
  for (let at = 0; at < size; at += wordBytes) {
    view.setInt32(to + at, view.getInt32(from + at));
  }
}
