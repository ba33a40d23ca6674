import fc from 'fast-check';
import { countPairs } from '../../activities/jobs/id-mapping/former-pairs';
import { FormerTable } from '../../activities/jobs/id-mapping/former-table';
import { noId } from '../../activities/jobs/id-mapping/links';
import { compareAge, type OneIds } from '../../activities/jobs/id-mapping/one-ids';
import { prefixOf } from '../../activities/jobs/id-mapping/prefixes';

/** As DuckDB has a UUID in memory: the topmost bit is inverted. */
function uuidsOf(texts: string[]): Int32Array {
  return Int32Array.from(
    texts.flatMap((text) => {
      if (!/^[0-9a-f]{32}$/.test(text)) return [0, 0, 0, 1 << 31];
      const [top, lowest, high, low] = [0, 8, 16, 24].map((at) =>
        parseInt(text.slice(at, at + 8), 16),
      );
      return [low! | 0, high! | 0, lowest! | 0, (top! | 0) ^ (1 << 31)];
    }),
  );
}

function textOf({ words, prefixes, others }: OneIds, place: number): string {
  const [low, high, prefix] = words.subarray(3 * place);
  return others.get(place) ?? prefixes[prefix!]! + prefixOf(low!, high!);
}

/** Few digits, so that parts of many are equal, and texts that are none of ours. */
const half = fc.constantFrom('0'.repeat(16), '00000197a0b1c2d3', 'f'.repeat(16), '8'.repeat(16));
const anyOneId = fc.oneof(
  fc
    .tuple(half, fc.oneof(half, fc.stringMatching(/^[0-9a-f]{16}$/)))
    .map((halves) => halves.join('')),
  fc.constantFrom(
    '',
    'F'.repeat(32),
    'ann',
    'an\0n',
    '😀',
    '�',
    '00000000-0000-0000-0000-000000000000',
  ),
);

it('one_ids of any text are told apart, counted, and sort by their bytes', () => {
  fc.assert(
    fc.property(fc.array(anyOneId, { maxLength: 200 }), fc.nat(3), (texts, expected) => {
      const table = new FormerTable(expected);
      const numbers = new Uint32Array(texts.length);
      const cut = texts.length >> 1;
      for (const [from, to] of [
        [0, cut],
        [cut, texts.length],
      ] as const) {
        const part = texts.slice(from, to);
        table.number(uuidsOf(part), part.length, (at) => part[at]!, numbers.subarray(from, to));
      }
      const oneIds = table.oneIds();
      const distinct = [...new Set(texts)];
      expect(table.count).toBe(distinct.length);
      expect(Array.from(numbers, (number) => textOf(oneIds, number))).toEqual(texts);
      const counts = distinct.map((text) => texts.filter((one) => one === text).length);
      expect(distinct.map((text) => table.ids[numbers[texts.indexOf(text)]!])).toEqual(counts);
      const byAge = [...new Set(numbers)].toSorted((one, other) => compareAge(oneIds, one, other));
      const byBytes = distinct.toSorted((one, other) =>
        Buffer.compare(Buffer.from(one), Buffer.from(other)),
      );
      expect(byAge.map((number) => textOf(oneIds, number))).toEqual(byBytes);
    }),
    { numRuns: 300 },
  );
});

const anyNumber = fc.oneof(fc.nat(4), fc.constant(noId));
const anyRows = fc.record({
  formerOf: fc.array(anyNumber, { minLength: 12, maxLength: 12 }),
  again: fc.array(fc.record({ id: fc.nat(11), former: fc.nat(4) }), { maxLength: 6 }),
  userOf: fc.array(anyNumber, { minLength: 12, maxLength: 12 }),
});

it('pairs of former ids and users are counted, each once', () => {
  fc.assert(
    fc.property(anyRows, ({ formerOf, again, userOf }) => {
      const all = [...formerOf.map((former, id) => ({ id, former })), ...again];
      const expected = new Map<string, number>();
      for (const { id, former } of all) {
        if (former === noId || userOf[id] === noId) continue;
        const pair = `${former} ${userOf[id]}`;
        expected.set(pair, (expected.get(pair) ?? 0) + 1);
      }
      const rows = { formerOf: Uint32Array.from(formerOf), again };
      const { former, user, ids } = countPairs(rows, 5, Uint32Array.from(userOf));
      const found = Array.from(former, (one, at) => [`${one} ${user[at]}`, ids[at]] as const);
      expect(found.length).toBe(expected.size);
      expect(new Map(found)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

it('many pairs besides those of the first users are counted too', () => {
  // The IDs of one former user, each of which has a user of its own now; and one that stands in a row once more.
  const count = 150_000;
  const formerOf = new Uint32Array(count);
  const userOf = Uint32Array.from(formerOf, (_, id) => id);
  const again = [{ id: count - 1, former: 0 }];
  const { former, user, ids } = countPairs({ formerOf, again }, 1, userOf);
  expect(former).toEqual(formerOf);
  expect(user).toEqual(userOf);
  expect(ids).toEqual(userOf.map((id) => (id === count - 1 ? 2 : 1)));
});
