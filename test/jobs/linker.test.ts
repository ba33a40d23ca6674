import type { UserLimit } from '../../activities/jobs/id-mapping/crowded';
import type { TypeLinks } from '../../activities/jobs/id-mapping/linking';
import { Linker } from '../../activities/jobs/id-mapping/linker';
import {
  mayBeLeftOut,
  noId,
  sharedBytes,
  sharedNumbers,
} from '../../activities/jobs/id-mapping/links';
import { bothWays } from './support/both-ways';

let linker: Linker;
beforeEach(() => (linker = new Linker()));
afterEach(() => linker.close());

const numbersOf = (...ids: number[]): Uint32Array => {
  const numbers = sharedNumbers(ids.length);
  numbers.set(ids);
  return numbers;
};

/** Two tables with phones (0 to 2, of which 2 is a filler) and e-mails (3 to 5; 4 is decided on last). */
async function link(fromCells: number) {
  linker.open({ tables: ['a', 'b'], mostIds: 9 }, fromCells);
  const links: TypeLinks[] = [
    {
      place: 0,
      leftOut: Uint8Array.of(0, 0, 1),
      columns: [{ place: 0, numbers: numbersOf(0, 1, noId), cells: 2 }],
      hashes: Int32Array.of(7, 3, 8, 2, 9, 1),
      undecided: 'none',
    },
    {
      place: 1,
      leftOut: Uint8Array.of(0, mayBeLeftOut, 0),
      columns: [
        { place: 0, numbers: numbersOf(4, 4, 3), cells: 3 },
        { place: 1, numbers: numbersOf(4, 5), cells: 2 },
      ],
      // The upper word counts first, and has no sign.
      hashes: Int32Array.of(1, -1, 5, 2, 6, 0),
      undecided: 'few',
    },
  ];
  const added = links.map((ofType) => {
    const rows = linker.ask('add', ofType);
    void linker.ask('join', ofType.place);
    return rows;
  });
  const types = [
    { idType: 'phone', start: 0, end: 3 },
    { idType: 'email', start: 3, end: 6 },
  ];
  const [phones, emails] = types;
  const leftOut = sharedBytes(6);
  leftOut[2] = 1;
  const limits: UserLimit[] = [
    { ...phones!, maxPerUser: 1, overMax: 'report' },
    { ...emails!, maxPerUser: 1, overMax: 'apart' },
  ];
  const found = await linker.ask('find', { leftOut, limits });
  const firstTable = Uint16Array.of(0, 0, 0, 0, 0, 1);
  const counts = await linker.ask('count', { leftOut, limits, firstTable });
  return { found, counts, rows: await Promise.all(added) };
}

bothWays(() => {
  it.each([
    ['here', 10],
    ['in a thread', 1],
  ])('IDs are linked %s', async (_, fromCells) => {
    const { found, counts, rows } = await link(fromCells);
    expect(rows).toEqual([[new Uint32Array(0)], [Uint32Array.of(0, 1), Uint32Array.of(0)]]);
    expect(found).toEqual({
      users: { count: 3, userOf: numbersOf(0, 0, noId, 1, 0, 2), ids: numbersOf(3, 1, 1) },
      // The lower word decides between two of one user.
      representatives: numbersOf(5, 2, 1, 1, 0xffffffff, 1, 6, 0, 1),
    });
    expect(counts).toEqual({
      // That with the smallest hash of the first type.
      crowded: [{ user: 0, sample: 1, idType: 'phone', ids: 2, apart: false }],
      sizes: {
        largest: 3,
        groups: [
          { from: 1, to: 1, users: 2 },
          { from: 3, to: 3, users: 1 },
        ],
      },
      matched: [
        { table: 'a', rows: 3, withUser: 3, matched: 2 },
        { table: 'b', rows: 2, withUser: 2, matched: 1 },
      ],
      idsByType: { phone: 2, email: 3 },
      rowsWritten: [4, 1],
    });
  });

  it('a row of several users, as some were taken apart, counts for each of them', async () => {
    linker.open({ tables: ['a', 'b'], mostIds: 9 });
    const ofTypes: TypeLinks[] = [
      {
        ...{ place: 0, leftOut: new Uint8Array(2), hashes: new Int32Array(4), undecided: 'none' },
        columns: [
          { place: 0, numbers: numbersOf(0, 1, noId), cells: 2 },
          { place: 1, numbers: numbersOf(noId), cells: 0 },
        ],
      },
      {
        ...{ place: 1, leftOut: new Uint8Array(2), hashes: new Int32Array(4), undecided: 'none' },
        columns: [
          { place: 0, numbers: numbersOf(2, 2, 3), cells: 3 },
          { place: 1, numbers: numbersOf(2), cells: 1 },
        ],
      },
    ];
    for (const ofType of ofTypes) {
      await linker.ask('add', ofType);
      await linker.ask('join', ofType.place);
    }
    const types = [
      { idType: 'card', start: 0, end: 2 },
      { idType: 'phone', start: 2, end: 4 },
    ];
    const leftOut = sharedBytes(4);
    const limits = types.map((type) => ({ ...type, maxPerUser: 1, overMax: 'apart' as const }));
    await linker.ask('find', { leftOut, limits });
    const { matched } = await linker.ask('count', {
      ...{ leftOut, limits, firstTable: new Uint16Array(4) },
    });
    expect(matched).toEqual([
      { table: 'a', rows: 3, withUser: 3, matched: 2 },
      { table: 'b', rows: 1, withUser: 1, matched: 1 },
    ]);
  });

  it.each([
    ['here', 10],
    ['in a thread', 1],
  ])('what is thrown %s is thrown to who asks, now and later', async (_, fromCells) => {
    linker.open({ tables: [], mostIds: 9 }, fromCells);
    const columns = [{ place: 7, numbers: numbersOf(0), cells: 1 }];
    const links = { place: 0, leftOut: new Uint8Array(1), columns, hashes: new Int32Array(2) };
    await linker.ask('add', { ...links, undecided: 'none' });
    const failed = linker.ask('join', 0);
    const after = linker.ask('find', { leftOut: sharedBytes(1), limits: [] });
    await expect(failed).rejects.toThrow(/undefined/);
    await expect(after).rejects.toThrow(/undefined/);
    const later = linker.ask('find', { leftOut: sharedBytes(1), limits: [] });
    await expect(later).rejects.toThrow(/undefined/);
  });

  it('a linker can be closed before it was opened, while it works, and twice', async () => {
    await linker.close();
    linker.open({ tables: ['a'], mostIds: 9 }, 1);
    const asked = linker.ask('add', {
      ...{
        place: 0,
        leftOut: new Uint8Array(3),
        columns: [],
        hashes: new Int32Array(6),
        undecided: 'none',
      },
    });
    await expect(linker.close()).resolves.toBeUndefined();
    const ended = await asked.then(
      () => 'answered',
      ({ message }: Error) => message,
    );
    expect(['answered', 'The thread that links IDs has ended.']).toContain(ended);
    await expect(linker.close()).resolves.toBeUndefined();
  });
});
