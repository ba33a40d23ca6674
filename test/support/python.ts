/** A Python with packages, for tests of what Python calls: made once in the cache folder. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cacheDirOf } from '../../cli/launcher/cache-dir';
import { LockedError, takeLock, type FileLock } from '../../cli/launcher/file-lock';

const exec = promisify(execFile);

/**
 * Makes the environment where it is not there yet; one of several that ask at once makes it.
 * @param packages from PyPI, pinned: `requests==2.32.5`
 * @returns path of the Python
 */
export async function pythonWith(...packages: string[]): Promise<string> {
  const base = process.env.PYTHON_PATH ?? 'python3';
  const { stdout: version } = await exec(base, ['--version']);
  const key = createHash('sha256')
    .update([version, ...packages].join('\n'))
    .digest('hex');
  const dir = path.join(cacheDirOf(process.env), `test-python-${key.slice(0, 12)}`);
  mkdirSync(path.dirname(dir), { recursive: true });
  const lock = await lockOf(`${dir}.lock`);
  try {
    return await provide(base, dir, packages);
  } finally {
    lock.release();
  }
}

async function lockOf(file: string): Promise<FileLock> {
  for (;;) {
    try {
      return await takeLock(file);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      await sleep(200);
    }
  }
}

async function provide(base: string, dir: string, packages: string[]): Promise<string> {
  const python = path.join(dir, 'bin', 'python');
  const done = path.join(dir, 'installed');
  if (existsSync(done)) return python;
  rmSync(dir, { recursive: true, force: true });
  await exec(base, ['-m', 'venv', dir]);
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  // Once more when it fails, as registries time out now and then.
  await exec(python, args).catch(() => exec(python, args));
  writeFileSync(done, '');
  return python;
}
