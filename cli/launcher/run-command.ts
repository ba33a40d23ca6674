/** Short-lived commands: run, watched by time, their output read line by line. */
import { spawn } from 'node:child_process';

export interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Killed after this long; the outcome's `timedOut` is then true. */
  limitMs: number;
  /** Killed when no line came for this long; not watched by default. */
  silenceMs?: number;
  onLine?: (line: string) => void;
  /** Kills it when aborted. */
  signal?: AbortSignal;
}

export interface CommandOutcome {
  /** 0 is success; null when it was killed or could not be started. */
  code: number | null;
  /** Standard output and standard error as they came, the last 64 KiB. */
  output: string;
  timedOut: boolean;
}

const outputLimit = 64 * 1024;

/**
 * Runs a command to its end. Never throws: a command that cannot be started has code null and the
 * reason as its output.
 */
export function runCommand(
  command: string,
  args: string[],
  options: CommandOptions,
): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const { env, cwd, uid, gid } = options;
    // A group of its own, so that what the command started itself ends with it.
    const child = spawn(command, args, {
      env,
      cwd,
      uid,
      gid,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let timedOut = false;
    let rest = '';
    const kill = () => {
      timedOut = true;
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const limit = setTimeout(kill, options.limitMs);
    const silence = options.silenceMs ? setTimeout(kill, options.silenceMs) : undefined;
    const read = (chunk: Buffer) => {
      silence?.refresh();
      output = (output + chunk.toString('utf8')).slice(-outputLimit);
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    };
    const settle = (code: number | null) => {
      clearTimeout(limit);
      clearTimeout(silence);
      process.removeListener('exit', kill);
      options.signal?.removeEventListener('abort', kill);
      resolve({ code, output: output.trim(), timedOut });
    };
    process.on('exit', kill);
    options.signal?.addEventListener('abort', kill);
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => {
      output = error.message;
      settle(null);
    });
    child.on('close', settle);
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
