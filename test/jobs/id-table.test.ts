import fc from 'fast-check';
import { IdTable } from '../../activities/jobs/id-mapping/id-table';

type Hash = [low: number, high: number];

/** Told apart by their lower words alone; the upper ones put many into one place. */
const hash = fc
  .oneof(fc.constantFrom(0, 1, 0xffffffff), fc.nat({ max: 0xffffffff }))
  .map((low): Hash => [low, low % 3]);
/** Hashes of the cells of a column, in the chunks in which they come, and the place of its table. */
const column = fc.record({
  place: fc.nat({ max: 3 }),
  chunks: fc.array(fc.array(hash, { maxLength: 30 }), { maxLength: 4 }),
});

const wordsOf = (hashes: Hash[]): Int32Array => Int32Array.from(hashes.flat());

function numbersOf(table: IdTable, hashes: Hash[], place: number): number[] {
  const numbers = new Uint32Array(hashes.length);
  table.number(wordsOf(hashes), hashes.length, place, numbers);
  return [...numbers];
}

it('each hash has one number, in the order in which they come, with its cells and its first place', () => {
  fc.assert(
    fc.property(fc.array(column, { maxLength: 5 }), (columns) => {
      const table = new IdTable();
      const known = new Map<string, { cells: number; first: number }>();
      for (const { place, chunks } of columns) {
        for (const hashes of chunks) {
          const keys = hashes.map(String);
          for (const key of keys) {
            const { cells, first } = known.get(key) ?? { cells: 0, first: place };
            known.set(key, { cells: cells + 1, first: Math.min(first, place) });
          }
          const order = [...known.keys()];
          expect(numbersOf(table, hashes, place)).toEqual(keys.map((key) => order.indexOf(key)));
        }
      }
      const expected = [...known.values()];
      expect(table.count).toBe(known.size);
      expect([...table.cells]).toEqual(expected.map(({ cells }) => cells));
      expect([...table.firstPlaces]).toEqual(expected.map(({ first }) => first));
      const words = [...known.keys()].flatMap((key) => key.split(',').map(Number));
      expect(table.hashes).toEqual(Int32Array.from(words));
    }),
    { numRuns: 200 },
  );
});

it('hashes with one lower word are told apart where that is asked for, in whatever order they come', () => {
  // The second belongs into the place behind that of the first and the third.
  const place = Math.imul(5, 0x9e3779b1);
  const one: Hash = [5, 0];
  const near: Hash = [5, place ^ (place + 1)];
  const between: Hash = [6, place ^ Math.imul(6, 0x9e3779b1)];
  fc.assert(
    fc.property(
      fc.shuffledSubarray([one, near, between], { minLength: 3 }),
      fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })), { maxLength: 50 }),
      (first, rest) => {
        const table = new IdTable();
        table.begin(0, true);
        const hashes = [...first, ...rest];
        const keys = hashes.map(String);
        const order = [...new Set(keys)];
        expect(numbersOf(table, hashes, 0)).toEqual(keys.map((key) => order.indexOf(key)));
        expect(table.count).toBe(order.length);
      },
    ),
  );
});

it('numbers stay when it grows, and begin anew where they are told to', () => {
  const table = new IdTable();
  const hashes = Array.from({ length: 50_000 }, (_, nr): Hash => [Math.imul(nr, 40_503), nr % 700]);
  const numbers = hashes.map((_, nr) => nr);
  for (let from = 0; from < hashes.length; from += 2_048) {
    const some = hashes.slice(from, from + 2_048);
    expect(numbersOf(table, some, 0)).toEqual(numbers.slice(from, from + 2_048));
  }
  expect(numbersOf(table, hashes, 1)).toEqual(numbers);
  expect(table.count).toBe(hashes.length);
  table.begin(1_000_000, false);
  expect(table.count).toBe(0);
  expect(numbersOf(table, hashes.toReversed(), 0)).toEqual(numbers.map((nr) => nr + 1_000_000));
});
