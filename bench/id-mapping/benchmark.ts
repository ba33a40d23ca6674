/**
 * Users out of four tables by the `id-mapping` job, beside the strongest that do the same in one
 * process, and beside what only tells the IDs apart. All write the same columns, and each result is
 * compared with ours ID by ID.
 */
import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { addonState } from '../../native/addon';
import type { CommonOptions } from '../support/options';
import { print, type Benchmark } from '../support/perform';
import type { Report } from '../support/report';
import { inWords } from '../support/statistics';
import { oneRound } from '../support/turns';
import { dataSetInWords, makeDataSet, type DataSet } from './data-set';
import {
  memoryGoalOf,
  oursInWords,
  ratiosInWords,
  ratiosTo,
  runInWords,
  runsInWords,
  sideFigures,
  type Round,
} from './figures';
import { ourResultOf, removeOurResult, runOurs } from './ours';
import { providePython, type Python } from './python';
import { expectSameUsers, type SameUsers } from './same-users';
import { peerResultOf, runPeer, type Peer, type SideName, type SideRun } from './sides';

export interface IdMappingOptions extends CommonOptions {
  /** Of all tables together. */
  rows: number;
  /** Command of the Python that the peers' environment is made with. */
  python: string;
  withSplink: boolean;
}

/** Our time is to be at most this part of the side's. */
const goals: Partial<Record<SideName, number>> = { limit: 2, pandas: 0.75, arrow: 0.75 };
const secondRunGoal = 1.5;
/** Slower than this, all sides of a round together, is taken as hanging. */
const slowestRowUs = 120;

export function idMappingBenchmark(options: IdMappingOptions): Benchmark<IdMappingOptions, string> {
  const limitMs = 1_200_000 + (options.pairs * options.rows * slowestRowUs) / 1_000;
  return { name: 'id-mapping', options, limitMs, measure };
}

/** What all rounds need. */
interface Setting {
  dir: string;
  python: Python;
  peers: Peer[];
  data: DataSet;
  /** The same with one row in a hundred edited, for second runs. */
  changed: DataSet;
}

async function measure(dir: string, options: IdMappingOptions): Promise<Report> {
  const { rows, pairs, withSplink } = options;
  const python = providePython(options.python);
  const data = await makeDataSet(path.join(dir, 'data'), rows, null);
  const changed = await makeDataSet(path.join(dir, 'changed'), rows, 1);
  print(dataSetInWords(data));
  print(`For second runs: ${dataSetInWords(changed)}`);
  print(`Our addon: ${addonState()}`);
  const peers: Peer[] = ['limit', 'pandas', 'arrow', ...(withSplink ? ['splink' as const] : [])];
  const setting = { dir, python, peers, data, changed };
  const rounds: Round[] = [];
  const found: SameUsers[] = [];
  for (let round = 0; round < pairs; round += 1) {
    rounds.push(await measureRound(setting, round));
    found.push(await compareRound(setting, rounds[round]!));
  }
  found.push(await compareSecond(setting));
  return reportOf(options, setting, rounds, found);
}

/** Where our first result of a round is kept while the second run writes. */
const firstResultOf = (dir: string): string => path.join(dir, 'ours-first.duckdb');

function measureRound(setting: Setting, round: number): Promise<Round> {
  const { dir, python, peers, data } = setting;
  return oneRound<SideName, SideRun>([...peers, 'ours'], round, async (side) => {
    if (side === 'ours') return measureOurs(setting, round);
    const run = await runPeer(side, python.executable, data, dir);
    print(`pair ${round + 1}: ${side} ${runInWords(run)}`);
    return run;
  });
}

/** A first run, and one that finds its result and edited data. */
async function measureOurs({ dir, data, changed }: Setting, round: number): Promise<SideRun> {
  removeOurResult(dir);
  const first = await runOurs(data, dir, 1);
  print(`pair ${round + 1}: ours ${oursInWords(first)}`);
  copyFileSync(ourResultOf(dir), firstResultOf(dir));
  const again = await runOurs(changed, dir, 2);
  print(`pair ${round + 1}: again ${oursInWords(again)}`);
  return { ...first, again };
}

/** @throws Error where a side has found other users, or other IDs */
async function compareRound({ dir, peers, data }: Setting, { limit }: Round): Promise<SameUsers> {
  const { identifiers } = data.counts;
  if (limit.ids !== identifiers) {
    throw new Error(`the limit has ${limit.ids} IDs; the data set has ${identifiers}`);
  }
  const found: SameUsers[] = [];
  for (const peer of peers.filter((name) => name !== 'limit')) {
    found.push(await expectSameUsers(firstResultOf(dir), peerResultOf(dir, peer), dir));
  }
  rmSync(firstResultOf(dir));
  return found[0]!;
}

/** The last second run, beside a peer that knows no former result. */
async function compareSecond({ dir, python, changed }: Setting): Promise<SameUsers> {
  await runPeer('arrow', python.executable, changed, dir);
  return expectSameUsers(ourResultOf(dir), peerResultOf(dir, 'arrow'), dir);
}

function reportOf(
  options: IdMappingOptions,
  { python, peers, data, changed }: Setting,
  rounds: Round[],
  found: SameUsers[],
): Report {
  const runs = sidesOf(rounds, peers);
  const memoryGoal = ` (at most ${memoryGoalOf(options.rows)})`;
  for (const [name, ofSide] of Object.entries(runs)) {
    print(`${name}: ${runsInWords(ofSide)}${peers.includes(name as Peer) ? '' : memoryGoal}`);
  }
  const ratios = Object.fromEntries(peers.map((peer) => [peer, ratiosTo(rounds, peer)]));
  for (const [peer, ratio] of Object.entries(ratios)) {
    print(`ours / ${peer}, by pair: ${ratiosInWords(ratio)}${goalInWords(goals[peer as Peer])}`);
  }
  const secondToFirst = rounds.map(({ ours }) => ours.again!.seconds / ours.seconds);
  print(`second run / first: ${inWords(secondToFirst)}${goalInWords(secondRunGoal)}`);
  const { ids, users, largest } = found[0]!;
  print(`Same users on all sides: ${users} of ${ids} IDs, the largest of ${largest}`);
  return {
    settings: {
      ...options,
      addon: addonState(),
      goals,
      secondRunGoal,
      memoryGoalMiB: memoryGoalOf(options.rows),
      memory: 'VmHWM, all processes of a side',
    },
    figures: {
      sides: Object.fromEntries(Object.entries(runs).map(([name, of]) => [name, sideFigures(of)])),
      ...{ ratios, secondToFirst, data: data.counts, changed: changed.counts },
      users: { first: found[0], second: found.at(-1) },
    },
    values: rounds,
    versions: python.versions,
  };
}

/** All runs of each side; those over a former result are `again`. */
function sidesOf(rounds: Round[], peers: Peer[]): Record<string, SideRun[]> {
  const names: SideName[] = [...peers, 'ours'];
  const runs = names.map((name) => [name, rounds.map((round) => round[name])] as const);
  return { ...Object.fromEntries(runs), again: rounds.map(({ ours }) => ours.again!) };
}

const goalInWords = (goal: number | undefined): string =>
  goal === undefined ? '' : ` (at most ${goal})`;
