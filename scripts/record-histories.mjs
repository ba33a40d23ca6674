// Records test/replay/histories/*.json anew, from real runs on the Temporal that jest starts:
//   node scripts/record-histories.mjs [-t "<part of a scenario's name>"]
// Afterwards look at what changed: histories that a release has written stay as they were written,
// in a folder of their own (`before-recurrence`).
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const recorders = '<rootDir>/test/replay/recording/*.recording.ts';
const { status } = spawnSync(
  process.execPath,
  [jest, '--testMatch', recorders, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
