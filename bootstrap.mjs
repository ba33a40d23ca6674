// What npm's scripts run. From a fresh clone it installs and builds what is missing, then does what
// was asked. Plain JavaScript without dependencies, as nothing is installed before it.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded, isBuilt, watchedFolders } from './scripts/build-if-needed.mjs';
import { installIfNeeded } from './scripts/install-if-needed.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const entry = path.join(root, 'dist', 'cli', 'main.js');

const help = `Usage: node bootstrap.mjs [command] [options]

Installs and builds what is missing, then runs the command.

  up      (npm start)      Temporal, PostgreSQL, worker and API in one data folder
  demo    (npm run demo)   the same on a folder of its own, shows a run, and ends
  test    (npm test)       all tests; what follows is passed to jest
  build   (npm run build)  only installs and builds
  dev     (npm run dev)    up, and starts the server again when a source changes
  bench   (npm run bench)  measures, beside bare workflows: npm run bench -- --help

Any other command is passed to the command line of Tablegate as it is.
Options of a command: npm start -- --help`;

/** Makes node_modules and dist what the command needs. */
function prepare(command) {
  // With a finished dist, what runs it needs no compiler and no test tools.
  const development = ['test', 'build', 'dev', 'bench'].includes(command) || !isBuilt(root);
  installIfNeeded(root, { development });
  // Who asks for a build alone may have put right what a C compiler lacked.
  buildIfNeeded(root, { retry: command === 'build' });
}

/** Runs a program in the foreground, passes signals on, and ends as it ends. */
function runInForeground(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A Ctrl-C reaches the child by itself.
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Builds again, half a second after the last change; the server is started again by `up`. */
function buildOnChange() {
  let timer;
  const onChange = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      try {
        buildIfNeeded(root);
      } catch (error) {
        console.error(error.message);
      }
    }, 500);
  };
  for (const folder of watchedFolders(root)) watch(folder, { recursive: true }, onChange);
  watch(root, (_, name) => name?.endsWith('.ts') && onChange());
}

async function runCommand(command, args) {
  prepare(command);
  switch (command) {
    case 'build':
      return 0;
    case 'test':
      return runInForeground([path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...args]);
    case 'bench':
      // From source, by the loader that child processes of tests have; the server is the build's.
      return runInForeground([
        ...['--require', path.join(root, 'activities', 'jobs', 'from-source.cjs')],
        ...[path.join(root, 'bench', 'main.ts'), ...args],
      ]);
    case 'dev':
      buildOnChange();
      return require(entry).main(['up', '--watch', ...args]);
    default:
      // In this very process: one less between npm and what it started.
      return require(entry).main([command, ...args]);
  }
}

async function main() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Tablegate needs Node.js 20.19 or newer; this is ${process.versions.node}`);
  }
  const [command = 'up', ...args] = process.argv.slice(2);
  if (['--help', '-h', 'help'].includes(command)) {
    console.log(help);
    return 0;
  }
  return command.startsWith('-') ? runCommand('up', [command, ...args]) : runCommand(command, args);
}

// What was left open, such as the watching of sources, does not keep the process.
try {
  process.exit(await main());
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
