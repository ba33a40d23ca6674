/** What processes have used, read from /proc: null on systems without it. */
import { readdirSync, readFileSync } from 'node:fs';

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
  try {
    const kiB = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kiB === undefined ? null : Number(kiB) / 1024;
  } catch {
    return null;
  }
}
