/** What a killed launcher left running: found by the pid files of its data folder, and ended. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { endProcess, isAlive, parseIdentity } from './process-identity';

/** The children of a launcher, in the order in which they are ended. */
export const childNames = ['server', 'temporal', 'postgres'] as const;
export type ChildName = (typeof childNames)[number];

/** How each is asked to end, and how long it may take before it is killed. */
export const endings: Record<ChildName, { signal: NodeJS.Signals; graceMs: number }> = {
  server: { signal: 'SIGTERM', graceMs: 12_000 },
  temporal: { signal: 'SIGTERM', graceMs: 5_000 },
  postgres: { signal: 'SIGINT', graceMs: 15_000 },
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
      await endProcess(identity, endings[name].signal, endings[name].graceMs);
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
