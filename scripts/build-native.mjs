// Compiles the C sources of `native` into native/build/ids.node, an addon that ID mapping is quicker
// with and does without where there is none. npm runs this file when the package is installed, in a
// clone and in the published package: it needs nothing but Node, and never fails.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRunning } from './is-running.mjs';

const addonName = 'ids.node';
const stampName = '.build.json';
const flags = [
  ...['-O2', '-std=c11', '-Wall', '-Wextra', '-fPIC', '-fvisibility=hidden', '-pthread'],
  // DuckDB, which is C++, throws through our functions where it lacks memory.
  '-fexceptions',
  // What Node provides is known only when it loads the addon.
  ...(process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
];
/** Far more than a compiler takes: it only ends one that hangs. */
const longestMs = 300_000;
const mostLines = 12;

const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/** @returns {string[]} the C files and headers, as paths from the root */
function sourceFiles(root) {
  const folder = path.join(root, 'native');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.[ch]$/.test(name))
    .toSorted()
    .map((name) => path.join('native', name));
}

/** What the addon is made of and by: `key` changes when any of it does. */
function planOf(root, sources) {
  const headers = createRequire(path.join(root, 'package.json')).resolve(
    'node-api-headers/package.json',
  );
  const compiler = process.env.CC?.trim() || 'cc';
  const { version } = JSON.parse(readFileSync(headers, 'utf8'));
  const contents = sources.map((file) => [file, sha256(readFileSync(path.join(root, file)))]);
  const { platform, arch } = process;
  const key = sha256(JSON.stringify([contents, flags, compiler, platform, arch, version]));
  return { key, sources, compiler, include: path.join(path.dirname(headers), 'include') };
}

/** @returns {{key?: string, addon?: string}} `addon`: hash of what was made; without it: it failed */
function readStamp(stamp) {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8'));
  } catch {
    return {};
  }
}

function writeStamp(stamp, content) {
  const beside = besideOf(stamp);
  writeFileSync(beside, JSON.stringify(content));
  renameSync(beside, stamp);
}

/** Where a file is written before it is renamed: nobody meets half of it, nor two builds each other. */
function besideOf(file) {
  return path.join(path.dirname(file), `.new-${process.pid}-${path.basename(file)}`);
}

/** Builds that were killed leave a file with their pid in its name. */
function removeLeftovers(folder) {
  for (const name of readdirSync(folder)) {
    const pid = /^\.new-(\d+)-/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) rmSync(path.join(folder, name), { force: true });
  }
}

const firstLines = (text) => text.split('\n').filter(Boolean).slice(0, mostLines);

/** What the addon itself misses in that process, such as DuckDB, is not the compiler's fault. */
const load = `try { require(process.argv[1]) } catch (error) {
  if (error.code === 'ERR_DLOPEN_FAILED') throw error;
}`;

/**
 * Compiles, and loads what was made in a process of its own: a compiler for another processor or C
 * library than Node's makes an addon too.
 * @returns {{lines: string[], why?: string, missing?: true}} what the compiler says, and `why` there
 *   is no addon
 */
function compile(root, { sources, compiler, include }, out) {
  // As make takes it: CC may hold options.
  const [command, ...options] = compiler.split(/\s+/);
  const files = sources.filter((file) => file.endsWith('.c'));
  const args = [...options, ...flags, '-I', include, '-o', out, ...files];
  const spawning = { cwd: root, encoding: 'utf8', timeout: longestMs };
  const compiled = spawnSync(command, args, spawning);
  if (['ENOENT', 'EACCES'].includes(compiled.error?.code)) {
    return { why: `there is no C compiler (${compiler})`, lines: [], missing: true };
  }
  const lines = firstLines(`${compiled.stderr}\n${compiled.error?.message ?? ''}`);
  if (compiled.status !== 0) return { why: `the C compiler (${compiler}) failed`, lines };
  const loaded = spawnSync(process.execPath, ['-e', load, out], spawning);
  if (loaded.status === 0) return { lines };
  const errors = firstLines(loaded.stderr).filter((line) => line.includes('Error'));
  return { why: `Node cannot load what the C compiler (${compiler}) makes of it`, lines: errors };
}

const needed = 'install a C compiler and the headers of the C library (Debian: gcc, libc6-dev)';

/** One line for people: what is missing, what follows from it, what to do. */
function consequence(root, why, toDo = needed) {
  const isClone = existsSync(path.join(root, 'bootstrap.mjs'));
  const again = isClone ? 'npm run build' : `node "${path.join(root, 'scripts/build-native.mjs')}"`;
  return (
    `The addon of ID mapping is not built, as ${why}: ID mapping then does in JavaScript what the ` +
    `addon does, and takes about two thirds longer. To have it, ${toDo}, then: ${again}`
  );
}

/** @returns {string[]} what there is to say */
function provide(root, sources, retry) {
  const plan = planOf(root, sources);
  const folder = path.join(root, 'native', 'build');
  const addon = path.join(folder, addonName);
  const stamp = path.join(folder, stampName);
  const former = readStamp(stamp);
  if (former.key === plan.key) {
    const failed = `the C compiler (${plan.compiler}) failed when it was tried`;
    if (!former.addon && !retry) return [consequence(root, failed)];
    if (existsSync(addon) && sha256(readFileSync(addon)) === former.addon) return [];
  }
  mkdirSync(folder, { recursive: true });
  removeLeftovers(folder);
  const { key } = plan;
  const beside = besideOf(addon);
  try {
    const { why, lines, missing } = compile(root, plan, beside);
    if (why) {
      rmSync(addon, { force: true });
      // A compiler that is not there is looked for each time, as that costs nothing.
      if (missing) rmSync(stamp, { force: true });
      else writeStamp(stamp, { key });
      return [consequence(root, why), ...lines];
    }
    const made = sha256(readFileSync(beside));
    renameSync(beside, addon);
    writeStamp(stamp, { key, addon: made });
    return lines.length === 0 ? [] : ['The C compiler says of the addon:', ...lines];
  } finally {
    rmSync(beside, { force: true });
  }
}

/** What is there may be of other sources. */
function removeOld(root) {
  try {
    rmSync(path.join(root, 'native', 'build', addonName), { force: true });
  } catch {
    // Nothing may be written there: whoever forbids that keeps it up to date.
  }
}

/**
 * Compiles the addon unless it was made from the present sources in the same way. Where that cannot
 * be done it says so, and there is no addon then: an old one might not fit the rest of the sources.
 * @param {string} root folder of the project, or of the installed package
 * @param {{log?: (line: string) => void, retry?: boolean}} [options] `retry`: also where a compiler
 *   failed on these very sources before, which otherwise is only said again
 */
export function buildNativeIfNeeded(root, { log = console.log, retry = false } = {}) {
  // For Windows there is no addon.
  if (process.platform === 'win32') return;
  try {
    const sources = sourceFiles(root);
    if (!sources.some((file) => file.endsWith('.c'))) return;
    for (const line of provide(root, sources, retry)) log(line);
  } catch (error) {
    removeOld(root);
    log(consequence(root, `this happened (${firstLines(error.message)[0]})`, 'put that right'));
  }
}

const file = fileURLToPath(import.meta.url);
if (path.basename(process.argv[1] ?? '') === path.basename(file)) {
  buildNativeIfNeeded(path.dirname(path.dirname(file)), { retry: true });
}
