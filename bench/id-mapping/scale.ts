/**
 * How time and memory grow with the rows: a tenth of them, all, and five times as many, one after the
 * other in each round. Time is compared with what it would be if it grew as the rows do.
 */
import path from 'node:path';
import { print, type Benchmark } from '../support/perform';
import type { Report } from '../support/report';
import { inWords } from '../support/statistics';
import type { IdMappingOptions } from './benchmark';
import { dataSetInWords, makeDataSet, type DataSet } from './data-set';
import { memoryGoalOf, oursInWords, runInWords, runsInWords, sideFigures } from './figures';
import { ourResultOf, removeOurResult, runOurs } from './ours';
import { providePython, type Python } from './python';
import { expectSameUsers, type SameUsers } from './same-users';
import { peerResultOf, runPeer, type SideRun } from './sides';

const linearGoal = 1.3;
/** Slower than this, a row of all sizes and sides together, is taken as hanging. */
const slowestRowUs = 60;

const sizesOf = (rows: number): number[] => [Math.round(rows / 10), rows, rows * 5];

export function scaleBenchmark(options: IdMappingOptions): Benchmark<IdMappingOptions, string> {
  const rows = sizesOf(options.rows).reduce((one, other) => one + other) * (options.pairs + 1);
  const limitMs = 1_200_000 + (rows * slowestRowUs) / 1_000;
  return { name: 'id-mapping-scale', options, limitMs, measure };
}

/** What came of one size. */
interface Size {
  rows: number;
  data: DataSet;
  ours: SideRun[];
  limit: SideRun[];
  same: SameUsers | null;
}

async function measure(dir: string, options: IdMappingOptions): Promise<Report> {
  const python = providePython(options.python);
  const sizes: Size[] = [];
  for (const rows of sizesOf(options.rows)) {
    const data = await makeDataSet(path.join(dir, `data-${rows}`), rows, null);
    print(dataSetInWords(data));
    sizes.push({ rows, data, ours: [], limit: [], same: null });
  }
  for (let round = 0; round < options.pairs; round += 1) {
    for (const size of sizes) await measureSize(dir, python, size);
  }
  return reportOf(options, python, sizes);
}

/** One run of each; the first result is compared with that of a peer. */
async function measureSize(dir: string, python: Python, size: Size): Promise<void> {
  const { rows, data } = size;
  const limit = await runPeer('limit', python.executable, data, dir);
  removeOurResult(dir);
  const ours = await runOurs(data, dir, 1);
  size.limit.push(limit);
  size.ours.push(ours);
  print(`${rows} rows: ours ${oursInWords(ours)}; limit ${runInWords(limit)}`);
  if (size.same !== null) return;
  await runPeer('arrow', python.executable, data, dir);
  size.same = await expectSameUsers(ourResultOf(dir), peerResultOf(dir, 'arrow'), dir);
}

function reportOf(options: IdMappingOptions, python: Python, sizes: Size[]): Report {
  const figures = sizes.map(({ rows, data, ours, limit, same }) => {
    const toLinear = toLinearOf(sizes[0]!, rows, ours);
    print(
      `${rows} rows: ${runsInWords(ours)} (at most ${memoryGoalOf(rows)}); ` +
        `${inWords(toLinear)} times linear (at most ${linearGoal}); limit ${runsInWords(limit)}`,
    );
    const sides = { ours: sideFigures(ours), limit: sideFigures(limit) };
    return { rows, toLinear, ...sides, users: same, data: data.counts };
  });
  return {
    settings: { ...options, linearGoal, memory: 'VmHWM, all processes of a side' },
    figures: { sizes: figures },
    values: sizes.map(({ rows, ours, limit }) => ({ rows, ours, limit })),
    versions: python.versions,
  };
}

/** Our time as a part of what the smallest size took for as many rows, by round. */
function toLinearOf(smallest: Size, rows: number, ours: SideRun[]): number[] {
  return ours.map(({ seconds }, round) => {
    const secondsPerRow = smallest.ours[round]!.seconds / smallest.rows;
    return seconds / (secondsPerRow * rows);
  });
}
