/**
 * `BatchUpdateTasks` over many recurring tasks, a new cron for each; beside as many Updates of bare
 * workflows, as many at the same time as ours sends.
 */
import type { CommonOptions } from '../support/options';
import { print, type Benchmark } from '../support/perform';
import type { Report } from '../support/report';
import type { Stage } from '../support/stage';
import { inWords, median } from '../support/statistics';
import { inTurns, type Pair } from '../support/turns';
import { makeBare, makeOurs, updateBare, updateOurs, type Updated } from './sides';

export interface BatchUpdateOptions extends CommonOptions {
  /** Tasks, and bare workflows, that one measurement changes. */
  tasks: number;
}

/** More slowly than this a task is neither made nor changed. */
const slowestTaskMs = 500;
/** The answer may take so much longer than the bare Updates. */
const mostRatio = 1.5;
/** The vendor's clients wait no longer for an answer. */
const longestAnswerMs = 10_000;
/** Schedules follow within. */
const longestSchedulesMs = 30_000;

export function batchUpdateBenchmark(options: BatchUpdateOptions): Benchmark<BatchUpdateOptions> {
  const changes = 2 * options.tasks * (options.pairs + 2);
  return {
    ...{ name: 'batch-update', options, measure },
    limitMs: 300_000 + changes * slowestTaskMs,
  };
}

async function measure(stage: Stage, options: BatchUpdateOptions): Promise<Report> {
  const { tasks: count, pairs } = options;
  print(`Making ${count} tasks and as many bare workflows`);
  const [ours, bare] = [await makeOurs(stage, count), await makeBare(stage, count)];
  let changes = 0;
  const change = (side: 'ours' | 'bare'): Promise<Updated> => {
    changes += 1;
    return side === 'ours' ? updateOurs(stage, ours, changes) : updateBare(stage, bare, changes);
  };
  await change('ours');
  await change('bare');
  const measured = await inTurns(pairs, async (side, pair) => {
    const result = await change(side);
    print(`pair ${pair + 1}: ${side} ${inShort(result)}`);
    return result;
  });
  const figures = figuresOf(measured);
  print(`ours ${inWords(figures.answerMs.ours)} ms, bare ${inWords(figures.answerMs.bare)} ms`);
  print(`ratio by pair: ${inWords(figures.ratios)} (at most ${mostRatio})`);
  print(
    `longest answer ${Math.max(...figures.answerMs.ours).toFixed(0)} ms (at most ${longestAnswerMs}); ` +
      `all Schedules right after ${Math.max(...figures.schedulesMs).toFixed(0)} ms ` +
      `(at most ${longestSchedulesMs})`,
  );
  return {
    settings: { ...options },
    figures: { ...figures, ratio: median(figures.ratios) },
    values: { pairs: measured },
  };
}

function inShort({ answerMs, schedulesMs, cpuSeconds }: Updated): string {
  const cpu = Object.entries(cpuSeconds).map(([name, used]) => `${name} ${used.toFixed(1)}`);
  const schedules = schedulesMs === null ? '' : `, Schedules after ${schedulesMs.toFixed(0)} ms`;
  return `${answerMs.toFixed(0)} ms${schedules}; CPU s: ${cpu.join(', ')}`;
}

function figuresOf(pairs: Pair<Updated>[]) {
  return {
    ratios: pairs.map(({ ours, bare }) => ours.answerMs / bare.answerMs),
    answerMs: {
      ours: pairs.map(({ ours }) => ours.answerMs),
      bare: pairs.map(({ bare }) => bare.answerMs),
    },
    schedulesMs: pairs.map(({ ours }) => ours.schedulesMs ?? 0),
  };
}
