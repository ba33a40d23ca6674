/** What stands before and after the rows in the binary form of PostgreSQL's COPY. */

/** Signature, flags, and the length of what follows them, which is nothing. */
export const binaryHeader = Buffer.concat([
  Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
  Buffer.alloc(8),
]);
export const binaryTrailer = Buffer.from([0xff, 0xff]);
