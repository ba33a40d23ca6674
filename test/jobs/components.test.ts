import fc from 'fast-check';
import { Components } from '../../activities/jobs/id-mapping/components';
import { leftOutCode, noId, type LinkTable } from '../../activities/jobs/id-mapping/links';
import { rowsWith, type RowsOf } from '../../activities/jobs/id-mapping/rows-of';
import {
  findShared,
  inManyCells,
  mostBesideIn,
  type SharingLimit,
} from '../../activities/jobs/id-mapping/shared-ids';
import { numberUsers } from '../../activities/jobs/id-mapping/users';
import { bothWays } from './support/both-ways';

/** Rows of IDs (null: none) as columns. */
function tableOf(rows: (number | null)[][]): LinkTable {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, column) =>
    Uint32Array.from(rows, (row) => row[column] ?? noId),
  );
}

/** A byte an ID, of which some are left out. */
function codesOf(count: number, leftOut: number[] = []): Uint8Array {
  const codes = new Uint8Array(count);
  for (const id of leftOut) codes[id] = leftOutCode.filler;
  return codes;
}

/** How many cells hold each ID. */
function cellsOf(tables: LinkTable[], count: number): Uint32Array {
  const cells = new Uint32Array(count);
  for (const column of tables.flat()) {
    for (const id of column) if (id !== noId) cells[id]! += 1;
  }
  return cells;
}

/** The same whether all cells are looked through, or only where those stand that may be shared. */
function sharedIn(
  tables: LinkTable[],
  count: number,
  limits: SharingLimit[],
  leftOut: number[] = [],
) {
  const cells = cellsOf(tables, count);
  const codes = codesOf(count, leftOut);
  const found = findShared(tables, cells, codes, limits, new Map());
  const candidates = new Uint8Array(count);
  const mostBeside = mostBesideIn(tables.map((table) => table.length));
  for (const { start, end, maxSharedBy } of limits) {
    const places = inManyCells(cells.subarray(start, end), mostBeside, maxSharedBy);
    for (const place of places) candidates[start + place] = 1;
  }
  const rowsOf: RowsOf = new Map(
    tables.flat().map((column) => [column, rowsWith(column, 0, candidates, 1)]),
  );
  expect(findShared(tables, cells, codes, limits, rowsOf)).toEqual(found);
  return found;
}

/** Of IDs that have all the same limit. */
const sharedBy = (tables: LinkTable[], count: number, maxSharedBy: number) =>
  sharedIn(tables, count, [{ start: 0, end: count, maxSharedBy }]);

/** A column, and the place of its table. */
type Column = [place: number, numbers: Uint32Array];

const columnsOf = (tables: LinkTable[]): Column[] =>
  tables.flatMap((table, place) => table.map((numbers): Column => [place, numbers]));

/** @param undecided a byte an ID, of those that are admitted last or never */
function rootsOf(columns: Column[], undecided: Uint8Array, leftOut: Uint8Array): Uint32Array {
  // Room for more than there are, in parts, as types come.
  const components = new Components(leftOut.length + 7);
  const middle = Math.floor(leftOut.length / 2);
  components.add(undecided.slice(0, middle));
  components.add(undecided.slice(middle));
  const tables: LinkTable[] = [];
  for (const [place, numbers] of columns) {
    const before = (tables[place] ??= []);
    components.join(numbers, before);
    before.push(numbers);
  }
  const all = columns.map(([place, numbers]) => ({ numbers, table: tables[place]! }));
  const isOf = (from: number, to: number) =>
    all.map(({ numbers, table }, place) => {
      const ofRange = numbers.map((id) => (id >= from && id < to ? id : noId));
      const marked = undecided.map((code) => (code === 0 ? 0 : 1)).subarray(from, to);
      const rows = place % 2 === 0 ? null : rowsWith(ofRange, from, marked, 1);
      return { numbers: ofRange, table, rows };
    });
  components.admit(0, leftOut.slice(0, middle), isOf(0, middle));
  components.admit(middle, leftOut.slice(middle), isOf(middle, leftOut.length));
  const { userOf } = numberUsers(components.parents());
  // The smallest ID of a user is the first that has it.
  return userOf.map((user) => (user === noId ? noId : userOf.indexOf(user)));
}

/** Sets of IDs that are joined as long as two of them meet in a row; slow and plain. */
function naiveRoots(tables: (number | null)[][][], idCount: number, leftOut: Set<number>) {
  const roots = Array.from({ length: idCount }, (_, id) => id);
  for (let changed = true; changed;) {
    changed = false;
    for (const row of tables.flat()) {
      const ids = row.filter((id) => id !== null).filter((id) => !leftOut.has(id));
      const least = Math.min(...ids.map((id) => roots[id] as number));
      for (const id of ids) {
        if (roots[id] !== least) changed = true;
        roots[id] = least;
      }
    }
  }
  return roots.map((root, id) => (leftOut.has(id) ? noId : root));
}

function naiveOthers(tables: (number | null)[][][], idCount: number): number[] {
  const others = Array.from({ length: idCount }, () => new Set<number>());
  for (const row of tables.flat()) {
    const ids = row.filter((id) => id !== null);
    for (const id of ids) for (const other of ids) if (id !== other) others[id]?.add(other);
  }
  return others.map((set) => set.size);
}

