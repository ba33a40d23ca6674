/** `docs/requirements.md` names tests that exist, for every row that it must hold. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { requirementRows, titledTests } from '../../scripts/requirement-tests.js';

const root = path.resolve(__dirname, '../..');

function range(prefix: string, first: number, last: number): string[] {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return numbers.map((number) => `${prefix}-${String(number).padStart(2, '0')}`);
}

const wanted = [
  ...range('QA', 1, 61),
  ...range('AC', 1, 34),
  ...range('DP', 1, 42),
  ...range('HW', 1, 45),
  ...range('DW', 1, 43),
  ...range('SH', 1, 7),
];

const rows = requirementRows();

/** @returns what is wrong with an entry, or undefined */
function fault(entry: string): string | undefined {
  const parts = /^`(?<file>test\/[^`]+\.test\.ts)`: (?<title>.+)$/.exec(entry)?.groups;
  if (!parts?.file || !parts.title) return `cannot be read: ${entry}`;
  if (!existsSync(path.join(root, parts.file))) return `there is no ${parts.file}`;
  const text = readFileSync(path.join(root, parts.file), 'utf8');
  const titles = text.replaceAll(/\\(['"`])/g, '$1');
  if (!titles.includes(parts.title)) return `${parts.file} has no test "${parts.title}"`;
  return undefined;
}

test('every row that this version must show is listed once', () => {
  expect(rows.map((row) => row.id)).toEqual(wanted);
});

test('every test that is named exists under that title', () => {
  const named = rows.flatMap((row) => row.shownBy);
  expect(named.map(fault).filter((one) => one !== undefined)).toEqual([]);
});

test('every test whose title begins with a row is named there (scripts/requirement-tests.js --write)', () => {
  const listed = new Set(rows.flatMap(({ id, shownBy }) => shownBy.map((one) => `${id} ${one}`)));
  const unlisted = titledTests().filter(({ id, entry }) => !listed.has(`${id} ${entry}`));
  expect(unlisted).toEqual([]);
});

// In two parts, as this file must not hold it as a whole.
const absent = ['no such', 'title'].join(' ');

test.each([
  ['`test/house/none.test.ts`: has a title', 'there is no test/house/none.test.ts'],
  [
    `\`test/house/requirements.test.ts\`: ${absent}`,
    `test/house/requirements.test.ts has no test "${absent}"`,
  ],
  ['some test', 'cannot be read: some test'],
])('an entry that is wrong is told apart: %s', (entry, message) => {
  expect(fault(entry)).toBe(message);
});
