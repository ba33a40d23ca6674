/** Long-lived children of the launcher: Temporal, PostgreSQL and the server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identityOf, sendSignal } from './process-identity';

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Takes standard output and standard error, appended. */
  logFile: string;
  /** Holds the identity of the process while it lives, for the next start; none: not written. */
  pidFile?: string;
  /** Opens an IPC channel, whose end tells the child that its parent is gone. */
  ipc?: boolean;
  /** Gets what the child sends through that channel. */
  onMessage?: (message: unknown) => void;
}

/** How a child ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended, in whatever way; never rejects. */
  readonly ended: Promise<Ending>;
  /** The ending, once there is one. */
  ending(): Ending | null;
  /** Asks it to end and kills it after `graceMs`; settles when it has ended. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<Ending>;
}

/** `code 1`, `signal SIGKILL`: an ending in words. */
export function describeEnding(ending: Ending): string {
  return ending.signal === null ? `code ${ending.code}` : `signal ${ending.signal}`;
}

/**
 * Starts a child in a session of its own, so that a Ctrl-C in the terminal reaches the launcher
 * only, and with files for its output, so that the child outlives a killed launcher unharmed.
 * @throws Error when the command cannot be started
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  mkdirSync(path.dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(options.command, options.args, {
    env: options.env,
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
    detached: true,
    stdio: options.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
  });
  closeSync(log);
  const pid = child.pid;
  if (pid === undefined) throw await startFailure(child, options);
  // Sending to a child that just ended is reported here; its end is told by 'exit'.
  child.on('error', () => {});
  if (options.onMessage) child.on('message', options.onMessage);
  writePidFile(options.pidFile, pid);
  return watch(child, pid, options);
}

function startFailure(child: ChildProcess, options: ChildOptions): Promise<Error> {
  return new Promise((resolve) => {
    child.once('error', (error) =>
      resolve(new Error(`${options.name} cannot be started: ${error.message}`, { cause: error })),
    );
  });
}

function writePidFile(pidFile: string | undefined, pid: number): void {
  const identity = identityOf(pid);
  if (!pidFile || !identity) return;
  mkdirSync(path.dirname(pidFile), { recursive: true });
  writeFileSync(pidFile, JSON.stringify(identity));
}

function watch(child: ChildProcess, pid: number, options: ChildOptions): Child {
  let ending: Ending | null = null;
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => {
      ending = { code, signal };
      if (options.pidFile) rmSync(options.pidFile, { force: true });
      resolve(ending);
    });
  });
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    ended,
    ending: () => ending,
    async stop(signal, graceMs) {
      if (ending) return ending;
      sendSignal(pid, signal);
      const killer = setTimeout(() => sendSignal(pid, 'SIGKILL'), graceMs);
      const how = await ended;
      clearTimeout(killer);
      return how;
    },
  };
}
