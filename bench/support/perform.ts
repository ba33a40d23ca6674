/** Runs one benchmark on a stage or in a folder of its own, which is taken down in every case. */
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { CommonOptions } from './options';
import { endMeasured } from './measured-process';
import { writeReport, type Report } from './report';
import { openStage, type Stage } from './stage';

/** `Place` is what it runs on: servers, or the absolute path of an empty folder. */
export interface Benchmark<Options extends CommonOptions, Place = Stage> {
  name: string;
  options: Options;
  /** Longest time that it may take, in milliseconds. */
  limitMs: number;
  measure(place: Place, options: Options): Promise<Report>;
}

/** @throws Error where it fails, takes too long or is told to stop; everything is stopped then */
export async function perform<Options extends CommonOptions>(
  benchmark: Benchmark<Options>,
): Promise<void> {
  const { name, options, limitMs } = benchmark;
  const profileDir = options.profile === undefined ? null : path.resolve(options.profile);
  if (profileDir) mkdirSync(profileDir, { recursive: true });
  const cut = cutAfter(limitMs);
  try {
    print(`Starting Temporal, PostgreSQL and both servers`);
    const stage = await openStage(profileDir);
    try {
      const report = await Promise.race([benchmark.measure(stage, options), cut.whenCut]);
      print(`Report: ${path.relative(process.cwd(), await writeReport(stage, name, report))}`);
    } finally {
      await stage.stop();
    }
  } finally {
    cut.clear();
  }
}

/**
 * The same for one that measures processes which need no servers.
 * @throws Error as `perform`
 */
export async function performAlone<Options extends CommonOptions>(
  benchmark: Benchmark<Options, string>,
): Promise<void> {
  const { name, options, limitMs } = benchmark;
  const cut = cutAfter(limitMs);
  const dir = mkdtempSync(path.join(tmpdir(), 'tablegate-bench-'));
  try {
    const report = await Promise.race([benchmark.measure(dir, options), cut.whenCut]);
    print(`Report: ${path.relative(process.cwd(), await writeReport(null, name, report))}`);
  } finally {
    endMeasured();
    // What they had started notices their end, and may write until then.
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    cut.clear();
  }
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Rejects after the time, and on the signals that end a process. */
function cutAfter(limitMs: number): { whenCut: Promise<never>; clear(): void } {
  let cut: (error: Error) => void;
  const whenCut = new Promise<never>((_, reject) => (cut = reject));
  whenCut.catch(() => undefined);
  const late = `it was not done after ${Math.round(limitMs / 60_000)} minutes`;
  const timer = setTimeout(() => cut(new Error(late)), limitMs);
  const told = (signal: NodeJS.Signals): void => cut(new Error(`it was told to stop (${signal})`));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, told);
  return { whenCut, clear: () => clearTimeout(timer) };
}
