// Installs the dependencies when those in node_modules are not the ones that the lock file names.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};

/**
 * Compares versions, not times: a checkout changes the times of files whose content is the same.
 * @param {string} root folder of the project
 * @param {{development: boolean}} options whether development dependencies have to be there too
 * @returns {string | null} the first package that is missing or other than locked; null: all there
 */
export function findMissingPackage(root, { development }) {
  const installedList = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedList)) return 'node_modules';
  const installed = readPackages(installedList);
  for (const [name, wanted] of Object.entries(readPackages(path.join(root, 'package-lock.json')))) {
    if (name === '' || wanted.optional || wanted.devOptional || wanted.peer) continue;
    if (wanted.dev && !development) continue;
    if (installed[name]?.version !== wanted.version) return name;
    if (!existsSync(path.join(root, name, 'package.json'))) return name;
  }
  return null;
}

/** Runs `npm ci`, once more when it fails, as registries time out now and then. */
function npmCi(root) {
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const args = [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  for (const attempt of [1, 2]) {
    const since = Date.now();
    const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
    if (status === 0) {
      console.log(`Installed in ${Math.round((Date.now() - since) / 1000)} s`);
      return;
    }
    console.log(
      `npm ci failed (${error?.message ?? `code ${status}`})${attempt === 1 ? '; trying once more' : ''}`,
    );
  }
  throw new Error('The dependencies cannot be installed; npm says why above. Then start again.');
}

/**
 * @param {string} root folder of the project
 * @param {{development: boolean}} options whether development dependencies are needed
 * @throws {Error} when npm cannot install them
 */
export function installIfNeeded(root, options) {
  const missing = findMissingPackage(root, options);
  if (missing === null) return;
  console.log(`Installing dependencies with npm ci (${missing} is missing or has changed)`);
  npmCi(root);
}
