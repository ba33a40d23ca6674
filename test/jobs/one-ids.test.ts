import { noId } from '../../activities/jobs/id-mapping/links';
import { giveOneIds, type MatchedFormer } from '../../activities/jobs/id-mapping/one-ids';

const users = { count: 2, userOf: new Uint32Array(0), ids: Uint32Array.of(1, 1) };
/** Of both users: a hash of 7 in halves, and the places of two types. */
const representatives = Uint32Array.of(7, 0, 1, 7, 0, 2);

/** Its one one_id begins with this time, and nobody keeps it. */
function formerOf(time: string): MatchedFormer {
  const oneIds = {
    words: Uint32Array.of(7, 0, 1),
    prefixes: ['', `${time}0001`],
    others: new Map<number, string>(),
  };
  const none = new Uint32Array(0);
  return {
    oneIds,
    table: { count: 1, ids: Uint32Array.of(1), oneIds: () => oneIds },
    match: {
      kept: new Uint32Array(2).fill(noId),
      keptIds: new Uint32Array(2),
      isGone: Uint8Array.of(1),
      apart: { former: none, user: none, ids: none, kind: new Uint8Array(0) },
    },
  };
}

it.each([
  ['another run began at another time', '00000000000f', '000000000010'],
  ['another run began in the same millisecond', '000000000010', '000000000011'],
])('new ids are those of nobody before where %s', (_, time, expected) => {
  const { words, prefixes } = giveOneIds(users, representatives, formerOf(time), 0x10);
  expect([0, 1].map((user) => prefixes[words[3 * user + 2]!])).toEqual([
    `${expected}0001`,
    `${expected}0002`,
  ]);
  expect([words[0], words[1]]).toEqual([7, 0]);
});

it('the time says nothing in a first result', () => {
  const { prefixes } = giveOneIds(users, representatives, null, 0x10);
  expect(prefixes).toEqual(['', `${'0'.repeat(15)}1`, `${'0'.repeat(15)}2`]);
});
