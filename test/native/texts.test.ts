import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { queryRows, withEngine } from '../../connectors/duckdb-engine';
import { AddonTexts } from '../../native/texts';
import { addonIsMissing } from '../jobs/support/both-ways';

const none = 0xffffffff;
const limits = { threads: 4, memoryMiB: 256, spillDir: null };
const withConnection = (use: (connection: DuckDBConnection) => Promise<void>): Promise<void> =>
  withEngine(':memory:', limits, null, use);

function open(mostMiB = 64): AddonTexts {
  const texts = AddonTexts.open(mostMiB);
  if (texts === null) throw new Error(addonIsMissing());
  return texts;
}

/**
 * Numbers the texts of a relation `(row, text)`.
 * @returns the texts that came for the first time, by number
 */
async function number(
  connection: DuckDBConnection,
  texts: AddonTexts,
  relation: string,
  numbers: Uint32Array,
  { place = 0, hash = 'hash(text)' } = {},
): Promise<Map<number, string>> {
  const numbering = texts.number(connection, numbers, place);
  const found = await queryRows(
    connection,
    `SELECT text, number FROM (SELECT text, ${numbering.name}(text, ${hash}, row::UINTEGER) AS number
       FROM ${relation}) WHERE number <> ${none}`,
  );
  const [counted] = await queryRows(connection, `SELECT count(*) AS rows FROM ${relation}`);
  expect(numbering.release()).toBe(Number(counted!.rows));
  return new Map(found.map(({ text, number: one }) => [Number(one), String(text)]));
}

const anyText = fc.oneof(
  fc.constantFrom('', 'a', 'a\0', 'a\0\0', 'twelve chars', 'thirteen char', 'thirteen cha_'),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom('x', 'y').map((one) => one.repeat(5_000)),
);

it('each text has one number, and what is known of it is what rows say', async () => {
  await withConnection(async (connection) => {
    const texts = open();
    await connection.run('CREATE TABLE rows (row UINTEGER, text VARCHAR)');
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { maxLength: 60 }), fc.nat(9), async (drawn, first) => {
        await connection.run('DELETE FROM rows');
        for (const [row, text] of drawn.entries()) {
          await connection.run('INSERT INTO rows VALUES ($1, $2)', [row, text]);
        }
        expect(texts.begin(first)).toBe(true);
        const numbers = new Uint32Array(drawn.length).fill(none);
        // Of two columns, that which comes first has the larger place.
        const cut = Math.floor(drawn.length / 2);
        const [later, earlier] = [`row >= ${cut}`, `row < ${cut}`].map(
          (condition) => `(FROM rows WHERE ${condition})`,
        );
        const some = await number(connection, texts, later!, numbers, { place: 3 });
        const more = await number(connection, texts, earlier!, numbers, { place: 1 });
        const textOf = new Map([...some, ...more]);
        const distinct = [...new Set(drawn)];
        expect([...textOf.values()].toSorted()).toEqual(distinct.toSorted());
        expect(Array.from(numbers, (one) => textOf.get(one))).toEqual(drawn);
        const { count, cells, firstPlaces, hashes } = texts.read();
        expect(count).toBe(distinct.length);
        const numbered = Array.from({ length: count }, (_, at) => textOf.get(first + at)!);
        expect([...cells]).toEqual(
          numbered.map((text) => drawn.filter((one) => one === text).length),
        );
        expect([...firstPlaces]).toEqual(
          numbered.map((text) => (drawn.slice(0, cut).includes(text) ? 1 : 3)),
        );
        const words = new BigUint64Array(hashes.buffer);
        for (const [at, text] of numbered.entries()) {
          const [row] = await queryRows(
            connection,
            `SELECT hash(text) AS hash FROM rows
            WHERE row = ${drawn.indexOf(text)}`,
          );
          expect(words[at]).toBe(row!.hash);
        }
      }),
      { numRuns: 40 },
    );
  });
});

it('threads that number the same texts at once give each one number', async () => {
  await withConnection(async (connection) => {
    const texts = open();
    const rows = 400_000;
    const different = 90_000;
    const relation = `(SELECT row, 'text ' || (row * 7919 % ${different}) AS text FROM rows)`;
    await connection.run(`CREATE TABLE rows AS FROM range(${rows}) AS numbers(row)`);
    for (const first of [0, 1_000]) {
      texts.begin(first);
      const numbers = new Uint32Array(rows).fill(none);
      const textOf = await number(connection, texts, relation, numbers);
      expect(texts.count).toBe(different);
      expect(new Set(textOf.values()).size).toBe(different);
      const wrong = numbers.findIndex(
        (one, row) => textOf.get(one) !== `text ${(row * 7919) % different}`,
      );
      expect(wrong).toBe(-1);
      expect(texts.read().cells.reduce((sum, cells) => sum + cells, 0)).toBe(rows);
    }
    texts.end();
    expect(texts.count).toBe(0);
  });
});

