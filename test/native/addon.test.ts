import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
let folder: string;

/** A copy of the addon that may be damaged. */
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'addon-'));
  cpSync(path.join(root, 'native'), path.join(folder, 'native'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const addon = () => path.join(folder, 'native', 'build', 'ids.node');

/** What a process finds that loads it; DuckDB's package is that of the tree. */
function stateOf(env: NodeJS.ProcessEnv = {}): string {
  const script = `const { addonState, addonProblem } = require(${JSON.stringify(path.join(folder, 'native', 'addon.ts'))});
    process.stdout.write(addonState() + ' ' + addonProblem())`;
  const fromSource = path.join(root, 'activities', 'jobs', 'from-source.cjs');
  return execFileSync(process.execPath, ['--require', fromSource, '-e', script], {
    encoding: 'utf8',
    env: {
      ...process.env,
      TABLEGATE_ADDON: '',
      ...env,
      NODE_PATH: path.join(root, 'node_modules'),
    },
  });
}

test('the addon is loaded, or switched off', () => {
  expect(stateOf()).toBe('loaded ');
  expect(stateOf({ TABLEGATE_ADDON: 'off' })).toBe('switched off ');
});

test('a part of it is not loaded, which would end the process', () => {
  truncateSync(addon(), 20_000);
  expect(stateOf()).toBe('broken Error: it is not what was built');
});

test('what is no addon, or not there, is gone on without', () => {
  writeFileSync(addon(), 'no addon');
  const stamp = path.join(path.dirname(addon()), '.build.json');
  const hash = createHash('sha256').update('no addon').digest('hex');
  writeFileSync(stamp, JSON.stringify({ addon: hash }));
  // What the system says of it.
  expect(stateOf()).toMatch(/^broken Error: .*ids\.node/);
  rmSync(stamp);
  expect(stateOf()).toMatch(/^broken Error: ENOENT/);
  rmSync(addon());
  expect(stateOf()).toBe('not built ');
});
