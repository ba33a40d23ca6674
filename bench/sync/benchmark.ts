/**
 * Rows moved by sync scripts, beside the quickest that is known for each pair of places. All results
 * are compared with the source, and one that differs ends it.
 */
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { providePython } from '../id-mapping/python';
import type { MeasuredRun } from '../support/measured-process';
import type { CommonOptions } from '../support/options';
import { print, type Benchmark } from '../support/perform';
import type { Report } from '../support/report';
import { inWords, median, quantile } from '../support/statistics';
import { oneRound } from '../support/turns';
import { digestSql, makeData, type SyncData } from './data';
import { duckdbFile, syncPairs, type SyncPair } from './places';
import { peerNames, runSide, targetOf, type Programs, type SyncSide } from './sides';
import { printMissing, provideTools, reasonWithout, toolNames, type ToolName } from './tools';

export interface SyncOptions extends CommonOptions {
  rows: number;
  only?: SyncPair;
  /** Command of the Python that the environment of ADBC is made with. */
  python: string;
  psql: string;
  /** Whether sling and dlt are measured too. */
  tools: boolean;
}

/** Our speed is to be at least this part of the peer's. */
const goals: Record<SyncPair, number> = { 'pg-pg': 0.9, 'csv-pg': 0.9, 'pg-duckdb': 1 };
/** We are to be ahead of every tool. */
const toolGoal = 1;
/** Above what an idle process has. */
export const memoryGoalMiB = 600;
/** Slower than this, all sides of a round together, is taken as hanging. */
const slowestRowUs = 200;

type Round = Record<'ours' | 'peer', MeasuredRun> & Partial<Record<ToolName, MeasuredRun>>;

export function syncBenchmark(options: SyncOptions): Benchmark<SyncOptions, string> {
  const limitMs = 900_000 + (options.pairs * options.rows * slowestRowUs) / 1_000;
  return { name: 'sync', options, limitMs, measure };
}

async function measure(dir: string, options: SyncOptions): Promise<Report> {
  const pairs = options.only === undefined ? syncPairs : [options.only];
  const python = pairs.includes('pg-duckdb')
    ? providePython(options.python, path.join(__dirname, 'requirements.txt'))
    : null;
  const tools = options.tools ? provideTools(options.python) : 'they were not asked for';
  if (options.tools) printMissing(pairs, tools);
  const programs: Programs = {
    ...{ psql: options.psql, python: python?.executable ?? '' },
    ...(typeof tools !== 'string' && { tools }),
  };
  const data = await makeData(dir, options.rows, options.psql);
  try {
    print(dataInWords(data, options.rows));
    const rounds: [SyncPair, Round[]][] = [];
    let run = 0;
    for (const pair of pairs) {
      const ofPair: Round[] = [];
      for (let round = 0; round < options.pairs; round += 1) {
        const done = await oneRound<SyncSide, MeasuredRun>(sidesOf(pair, programs), round, (side) =>
          measureSide(side, pair, data, programs, (run += 1)),
        );
        ofPair.push(done);
      }
      rounds.push([pair, ofPair]);
    }
    const missing = typeof tools === 'string' ? tools : null;
    const versions = { ...python?.versions, ...programs.tools?.versions };
    return reportOf(options, data, rounds, { missing, versions });
  } finally {
    await data.stop();
  }
}

function sidesOf(pair: SyncPair, { tools }: Programs): SyncSide[] {
  const others = tools === undefined ? [] : toolNames;
  return ['peer', 'ours', ...others.filter((tool) => reasonWithout(tool, pair) === null)];
}

export function dataInWords({ csvMiB, version }: SyncData, rows: number): string {
  return `${rows} rows of 10 columns, ${csvMiB} MiB as CSV, PostgreSQL ${version}`;
}

