import fc from 'fast-check';
import { noId } from '../../activities/jobs/id-mapping/links';
import {
  findChain,
  type Chain,
  type ChainLink,
  type Lines,
} from '../../activities/jobs/id-mapping/look-up/chain';

/** A line: its IDs (null: none), and how many rows are like it. */
type Line = { ids: (number | null)[]; rows: number };

function linesOf(lines: Line[]): Lines {
  const width = lines[0]?.ids.length ?? 0;
  return {
    columns: Array.from({ length: width }, (_, column) =>
      Uint32Array.from(lines, ({ ids }) => ids[column] ?? noId),
    ),
    rows: Uint32Array.from(lines, ({ rows }) => rows),
  };
}

function chainOf(tables: Line[][], from: number, to: number, most = 100): Chain | null {
  return findChain(tables.map(linesOf), idCount, from, to, most);
}

/** Rows between each ID and `to`, by going over all rows as long as something changes. */
function naiveDistances(tables: Line[][], to: number): number[] {
  const distances = Array.from({ length: idCount }, (_, id) => (id === to ? 0 : Infinity));
  for (let changed = true; changed;) {
    changed = false;
    for (const { ids } of tables.flat()) {
      const present = ids.filter((id) => id !== null);
      const least = Math.min(...present.map((id) => distances[id] as number)) + 1;
      for (const id of present) {
        if (least >= (distances[id] as number)) continue;
        distances[id] = least;
        changed = true;
      }
    }
  }
  return distances;
}

/** Every shortest chain there is. */
function allChains(tables: Line[][], from: number, to: number): ChainLink[][] {
  const distances = naiveDistances(tables, to);
  if (distances[from] === 0) return [[]];
  return tables.flatMap((lines, table) => {
    const next = new Set(lines.filter(({ ids }) => ids.includes(from)).flatMap(({ ids }) => ids));
    return [...next]
      .filter((id) => id !== null && distances[id] === (distances[from] as number) - 1)
      .flatMap((id) => {
        const both = lines.filter(({ ids }) => ids.includes(from) && ids.includes(id));
        const rows = both.reduce((sum, line) => sum + line.rows, 0);
        const link = { from, to: id as number, table, line: lines.indexOf(both[0]!), rows };
        return allChains(tables, id as number, to).map((rest) => [link, ...rest]);
      });
  });
}

/** The first chain by its tables and IDs, step by step. */
function naiveChain(tables: Line[][], from: number, to: number): Chain | null {
  if (naiveDistances(tables, to)[from] === Infinity) return null;
  const order = (links: ChainLink[]) => links.flatMap((link) => [link.table, link.to]);
  const [first] = allChains(tables, from, to).toSorted((one, other) => {
    const others = order(other);
    return (
      order(one)
        .map((number, at) => number - (others[at] as number))
        .find((difference) => difference !== 0) ?? 0
    );
  });
  return { length: first!.length, links: first! };
}

const idCount = 9;
const cell = fc.option(fc.nat(idCount - 1), { freq: 3 });
const anyTable = fc.integer({ min: 2, max: 4 }).chain((width) => {
  const ids = fc.array(cell, { minLength: width, maxLength: width });
  return fc.array(fc.record({ ids, rows: fc.integer({ min: 1, max: 5 }) }), { maxLength: 7 });
});
const anyTables = fc.array(anyTable, { maxLength: 3 });
const anyId = fc.nat(idCount - 1);

it('a chain is the first of the shortest ones that plain trying finds', () => {
  fc.assert(
    fc.property(anyTables, anyId, anyId, (tables, from, to) => {
      expect(chainOf(tables, from, to)).toEqual(naiveChain(tables, from, to));
    }),
    { numRuns: 1_000 },
  );
});

it('a chain does not depend on the order of rows in a table, but for the line that is shown', () => {
  const stepsOf = (chain: Chain | null) => chain?.links.map(({ line: _line, ...step }) => step);
  fc.assert(
    fc.property(anyTables, anyId, anyId, (tables, from, to) => {
      const turned = tables.map((lines) => lines.toReversed());
      expect(stepsOf(chainOf(turned, from, to))).toEqual(stepsOf(chainOf(tables, from, to)));
    }),
  );
});

it('an ID is joined to itself by no row, whether or not it stands in one', () => {
  expect(chainOf([], 3, 3)).toEqual({ length: 0, links: [] });
});

it('of a long chain as many links are listed as asked for, and all are counted', () => {
  const line = (id: number) => ({ ids: [id, id + 1], rows: 1 });
  const chain = chainOf([[0, 1, 2, 3, 4].map(line)], 0, 5, 2);
  expect(chain).toMatchObject({
    length: 5,
    links: [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
    ],
  });
});

describe('a user of two million IDs', () => {
  const many = 2_000_000;
  const rows = new Uint32Array(many - 1).fill(1);
  const columnOf = (id: (line: number) => number) => rows.map((_, line) => id(line));

  it.each([
    ['in a chain', columnOf((line) => line), columnOf((line) => line + 1), many - 1],
    [
      'in a chain told from its end',
      columnOf((n) => many - 2 - n),
      columnOf((n) => many - 1 - n),
      many - 1,
    ],
    ['around one of them', columnOf(() => 1), columnOf((line) => (line === 0 ? 0 : line + 1)), 2],
  ])('%s takes a bounded amount of memory', (_, one, other, length) => {
    const bytes = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const before = bytes();
    const chain = findChain([{ columns: [one, other], rows }], many, 0, many - 1, 1_000);
    const used = bytes() - before;
    expect(chain?.length).toBe(length);
    expect(chain?.links).toHaveLength(Math.min(length, 1_000));
    expect(used).toBeLessThan(80 * 2 ** 20);
  });
});
