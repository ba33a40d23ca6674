import { Sandbox } from '../connectors/support/sandbox';
import { bothWays } from './support/both-ways';
import { compute as computeIn, type Table } from './support/compute';
import { usersOf } from './support/run-job';
import type { ComputeRequest } from '../../activities/jobs/id-mapping/messages';
import { rulesOf } from '../../model/id-rules';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const compute = (tables: Table[], guards: Partial<ComputeRequest['guards']> = {}) =>
  computeIn(sandbox, tables, guards);
const idTypes = ['card', 'phone'];

describe('values that stand for nobody', () => {
  const rows = [
    ['1', 'unknown'],
    ['2', ' unknown'],
    ['3', '00000000000'],
    ['4', '00000000000'],
    ['5', 'n/b'],
    ['6', 'n/b'],
  ];

  it('link nobody, and are told with how many cells hold them', async () => {
    const { summary, rows: result, logs } = await compute([{ idTypes, rows }]);
    expect(usersOf(result)).toEqual([
      ...['1', '2', '3', '4'].map((card) => [`card:${card}`]),
      ['card:5', 'card:6', 'phone:n/b'],
    ]);
    expect(summary).toMatchObject({
      leftOutCount: 2,
      leftOutByType: [{ idType: 'phone', why: 'filler', values: 2, cells: 4 }],
    });
    expect(summary.leftOut.map(({ value, cells }) => `${value} ${cells}`).toSorted()).toEqual([
      '00000000000 2',
      'unknown 2',
    ]);
    expect(logs).toContain(
      'left out phone "unknown": it stands for nobody, in 2 cells of crm.main.t0',
    );
  });

  it('may be more, and may be none', async () => {
    const more = rulesOf('phone', { fillers: { values: ['n/*'] } });
    const added = await compute([{ idTypes, rows }], { idTypes: { phone: more } });
    expect(added.summary).toMatchObject({ users: 6, leftOutCount: 3 });
    const none = rulesOf('phone', { fillers: false });
    const off = await compute([{ idTypes, rows }], { idTypes: { phone: none } });
    expect(off.summary).toMatchObject({ leftOutCount: 0, leftOut: [], leftOutByType: [] });
  });
});

bothWays(() =>
  it('a phone that was written as a floating point number is the same ID', async () => {
    const { rows } = await compute([
      {
        idTypes,
        rows: [
          ['1', '13800000000.0'],
          ['3', '13800000001.0'],
        ],
      },
      { idTypes, rows: [['2', '13800000000']] },
    ]);
    expect(usersOf(rows)).toEqual([
      ['card:1', 'card:2', 'phone:13800000000'],
      ['card:3', 'phone:13800000001'],
    ]);
  }),
);

it('a type may have a limit of its own for how many others share a value, or none', async () => {
  const rows = Array.from({ length: 12 }, (_, nr) => [`c${nr}`, 'p1']);
  const tables = [{ idTypes, rows }];
  expect((await compute(tables, { maxSharedBy: 5 })).summary.users).toBe(12);
  const none = { idTypes: { phone: rulesOf('phone', { maxSharedBy: null }) } };
  expect((await compute(tables, { maxSharedBy: 5, ...none })).summary.users).toBe(1);
  const few = { idTypes: { phone: rulesOf('phone', { maxSharedBy: 11 }) } };
  expect((await compute(tables, { maxSharedBy: null, ...few })).summary.users).toBe(12);
});

describe('a user with more IDs of a type than a person has', () => {
  const rows = [...Array.from({ length: 4 }, (_, nr) => [`c${nr}`, 'p1']), ['c9', 'p9']];

  it('is told, and stays one user', async () => {
    const card = rulesOf('card', { maxPerUser: 3 });
    const { summary, logs } = await compute([{ idTypes, rows }], { idTypes: { card } });
    expect(summary).toMatchObject({ users: 2, crowdedCount: 1 });
    expect(summary.crowded).toMatchObject([{ idType: 'card', ids: 4, apart: false }]);
    expect(logs.some((line) => line.endsWith('has 4 IDs of type card'))).toBe(true);
  });

  it('is taken apart where that is asked for, and the others stay', async () => {
    const card = rulesOf('card', { maxPerUser: 3, overMax: 'apart' });
    const { summary, rows: result } = await compute([{ idTypes, rows }], { idTypes: { card } });
    expect(usersOf(result)).toEqual([
      ...['card:c0', 'card:c1', 'card:c2', 'card:c3'].map((id) => [id]),
      ['card:c9', 'phone:p9'],
      ['phone:p1'],
    ]);
    expect(summary.crowded).toMatchObject([{ idType: 'card', ids: 4, apart: true }]);
  });

  it('is nobody where there is no limit', async () => {
    const card = rulesOf('card', { maxPerUser: null });
    const { summary } = await compute([{ idTypes, rows }], { idTypes: { card } });
    expect(summary).toMatchObject({ crowdedCount: 0, crowded: [] });
  });
});

