/** `npm ci` refuses a lock file that lacks a package for any platform, on every machine. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { missingEntries, type Lockfile } from '../../scripts/complete-lockfile.js';

const lockfile = JSON.parse(
  readFileSync(path.join(__dirname, '../../package-lock.json'), 'utf8'),
) as Lockfile;

test('the lock file holds the packages of every platform (scripts/complete-lockfile.js --write)', () => {
  expect(Object.keys(missingEntries(lockfile))).toEqual([]);
});

test('a platform package that the lock file lacks is found, with its platform', () => {
  const packages = {
    'node_modules/fast': {
      version: '1.0.0',
      optionalDependencies: { '@fast/linux-x64-musl': '1.0.0', '@fast/darwin-arm64': '1.0.0' },
    },
    'node_modules/fast/node_modules/@fast/darwin-arm64': { version: '1.0.0' },
  };
  expect(missingEntries({ packages })).toEqual({
    'node_modules/@fast/linux-x64-musl': {
      version: '1.0.0',
      optional: true,
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
    },
  });
});

test('the lock file names no registry', () => {
  const naming = Object.entries(lockfile.packages).filter(([, entry]) => entry.resolved);
  expect(naming.map(([name]) => name)).toEqual([]);
});
