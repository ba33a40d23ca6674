/**
 * The last trigger call to the job's first line, on an idle system, one at a time; beside a bare
 * workflow that counts three signals and starts a child with one activity.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskView } from '../model/task';
import { arrivedSignal, bareQueue, roundId, signalsOfRound } from './bare/names';
import { makeTask, triggerUrls } from './ours/tasks';
import type { CommonOptions } from './support/options';
import { print, type Benchmark } from './support/perform';
import type { Report } from './support/report';
import { cpuBetween, cpuSoFar, type Stage } from './support/stage';
import { inWords, median, summarize } from './support/statistics';
import { inTurns, orderOf, type Pair, type Side } from './support/turns';

export interface LatencyOptions extends CommonOptions {
  rounds: number;
}

/** Rounds that are not counted: code is compiled, caches fill. */
const warmUpRounds = 5;
/** Before each call: what the one before has brought about (marks, records) is over by then. */
const quietMs = 250;

export function latencyBenchmark(options: LatencyOptions): Benchmark<LatencyOptions> {
  const limitMs = 120_000 + (options.rounds + warmUpRounds) * 2 * 5_000;
  return { name: 'latency', options, limitMs, measure };
}

/** One round: from the last call to the first line, in milliseconds. */
type Round = () => Promise<number>;

async function measure(stage: Stage, options: LatencyOptions): Promise<Report> {
  const { pairs, rounds } = options;
  const perPair = Math.ceil(rounds / pairs);
  const total = warmUpRounds + perPair * pairs;
  const sides: Record<Side, Round> = {
    ours: await openOurs(stage),
    bare: await openBare(stage, total),
  };
  for (let round = 0; round < warmUpRounds; round += 1) {
    for (const side of orderOf(round)) await sides[side]();
  }
  const before = cpuSoFar(stage);
  const blocks: Pair<number[]>[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const single = await inTurns(perPair, (side) => sides[side]());
    const block = {
      ours: single.map(({ ours }) => ours),
      bare: single.map(({ bare }) => bare),
    };
    blocks.push(block);
    print(`pair ${pair + 1}: ours ${inWords(block.ours, 0)} ms, bare ${inWords(block.bare, 0)} ms`);
  }
  return reportOf(options, blocks, cpuBetween(before, cpuSoFar(stage)));
}

function reportOf(
  options: LatencyOptions,
  blocks: Pair<number[]>[],
  cpu: Record<string, number>,
): Report {
  const ours = summarize(blocks.flatMap((block) => block.ours));
  const bare = summarize(blocks.flatMap((block) => block.bare));
  const ratios = blocks.map((block) => median(block.ours) / median(block.bare));
  const ratio = ours.p50 / bare.p50;
  for (const [side, { count, p50, p99, min, max }] of Object.entries({ ours, bare })) {
    const values = [p50, p99, min, max].map((value) => value.toFixed(0));
    print(
      `${side}: p50 ${values[0]} ms, p99 ${values[1]}, ${values[2]} to ${values[3]} (n ${count})`,
    );
  }
  print(`ratio of medians: ${ratio.toFixed(2)} (at most 1.5); by pair ${inWords(ratios)}`);
  return {
    settings: { ...options, warmUpRounds, quietMs, unit: 'ms' },
    figures: { ours, bare, ratio, ratioByPair: ratios, cpuSeconds: cpu },
    values: blocks,
  };
}

async function openOurs({ api, sides }: Stage): Promise<Round> {
  const tables = Array.from({ length: signalsOfRound }, (_, index) => `bench.main.table_${index}`);
  const { id } = await makeTask(api, { kind: 'triggered', tables, job: { type: 'bench-tell' } });
  const urls = await triggerUrls(api, id);
  return async () => {
    let called = 0;
    for (const url of urls) {
      await sleep(quietMs);
      called = Date.now();
      await call(url);
    }
    const start = await sides.ours.nextStart(id);
    await untilIdle(() => api.get<TaskView>(`/tasks/${id}`), start.run);
    return start.at - called;
  };
}

async function call(url: string): Promise<void> {
  const answer = await fetch(url);
  const { success } = (await answer.json()) as { success: boolean };
  if (!success) throw new Error(`a trigger was refused with ${answer.status}`);
}

/** Until the run has ended and its gate is open for the next round. */
async function untilIdle(read: () => Promise<TaskView>, runId: string): Promise<void> {
  for (;;) {
    const { latestRun, gate } = await read();
    const isOpen = gate?.tables.every(({ status }) => status === 'Not Triggered');
    if (latestRun?.id === runId && latestRun.finishedAt !== null && isOpen) return;
    await sleep(20);
  }
}

async function openBare({ client, sides }: Stage, rounds: number): Promise<Round> {
  const workflowId = 'bare-latency';
  const handle = await client.workflow.start('countSignals', {
    ...{ workflowId, taskQueue: bareQueue },
    args: [{ rounds }],
  });
  let round = 0;
  return async () => {
    let called = 0;
    for (let signal = 0; signal < signalsOfRound; signal += 1) {
      await sleep(quietMs);
      called = Date.now();
      await handle.signal(arrivedSignal);
    }
    const start = await sides.bare.nextStart(workflowId);
    await client.workflow.getHandle(roundId(workflowId, round)).result();
    round += 1;
    return start.at - called;
  };
}
