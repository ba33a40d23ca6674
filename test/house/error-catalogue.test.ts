/** The error catalogue and its page say the same, both ways. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorCatalogue } from '../../model/errors';

const page = readFileSync(path.join(__dirname, '../../docs/errors.md'), 'utf8');
const row = /^\| `(?<code>\w+)` \| (?<status>\d{3}) \| (?<meaning>[^|]+) \| (?<remedy>[^|]+) \|$/gm;
const rows = [...page.matchAll(row)].map((match) => match.groups as Record<string, string>);

test('the page lists every code of the catalogue with its status and title, and no other', () => {
  const listed = rows.map(({ code, status, meaning }) => [code, Number(status), meaning]);
  const known = Object.entries(errorCatalogue).map(([code, { status, title }]) => {
    return [code, status, title];
  });
  expect(listed).toEqual(known);
});

test('every row of the page says what to do', () => {
  expect(rows.filter(({ remedy }) => !/^[A-Z].*\.$/.test(remedy ?? ''))).toEqual([]);
});

test('every line of the table was understood', () => {
  const lines = page.split('\n').filter((line) => line.startsWith('| `'));
  expect(lines).toHaveLength(rows.length);
});
