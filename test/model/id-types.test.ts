import fc from 'fast-check';
import { DuckDBInstance } from '@duckdb/node-api';
import { idSql } from '../../activities/jobs/id-mapping/id-sql';
import { quoteText } from '../../connectors/sql-text';
import { idTypeSchema, trimmedCharacters } from '../../model/id-types';
import { idMappingSchema } from '../../model/source';
import { normalizeIdValue } from '../support/normalize-id-value';

describe('an ID is compared', () => {
  it.each([
    ['phone', ' 013800000000 ', '013800000000'],
    ['phone', '\u3000\u00a0138\u200b\ufeff\n', '138'],
    ['phone', '138 0000', '138 0000'],
    ['email', 'Ann.Lee@Example.COM', 'ann.lee@example.com'],
    ['email', 'ÄNN@MÜLLER.DE', 'änn@müller.de'],
    ['idfa', 'AEBE52E7-03EE-455A-B3C4-E57283966239', 'aebe52e7-03ee-455a-b3c4-e57283966239'],
    ['gaid', 'AB-CD', 'ab-cd'],
    ['imei', '35-209900-176148-1A', '35-209900-176148-1A'],
    ['open_id', 'oAbC', 'oAbC'],
    ['loyalty_card', 'Gold-7', 'Gold-7'],
  ])('as %s %j is %j', (idType, text, expected) => {
    expect(normalizeIdValue(idType, text)).toBe(expected);
  });

  it.each([null, '', ' ', '\t\r\n', '\u3000', '\u00a0\u2003', '\u200b'])(
    'not at all when it is %j',
    (text) => {
      expect(normalizeIdValue('phone', text)).toBeNull();
    },
  );

  it('in SQL just as here', async () => {
    const texts = fc.sample(
      fc.array(
        fc.oneof(
          fc.constantFrom(...Array.from(trimmedCharacters), 'İ', 'Σ', 'ẞ', 'Ω', 'A', "'", '"'),
          fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter(isSettledLetter),
        ),
      ),
      { numRuns: 2_000, seed: 7 },
    );
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const given = texts.map((letters) => letters.join(''));
    const values = given.map((text) => quoteText(text)).join(', ');
    for (const idType of ['phone', 'email']) {
      const id = idSql('v', 'VARCHAR', idType);
      const result = await connection.runAndReadAll(
        `SELECT ${id} AS id FROM (SELECT unnest([${values}]) AS v)`,
      );
      const rows = result.getRowObjectsJS();
      expect(rows.map((row) => row.id)).toEqual(
        given.map((text) => normalizeIdValue(idType, text)),
      );
    }
    connection.closeSync();
    instance.closeSync();
  });
});

/** Letters that a newer Unicode than DuckDB's has added know no small form there; NUL ends texts. */
function isSettledLetter(letter: string): boolean {
  return (
    letter !== '\0' &&
    !/[\u{1c89}-\u{1c8a}\u{a7cb}-\u{a7dc}\u{10d50}-\u{10d65}\u{16ea0}-\u{16eb8}]/u.test(letter)
  );
}

describe('the name of an ID type', () => {
  it('is one in whatever case', () => {
    expect(idTypeSchema.parse(' Phone ')).toBe('phone');
    const columns = [{ column: 'Mobile', idType: ' Phone ' }];
    expect(idMappingSchema.parse({ columns })).toEqual({
      columns: [{ column: 'Mobile', idType: 'phone' }],
    });
  });

  it.each(['手机', 'union_id.v2', 'phone-2', '1st'])('may be %s', (name) => {
    expect(idTypeSchema.parse(name)).toBe(name);
  });

  it.each(['', ' ', 'a b', 'a:b', 'x'.repeat(65)])('may not be %j', (name) => {
    expect(idTypeSchema.safeParse(name).success).toBe(false);
  });
});
