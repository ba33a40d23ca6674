/** Figures of many runs, and how they are told. */
import { inWords, median, quantile } from '../support/statistics';
import { secondsWithoutSwap } from './ours';
import type { SideName, SideRun } from './sides';

/** What one round has brought. */
export type Round = Record<SideName, SideRun>;

/** Most memory that a run of ours may take, by the rows it reads. */
export const memoryGoalOf = (rows: number): number => (rows > 10_000_000 ? 2_560 : 1_024);

/** `7.9 s, 812 MiB` */
export function runInWords({ seconds, peakMiB }: SideRun): string {
  return `${seconds.toFixed(1)} s${peakMiB === null ? '' : `, ${peakMiB.toFixed(0)} MiB`}`;
}

/** Median and spread of many. */
export function runsInWords(runs: readonly SideRun[]): string {
  const seconds = inWords(runs.map((run) => run.seconds));
  const peaks = peaksOf(runs);
  return peaks.length === 0 ? `${seconds} s` : `${seconds} s, peak ${inWords(peaks, 0)} MiB`;
}

/** Empty where the system does not say. */
function peaksOf(runs: readonly SideRun[]): number[] {
  return runs.flatMap(({ peakMiB }) => (peakMiB === null ? [] : [peakMiB]));
}

/** A run of ours with its steps. */
export function oursInWords(run: SideRun): string {
  const steps = Object.entries(run.phases).map(
    ([name, seconds]) => `${name} ${seconds.toFixed(1)}`,
  );
  return `${runInWords(run)} (${steps.join(', ')})`;
}

/** Figures of the runs of one side. */
export function sideFigures(runs: readonly SideRun[]) {
  const names = Object.keys(runs[0]?.phases ?? {});
  const phase = (name: string): number => median(runs.map(({ phases }) => phases[name] ?? 0));
  const peaks = peaksOf(runs);
  return {
    seconds: spreadOf(runs.map(({ seconds }) => seconds)),
    peakMiB: peaks.length > 0 ? spreadOf(peaks) : null,
    phases: Object.fromEntries(names.map((name) => [name, phase(name)])),
  };
}

function spreadOf(values: readonly number[]) {
  return { median: median(values), min: quantile(values, 0), max: quantile(values, 1) };
}

export interface Ratios {
  /** A value for each round. */
  whole: number[];
  withoutSwap: number[];
}

/** Our time as a part of another side's, by round. */
export function ratiosTo(rounds: readonly Round[], side: SideName): Ratios {
  const to = (of: (run: SideRun) => number): number[] =>
    rounds.map((round) => of(round.ours) / round[side].seconds);
  return { whole: to(({ seconds }) => seconds), withoutSwap: to(secondsWithoutSwap) };
}

export function ratiosInWords({ whole, withoutSwap }: Ratios): string {
  return `${inWords(whole)}, without the swap ${inWords(withoutSwap)}`;
}
