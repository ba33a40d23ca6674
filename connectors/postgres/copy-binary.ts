/** The binary form of PostgreSQL's COPY, cut into chunks of whole rows. */

/** Signature, flags, and the length of what follows them, which is nothing. */
export const binaryHeader = Buffer.concat([
  Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
  Buffer.alloc(8),
]);
export const binaryTrailer = Buffer.from([0xff, 0xff]);

export class BinaryRows {
  #rest: Buffer = Buffer.alloc(0);
  #hasBegun = false;

  /** @returns whole rows, without header and trailer; null: none is whole yet */
  read(chunk: Buffer): { bytes: Buffer; rows: number } | null {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    if (!this.#hasBegun) {
      if (bytes.length < binaryHeader.length) {
        this.#rest = bytes;
        return null;
      }
      start = binaryHeader.length + bytes.readInt32BE(binaryHeader.length - 4);
      this.#hasBegun = true;
    }
    let end = start;
    let rows = 0;
    for (;;) {
      const next = endOfRow(bytes, end);
      if (next === end) break;
      rows += 1;
      end = next;
    }
    this.#rest = Buffer.from(bytes.subarray(end));
    return rows === 0 ? null : { bytes: bytes.subarray(start, end), rows };
  }
}

/** @returns where the row ends; its beginning where it is not whole, or is the trailer */
function endOfRow(bytes: Buffer, start: number): number {
  const { length } = bytes;
  if (start + 2 > length) return start;
  const fields = (bytes[start]! << 8) | bytes[start + 1]!;
  if (fields === 0xffff) return start;
  let at = start + 2;
  for (let field = 0; field < fields; field += 1) {
    if (at + 4 > length) return start;
    const size =
      (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    at += size < 0 ? 4 : 4 + size;
  }
  return at > length ? start : at;
}
