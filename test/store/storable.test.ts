import * as fc from 'fast-check';
import { Client } from 'pg';
import { storableJson, storableText } from '../../store/storable';
import { makeDatabase, type TestDatabase } from '../support/servers/databases';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await makeDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** Texts with what PostgreSQL cannot hold, and with what only looks like it. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\0',
        '\\',
        '\\u0000',
        '\\\\u0000',
        '\ud800',
        '\udfff',
        '\\ud800',
        '"',
        '\ufffd',
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** What is to be stored of a text: only halves of characters and NUL are replaced. */
const stored = (value: string) => Buffer.from(value).toString().replaceAll('\0', '\ufffd');

test('PostgreSQL takes every text, and replaced is only what it cannot hold', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      const sent = storableText(value);
      const { rows } = await client.query<{ back: string }>('select $1::text as back', [sent]);
      expect(rows[0]?.back).toBe(stored(value));
    }),
    { numRuns: 200 },
  );
});

test('PostgreSQL takes every JSON value, and replaced is only what it cannot hold', async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (key, value) => {
      const sent = storableJson({ [key]: [value, 1] });
      const { rows } = await client.query<{ back: Record<string, unknown>; first: string }>(
        `select $1::jsonb as back, (select value ->> 0 from jsonb_each($1::jsonb)) as first`,
        [sent],
      );
      expect(rows[0]?.back).toEqual({ [stored(key)]: [stored(value), 1] });
      expect(rows[0]?.first).toBe(stored(value));
    }),
    { numRuns: 200 },
  );
});

test('nothing at all is stored as null', () => {
  expect(storableJson(undefined)).toBe('null');
});
