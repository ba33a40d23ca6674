/** Runs a program from its start to its end: how long, and how much memory at most. */
import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import { machineSeconds, treeUsage } from './process-usage';

export interface MeasuredRun {
  /** From its start to its end. */
  seconds: number;
  /** Most memory of it and all that it started, as `treeUsage` counts; null where nothing says that. */
  peakMiB: number | null;
  /** Seconds of CPU that they took. */
  cpuSeconds: number | null;
  /** Seconds of CPU that everything else took meanwhile, this process left out. */
  othersCpuSeconds: number | null;
}

/** The system keeps each peak itself: looking more often would show no more, and cost time. */
const lookEveryMs = 100;
/** Jobs compute at this niceness, or a greater one, so whatever is measured beside them does. */
const niceness = 10;
/** Enough of its standard error to see why it failed. */
const keptOutput = 4_000;

const running = new Set<ChildProcess>();

/**
 * @returns what was measured, and what it wrote to its standard output
 * @throws Error with the end of what it wrote to its standard error where it fails
 */
export async function measureProcess(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ run: MeasuredRun; output: string }> {
  const machineBefore = machineSeconds();
  const ownBefore = process.cpuUsage();
  const startedAt = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const sampler = new Sampler(child);
  try {
    const { endedAt, output } = await untilEnded(child);
    const usage = sampler.end();
    const machineAfter = machineSeconds();
    const own = process.cpuUsage(ownBefore);
    const known = (usage.cpuSeconds ?? 0) + (own.user + own.system) / 1e6;
    const othersCpuSeconds =
      machineBefore === null || machineAfter === null ? null : machineAfter - machineBefore - known;
    const seconds = (endedAt - startedAt) / 1000;
    return { run: { seconds, ...usage, othersCpuSeconds }, output };
  } finally {
    sampler.end();
    running.delete(child);
  }
}

/** Ends what is still running, for when the measuring is given up. */
export function endMeasured(): void {
  for (const child of running) child.kill('SIGKILL');
}

function untilEnded(child: ChildProcess): Promise<{ endedAt: number; output: string }> {
  let [output, complaint, endedAt] = ['', '', 0];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-keptOutput);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => os.setPriority(child.pid!, niceness));
    child.once('exit', () => (endedAt = performance.now()));
    child.once('close', (code, signal) => {
      if (code === 0) resolve({ endedAt, output });
      else
        reject(new Error(`${child.spawnargs.join(' ')} failed (${signal ?? code}): ${complaint}`));
    });
  });
}

/** Looks at the processes again and again. */
class Sampler {
  readonly #timer: NodeJS.Timeout;
  #peakMiB: number | null = null;
  #cpuSeconds: number | null = null;

  constructor(child: ChildProcess) {
    this.#timer = setInterval(() => this.#look(child.pid), lookEveryMs);
  }

  end(): Pick<MeasuredRun, 'peakMiB' | 'cpuSeconds'> {
    clearInterval(this.#timer);
    return { peakMiB: this.#peakMiB, cpuSeconds: this.#cpuSeconds };
  }

  #look(pid: number | undefined): void {
    const usage = pid === undefined ? null : treeUsage(pid);
    if (usage === null) return;
    this.#peakMiB = Math.max(this.#peakMiB ?? 0, usage.peakMiB);
    this.#cpuSeconds = Math.max(this.#cpuSeconds ?? 0, usage.cpuSeconds);
  }
}
