/** The texts of the console, in all its languages. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { en, type MessageKey } from '../../console/i18n/en';
import { enProblems } from '../../console/i18n/en-problems';
import { zh } from '../../console/i18n/zh';
import { zhProblems } from '../../console/i18n/zh-problems';
import { dstRule } from '../../model/calendar';
import { errorCatalogue } from '../../model/errors';

const root = path.resolve(__dirname, '../../console');
const keys = Object.keys(en) as MessageKey[];

/** All sources but the catalogues themselves. */
function sources(): string {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const read = files.filter((file) => /\.tsx?$/.test(file) && !/^(?:i18n|generated)/.test(file));
  return read.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n');
}

/** `{name}`s that a text has room for. */
const places = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([place]) => place).sort();

test('every text is there in every language, and no other', () => {
  expect(Object.keys(zh).sort()).toEqual([...keys].sort());
  for (const text of [...Object.values(en), ...Object.values(zh)]) expect(text.trim()).not.toBe('');
});

test('every text has room for the same values in every language', () => {
  const differ = keys.filter((key) => places(zh[key]).join() !== places(en[key]).join());
  expect(differ).toEqual([]);
});

test('every text is used', () => {
  const text = sources();
  const made = [...text.matchAll(/`([\w.]+\.)\$\{/g)].map(([, prefix = '']) => prefix);
  const unused = keys.filter(
    (key) => !text.includes(`'${key}'`) && !made.some((prefix) => key.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
});

test('every error code has a heading in every language, in English that of the API', () => {
  const titles = Object.entries(errorCatalogue).map(([code, { title }]) => [
    `problem.${code}`,
    title,
  ]);
  expect(enProblems).toEqual(Object.fromEntries(titles));
  expect(Object.keys(zhProblems)).toEqual(Object.keys(enProblems));
  const untranslated = Object.values(zhProblems).filter((text) => !/[\u4e00-\u9fff]/.test(text));
  expect(untranslated).toEqual([]);
});

test('what clock changes do is said as the API says it', () => {
  expect(en['cycle.dstRule']).toBe(dstRule);
});

test('Chinese texts have the marks of Chinese, and no English sentences', () => {
  const wrong = keys.filter((key) =>
    /[\u4e00-\u9fff][,;:?!]|[a-z]{3,} [a-z]{3,} [a-z]{3,}/.test(zh[key]),
  );
  expect(wrong).toEqual([]);
});
