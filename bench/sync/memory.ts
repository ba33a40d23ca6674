/** Whether the memory of a copy grows with its rows: each pair with few rows and with ten times as many. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { measureProcess } from '../support/measured-process';
import { print, type Benchmark } from '../support/perform';
import type { Report } from '../support/report';
import { dataInWords, measureSide, memoryGoalMiB, type SyncOptions } from './benchmark';
import { makeData } from './data';
import { syncPairs, type SyncPair } from './places';

const sizes = [1_000_000, 10_000_000];
const limitMs = 1_800_000;
/** Long enough for its memory to be seen. */
const idleMs = 1_000;

export function memoryBenchmark(options: SyncOptions): Benchmark<SyncOptions, string> {
  return { name: 'sync-memory', options, limitMs, measure };
}

/** Peaks above idle by pair, in the order of the sizes. */
type Peaks = Record<SyncPair, number[]>;

async function measure(dir: string, options: SyncOptions): Promise<Report> {
  const pairs = options.only === undefined ? syncPairs : [options.only];
  const idleMiB = await idlePeak();
  const peaks = Object.fromEntries(pairs.map((pair) => [pair, [] as number[]])) as Peaks;
  let version = '';
  for (const rows of sizes) {
    const dataDir = path.join(dir, String(rows));
    mkdirSync(dataDir);
    const data = await makeData(dataDir, rows, options.psql);
    try {
      version = data.version;
      print(dataInWords(data, rows));
      const programs = { psql: options.psql, python: '' };
      for (const [place, pair] of pairs.entries()) {
        const { peakMiB } = await measureSide('ours', pair, data, programs, place + 1);
        peaks[pair].push((peakMiB ?? 0) - idleMiB);
      }
    } finally {
      await data.stop();
    }
  }
  for (const pair of pairs)
    print(`${pair}: ${inWords(peaks[pair])} above idle (at most ${memoryGoalMiB} MiB, and flat)`);
  return {
    settings: {
      ...options,
      sizes,
      memoryGoalMiB,
      memory: 'VmHWM, both processes, less that of two idle ones',
    },
    figures: { idleMiB, ...peaks },
    values: peaks,
    versions: { postgres: version },
  };
}

function inWords(peaksMiB: number[]): string {
  const each = peaksMiB.map((peak, place) => `${Math.round(peak)} MiB at ${sizes[place]} rows`);
  return each.join(', ');
}

/** A process that does nothing, and another that it has started: as many as a copy has. */
async function idlePeak(): Promise<number> {
  const wait = `setTimeout(() => {}, ${idleMs})`;
  const code = `require('node:child_process').spawn(process.execPath, ['-e', '${wait}']); ${wait}`;
  const { run } = await measureProcess(process.execPath, ['-e', code], process.env);
  return run.peakMiB ?? 0;
}
