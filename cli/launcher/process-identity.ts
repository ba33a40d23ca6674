/**
 * Which process a pid means: pids are used again, so a pid file is worth something only together
 * with when that process began and where (machine, boot and container) it was seen.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessIdentity {
  pid: number;
  /** Begin of the process, in the words of the system; only compared, never read. */
  startedAs: string;
  /** Boot and pid namespace in which the pid has this meaning. */
  place: string;
}

const hasProc = process.platform === 'linux';
let placeOfThisProcess: string | undefined;

/** The boot and pid namespace of this process; pids of another place mean nothing here. */
export function placeHere(): string {
  placeOfThisProcess ??= hasProc
    ? `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
    : hostname();
  return placeOfThisProcess;
}

/** Begin of the process, or null when there is none with that pid (a zombie counts as none). */
function startOf(pid: number): string | null {
  return hasProc ? startFromProc(pid) : startFromPs(pid);
}

/** State, parent and start ticks; the name before them may hold blanks and brackets. */
function readStat(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function startFromProc(pid: number): string | null {
  const fields = readStat(pid);
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return null;
  return fields[19] ?? null;
}

function startFromPs(pid: number): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  const match = /^(\S+)\s+(.+)$/.exec(stdout?.trim() ?? '');
  if (status !== 0 || !match || match[1]?.startsWith('Z')) return null;
  return match[2] ?? null;
}

/** @returns who `pid` is now; null when no such process lives */
export function identityOf(pid: number): ProcessIdentity | null {
  const startedAs = startOf(pid);
  return startedAs === null ? null : { pid, startedAs, place: placeHere() };
}

/** True while the very process that was seen lives, and not merely one with its pid. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.place === placeHere() && startOf(identity.pid) === identity.startedAs;
}

/** Command line of a process, its words joined by blanks; empty when it cannot be read. */
export function commandLineOf(pid: number): string {
  if (hasProc) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

/** Pid of the parent; 0 when it cannot be known. */
export function parentOf(pid: number): number {
  if (hasProc) return Number(readStat(pid)?.[1] ?? 0);
  const { stdout } = spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(stdout.trim()) || 0;
}

/** Reads an identity out of parsed JSON; null when it is none. */
export function parseIdentity(value: unknown): ProcessIdentity | null {
  if (typeof value !== 'object' || value === null) return null;
  const { pid, startedAs, place } = value as Partial<ProcessIdentity>;
  if (!Number.isInteger(pid) || typeof startedAs !== 'string' || typeof place !== 'string') {
    return null;
  }
  return { pid: pid as number, startedAs, place };
}

/**
 * Sends a signal; a process that is gone already is no error.
 * @returns false when there was nobody to send it to
 */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/**
 * Waits for the end of a process that need not be a child of this one.
 * @returns false when it still lives after `limitMs`
 */
export async function waitForEnd(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await sleep(50);
  }
  return true;
}

/** Asks a process to end and, when it has not within `graceMs`, kills it. */
export async function endProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  if (!isAlive(identity)) return;
  sendSignal(identity.pid, signal);
  if (await waitForEnd(identity, graceMs)) return;
  sendSignal(identity.pid, 'SIGKILL');
  await waitForEnd(identity, 5_000);
}
