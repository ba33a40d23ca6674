/** The rules of `model/id-rules` in SQL: the same for every text that DuckDB can hold. */
import { DuckDBDataChunk, DuckDBInstance, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import {
  fillerSql,
  normalSql,
  rawSql,
  registerIdFunctions,
} from '../../activities/jobs/id-mapping/id-sql';
import { fillerLists } from '../../model/id-fillers';
import { isFiller, normalizeId, rulesOf, type IdTypeRules } from '../../model/id-rules';
import { nastyRules, nastyTexts } from '../support/nasty-texts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  registerIdFunctions(connection);
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const chunkRows = 2048;

/** Makes the table `texts (place, text)`. */
async function storeTexts(texts: (string | null)[]): Promise<void> {
  await connection.run('CREATE OR REPLACE TABLE texts (text VARCHAR)');
  const appender = await connection.createAppender('texts');
  for (let start = 0; start < texts.length; start += chunkRows) {
    const some = texts.slice(start, start + chunkRows);
    const chunk = DuckDBDataChunk.create([VARCHAR], some.length);
    chunk.setColumnValues(0, some);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Values of an expression over the stored texts. */
async function valuesOf(sql: string): Promise<unknown[]> {
  const result = await connection.runAndReadAll(`SELECT ${sql} AS value FROM texts ORDER BY rowid`);
  return result.getRowObjectsJS().map((row) => row.value);
}

/** Texts of an expression. A byte order mark at the very front would be lost on the way here. */
async function textsOf(sql: string): Promise<unknown[]> {
  const values = await valuesOf(`'|' || (${sql})`);
  return values.map((value) => (value === null ? null : String(value).slice(1)));
}

const fillerLike = fc
  .tuple(
    fc.constantFrom('', '', ' ', '+', '+49', '+86', 'x', '\n'),
    fc.constantFrom(
      ...Object.values(fillerLists).flat(),
      '00000',
      '77777',
      '0-0',
      'own-7',
      'Ä*ö',
      'T\u0308own',
    ),
    fc.constantFrom('', '', 'x', '0', 'org', '@mail.org', '\0', '\n'),
  )
  .map(
    ([before, filler, after]) => before + filler.replace('*', after) + (after === 'x' ? 'x' : ''),
  )
  .chain((text) => fc.constantFrom(text, text.toUpperCase()));

const manyTexts = fc.array(fc.oneof(nastyTexts, fillerLike), { minLength: 200, maxLength: 400 });

const fillers = fc.constantFrom<IdTypeRules['fillers'][]>(
  { builtIn: true, values: [] },
  { builtIn: false, values: [] },
  {
    builtIn: true,
    values: ['own-*', 't\u0308own', "'", 'Ä＊Ö', '0151*', '(?i)x', '*\n*', '0151 2345678'],
  },
  { builtIn: false, values: Array.from({ length: 500 }, (_, n) => `*own filler number ${n}*`) },
);

const anyRules = fc
  .record({ reading: nastyRules, fillers })
  .map(({ reading, ...rest }): IdTypeRules => ({ ...rulesOf('any', reading), ...rest }));

it('an ID in SQL is the ID of the rules, and a filler in SQL a filler of theirs', async () => {
  await fc.assert(
    fc.asyncProperty(anyRules, manyTexts, async (rules, texts) => {
      await storeTexts(texts);
      const ids = texts.map((text) => normalizeId(rules, text));
      expect(await textsOf(normalSql('text', rules))).toEqual(ids);
      await storeTexts(ids);
      const judged = ids.map((id) => id !== null && isFiller(rules, id));
      expect(await valuesOf(`coalesce(${fillerSql('text', rules)}, false)`)).toEqual(judged);
    }),
    // Shrinking hundreds of texts takes minutes; the difference names those that matter.
    { numRuns: 60, endOnFailure: true },
  );
});

it('where there is no text, there is neither an ID nor a filler', async () => {
  const rules = rulesOf('card', undefined);
  await storeTexts(['Ä', null, 'unknown', 'b']);
  expect(await valuesOf(normalSql('text', rules))).toEqual(['Ä', null, 'unknown', 'b']);
  expect(await valuesOf(fillerSql('text', rules))).toEqual([false, null, true, false]);
});

it('an ID in SQL is the same wherever its texts come from', async () => {
  const rules = rulesOf('phone', { region: 'DE' });
  await storeTexts(['0151 23456789', null, 'x', '']);
  const id = normalSql('text', rules);
  const expected = [null, null, '+4915123456789', 'x'];
  const sorted = async (from: string) => {
    const result = await connection.runAndReadAll(
      `SELECT ${id} AS id FROM ${from} ORDER BY id NULLS FIRST`,
    );
    return result.getRowObjectsJS().map((row) => row.id);
  };
  expect(await sorted('texts')).toEqual(expected);
  expect(await sorted('(SELECT DISTINCT text FROM texts)')).toEqual(expected);
  const four = '(VALUES (1), (2), (3), (4))';
  const constant = `(SELECT '0151 23456789' AS text FROM ${four})`;
  expect(await sorted(constant)).toEqual(Array(4).fill('+4915123456789'));
  const joined = `(SELECT t.text FROM ${four} n(a) LEFT JOIN (SELECT 1 AS b, text FROM texts) t ON a = b)`;
  expect(await sorted(joined)).toEqual([null, null, null, null, null, '+4915123456789', 'x']);
});

it('more rows than a chunk and than a thread takes are each their own ID', async () => {
  const rules = rulesOf('phone', { region: 'CN' });
  const result = await connection.runAndReadAll(
    `SELECT count(*) AS rows, count(DISTINCT id) AS ids, count(*) FILTER (id = '+86' || text) AS right
     FROM (SELECT text, ${normalSql('text', rules)} AS id
       FROM (SELECT (13800000000 + range)::VARCHAR AS text FROM range(300000)))`,
  );
  expect(result.getRowObjectsJS()).toEqual([{ rows: 300_000n, ids: 300_000n, right: 300_000n }]);
});

it('columns of lists and structs hold no IDs', () => {
  for (const type of ['VARCHAR[]', 'INTEGER[3]', 'STRUCT(a INTEGER)', 'MAP(VARCHAR, INTEGER)']) {
    expect(rawSql('c', type)).toBeNull();
  }
});

it.each([
  ['BIGINT', '13800000000', '13800000000'],
  ['DOUBLE', '13800000000', '13800000000'],
  ['DOUBLE', "'nan'", null],
  ['DOUBLE', '-0.0', '0'],
  ['DOUBLE', '0.5', '0.5'],
  ['DECIMAL(18,3)', '12.5', '12.5'],
  ['DECIMAL(18,3)', '1200', '1200'],
  ['DECIMAL(18,0)', '1200', '1200'],
  ['VARCHAR', "' a '", ' a '],
  ['BLOB', "'12.50'", '12.50'],
  ['UUID', "'AEBE52E7-03EE-455A-B3C4-E57283966239'", 'aebe52e7-03ee-455a-b3c4-e57283966239'],
])('a %s %s is %j as a person writes it', async (type, value, expected) => {
  const raw = rawSql('a "b"', type);
  const result = await connection.runAndReadAll(
    `SELECT ${raw} AS text FROM (SELECT ${value}::${type} AS "a ""b""")`,
  );
  expect(result.getRowObjectsJS()).toEqual([{ text: expected }]);
});
