/** What a killed launcher left running: found by the pid files of its data folder, and ended. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { endProcess, isAlive, parseIdentity } from './process-identity';

/** The children of a launcher, in the order in which they are ended. */
export const childNames = ['server', 'temporal', 'postgres'] as const;
export type ChildName = (typeof childNames)[number];

export interface HowToEnd {
  /** What asks it to end in order. */
  signal: NodeJS.Signals;
  /** After this long it is killed. */
  graceMs: number;
  /** What ends it at once, for who does not want to wait. */
  fastSignal: NodeJS.Signals;
}

/** The server drains within 10 s; both others have everything on disk that they have answered. */
export const howToEnd: Record<ChildName, HowToEnd> = {
  server: { signal: 'SIGTERM', graceMs: 12_000, fastSignal: 'SIGKILL' },
  temporal: { signal: 'SIGTERM', graceMs: 5_000, fastSignal: 'SIGKILL' },
  postgres: { signal: 'SIGINT', graceMs: 15_000, fastSignal: 'SIGQUIT' },
};

/** File in which the identity of a child is kept while it lives. */
export function pidFileOf(dataDir: string, name: ChildName): string {
  return path.join(dataDir, 'run', `${name}.json`);
}

/**
 * Ends the children that are left of a former launcher of this folder: the server first, as it
 * writes to the others. Whoever calls this holds the folder's lock.
 */
export async function endOrphans(dataDir: string, log: (line: string) => void): Promise<void> {
  for (const name of childNames) {
    const file = pidFileOf(dataDir, name);
    const identity = readIdentity(file);
    if (identity && isAlive(identity)) {
      log(`Ending ${name} (process ${identity.pid}), left over from a former start`);
      await endProcess(identity, howToEnd[name].signal, howToEnd[name].graceMs);
    }
    rmSync(file, { force: true });
  }
}

function readIdentity(file: string) {
  if (!existsSync(file)) return null;
  try {
    return parseIdentity(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
