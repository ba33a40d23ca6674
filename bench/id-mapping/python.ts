/** Python environments in the cache folder, with pinned packages: that of the peers, and of tests. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDirOf } from '../../cli/launcher/cache-dir';
import { print } from '../support/perform';

export interface Python {
  executable: string;
  /** Of Python and of the packages. */
  versions: Record<string, string>;
}

const peers = path.join(__dirname, 'requirements.txt');

/**
 * Makes the environment where it is not there yet.
 * @param base the Python that it is made with
 * @param requirementsFile what is installed; that of the peers by default
 * @throws Error where that cannot be run, or the packages cannot be installed
 */
export function providePython(base: string, requirementsFile = peers): Python {
  const requirements = readFileSync(requirementsFile, 'utf8');
  const version = versionOf(base);
  const key = createHash('sha256').update(`${version}\n${requirements}`).digest('hex');
  const dir = path.join(cacheDirOf(process.env), `bench-python-${key.slice(0, 12)}`);
  const executable = path.join(dir, 'bin', 'python');
  const done = path.join(dir, 'installed');
  if (!existsSync(done)) {
    print(`Making a Python environment with ${path.basename(requirementsFile)} in ${dir}`);
    rmSync(dir, { recursive: true, force: true });
    execFileSync(base, ['-m', 'venv', dir], { stdio: 'inherit' });
    install(executable, requirementsFile);
    writeFileSync(done, '');
  }
  const packages = [...requirements.matchAll(/^([\w-]+)==(.+)$/gm)];
  const pinned = packages.map(([, name = '', pin = '']) => [`python ${name}`, pin] as const);
  return { executable, versions: { python: version, ...Object.fromEntries(pinned) } };
}

function versionOf(base: string): string {
  try {
    return execFileSync(base, ['--version'], { encoding: 'utf8' }).replace('Python', '').trim();
  } catch (cause) {
    throw new Error(`Python 3.11 or newer is needed; ${base} cannot be run`, { cause });
  }
}

/** Once more when it fails, as registries time out now and then. */
function install(executable: string, requirementsFile: string): void {
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const run = (): void => {
    execFileSync(executable, [...args, '--requirement', requirementsFile], { stdio: 'inherit' });
  };
  try {
    run();
  } catch {
    print('pip failed; trying once more');
    run();
  }
}
