import fc from 'fast-check';
import { findContradicting } from '../../activities/jobs/id-mapping/contradictions';
import { leftOutCode, noId } from '../../activities/jobs/id-mapping/links';

const ranges = [
  { idType: 'card', start: 0, end: 4 },
  { idType: 'email', start: 4, end: 8 },
  { idType: 'phone', start: 8, end: 12 },
];
const idTypes = ranges.map(({ idType }) => idType);

type Row = (number | null)[];

function tableOf(rows: Row[], types: string[]) {
  return {
    idTypes: types,
    columns: types.map((_, column) => Uint32Array.from(rows, (row) => row[column] ?? noId)),
  };
}

/** By looking at all pairs of IDs in one row. */
function naive(rows: Row[], types: string[], priority: string[], leftOut: number[]): number[] {
  const typeOf = (id: number) => idTypes[Math.floor(id / 4)]!;
  const ids = [...Array(12).keys()].filter((id) => !leftOut.includes(id));
  return ids.filter((id) =>
    priority.slice(0, Math.max(priority.indexOf(typeOf(id)), 0)).some((stronger) => {
      const met = rows
        .filter((row) => row.some((cell) => cell === id))
        .flatMap((row) => row.filter((_, column) => types[column] === stronger))
        .filter((other) => other !== null && !leftOut.includes(other));
      return new Set(met).size > 1;
    }),
  );
}

const types = ['phone', 'card', 'email', 'card'];
const cellOf = (idType: string) => {
  const { start } = ranges.find((range) => range.idType === idType)!;
  return fc.option(fc.integer({ min: start, max: start + 3 }), { freq: 3 });
};

it('an ID that occurs with two IDs of a stronger type contradicts', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(...types.map(cellOf)), { maxLength: 8 }),
      fc.shuffledSubarray(idTypes),
      fc.uniqueArray(fc.nat(11), { maxLength: 3 }),
      (rows, priority, leftOut) => {
        const codes = new Uint8Array(12);
        for (const id of leftOut) codes[id] = leftOutCode.filler;
        const found = findContradicting([tableOf(rows, types)], ranges, priority, codes);
        expect(found).toEqual(naive(rows, types, priority, leftOut));
      },
    ),
    { numRuns: 1_000 },
  );
});

it('types that the tables do not have say nothing', () => {
  const table = tableOf([[8, 0, null, 1]], types);
  expect(
    findContradicting([table], ranges, ['passport', 'card', 'phone'], new Uint8Array(12)),
  ).toEqual([8]);
});
