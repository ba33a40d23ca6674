// Adds to package-lock.json the packages for other platforms that `npm install` left out.
// npm drops an optional dependency that the registry at hand does not hold, and `npm ci` then
// refuses the lock file on every machine. The names and exact versions stand in the lock file
// itself, with the package that wants them. Without an argument it only says what is missing.
const fs = require('node:fs');
const path = require('node:path');

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** What the name says about the platform, in the lock file's own fields. */
function platformOf(name) {
  const words = path.basename(name).split('-');
  const platform = {};
  const processor = processors.find((one) => words.includes(one));
  const system = systems.find((one) => words.includes(one));
  if (processor) platform.cpu = [processor];
  if (system === 'linux') {
    platform.libc = [words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc'];
  }
  if (system) platform.os = [system];
  return platform;
}

/** True if node's own look-up from `from` finds the package in the lock file. */
function isLocked(packages, from, name) {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf('/node_modules/'))) {
    if (packages[`${at}/node_modules/${name}`]) return true;
    if (!at.includes('/node_modules/')) return packages[`node_modules/${name}`] !== undefined;
  }
}

/**
 * @param lockfile parsed package-lock.json
 * @returns entries that it needs and does not have, by their path in it
 */
function missingEntries(lockfile) {
  const missing = {};
  for (const [from, wanting] of Object.entries(lockfile.packages)) {
    for (const [name, version] of Object.entries(wanting.optionalDependencies ?? {})) {
      if (isLocked(lockfile.packages, from, name)) continue;
      const dev = wanting.dev ? { dev: true } : {};
      missing[`node_modules/${name}`] = { version, ...dev, optional: true, ...platformOf(name) };
    }
  }
  return missing;
}

function main() {
  const file = path.join(__dirname, '../package-lock.json');
  const lockfile = JSON.parse(fs.readFileSync(file, 'utf8'));
  const missing = missingEntries(lockfile);
  for (const name of Object.keys(missing)) console.log(`missing: ${name}`);
  if (process.argv[2] !== '--write') return;
  const entries = Object.entries({ ...lockfile.packages, ...missing });
  lockfile.packages = Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, 'en')));
  fs.writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`);
}

if (require.main === module) main();

module.exports = { missingEntries };