/** @throws Error where the copy differs from the source */
export async function measureSide(
  side: SyncSide,
  pair: SyncPair,
  data: SyncData,
  programs: Programs,
  run: number,
): Promise<MeasuredRun> {
  const measured = await runSide(side, pair, data, programs, run);
  await expectSame(pair, data, targetOf(side, pair));
  const name = side === 'peer' ? peerNames[pair] : side;
  print(
    `${pair}: ${name} ${measured.seconds.toFixed(2)} s, ${(measured.peakMiB ?? 0).toFixed(0)} MiB`,
  );
  return measured;
}

/** @throws Error where the copy does not hold what the source holds */
async function expectSame(pair: SyncPair, data: SyncData, table: string): Promise<void> {
  const wanted = await data.sql(digestSql('source'));
  const found =
    pair === 'pg-duckdb' ? await duckdbDigest(data, table) : await data.sql(digestSql(table));
  const text = (row: Record<string, unknown>) =>
    Object.values(row)
      .map((value) => plain(value))
      .join(' ');
  if (text(wanted) !== text(found)) {
    throw new Error(`${pair}: the copy has ${text(found)}; the source has ${text(wanted)}`);
  }
}

function plain(value: unknown): string {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  const number = Number(value);
  return Number.isFinite(number) ? String(number) : String(value);
}

async function duckdbDigest(
  { filesDir }: SyncData,
  table: string,
): Promise<Record<string, unknown>> {
  const instance = await DuckDBInstance.create(duckdbFile(filesDir), { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    const sql = digestSql(table).replace('sum(amount)', 'sum(amount::DECIMAL(18,2))');
    return (await connection.runAndReadAll(sql)).getRowObjectsJS()[0]!;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function reportOf(
  options: SyncOptions,
  data: SyncData,
  rounds: [SyncPair, Round[]][],
  { missing, versions }: { missing: string | null; versions: Record<string, string> },
): Report {
  const figures = rounds.map(([pair, ofPair]) => {
    const speeds = ofPair.map(({ ours, peer }) => peer.seconds / ours.seconds);
    print(
      `${pair}: speed of ours to ${peerNames[pair]}, by pair: ${inWords(speeds)} (at least ${goals[pair]})`,
    );
    const figure = {
      peer: peerNames[pair],
      ...{
        ours: figureOf(ofPair.map(({ ours }) => ours)),
        theirs: figureOf(ofPair.map(({ peer }) => peer)),
      },
      ...{ speedToPeer: speeds, goal: goals[pair] },
      tools: Object.fromEntries(
        toolNames.map((tool) => [tool, toolFigure(tool, pair, ofPair) ?? missing]),
      ),
    };
    return [pair, figure] as const;
  });
  return {
    settings: {
      ...options,
      goals,
      toolGoal,
      memoryGoalMiB,
      memory: 'VmHWM, all processes of a side',
    },
    figures: { csvMiB: data.csvMiB, ...Object.fromEntries(figures) },
    values: Object.fromEntries(rounds),
    versions: { postgres: data.version, ...versions },
  };
}

/** @returns why the tool was not measured, where that is of the pair; null: no tool was */
function toolFigure(tool: ToolName, pair: SyncPair, rounds: Round[]) {
  const runs = rounds.flatMap(({ [tool]: run }) => (run === undefined ? [] : [run]));
  if (runs.length === 0) return reasonWithout(tool, pair);
  const speeds = runs.map(({ seconds }, round) => seconds / rounds[round]!.ours.seconds);
  print(`${pair}: speed of ours to ${tool}, by pair: ${inWords(speeds)} (more than ${toolGoal})`);
  return { ...figureOf(runs), speedOfOurs: speeds };
}

function figureOf(runs: MeasuredRun[]) {
  const spread = (values: number[]) => {
    return { median: median(values), min: quantile(values, 0), max: quantile(values, 1) };
  };
  const peaks = runs.flatMap(({ peakMiB }) => (peakMiB === null ? [] : [peakMiB]));
  return {
    seconds: spread(runs.map(({ seconds }) => seconds)),
    peakMiB: peaks.length > 0 ? spread(peaks) : null,
  };
}
