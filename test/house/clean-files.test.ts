/** Cheap guards over every file that a clone would hold: nothing of the machine it was made on. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

// Put together from parts, so that this file does not find itself.
const machinePath = new RegExp(`(^|[^\\w./:-])/(${['work', 'farm', 'root'].join('|')})/`, 'm');
const registryHost = new RegExp(
  `//(${['registry', 'proxy', 'deb', 'repo\\d?', 'files', 'static'].join('|')})\\.`,
);
const key = new RegExp(`${['BEGIN', '(\\w+ )?PRIVATE', 'KEY'].join(' ')}|AKIA[0-9A-Z]{16}`);

/** Tracked files and new ones that are not ignored, binary ones left out. */
function files(): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const named = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0');
  return named.filter((file) => {
    const stats = statSync(path.join(root, file), { throwIfNoEntry: false });
    return file !== '' && stats?.isFile() && !/\.(parquet|png|ico|gz|woff2)$/.test(file);
  });
}

function holding(pattern: RegExp): string[] {
  return files().filter((file) => pattern.test(readFileSync(path.join(root, file), 'utf8')));
}

test('no file holds a path of the machine that it was written on', () => {
  expect(holding(machinePath)).toEqual([]);
});

test('no file names a package registry or a proxy', () => {
  expect(holding(registryHost)).toEqual([]);
});

test('no file holds a private key or a cloud key', () => {
  expect(holding(key)).toEqual([]);
});

test.each([
  ['a quoted path', `const folder = '/${'work'}/main';`, machinePath],
  ['a path at the start of a line', `/${'root'}/.npmrc`, machinePath],
  ['a registry', `https://${'registry'}.npmjs.org/x`, registryHost],
  ['a private key', `-----BEGIN RSA ${'PRIVATE'} KEY-----`, key],
])('%s would be found', (_what, text, pattern) => {
  expect(pattern.test(text)).toBe(true);
});
