import type { ComputeRequest } from '../../activities/jobs/id-mapping/messages';
import { rulesOf } from '../../model/id-rules';
import { Sandbox } from '../connectors/support/sandbox';
import { bothWays } from './support/both-ways';
import { compute, type Table } from './support/compute';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, nr) => nr);

/**
 * More than the record lists of everything, and all alike: users with three cards, phones that two cards
 * contradict, codes that too many share, and fillers. Some of the users with too many cards have as many
 * phones too many.
 */
const tables: Table[] = [
  {
    idTypes: ['card', 'phone', 'mail'],
    rows: numbers(60).flatMap((nr) => [
      [`c${nr}a`, nr % 2 === 0 ? `p${nr}a` : null, `m${nr}`],
      [`c${nr}b`, nr % 2 === 0 ? `p${nr}b` : null, ` M${nr} `],
      [`c${nr}c`, nr % 2 === 0 ? `p${nr}c` : null, `m${nr}`],
    ]),
  },
  {
    idTypes: ['card', 'phone'],
    rows: numbers(60).flatMap((nr) => [
      [`d${nr}`, `q${nr}`],
      [`e${nr}`, `q${nr}`],
    ]),
  },
  {
    idTypes: ['other', 'code'],
    rows: numbers(60).flatMap((nr) => [
      ...numbers(4).map((other) => [`o${nr}-${other}`, `s${nr}`]),
      [null, ` Guest-${nr}`],
      [null, `guest-${nr}`],
    ]),
  },
];

const guards: Partial<ComputeRequest['guards']> = {
  maxSharedBy: 3,
  priority: ['card', 'phone'],
  idTypes: {
    card: rulesOf('card', { maxPerUser: 2, maxSharedBy: null }),
    phone: rulesOf('phone', { maxPerUser: 2 }),
    mail: rulesOf('mail', { case: 'lower', maxSharedBy: null }),
    code: rulesOf('code', { case: 'lower', maxSharedBy: 3, fillers: { values: ['guest-*'] } }),
  },
};

/** The record and the log of a first run. */
async function recordOf(of: Table[], how: Partial<ComputeRequest['guards']>) {
  const sandbox = new Sandbox();
  try {
    const { summary, logs } = await compute(sandbox, of, how);
    return { ...summary, seconds: null, logs };
  } finally {
    sandbox.remove();
  }
}

const backwards = (of: Table[]): Table[] =>
  of.map(({ idTypes, rows }) => ({ idTypes, rows: rows.toReversed() }));
const evenOnesFirst = (of: Table[]): Table[] =>
  of.map(({ idTypes, rows }) => {
    const at = (parity: number) => rows.filter((_, row) => row % 2 === parity);
    return { idTypes, rows: [...at(0), ...at(1)] };
  });

describe.each([
  ['reported', guards],
  [
    'taken apart',
    {
      ...guards,
      idTypes: {
        ...guards.idTypes,
        phone: rulesOf('phone', { maxPerUser: 2, overMax: 'apart' as const }),
      },
    },
  ],
])('where users with too many IDs are %s', (_, how) => {
  let first: Awaited<ReturnType<typeof recordOf>> | null = null;

  bothWays(() => {
    it('the record says the same, whatever the order of rows', async () => {
      const record = (first ??= await recordOf(tables, how));
      const reasons = record.leftOut.map(({ why }) => why);
      for (const why of ['filler', 'shared', 'contradicting']) {
        expect(reasons.filter((reason) => reason === why)).toHaveLength(25);
      }
      expect(record.crowded).toHaveLength(25);
      expect(record).toMatchObject({ leftOutCount: 180, crowdedCount: 90 });
      for (const order of [tables, backwards(tables), evenOnesFirst(tables)]) {
        expect(await recordOf(order, how)).toEqual(record);
      }
    });
  });
});

it('what is alike is listed by type and value', async () => {
  const { leftOut, crowded } = await recordOf(tables, guards);
  const ofReason = (why: string) =>
    leftOut.filter((one) => one.why === why).map(({ value }) => value);
  for (const why of ['filler', 'shared', 'contradicting']) {
    expect(ofReason(why)).toEqual(ofReason(why).toSorted());
  }
  const samples = crowded.map(({ sample }) => `${sample.idType} ${sample.value}`);
  expect(samples).toEqual(samples.toSorted());
});
