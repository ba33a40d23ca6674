import fc from 'fast-check';
import type { ComputeRequest } from '../../activities/jobs/id-mapping/messages';
import { Sandbox } from '../connectors/support/sandbox';
import { normalizeIdValue, type PlainRules } from '../support/normalize-id-value';
import { compute as computeIn, type Table } from './support/compute';
import { usersOf } from './support/run-job';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const compute = (tables: Table[], guards: Partial<ComputeRequest['guards']> = {}) =>
  computeIn(sandbox, tables, guards);

const rulesOfTypes: Record<string, PlainRules> = {
  email: { form: 'email', case: 'lower', region: null },
  phone: { form: 'phone', case: 'kept', region: null },
  card: { form: 'text', case: 'kept', region: null },
};

/** The same by joining sets of IDs as long as any two share one. */
function naive(tables: Table[], maxSharedBy: number) {
  const rows = tables.flatMap((table, place) =>
    table.rows.map((row) => ({
      place,
      ids: table.idTypes.flatMap((idType, column) => {
        const value = normalizeIdValue(rulesOfTypes[idType]!, row[column] ?? null);
        return value === null ? [] : [`${idType}:${value}`];
      }),
    })),
  );
  const others = new Map<string, Set<string>>();
  const firstTable = new Map<string, string>();
  for (const { ids, place } of rows) {
    for (const id of ids) {
      if (!firstTable.has(id)) firstTable.set(id, `crm.main.t${place}`);
      const set = others.get(id) ?? new Set();
      ids.filter((other) => other !== id).forEach((other) => set.add(other));
      others.set(id, set);
    }
  }
  const isLeftOut = (id: string) => (others.get(id)?.size ?? 0) > maxSharedBy;
  let users: Set<string>[] = [];
  for (const { ids } of rows) {
    const joined = new Set(ids.filter((id) => !isLeftOut(id)));
    if (joined.size === 0) continue;
    const apart = users.filter((user) => ![...joined].some((id) => user.has(id)));
    users
      .filter((user) => !apart.includes(user))
      .forEach((user) => user.forEach((id) => joined.add(id)));
    users = [...apart, joined];
  }
  const leftOut = [...others.keys()].filter(isLeftOut).toSorted();
  const sorted = users.map((user) => [...user].toSorted());
  return { users: sorted.toSorted((a, b) => (a.join() < b.join() ? -1 : 1)), leftOut, firstTable };
}

const cell = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'a',
      'A',
      ' a',
      'b',
      'B\u3000',
      'c',
      'd',
      'e',
      "f'",
      '012345',
      '01-23 45',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom(null, '', ' ', '\u00a0', '\u3000\t') },
);
const anyTable = fc
  .array(fc.constantFrom('email', 'phone', 'card'), { minLength: 1, maxLength: 4 })
  .chain((idTypes) => {
    const row = fc.array(cell, { minLength: idTypes.length, maxLength: idTypes.length });
    return fc.record({ idTypes: fc.constant(idTypes), rows: fc.array(row, { maxLength: 7 }) });
  });

it('the result is what plain joining of rows gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyTable, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(2, 4, 1000),
      async (tables, maxSharedBy) => {
        const expected = naive(tables, maxSharedBy);
        const { summary, rows } = await compute(tables, { maxSharedBy });
        expect(usersOf(rows)).toEqual(expected.users);
        expect(summary.users).toBe(expected.users.length);
        const leftOut = summary.leftOut.map(({ idType, value }) => `${idType}:${value}`);
        expect(leftOut.toSorted()).toEqual(expected.leftOut);
        for (const row of rows) {
          expect(row.first_table).toBe(expected.firstTable.get(`${row.id_type}:${row.id_value}`));
        }
      },
    ),
    { numRuns: 60 },
  );
});

it('a chain of a thousand is one user', async () => {
  const rows = Array.from({ length: 1000 }, (_, n) => [`p${n}`, `p${n + 1}`]);
  const { summary } = await compute([{ idTypes: ['phone', 'phone'], rows }]);
  expect(summary).toMatchObject({ users: 1, ids: 1001, rowsRead: 1000 });
});

