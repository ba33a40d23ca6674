/**
 * A year of hourly instances of a job that does nothing, sixteen at a time; beside a workflow that
 * starts as many children with one no-op activity each.
 */
import type { CommonOptions } from '../support/options';
import { print, type Benchmark } from '../support/perform';
import type { Report } from '../support/report';
import type { Stage } from '../support/stage';
import { inWords, median } from '../support/statistics';
import { inTurns, type Pair, type Side } from '../support/turns';
import { measurePlanning, type Planning } from './planning';
import { concurrency, measureBare, measureOurs, type Measured } from './sides';

export interface BackfillOptions extends CommonOptions {
  /** Cells of each measurement. */
  cells: number;
  /** Cells of the one long run at the end; 0: none. */
  full: number;
}

/** Hours of a year. */
export const cellsOfYear = 8_760;
/** Cells of each side that are not measured: code is compiled, caches fill. */
const warmUpCells = 100;
const planningCalls = 20;
/** Memory is to be flat from here on. */
const settledCells = 1_000;

/** Slower than this is taken as hanging. */
const slowestCellMs = 400;

export function backfillBenchmark(options: BackfillOptions): Benchmark<BackfillOptions> {
  const cells = 2 * (options.cells * options.pairs + options.full + warmUpCells);
  return { name: 'backfill', options, limitMs: 300_000 + cells * slowestCellMs, measure };
}

const measureOf: Record<Side, typeof measureOurs> = { ours: measureOurs, bare: measureBare };

async function measure(stage: Stage, options: BackfillOptions): Promise<Report> {
  const { cells, full, pairs } = options;
  await measureOurs(stage, warmUpCells);
  await measureBare(stage, warmUpCells);
  const planning = await measurePlanning(stage, cellsOfYear, planningCalls);
  printPlanning(planning);
  const measured = await inTurns(pairs, async (side, pair) => {
    const result = await measureOf[side](stage, cells);
    print(`pair ${pair + 1}: ${side} ${inShort(result)}`);
    return result;
  });
  printPairs(measured);
  const whole = full > 0 ? await measureWhole(stage, full) : null;
  return {
    settings: { ...options, concurrency, warmUpCells, planningCalls },
    figures: figuresOf(measured, planning, whole),
    values: { pairs: measured, full: whole, planning },
  };
}

async function measureWhole(stage: Stage, cells: number): Promise<Pair<Measured>> {
  print(`One run of ${cells} cells by each side:`);
  const bare = await measureBare(stage, cells);
  print(`bare ${inShort(bare)}`);
  const ours = await measureOurs(stage, cells);
  print(`ours ${inShort(ours)}`);
  const ratio = ours.cellsPerSecond / bare.cellsPerSecond;
  const { settled, end } = memoryOf(ours);
  print(`ratio ${ratio.toFixed(2)}; memory of our server: ${settled} MiB, at the end ${end} MiB`);
  return { ours, bare };
}

function inShort({ cells, seconds, cellsPerSecond, total, cpuSeconds }: Measured): string {
  const cpu = Object.entries(cpuSeconds).map(([name, used]) => `${name} ${used.toFixed(0)}`);
  return [
    `${cellsPerSecond.toFixed(1)} cells/s (${seconds.toFixed(0)} s)`,
    `${(total.events / cells).toFixed(1)} events and ${(total.actions / cells).toFixed(2)} actions a cell`,
    `longest history ${total.longest}`,
    `CPU s: ${cpu.join(', ')}`,
  ].join('; ');
}

const ratesOf = (pairs: Pair<Measured>[], side: Side): number[] =>
  pairs.map((pair) => pair[side].cellsPerSecond);

const ratiosOf = (pairs: Pair<Measured>[]): number[] =>
  pairs.map(({ ours, bare }) => ours.cellsPerSecond / bare.cellsPerSecond);

function printPairs(pairs: Pair<Measured>[]): void {
  print(`ours ${inWords(ratesOf(pairs, 'ours'))} cells/s`);
  print(`bare ${inWords(ratesOf(pairs, 'bare'))} cells/s`);
  print(`ratio of rates, by pair: ${inWords(ratiosOf(pairs))} (at least 0.6)`);
}

function printPlanning({ plan, list }: Planning): void {
  print(`a year is planned in ${inWords(plan, 0)} ms; one list call takes ${inWords(list, 0)} ms`);
}

/** Memory of our server when the first thousand had ended, and at the end. */
function memoryOf({ memory }: Measured): { settled: number | null; end: number | null } {
  const settled = memory.find(({ ended }) => ended >= settledCells);
  return { settled: settled?.residentMiB ?? null, end: memory.at(-1)?.residentMiB ?? null };
}

function figuresOf(
  pairs: Pair<Measured>[],
  planning: Planning,
  whole: Pair<Measured> | null,
): Record<string, unknown> {
  const ratios = ratiosOf(pairs);
  return {
    ratio: median(ratios),
    ratioByPair: ratios,
    cellsPerSecond: {
      ours: median(ratesOf(pairs, 'ours')),
      bare: median(ratesOf(pairs, 'bare')),
    },
    perCell: {
      ours: pairs.map(({ ours }) => perCell(ours)),
      bare: pairs.map(({ bare }) => perCell(bare)),
    },
    longestHistory: Math.max(
      ...[...pairs, ...(whole ? [whole] : [])].map(({ ours }) => ours.total.longest),
    ),
    planMs: median(planning.plan),
    listMs: median(planning.list),
    full: whole && {
      ratio: whole.ours.cellsPerSecond / whole.bare.cellsPerSecond,
      memoryMiB: memoryOf(whole.ours),
    },
  };
}

function perCell({ cells, total }: Measured): { events: number; actions: number } {
  return { events: total.events / cells, actions: total.actions / cells };
}
