// Compiles the sources into dist when they changed since the last time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** What is compiled: the .ts files at the root and everything in these folders. */
const folders = [
  'activities',
  'api',
  'cli',
  'connectors',
  'console',
  'examples',
  'model',
  'scheduling',
  'store',
  'workflows',
];
const stampName = '.build.json';
/** Made by the build itself; it must not count among the sources. */
const generated = path.join('console', 'generated');

function filesBelow(root, folder) {
  const full = path.join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith(generated));
}

function sourceFiles(root) {
  const atRoot = readdirSync(root).filter(
    (name) =>
      name.endsWith('.ts') || /^tsconfig.*\.json$/.test(name) || name === 'package-lock.json',
  );
  return [...atRoot, ...folders.flatMap((folder) => filesBelow(root, folder))].sort();
}

/** Changes when any source, setting of the compiler or locked dependency does. */
function hashSources(root) {
  const hash = createHash('sha256');
  for (const file of sourceFiles(root)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @returns {boolean} whether dist was made from the present sources */
export function isBuilt(root) {
  const stamp = path.join(root, 'dist', stampName);
  if (!existsSync(stamp)) return false;
  return JSON.parse(readFileSync(stamp, 'utf8')).sources === hashSources(root);
}

function run(root, args, what) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${what} failed; see above`);
}

/** SQL, pages, plain JavaScript: what the compiler leaves lying. The console has its own bundler. */
function copyAssets(root, out) {
  const copied = folders.filter((folder) => folder !== 'console');
  for (const file of copied.flatMap((folder) => filesBelow(root, folder))) {
    if (!file.endsWith('.ts')) cpSync(path.join(root, file), path.join(out, file));
  }
}

/** Types of the API's calls first, then the pages, into `console/` of the output. */
function buildConsole(root, out) {
  if (!existsSync(path.join(root, 'console', 'index.html'))) return;
  console.log('Building: bundling the console');
  run(root, [path.join(root, 'scripts', 'console-types.cjs')], "Reading the API's types");
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = path.join('console', 'vite.config.mts');
  const target = path.join(out, 'console');
  const args = ['build', '--config', config, '--outDir', target, '--logLevel', 'warn'];
  run(root, [vite, ...args], 'The bundler of the console');
}

/** npm does that when it links the package, and not again when it is built anew. */
function makeExecutable(command) {
  if (existsSync(command)) chmodSync(command, 0o755);
}

/** Builds that were killed leave their folder, which holds their pid in its name. */
function removeLeftovers(root) {
  for (const name of readdirSync(root)) {
    const pid = /^\.dist-(?:new|old)-(\d+)$/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) rmSync(path.join(root, name), { recursive: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Puts the finished folder in place of the former one, so that dist is never half of each. */
function swapIn(root, out) {
  const dist = path.join(root, 'dist');
  const old = path.join(root, `.dist-old-${process.pid}`);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(out, dist);
  rmSync(old, { recursive: true, force: true });
}

/**
 * @param {string} root folder of the project
 * @throws {Error} when the compiler or the bundler refuses the sources; dist is then as it was
 */
export function build(root) {
  const since = Date.now();
  const sources = hashSources(root);
  removeLeftovers(root);
  // Its name begins with a dot so that the compiler does not take it for sources, and it lies
  // where dist does so that the paths in the source maps hold.
  const out = path.join(root, `.dist-new-${process.pid}`);
  console.log('Building: compiling the sources');
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    run(root, [tsc, '-p', 'tsconfig.build.json', '--outDir', out], 'The compiler');
    copyAssets(root, out);
    makeExecutable(path.join(out, 'cli', 'main.js'));
    const workflows = path.join(out, 'workflows', 'index.js');
    if (existsSync(workflows)) {
      console.log('Building: bundling the workflows');
      const bundler = path.join(root, 'scripts', 'bundle-workflows.cjs');
      run(root, [bundler, workflows, path.join(out, 'workflow-bundle.js')], 'The bundler');
    }
    buildConsole(root, out);
    writeFileSync(path.join(out, stampName), JSON.stringify({ sources }));
    swapIn(root, out);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  console.log(`Built in ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

/** Builds unless dist was made from the present sources. */
export function buildIfNeeded(root) {
  if (!isBuilt(root)) build(root);
}

/** @returns {string[]} the folders that hold sources, for watching them */
export function watchedFolders(root) {
  return folders.map((folder) => path.join(root, folder)).filter((folder) => existsSync(folder));
}
