/** The data folder: made, locked for one start at a time, and freed of what a former one left. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockedError, takeLock, type FileLock, type LockHolder } from './file-lock';
import { endOrphans } from './orphans';
import { isAlive, placeHere, type ProcessIdentity } from './process-identity';

/** The data folder cannot be used now; the message says by whom it is and what to do. */
export class FolderInUseError extends Error {
  constructor(dataDir: string, { identity, host }: LockHolder) {
    super(
      `The data folder ${dataDir} is in use by process ${identity.pid} on ${host}. Stop that one ` +
        `(kill ${identity.pid}), or start on another folder with --data-dir.`,
    );
    this.name = 'FolderInUseError';
  }
}

/** A holder that is ending has its children to stop, the server up to 12 s, PostgreSQL up to 15. */
const waitForEndingMs = 40_000;

/**
 * Takes the data folder: makes it when it is not there, locks it and ends what a killed start left.
 * @param boundTo process that this one ends with, or null
 * @throws FolderInUseError when another start has it
 */
export async function openDataFolder(
  dataDir: string,
  boundTo: ProcessIdentity | null,
  log: (line: string) => void,
): Promise<FileLock> {
  // Root's PostgreSQL runs as another user, who has to pass through but not to look in.
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const lock = await lockFolder(dataDir, boundTo, log);
  try {
    await endOrphans(dataDir, log);
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}

async function lockFolder(
  dataDir: string,
  boundTo: ProcessIdentity | null,
  log: (line: string) => void,
): Promise<FileLock> {
  const file = path.join(dataDir, 'lock');
  const deadline = Date.now() + waitForEndingMs;
  let told = false;
  for (;;) {
    try {
      return await takeLock(file, boundTo);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      const { holder } = error;
      if (!isEnding(holder) || Date.now() > deadline) throw new FolderInUseError(dataDir, holder);
      if (!told) log(`The former start (process ${holder.identity.pid}) is ending; waiting for it`);
      told = true;
      await sleep(100);
    }
  }
}

/** It said so, or what it is bound to has died, which it notices within a second. */
function isEnding({ ending, boundTo }: LockHolder): boolean {
  return ending || (boundTo?.place === placeHere() && !isAlive(boundTo));
}
