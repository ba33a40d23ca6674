import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes this process's own folder for the tries of its jobs, and removes those of processes that
 * are no more: after a kill they hold copies of users' IDs.
 * @param folder shared by the workers of one data folder
 * @returns the folder of this process
 */
export async function openScratch(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    if (!isAlive(Number(name))) {
      await rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
  const own = path.join(folder, String(process.pid));
  await mkdir(own, { recursive: true });
  return own;
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
