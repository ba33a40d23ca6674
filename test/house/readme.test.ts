/** What README and CONTRIBUTING name is there, and the settings table is complete. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const pages = ['README.md', 'CONTRIBUTING.md'];

function matches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].toSorted();
}

/** Text of the product's own sources: what users run, without tests and house tools. */
function productSources(): string {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mjs'];
  const files = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  return files
    .filter((file) => !/^(test|scripts|bench)\//.test(file) && existsSync(path.join(root, file)))
    .map(read)
    .join('\n');
}

test('the settings table holds every setting that the product reads, and no other', () => {
  const table = matches(read('README.md'), /^\| `((?:TABLEGATE_)?[A-Z_]+)` \|/gm);
  const names = /\benv\.(TABLEGATE_[A-Z_]+|HOST|PORT|DATABASE_URL)\b/g;
  expect(table).toEqual(matches(productSources(), names));
});

test.each(pages)('every npm script that %s names exists', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = matches(read(page), /\bnpm (?:run )?(start|test|(?<=run )[a-z:-]+)/g);
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test.each(pages)('every file and folder that %s points to exists', (page) => {
  const links = matches(read(page), /\]\((?!https?:)([^)#]+)\)/g);
  const folders = matches(read(page), /^(?: {2}-> )?([a-z]+\/) {2,}/gm);
  const named = [...links, ...folders];
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
});
