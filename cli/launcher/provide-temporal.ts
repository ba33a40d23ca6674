/** Gets a `temporal` executable from wherever this machine can have it. */
import { existsSync, mkdirSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockedError, takeLock, type FileLock } from './file-lock';
import {
  fromGo,
  fromPath,
  fromSdkDownload,
  temporalVersion,
  type TemporalSource,
} from './temporal-sources';

export interface ProvideOptions {
  /** Folder (absolute) that a downloaded or built executable is kept in. */
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  /** Takes one line for a person. */
  log: (line: string) => void;
  /** Ways to make an executable, in order of trying; the SDK's download and Go by default. */
  sources?: TemporalSource[];
  /** Ends the work when aborted. */
  signal?: AbortSignal;
}

const making = 'making-';

const adviceWhenNoneWorks =
  'No Temporal could be provided. Do one of these and start again: install the Temporal CLI so ' +
  'that `temporal` is on PATH (https://docs.temporal.io/cli); install Go 1.24 or newer, which then ' +
  'builds it; or set TEMPORAL_ADDRESS to a Temporal server that runs already.';

/**
 * Gives a working `temporal` executable: from PATH, else the cached one, else the first of the
 * sources that works, kept in the cache. Several processes may do this at once: one makes it, the
 * others wait.
 * @returns path of an executable that has answered `--version`
 * @throws Error saying what to do when there is none and none can be made
 */
export async function provideTemporal(options: ProvideOptions): Promise<string> {
  const { cacheDir, env, log } = options;
  const onPath = await fromPath({ env, workDir: cacheDir, log });
  if (onPath && (await isWorking(onPath, log))) return onPath;
  const cached = path.join(cacheDir, 'temporal');
  if (await isCached(cached, log)) return cached;
  mkdirSync(cacheDir, { recursive: true });
  const lock = await waitForLock(path.join(cacheDir, 'temporal.lock'), options);
  try {
    // Another process may have made it while this one waited.
    if (existsSync(cached) && (await isCached(cached, log))) return cached;
    await removeLeftovers(cacheDir);
    for (const source of options.sources ?? [fromSdkDownload, fromGo]) {
      if (await makeIn(cacheDir, source, cached, options)) return cached;
      options.signal?.throwIfAborted();
    }
  } finally {
    lock.release();
  }
  throw new Error(adviceWhenNoneWorks);
}

async function isWorking(file: string, log: (line: string) => void): Promise<boolean> {
  const version = await temporalVersion(file);
  if (version === null) log(`Temporal: ${file} does not work, so it is not used`);
  return version !== null;
}

async function isCached(file: string, log: (line: string) => void): Promise<boolean> {
  if (!existsSync(file)) {
    log(`Temporal: none cached in ${path.dirname(file)}`);
    return false;
  }
  if (!(await isWorking(file, log))) return false;
  log(`Temporal: using the cached ${file}`);
  return true;
}

/** Folders of makers that were killed; whoever holds the lock is the only maker. */
async function removeLeftovers(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (name.startsWith(making)) {
      await rm(path.join(cacheDir, name), { recursive: true, force: true });
    }
  }
}

/** Makes it aside and moves it into place whole, so that a half-made one is never found. */
async function makeIn(
  cacheDir: string,
  source: TemporalSource,
  target: string,
  { env, log, signal }: ProvideOptions,
): Promise<boolean> {
  const workDir = await mkdtemp(path.join(cacheDir, making));
  try {
    const made = await source({ env, workDir, log, signal });
    if (made === null) return false;
    await chmod(made, 0o755);
    if (!(await isWorking(made, log))) return false;
    await rename(made, target);
    log(`Temporal: kept as ${target}`);
    return true;
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function waitForLock(file: string, { log, signal }: ProvideOptions): Promise<FileLock> {
  let told = false;
  for (;;) {
    try {
      return await takeLock(file);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (!told) log(`Temporal: process ${error.holder.identity.pid} is providing it; waiting`);
      told = true;
      signal?.throwIfAborted();
      await sleep(500);
    }
  }
}
