import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findMissingPackage } from '../../scripts/install-if-needed.mjs';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'install-'));
  writeLock('package-lock.json', locked);
  writeLock('node_modules/.package-lock.json', installed);
  for (const name of Object.keys(installed)) {
    mkdirSync(path.join(root, name), { recursive: true });
    writeFileSync(path.join(root, name, 'package.json'), '{}');
  }
});
afterEach(() => rm(root, { recursive: true, force: true }));

const installed: Record<string, object> = {
  'node_modules/runs': { version: '1.0.0' },
  'node_modules/compiles': { version: '2.0.0', dev: true },
};
const locked: Record<string, object> = {
  '': { version: '0.1.0' },
  ...installed,
  'node_modules/for-another-platform': { version: '3.0.0', optional: true },
};

function writeLock(name: string, packages: object): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), JSON.stringify({ packages }));
}

const missing = (development = true) => findMissingPackage(root, { development });

describe('an installation is needed', () => {
  test('in a fresh clone', () => {
    rmSync(path.join(root, 'node_modules'), { recursive: true });
    expect(missing()).toBe('node_modules');
  });

  test('when another version is locked than was installed', () => {
    writeLock('package-lock.json', { ...locked, 'node_modules/runs': { version: '1.0.1' } });
    expect(missing()).toBe('node_modules/runs');
  });

  test('when the folder of a package is gone', () => {
    rmSync(path.join(root, 'node_modules/compiles'), { recursive: true });
    expect(missing()).toBe('node_modules/compiles');
  });

  test('for development packages only when they are used', () => {
    writeLock('node_modules/.package-lock.json', {
      'node_modules/runs': { version: '1.0.0' },
    });
    expect(missing(true)).toBe('node_modules/compiles');
    expect(missing(false)).toBeNull();
  });
});

test('no installation is needed when a checkout only changed the time of the lock file', () => {
  const later = new Date(Date.now() + 60_000);
  utimesSync(path.join(root, 'package-lock.json'), later, later);
  expect(missing()).toBeNull();
});
