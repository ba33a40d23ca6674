/** Rows of a COPY, wherever the network cuts what the server sends. */
import { binaryHeader, binaryTrailer } from '../../connectors/postgres/copy-binary';
import { GatheredRows } from '../../connectors/postgres/gathered-rows';

function message(code: string, ...content: Buffer[]): Buffer {
  const head = Buffer.alloc(5, code);
  const body = Buffer.concat(content);
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** Of each size, told apart by what they hold. */
const rowsOf = (sizes: number[]) => sizes.map((size, place) => Buffer.alloc(size, place + 1));
const rest = Buffer.concat([message('C', Buffer.from('COPY 9\0')), message('Z', Buffer.from('T'))]);

/** Takes pieces as a session does. @returns the bytes of each chunk, and what is of no row */
function gather(pieces: Buffer[], skip: number) {
  const chunks: { bytes: Buffer; rows: number }[] = [];
  const end = (rows: GatheredRows) => {
    const { bytes, rows: count } = rows.chunk();
    chunks.push({ bytes: Buffer.from(bytes), rows: count });
  };
  let rows = new GatheredRows(skip);
  let others: Buffer | null = null;
  for (const piece of pieces) {
    if (others !== null) {
      others = Buffer.concat([others, piece]);
      continue;
    }
    if (!rows.hasRoomFor(piece.length) && !rows.isEmpty) {
      end(rows);
      rows = rows.takeRest(new GatheredRows());
    }
    rows.append(piece);
    others = rows.gather();
  }
  if (!rows.isEmpty) end(rows);
  const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes));
  return { bytes, rows: chunks.reduce((sum, chunk) => sum + chunk.rows, 0), others };
}

function cut(bytes: Buffer, sizeOf: (place: number) => number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = sizeOf(pieces.length);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const few = [2, 3, 1, 4, 5, 7, 64, 511, 512, 513, 1_000];

it.each([
  ['a byte at a time', few, () => 1],
  ['within heads and rows', few, (place: number) => 1 + ((place * 7) % 23)],
  ['with more rows than come together', Array(3_000).fill(400) as number[], () => 65_536],
  ['with rows larger than what comes together', [10, 700_000, 9, 1_300_000, 8], () => 65_536],
])('gives whole rows of binary messages %s', (_, sizes, sizeOf) => {
  const rows = rowsOf(sizes);
  const stream = Buffer.concat([
    message('H', Buffer.alloc(3)),
    message('d', binaryHeader, rows[0]!),
    ...rows.slice(1).map((row) => message('d', row)),
    message('N', Buffer.from('a notice')),
    message('d', binaryTrailer),
    message('c'),
    rest,
  ]);
  const gathered = gather(cut(stream, sizeOf), binaryHeader.length);
  expect(gathered.rows).toBe(rows.length);
  expect(gathered.bytes.equals(Buffer.concat(rows))).toBe(true);
  expect(gathered.others).toEqual(rest);
});

it('gives nothing of a table without rows, and an error back as it came', () => {
  const none = Buffer.concat([message('d', binaryHeader, binaryTrailer), message('c'), rest]);
  expect(gather([none], binaryHeader.length)).toEqual({
    ...{ bytes: Buffer.alloc(0), rows: 0, others: rest },
  });
  const error = message('E', Buffer.from('SERROR\0\0'));
  const lines = Buffer.from('1\ta\n');
  const cutOff = Buffer.concat([message('d', lines), error, rest]);
  // What is of an error goes back before it is whole.
  expect(
    gather(
      cut(cutOff, () => 16),
      0,
    ),
  ).toEqual({
    ...{ bytes: lines, rows: 1, others: Buffer.concat([error, rest]) },
  });
});