it('an ID that occurs with two of a stronger type joins nobody', async () => {
  const rows = [
    ['c1', 'p1'],
    ['c2', 'p1'],
    ['c2', 'p2'],
  ];
  const { summary, rows: result } = await compute([{ idTypes, rows }], {
    priority: ['card', 'phone'],
  });
  expect(usersOf(result)).toEqual([['card:c1'], ['card:c2', 'phone:p2']]);
  expect(summary.leftOut).toEqual([
    {
      ...{ idType: 'phone', value: 'p1', why: 'contradicting', others: null, cells: 2 },
      tables: ['crm.main.t0'],
    },
  ]);
});

it('types that no table has are told with what is set for them', async () => {
  const tables = [{ idTypes, rows: [['c1', 'p1']] }];
  const { summary, logs } = await compute(tables, {
    priority: ['card', 'phome', 'mail'],
    idTypes: { card: rulesOf('card', {}), crad: rulesOf('crad', {}), mail: rulesOf('mail', {}) },
  });
  expect(summary.users).toBe(1);
  const withoutEffect = 'without effect: the tables have card, phone';
  expect(logs.filter((line) => line.startsWith('no table'))).toEqual([
    `no table of the task has IDs of type phome, which has a place in \`priority\`, ${withoutEffect}`,
    `no table of the task has IDs of type mail, which has a place in \`priority\` and rules in ` +
      `\`idTypes\`, ${withoutEffect}`,
    `no table of the task has IDs of type crad, which has rules in \`idTypes\`, ${withoutEffect}`,
  ]);
});

it('sizes of users and shares of matched rows are told', async () => {
  const { summary } = await compute([
    {
      idTypes,
      rows: [
        ['1', 'p1'],
        ['1', 'p2'],
        ['2', null],
        [null, null],
      ],
    },
    { idTypes: ['card'], rows: [['1'], ['3']] },
  ]);
  expect(summary.sizes).toEqual({
    largest: 3,
    groups: [
      { from: 1, to: 1, users: 2 },
      { from: 3, to: 3, users: 1 },
    ],
  });
  expect(summary.matched).toEqual([
    { table: 'crm.main.t0', rows: 4, withUser: 3, matched: 2 },
    { table: 'crm.main.t1', rows: 2, withUser: 2, matched: 1 },
  ]);
});

bothWays(() =>
  it('a row is matched by each user that it has, as some were taken apart', async () => {
    const custom = rulesOf('custom', { maxPerUser: 1, overMax: 'apart' });
    const types = ['custom', 'member_id', 'phone'];
    const { summary } = await compute(
      [
        { idTypes: types, rows: [[null, null, 'Z']] },
        {
          idTypes: types,
          rows: [
            ['X1', null, 'Z'],
            ['X2', null, 'Z'],
            ['X3', 'm1', null],
          ],
        },
      ],
      { idTypes: { custom } },
    );
    expect(summary.matched).toEqual([
      { table: 'crm.main.t0', rows: 1, withUser: 1, matched: 1 },
      { table: 'crm.main.t1', rows: 3, withUser: 3, matched: 2 },
    ]);
  }),
);

it('the summary stays small, however much is left out', async () => {
  const long = (nr: number, column: string) => `${column}${nr} ${'界'.repeat(2_000)}`;
  const rows = Array.from({ length: 300 }, (_, nr) => [
    [long(nr, 'c'), long(nr, 'p')],
    [long(nr, 'c'), long(nr + 1, 'p')],
    ['null', `none`],
  ]).flat();
  const { summary } = await compute([{ idTypes, rows }], {
    maxSharedBy: 1,
    idTypes: { card: rulesOf('card', { maxPerUser: 1 }) },
  });
  expect(summary.leftOutCount).toBeGreaterThan(100);
  expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThan(60_000);
});