const idCount = 14;
const cell = fc.option(fc.nat(idCount - 1), { freq: 3 });
const anyTable = fc
  .integer({ min: 1, max: 4 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }),
  );
const anyTables = fc.array(anyTable, { maxLength: 4 });

const someIds = fc.uniqueArray(fc.nat(idCount - 1), { maxLength: 5 });
/** Columns in any order, with IDs that are left out and others that are decided on last. */
const anyWay = anyTables.chain((rows) => {
  const columns = columnsOf(rows.map(tableOf));
  const order = fc.shuffledSubarray(columns, { minLength: columns.length });
  return fc.record({ rows: fc.constant(rows), order, out: someIds, late: someIds });
});

bothWays(() => {
  it('components are what plain joining of rows gives, in whatever order columns and IDs come', () => {
    fc.assert(
      fc.property(anyWay, ({ rows, order, out, late }) => {
        const undecided = codesOf(idCount, [...out, ...late]);
        const roots = rootsOf(order, undecided, codesOf(idCount, out));
        expect([...roots]).toEqual(naiveRoots(rows, idCount, new Set(out)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('an ID that has linked others is left out no more', () => {
    const leftOut = codesOf(3, [1]);
    expect(() => rootsOf([], codesOf(3), leftOut)).toThrow(
      'ID 1 was linked before it was left out',
    );
  });

  it('rows of more columns than the addon takes are joined as well', () => {
    const width = 300;
    // Of the second row, only the last two columns have an ID.
    const rows = [
      Array.from({ length: width }, (_, id) => id),
      Array.from({ length: width }, (_, column) => (column < width - 2 ? null : width + column)),
    ];
    const roots = rootsOf(columnsOf([tableOf(rows)]), codesOf(2 * width), codesOf(2 * width));
    const second = 2 * width - 2;
    expect([...roots.subarray(0, width)]).toEqual(rows[0]!.map(() => 0));
    expect([...roots.subarray(second)]).toEqual([second, second]);
  });

  it.each([
    ['a chain', (id: number) => [id, id + 1]],
    ['a chain told from its end', (id: number) => [999_999 - id, 999_998 - id]],
    ['a ring', (id: number) => [id, (id + 1) % 1_000_000]],
    ['a star', (id: number) => [999_999, id]],
  ])('%s of a million IDs is one component', (_, link) => {
    const rows = Array.from({ length: 999_999 }, (__, id) => link(id));
    const none = codesOf(1_000_000);
    const columns = columnsOf([tableOf(rows)]);
    expect(rootsOf(columns, none, none).every((root) => root === 0)).toBe(true);
    const late = none.map((_, id) => id % 3);
    expect(rootsOf(columns, late, none).every((root) => root === 0)).toBe(true);
  });
});

it('shared IDs are those with more distinct others than allowed, most first', () => {
  fc.assert(
    fc.property(anyTables, fc.integer({ min: 1, max: 5 }), (rows, maxSharedBy) => {
      const others = naiveOthers(rows, idCount);
      const found = sharedBy(rows.map(tableOf), idCount, maxSharedBy);
      const expected = others
        .map((count, id) => ({ id, others: count }))
        .filter((one) => one.others > maxSharedBy)
        .toSorted((a, b) => b.others - a.others || a.id - b.id);
      expect(found.map(({ id, others: count }) => ({ id, others: count }))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

it('each range of IDs has a limit of its own, or none', () => {
  const rows = [2, 3, 4].flatMap((other) => [
    [0, other],
    [1, other],
  ]);
  const limits = [
    { start: 0, end: 1, maxSharedBy: 2 },
    { start: 1, end: 5, maxSharedBy: null },
  ];
  const tables = [tableOf(rows)];
  const found = sharedIn(tables, 5, limits);
  expect(found).toEqual([{ id: 0, others: 3 }]);
});

it('an ID that is left out already is not told as shared, but counts as another', () => {
  const rows = [1, 2, 3].map((other) => [0, other]);
  const limits = [{ start: 0, end: 4, maxSharedBy: 0 }];
  const tables = [tableOf(rows)];
  const found = sharedIn(tables, 4, limits, [0, 3]);
  expect(found.map(({ id }) => id)).toEqual([1, 2]);
});

it('an ID exactly as widely shared as allowed stays', () => {
  const rows = [1, 2, 3].map((other) => [0, other]);
  expect(sharedBy([tableOf(rows)], 4, 3)).toEqual([]);
  expect(sharedBy([tableOf(rows)], 4, 2)).toHaveLength(1);
});

it('the number of others of one very widely shared ID is exact', () => {
  const rows = Array.from({ length: 3_000_000 }, (_, row) => [0, 1 + (row % 1_500_000), 1_500_001]);
  const found = sharedBy([tableOf(rows), tableOf(rows)], 1_500_002, 1_000_000);
  expect(found.map(({ id, others }) => [id, others])).toEqual([
    [0, 1_500_001],
    [1_500_001, 1_500_001],
  ]);
});
