/** What processes have used, read from /proc: null on systems without it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { sum } from './statistics';

/** Linux counts the time of processes in hundredths of a second. */
const ticksPerSecond = 100;

/** State, parent and what follows them; the name before them may hold blanks and brackets. */
function statOf(pid: number | string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function childrenOf(pid: number): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((child) => statOf(child)?.[1] === String(pid));
}

/**
 * Seconds of CPU that a process and its children have taken so far, those of children that have
 * ended included.
 */
export function cpuSeconds(pid: number): number | null {
  const own = statOf(pid);
  if (own === null) return null;
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = own.slice(11, 15).map(Number);
  const ofChildren = childrenOf(pid).map((child) => {
    const [childUser = 0, childSystem = 0] = (statOf(child) ?? []).slice(11, 13).map(Number);
    return childUser + childSystem;
  });
  const ticks = ofChildren.reduce((one, other) => one + other, 0);
  return (user + system + endedUser + endedSystem + ticks) / ticksPerSecond;
}

export interface TreeUsage {
  /** Seconds of CPU, those of processes that have ended and were waited for included. */
  cpuSeconds: number;
  /**
   * The most that each process has had resident so far, all added up: no less than what they had
   * at one time, and what two of them share counts in each.
   */
  peakMiB: number;
}

/** What a process, all that it has started and what those have started use; null: it has ended. */
export function treeUsage(pid: number): TreeUsage | null {
  const stats = allStats();
  if (!stats.has(pid)) return null;
  const tree = [pid];
  // Grows while it is walked.
  for (const parent of tree) {
    for (const [child, stat] of stats) if (Number(stat[1]) === parent) tree.push(child);
  }
  const ticks = tree.flatMap((member) => stats.get(member)!.slice(11, 15).map(Number));
  return {
    cpuSeconds: sum(ticks) / ticksPerSecond,
    peakMiB: sum(tree.map((member) => memoryMiB(member, 'VmHWM') ?? 0)),
  };
}

/** Of every process by its id; none on systems without /proc. */
function allStats(): Map<number, string[]> {
  const names = existsSync('/proc/self/stat') ? readdirSync('/proc') : [];
  const stats = names
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), statOf(name)]);
  return new Map(stats.filter((entry): entry is [number, string[]] => entry[1] !== null));
}

/** Seconds that all cores together have been busy since the system began. */
export function machineSeconds(): number | null {
  try {
    const [total = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0] = total
      .replace(/^cpu +/, '')
      .split(' ')
      .map(Number);
    return (user + nice + system + interrupt + soft) / ticksPerSecond;
  } catch {
    return null;
  }
}

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number | null {
  return memoryMiB(pid, 'VmRSS');
}

/** @param what as the system names it; `VmHWM` is the most that was ever resident */
function memoryMiB(pid: number, what: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kiB = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return kiB === undefined ? null : Number(kiB) / 1024;
  } catch {
    return null;
  }
}
