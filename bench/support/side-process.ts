/** A side's server: a process of its own, as in production, never the one that measures. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildMessage, StartedMessage } from './child-messages';

const fromSource = path.resolve(__dirname, '../../activities/jobs/from-source.cjs');
const readyWithinMs = 60_000;
/** The servers drain within ten seconds. */
const endWithinMs = 15_000;

export interface SideProcess {
  readonly pid: number;
  /** Where its API is; null for one that has none. */
  readonly url: string | null;
  /** First lines of jobs that have been told since the last `takeStarts`, in the order they came. */
  takeStarts(): StartedMessage[];
  /** The next first line of that task or workflow; one that has come already counts. */
  nextStart(of: string): Promise<StartedMessage>;
  stop(): Promise<void>;
}

export interface SideOptions {
  /** Absolute path of what it runs, a .ts file. */
  entry: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Folder for CPU profiles, written at its end; null: none. */
  profileDir: string | null;
}

/** Starts the process and waits until it serves. @throws Error naming its log where it does not */
export async function startSide(options: SideOptions): Promise<SideProcess> {
  const log = openSync(options.logFile, 'a');
  const child = fork(options.entry, [], {
    env: { ...process.env, ...options.env },
    execArgv: ['--enable-source-maps', '--require', fromSource, ...profileArgs(options)],
    stdio: ['ignore', log, log, 'ipc'],
  });
  const inbox = new Inbox();
  const ready = new Promise<string | null>((resolve, reject) => {
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'ready') resolve(message.url);
      else inbox.put(message);
    });
    child.once('exit', (code, signal) => {
      const error = new Error(`A server ended (${signal ?? code}); its log is ${options.logFile}`);
      reject(error);
      inbox.fail(error);
    });
  });
  const url = await withinLimit(ready, options.logFile);
  return {
    pid: child.pid!,
    url,
    takeStarts: () => inbox.takeAll(),
    nextStart: (of) => inbox.next(of),
    stop: () => stop(child),
  };
}

function profileArgs({ profileDir }: SideOptions): string[] {
  return profileDir === null ? [] : ['--cpu-prof', '--cpu-prof-dir', profileDir];
}

async function withinLimit<T>(ready: Promise<T>, logFile: string): Promise<T> {
  const over = new AbortController();
  const late = sleep(readyWithinMs, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new Error(`A server is not ready after ${readyWithinMs / 1000} s; its log is ${logFile}`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([ready, late]);
  } finally {
    over.abort();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), endWithinMs);
  await ended;
  clearTimeout(killer);
}

/** First lines that were told, and who waits for one. */
class Inbox {
  private starts: StartedMessage[] = [];
  private waiting: { of: string; take: (start: StartedMessage) => void }[] = [];
  private failure: Error | null = null;
  private giveUp: ((error: Error) => void)[] = [];

  put(start: StartedMessage): void {
    const index = this.waiting.findIndex(({ of }) => of === start.of);
    if (index === -1) this.starts.push(start);
    else this.waiting.splice(index, 1)[0]!.take(start);
  }

  takeAll(): StartedMessage[] {
    return this.starts.splice(0);
  }

  next(of: string): Promise<StartedMessage> {
    if (this.failure) return Promise.reject(this.failure);
    const index = this.starts.findIndex((start) => start.of === of);
    if (index !== -1) return Promise.resolve(this.starts.splice(index, 1)[0]!);
    return new Promise((take, reject) => {
      this.waiting.push({ of, take });
      this.giveUp.push(reject);
    });
  }

  fail(error: Error): void {
    this.failure = error;
    for (const giveUp of this.giveUp) giveUp(error);
  }
}