it('a ring over several tables is one user', async () => {
  const table = (rows: string[][]) => ({ idTypes: ['phone', 'email'], rows });
  const { rows } = await compute([
    table([['1', 'a']]),
    table([['2', 'a']]),
    table([['2', 'b']]),
    table([['1', 'b']]),
  ]);
  expect(usersOf(rows)).toEqual([['email:a', 'email:b', 'phone:1', 'phone:2']]);
});

it('one cluster of a hundred thousand IDs is one user', async () => {
  const rows = Array.from({ length: 100_000 }, (_, n) => [`p${n}`, `p${Math.floor(n / 2)}`]);
  const { summary } = await compute([{ idTypes: ['phone', 'phone'], rows }]);
  expect(summary).toMatchObject({ users: 1, ids: 100_000 });
});

it('rows without any ID are read and give nobody', async () => {
  const rows = [
    [null, ''],
    [' ', '\u3000'],
  ];
  const { summary, rows: result } = await compute([{ idTypes: ['phone', 'email'], rows }]);
  expect(summary).toMatchObject({ users: 0, ids: 0, rowsRead: 2 });
  expect(result).toEqual([]);
});

it('an empty ID does not make users of two rows one', async () => {
  const rows = [
    ['1', ''],
    ['2', ''],
    ['3', null],
    ['4', null],
  ];
  const { summary } = await compute([{ idTypes: ['phone', 'email'], rows }]);
  expect(summary.users).toBe(4);
});

it('IDs of one text but different types are different IDs', async () => {
  const rows = [
    ['7', null],
    [null, '7'],
  ];
  const { rows: result } = await compute([{ idTypes: ['phone', 'card'], rows }]);
  expect(usersOf(result)).toEqual([['card:7'], ['phone:7']]);
});

it('a widely shared value is left out and told with its tables, and links nobody', async () => {
  const shared = Array.from({ length: 30 }, (_, n) => ['0049', `m${n}`]);
  const { summary, rows } = await compute(
    [
      { idTypes: ['phone', 'card'], rows: shared },
      { idTypes: ['phone', 'card'], rows: [['0049', 'other']] },
    ],
    { maxSharedBy: 20 },
  );
  expect(summary.leftOut).toEqual([
    {
      ...{ idType: 'phone', value: '0049', why: 'shared', others: 31, cells: 31 },
      tables: ['crm.main.t0', 'crm.main.t1'],
    },
  ]);
  expect(summary).toMatchObject({ leftOutCount: 1, users: 31, ids: 31 });
  expect(summary.idsByType).toEqual({ phone: 0, card: 31 });
  expect(rows.map((row) => row.id_value)).not.toContain('0049');
});

it('the list of values left out is bounded, their count is not', async () => {
  const rows = Array.from({ length: 200 }, (_, n) => [
    [`p${n}`, 'x'],
    [`p${n}`, 'y'],
    [`p${n}`, 'z'],
  ]).flat();
  const { summary } = await compute([{ idTypes: ['phone', 'card'], rows }], { maxSharedBy: 2 });
  expect(summary.leftOutCount).toBe(203);
  expect(summary.leftOut).toHaveLength(25);
  expect(JSON.stringify(summary).length).toBeLessThan(60_000);
});

it('the same content gets the same one_ids, whatever the order of rows and tables', async () => {
  const tables: Table[] = [
    {
      idTypes: ['phone', 'email'],
      rows: [
        ['1', 'a'],
        ['2', 'b'],
        ['3', null],
      ],
    },
    {
      idTypes: ['email', 'phone'],
      rows: [
        ['a', '4'],
        ['c', '2'],
      ],
    },
  ];
  const oneIds = async (given: Table[]) =>
    (await compute(given)).rows.map((row) => [row.id_type, row.id_value, row.one_id]);
  const turned = tables.map((table) => ({ ...table, rows: table.rows.toReversed() })).toReversed();
  // One after the other: the second is a later run of the same task.
  const first = await oneIds(turned);
  expect(await oneIds(tables)).toEqual(first);
});
