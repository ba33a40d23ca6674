// Sends made-up calls to every operation of the OpenAPI document and holds the answers to it: no
// 5xx, no status, content type or field that is not described, no bad input that is taken. Run it
// against an installation of its own, as it makes, changes and removes whatever it can:
//
//   npm start -- --port 8099 --data-dir /tmp/fuzzed
//   TABLEGATE_URL=http://127.0.0.1:8099 TABLEGATE_KEY=$(cat /tmp/fuzzed/admin.key) node scripts/fuzz-api.mjs
//
// It needs Python 3.10 or newer (PYTHON names it). What follows goes to schemathesis:
//   node scripts/fuzz-api.mjs --max-examples 100 --include-path /api/v1/tasks
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const pinned = 'schemathesis==4.32.5';

const { TABLEGATE_URL: url = 'http://127.0.0.1:8080', TABLEGATE_KEY: key, PYTHON } = process.env;
if (!key) {
  console.error('TABLEGATE_KEY is needed: the key of an admin of an installation of its own.');
  process.exit(2);
}

/** Makes the environment the first time; it stays for the next. */
function provide() {
  const dir = path.join(os.tmpdir(), `tablegate-${pinned.replace('==', '-')}-${os.userInfo().uid}`);
  const program = path.join(dir, 'bin', 'st');
  if (existsSync(program)) return program;
  console.log(`Installing ${pinned} into ${dir}`);
  execFileSync(PYTHON ?? 'python3', ['-m', 'venv', dir], { stdio: 'inherit' });
  const pip = path.join(dir, 'bin', 'pip');
  execFileSync(pip, ['install', '--quiet', pinned], { stdio: 'inherit' });
  return program;
}

const { status } = spawnSync(
  provide(),
  [
    ...['run', `${url}/api/openapi.json`, '--header', `Authorization: Bearer ${key}`],
    // The stream of events has no end.
    ...['--exclude-path-regex', '/events$', '--request-timeout', '30'],
    // Good input may be refused for what only the store knows: the token of a page, the id of a draft.
    ...['--exclude-checks', 'positive_data_acceptance'],
    ...['--max-examples', '20', '--continue-on-failure'],
    ...process.argv.slice(2),
  ],
  // What it keeps between runs stays out of the sources.
  { cwd: os.tmpdir(), stdio: 'inherit' },
);
process.exitCode = status ?? 1;
