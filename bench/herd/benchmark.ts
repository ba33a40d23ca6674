/**
 * A thousand recurring tasks due in the same second: due to the run's first line, beside as many
 * bare Schedules that start bare workflows, due to the workflow's start.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommonOptions } from '../support/options';
import { print, type Benchmark } from '../support/perform';
import type { Report } from '../support/report';
import { cpuBetween, cpuSoFar, type CpuByProcess, type Stage } from '../support/stage';
import { median, summarize, type Summary } from '../support/statistics';
import type { Side } from '../support/turns';
import { makeBareHerd } from './bare';
import { makeOurHerd, warmUp } from './ours';
import { dueTimesOf, mostPairsOf, slotsOf, type Slot } from './slots';
import type { HerdSide } from './starts';

export interface HerdOptions extends CommonOptions {
  /** Tasks, and Schedules. */
  size: number;
  /** Minutes between two instants. */
  apart: number;
}

/** Room for a slow start beside what making the herds was seen to take. */
const spareMs = 30_000;
const scheduleMs = 20;
/** An instant is over by then, so that nothing of it meets the next. */
const quietMs = 5_000;

export function herdBenchmark(options: HerdOptions): Benchmark<HerdOptions> {
  const { pairs, size, apart } = options;
  if (pairs > mostPairsOf(apart)) {
    throw new Error(`at most ${mostPairsOf(apart)} pairs, ${apart} minutes apart, fit in an hour`);
  }
  const limitMs = 600_000 + size * 400 + pairs * 2 * apart * 60_000;
  return { name: 'herd', options, limitMs, measure };
}

/** What came of one instant. */
interface Measured extends Slot {
  /** Milliseconds from due to started, one for each start. */
  lateness: number[];
  late: Summary;
  started: number;
  twice: number;
  lost: number;
  statuses: Record<string, number>;
  steps: Record<string, Summary>;
  cpuSeconds: CpuByProcess;
}

async function measure(stage: Stage, options: HerdOptions): Promise<Report> {
  const { pairs, size, apart } = options;
  const taskMs = await warmUp(stage);
  const leadMs = spareMs + size * (taskMs * 1.5 + scheduleMs);
  const slots = slotsOf(pairs, apart, Date.now() + leadMs);
  print(
    `The first is due at ${new Date(slots[0]!.due).toISOString()}, the others every ${apart} min`,
  );
  const herds: Record<Side, HerdSide> = {
    ours: await makeOurHerd(stage, size, dueTimesOf(slots, 'ours')),
    bare: await makeBareHerd(stage, size, dueTimesOf(slots, 'bare')),
  };
  if (Date.now() > slots[0]!.due - quietMs) {
    throw new Error('making the herds took longer than it seemed that it would; start it again');
  }
  const measured: Measured[] = [];
  for (const slot of slots) {
    const result = await measureSlot(stage, herds[slot.side], slot, options);
    measured.push(result);
    print(`pair ${slot.pair + 1}: ${slot.side} ${inShort(result)}`);
  }
  return reportOf(options, measured);
}

async function measureSlot(
  stage: Stage,
  herd: HerdSide,
  slot: Slot,
  { size, apart }: HerdOptions,
): Promise<Measured> {
  const { due } = slot;
  await sleep(Math.max(0, due - Date.now()));
  const before = cpuSoFar(stage);
  const until = due + apart * 60_000 - quietMs;
  const { starts, steps } = await herd.gather(due, until);
  const cpuSeconds = cpuBetween(before, cpuSoFar(stage));
  const ids = new Set(starts.map(({ of }) => of));
  await sleep(quietMs / 2);
  if (starts.length === 0) throw new Error(`nothing has started at ${new Date(due).toISOString()}`);
  const lateness = starts.map(({ at }) => at - due);
  return {
    ...slot,
    ...{ lateness, late: summarize(lateness), cpuSeconds, statuses: await herd.look(due) },
    ...{ started: ids.size, twice: starts.length - ids.size, lost: size - ids.size },
    steps: Object.fromEntries(
      Object.entries(steps)
        .filter(([, values]) => values.length > 0)
        .map(([name, values]) => [name, summarize(values)]),
    ),
  };
}

function inShort({ late, started, twice, lost, statuses, steps }: Measured): string {
  const ticks = steps.ticks ? `; ticks ${inSeconds(steps.ticks)}` : '';
  const ends = Object.entries(statuses).map(([status, count]) => `${count} ${status}`);
  return (
    `${inSeconds(late)}${ticks}; ${started} started, ${twice} twice, ${lost} lost` +
    (ends.length > 0 ? ` (${ends.join(', ')})` : '')
  );
}

function inSeconds({ p50, p99, max }: Summary): string {
  const [middle, late, last] = [p50, p99, max].map((ms) => (ms / 1000).toFixed(1));
  return `p50 ${middle} s, p99 ${late}, last ${last}`;
}

function reportOf(options: HerdOptions, measured: Measured[]): Report {
  const figures: Record<string, unknown> = {};
  for (const side of ['ours', 'bare'] as const) {
    const mine = measured.filter((slot) => slot.side === side);
    const figure = {
      p50Ms: median(mine.map(({ late }) => late.p50)),
      p99Ms: median(mine.map(({ late }) => late.p99)),
      started: mine.map(({ started }) => started),
      twice: mine.map(({ twice }) => twice),
      lost: mine.map(({ lost }) => lost),
    };
    figures[side] = figure;
    const [p50, p99] = [figure.p50Ms, figure.p99Ms].map((ms) => (ms / 1000).toFixed(1));
    const wrong = [...figure.twice, ...figure.lost].filter((count) => count > 0).length;
    print(
      `${side}: p50 ${p50} s, p99 ${p99} s (medians); ${wrong > 0 ? 'SOME LOST OR TWICE' : 'none lost, none twice'}`,
    );
  }
  return { settings: { ...options, unit: 'ms' }, figures, values: measured };
}