it('two texts with one hash are told, and nothing is said to be new then', async () => {
  await withConnection(async (connection) => {
    const texts = open();
    texts.begin(0);
    const numbers = new Uint32Array(3).fill(none);
    const relation = `(VALUES (0, 'same'), (1, 'same'), (2, 'other')) AS rows(row, text)`;
    await number(connection, texts, relation, numbers, { hash: '7::UBIGINT' });
    expect(texts.count).toBeNull();
    for (const read of [() => texts.read(), () => texts.digits()]) {
      expect(read).toThrow('whose numbers mean nothing');
    }
    texts.begin(0);
    expect(texts.count).toBe(0);
    await number(connection, texts, relation, numbers);
    expect(texts.count).toBe(2);
  });
});

it('texts that take more room than there is are told', async () => {
  await withConnection(async (connection) => {
    const texts = open(1);
    texts.begin(0);
    const numbers = new Uint32Array(400).fill(none);
    const relation = `(SELECT row, repeat('long ', 1000) || row AS text FROM range(400) AS rows(row))`;
    await number(connection, texts, relation, numbers);
    expect(texts.count).toBeNull();
  });
});

it('a row without a place is numbered, and written nowhere', async () => {
  await withConnection(async (connection) => {
    const texts = open();
    texts.begin(5);
    const numbers = new Uint32Array(1).fill(none);
    const relation = `(VALUES (${none}, 'a'), (0, 'b')) AS rows(row, text)`;
    const textOf = await number(connection, texts, relation, numbers);
    expect(textOf.get(numbers[0]!)).toBe('b');
    expect(texts.count).toBe(2);
  });
});

it('a row that the array does not reach is numbered, and written nowhere', async () => {
  await withConnection(async (connection) => {
    const texts = open();
    texts.begin(0);
    const memory = new Uint32Array(4).fill(none);
    // Of a table that has grown since its rows were counted.
    const relation = `(SELECT row, 'text ' || row AS text FROM range(4) AS rows(row))`;
    await number(connection, texts, relation, memory.subarray(0, 2));
    expect(texts.count).toBe(4);
    expect(memory.subarray(0, 2)).not.toContain(none);
    expect([...memory.subarray(2)]).toEqual([none, none]);
  });
});

it('a column that was let go of is numbered no more', async () => {
  await withConnection(async (connection) => {
    const numbering = open().number(connection, new Uint32Array(1), 0);
    numbering.release();
    await expect(
      connection.run(`SELECT ${numbering.name}('a', 1::UBIGINT, 0::UINTEGER)`),
    ).rejects.toThrow('this column is not numbered any more');
  });
});

it('one_ids of ours are read as words, and all other texts as they are', async () => {
  await withConnection(async (connection) => {
    const texts = open();
    texts.begin(0);
    const given = ['00000197a0b1c2d38899aabbccddeeff', 'f'.repeat(32), '0'.repeat(32)];
    const other = ['F'.repeat(32), 'g'.repeat(32), '0'.repeat(31), '', 'é\0', '/'.repeat(32)];
    const all = [...given, ...other];
    await connection.run('CREATE TABLE rows (row UINTEGER, text VARCHAR)');
    for (const [row, text] of all.entries()) {
      await connection.run('INSERT INTO rows VALUES ($1, $2)', [row, text]);
    }
    const numbers = new Uint32Array(all.length);
    await number(connection, texts, 'rows', numbers);
    const { words, others } = texts.digits();
    const wordsOf = (row: number) => [...words.subarray(4 * numbers[row]!, 4 * numbers[row]! + 4)];
    expect(wordsOf(0)).toEqual([0xccddeeff, 0x8899aabb, 0xa0b1c2d3, 0x00000197]);
    expect(wordsOf(1)).toEqual([none, none, none, none]);
    expect(new Map(others)).toEqual(
      new Map(all.flatMap((text, row) => (row < 2 ? [] : [[numbers[row]!, text]]))),
    );
  });
});
