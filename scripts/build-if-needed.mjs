// Compiles the sources into dist, and bundles the console into dist/console, where they changed since
// the last time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { buildNativeIfNeeded } from './build-native.mjs';
import { isRunning } from './is-running.mjs';
import { packFiles } from './pack-files.mjs';

/** What is compiled: the .ts files at the root and everything in these folders. */
const folders = [
  'activities',
  'api',
  'cli',
  'connectors',
  'examples',
  'model',
  'native',
  'scheduling',
  'store',
  'workflows',
];
const consoleFolder = 'console';
const stampName = '.build.json';
/** Made by a build itself; they must not count among the sources. */
const generated = [
  // Types of the API's calls, for the compiler alone.
  path.join(consoleFolder, 'generated', path.sep),
  path.join('native', 'build', path.sep),
];

function filesBelow(root, folder) {
  const full = path.join(root, folder);
  if (!existsSync(full)) return [];
  return (
    readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      .filter((file) => !generated.some((folder) => file.startsWith(folder)))
      // C is the addon's, which is built by itself.
      .filter((file) => !/\.[ch]$/.test(file))
  );
}

function sourceFiles(root) {
  const atRoot = readdirSync(root).filter(
    (name) =>
      name.endsWith('.ts') || /^tsconfig.*\.json$/.test(name) || name === 'package-lock.json',
  );
  return [...atRoot, ...folders.flatMap((folder) => filesBelow(root, folder))];
}

function consoleFiles(root) {
  const files = filesBelow(root, consoleFolder);
  return files.length === 0 ? [] : [...files, 'package-lock.json'];
}

/** Changes when any source, setting of a compiler or locked dependency does. */
function hashFiles(root, files) {
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Whether a folder of the build was made from sources with this hash. */
function isMadeFrom(folder, sources) {
  const stamp = path.join(folder, stampName);
  if (!existsSync(stamp)) return false;
  return JSON.parse(readFileSync(stamp, 'utf8')).sources === sources;
}

function isServerBuilt(root) {
  return isMadeFrom(path.join(root, 'dist'), hashFiles(root, sourceFiles(root)));
}

/** A console that there is no source of is as good as built. */
function isConsoleBuilt(root) {
  const files = consoleFiles(root);
  const built = path.join(root, 'dist', consoleFolder);
  return files.length === 0 || isMadeFrom(built, hashFiles(root, files));
}

/** @returns {boolean} whether dist was made from the present sources */
export function isBuilt(root) {
  return isServerBuilt(root) && isConsoleBuilt(root);
}

function run(root, args, what) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${what} failed; see above`);
}

/** SQL, pages, plain JavaScript: what the compiler leaves lying. */
function copyAssets(root, out) {
  for (const file of folders.flatMap((folder) => filesBelow(root, folder))) {
    if (!file.endsWith('.ts')) cpSync(path.join(root, file), path.join(out, file));
  }
}

/** npm does that when it links the package, and not again when it is built anew. */
function makeExecutable(command) {
  if (existsSync(command)) chmodSync(command, 0o755);
}

function buildServer(root, out) {
  console.log('Building: compiling the sources');
  const sources = hashFiles(root, sourceFiles(root));
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run(root, [tsc, '-p', 'tsconfig.build.json', '--outDir', out], 'The compiler');
  copyAssets(root, out);
  makeExecutable(path.join(out, 'cli', 'main.js'));
  const workflows = path.join(out, 'workflows', 'index.js');
  if (existsSync(workflows)) {
    console.log('Building: bundling the workflows');
    const bundler = path.join(root, 'scripts', 'bundle-workflows.cjs');
    run(root, [bundler, workflows, path.join(out, 'workflow-bundle.js')], 'The bundler');
  }
  writeFileSync(path.join(out, stampName), JSON.stringify({ sources }));
}

/** Bundles the console into a folder, or takes the former one where its sources are the same. */
function provideConsole(root, out) {
  const files = consoleFiles(root);
  if (files.length === 0) return;
  if (isConsoleBuilt(root)) {
    cpSync(path.join(root, 'dist', consoleFolder), out, { recursive: true });
    return;
  }
  console.log('Building: bundling the console');
  const sources = hashFiles(root, files);
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = path.join(consoleFolder, 'vite.config.mts');
  const args = ['build', '--config', config, '--outDir', out, '--emptyOutDir'];
  run(root, [vite, ...args, '--logLevel', 'warn'], 'The bundler of the console');
  packFiles(out);
  writeFileSync(path.join(out, stampName), JSON.stringify({ sources }));
}

/** Builds that were killed leave their folder, which holds their pid in its name. */
function removeLeftovers(root) {
  for (const name of readdirSync(root)) {
    const pid = /^\.dist-(?:new|old)-(\d+)$/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) rmSync(path.join(root, name), { recursive: true });
  }
}

/** Puts a finished folder in place of the former one, so that there is never half of each. */
function swapIn(root, out, target) {
  const old = path.join(root, `.dist-old-${process.pid}`);
  if (existsSync(target)) renameSync(target, old);
  renameSync(out, target);
  rmSync(old, { recursive: true, force: true });
}

/**
 * Builds what is not made from the present sources, the whole where nothing is.
 * @param {string} root folder of the project
 * @throws {Error} when a compiler or bundler refuses the sources; dist is then as it was
 */
export function build(root) {
  const since = Date.now();
  const dist = path.join(root, 'dist');
  removeLeftovers(root);
  // Its name begins with a dot so that the compiler does not take it for sources, and it lies
  // where dist does so that the paths in the source maps hold.
  const out = path.join(root, `.dist-new-${process.pid}`);
  try {
    if (isServerBuilt(root) && !isConsoleBuilt(root)) {
      mkdirSync(out);
      provideConsole(root, path.join(out, consoleFolder));
      swapIn(root, path.join(out, consoleFolder), path.join(dist, consoleFolder));
    } else {
      buildServer(root, out);
      provideConsole(root, path.join(out, consoleFolder));
      swapIn(root, out, dist);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  console.log(`Built in ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

/**
 * Builds what was not made from the present sources: dist, and before it the addon, as a server of
 * `npm run dev` starts again with dist.
 * @param {string} root folder of the project
 * @param {{retry?: boolean}} [options] of the addon: see buildNativeIfNeeded
 * @throws {Error} as build
 */
export function buildIfNeeded(root, { retry } = {}) {
  buildNativeIfNeeded(root, { retry });
  if (!isBuilt(root)) build(root);
}

/** @returns {string[]} the folders that hold sources, for watching them */
export function watchedFolders(root) {
  return [...folders, consoleFolder]
    .map((folder) => path.join(root, folder))
    .filter((folder) => existsSync(folder));
}
