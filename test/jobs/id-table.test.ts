import fc from 'fast-check';
import { IdTable } from '../../activities/jobs/id-mapping/id-table';
import { noId } from '../../activities/jobs/id-mapping/links';

const word = fc.oneof(fc.constantFrom(0, 1, 0xffffffff), fc.nat({ max: 0xffffffff }));
const hash = fc.tuple(word, word);

const wordsOf = (hashes: [number, number][]): Int32Array => Int32Array.from(hashes.flat());
const isZero = ([low, high]: [number, number]): boolean => low === 0 && high === 0;

it('hashes are found by the numbers they were given, and no others', () => {
  fc.assert(
    fc.property(
      fc.array(hash, { maxLength: 60 }),
      fc.array(hash, { maxLength: 20 }),
      (known, others) => {
        const table = new IdTable(known.length);
        const refused = table.add(wordsOf(known), known.length, 100);
        const numbers = new Map<string, number>();
        const expected = known.flatMap((one, place) => {
          if (isZero(one) || numbers.has(String(one))) return [100 + place];
          numbers.set(String(one), 100 + place);
          return [];
        });
        expect(refused).toEqual(expected);
        for (const one of [...known, ...others]) {
          const found = new Uint32Array(3);
          const isThere = table.find(wordsOf([one]), 1, found, 1);
          const number = isZero(one) ? noId : numbers.get(String(one));
          expect(isThere ? found[1] : undefined).toBe(number);
        }
      },
    ),
    { numRuns: 300 },
  );
});
