/**
 * A lock that is a file: held by one process of one machine at a time, and free again when its
 * holder is dead, however it died.
 */
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  identityOf,
  isAlive,
  parseIdentity,
  placeHere,
  type ProcessIdentity,
} from './process-identity';

export interface LockHolder {
  identity: ProcessIdentity;
  host: string;
  /** The process that the holder ends with; null when it stands alone. */
  boundTo: ProcessIdentity | null;
  /** The holder is about to end and will let go. */
  ending: boolean;
}

export interface FileLock {
  /** Tells others that this process is about to end. */
  announceEnd(): void;
  release(): void;
}

/** The lock is held by a living process. */
export class LockedError extends Error {
  constructor(
    readonly file: string,
    readonly holder: LockHolder,
  ) {
    super(`${file} is held by process ${holder.identity.pid} on ${holder.host}`);
    this.name = 'LockedError';
  }
}

/** A holder of another machine or container cannot be looked at: it says that it lives this often. */
const touchEveryMs = 2_000;
/** A holder elsewhere that was not heard of for this long is taken for dead. */
const silentForDeadMs = 10_000;

function readHolder(file: string): LockHolder | null {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const identity = parseIdentity(value.identity);
    if (!identity) return null;
    return {
      identity,
      host: String(value.host),
      boundTo: parseIdentity(value.boundTo),
      ending: value.ending === true,
    };
  } catch {
    return null;
  }
}

function writeHolder(file: string, holder: LockHolder): string {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o644 });
  return draft;
}

/** True when the holder may live: surely for this place, by its last sign of life for others. */
async function holderLives(
  file: string,
  holder: LockHolder,
  silentForMs: number,
): Promise<boolean> {
  if (holder.identity.place === placeHere()) return isAlive(holder.identity);
  const last = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  const deadline = Date.now() + silentForMs;
  while (Date.now() < deadline) {
    await sleep(Math.min(500, silentForMs / 2));
    if (statSync(file, { throwIfNoEntry: false })?.mtimeMs !== last) return true;
  }
  return false;
}

/** Puts the draft in place of a dead holder's file, unless someone else was faster. */
function replaceDead(file: string, dead: LockHolder | null, draft: string): boolean {
  const guard = `${file}.taking-over`;
  const guardAge = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  // The guard is held for the few statements below; an old one was left by a crash in them.
  if (guardAge > 10_000) rmSync(guard, { recursive: true, force: true });
  try {
    mkdirSync(guard);
  } catch {
    return false;
  }
  try {
    if (JSON.stringify(readHolder(file)) !== JSON.stringify(dead)) return false;
    renameSync(draft, file);
    return true;
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

function linkDraft(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes the lock, also from a dead holder, whose pid may be in use again by someone else.
 * @param file its folder must exist
 * @param boundTo process that this one ends with
 * @param options.silentForMs after how long without a sign of life a holder of another machine or
 *   container counts as dead; default 10 s
 * @throws LockedError naming the living holder
 */
export async function takeLock(
  file: string,
  boundTo: ProcessIdentity | null = null,
  options: { silentForMs?: number } = {},
): Promise<FileLock> {
  const identity = identityOf(process.pid);
  if (!identity) throw new Error('this process cannot be seen in the process table');
  const mine: LockHolder = { identity, host: hostname(), boundTo, ending: false };
  const draft = writeHolder(file, mine);
  const silentForMs = options.silentForMs ?? silentForDeadMs;
  try {
    for (;;) {
      if (linkDraft(draft, file)) break;
      const holder = readHolder(file);
      if (holder && (await holderLives(file, holder, silentForMs)))
        throw new LockedError(file, holder);
      if (replaceDead(file, holder, draft)) break;
      await sleep(20);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return hold(file, mine);
}

function hold(file: string, mine: LockHolder): FileLock {
  const isMine = () => JSON.stringify(readHolder(file)?.identity) === JSON.stringify(mine.identity);
  const timer = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // The folder was removed under us; whoever did that is told by everything else failing.
    }
  }, touchEveryMs);
  timer.unref();
  return {
    announceEnd: () => {
      if (isMine()) renameSync(writeHolder(file, { ...mine, ending: true }), file);
    },
    release: () => {
      clearInterval(timer);
      if (isMine()) rmSync(file, { force: true });
    },
  };
}
