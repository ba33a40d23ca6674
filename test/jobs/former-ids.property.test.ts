import fc from 'fast-check';
import {
  matchFormer,
  tiedUsers,
  type FormerPairs,
} from '../../activities/jobs/id-mapping/former-ids';
import { noId } from '../../activities/jobs/id-mapping/links';

interface Pair {
  former: number;
  user: number;
  ids: number;
}

function arraysOf(pairs: Pair[]): FormerPairs {
  return {
    former: Uint32Array.from(pairs, (pair) => pair.former),
    user: Uint32Array.from(pairs, (pair) => pair.user),
    ids: Uint32Array.from(pairs, (pair) => pair.ids),
  };
}

/** Takes the best pair that is left, again and again; the users are numbered by their smallest ID. */
function naive(pairs: Pair[]): [user: number, former: number][] {
  const taken: [number, number][] = [];
  for (let left = pairs; left.length > 0;) {
    const best = left.reduce((one, other) => {
      if (one.ids !== other.ids) return one.ids > other.ids ? one : other;
      if (one.former !== other.former) return one.former < other.former ? one : other;
      return one.user < other.user ? one : other;
    });
    taken.push([best.user, best.former]);
    left = left.filter((pair) => pair.former !== best.former && pair.user !== best.user);
  }
  return taken.toSorted(([one], [other]) => one - other);
}

const userCount = 7;
const formerCount = 7;
/** Smaller numbers are older ids. */
const compareAge = (one: number, other: number): number => one - other;
const anyPairs = fc.uniqueArray(
  fc.record({
    former: fc.nat(formerCount - 1),
    user: fc.nat(userCount - 1),
    ids: fc.integer({ min: 1, max: 4 }),
  }),
  { selector: ({ former, user }) => `${former} ${user}`, maxLength: 20 },
);

it('pairs are taken by what they share, then by age of the id, then by smallest ID', () => {
  fc.assert(
    fc.property(anyPairs, (pairs) => {
      const given = arraysOf(pairs);
      // Only of tied users it is asked where they stand.
      const rankOf = new Map(tiedUsers(given).map((user) => [user, user]));
      const counts = { users: userCount, formers: formerCount };
      const { kept, keptIds, isGone, apart } = matchFormer(given, counts, { compareAge, rankOf });
      const taken = [...kept].flatMap((former, user) => (former === noId ? [] : [[user, former]]));
      expect(taken).toEqual(naive(pairs));
      const isTaken = ({ former, user }: Pair) => kept[user] === former;
      for (const pair of pairs.filter(isTaken)) expect(keptIds[pair.user]).toBe(pair.ids);
      for (let former = 0; former < formerCount; former += 1) {
        expect(isGone[former]).toBe(kept.includes(former) ? 0 : 1);
      }
      const others = pairs.filter((pair) => !isTaken(pair));
      const expected = others.map(({ former, user, ids }) => {
        const isMerged = pairs.filter((pair) => pair.user === user).length > 1;
        const isSplit = pairs.filter((pair) => pair.former === former).length > 1;
        return [former, user, ids, Number(isMerged) + 2 * Number(isSplit)].join();
      });
      const found = [...apart.kind].map((kind, at) =>
        [apart.former[at], apart.user[at], apart.ids[at], kind].join(),
      );
      expect(found.toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 2_000 },
  );
});

it('no two are tied where every former id has one user, however many there are', () => {
  const count = 300_000;
  const numbers = Uint32Array.from({ length: count }, (_, number) => number);
  const pairs = { former: numbers, user: numbers, ids: new Uint32Array(count).fill(3) };
  expect(tiedUsers(pairs)).toEqual([]);
  const counts = { users: count, formers: count };
  expect(matchFormer(pairs, counts, { compareAge, rankOf: new Map() }).kept).toEqual(numbers);
});
