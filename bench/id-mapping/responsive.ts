/**
 * How soon a server answers while one of its tasks maps IDs: triggers of another task, and /readyz,
 * at a steady rate. Before that, the same without the job.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../cli/api-client';
import type { RunRecord } from '../../model/run';
import { makeTask, triggerUrls } from '../ours/tasks';
import { print, type Benchmark } from '../support/perform';
import type { Report } from '../support/report';
import { cpuBetween, cpuSoFar, type Stage } from '../support/stage';
import { summarize } from '../support/statistics';
import { callSteadily, type Calls } from '../support/steady-calls';
import type { IdMappingOptions } from './benchmark';
import { dataSetInWords, makeDataSet, type DataSet } from './data-set';
import { tableNameOf } from './sides';

const callsPerSecond = 20;
const idleMs = 10_000;
const pollMs = 1_000;
/** 99 of 100 calls are to be answered within the one, all within the other. */
const goals = { p99Ms: 1_000, maxMs: 5_000 };
/** Slower than this is taken as hanging. */
const slowestRowUs = 120;

export function responsiveBenchmark(options: IdMappingOptions): Benchmark<IdMappingOptions> {
  const limitMs = 600_000 + (options.rows * slowestRowUs) / 1_000;
  return { name: 'id-mapping-responsive', options, limitMs, measure };
}

type CallsByName = Record<'triggers' | 'readyz', Calls>;

async function measure(stage: Stage, options: IdMappingOptions): Promise<Report> {
  const { api, dataDir } = stage;
  const data = await makeDataSet(path.join(dataDir, 'files', 'data'), options.rows, null);
  print(dataSetInWords(data));
  const taskId = await makeMappingTask(api, data);
  const urls = await urlsOf(stage);
  const idle = await callWhile(urls, sleep(idleMs));
  printCalls('idle', idle);
  const before = cpuSoFar(stage);
  const run = runToEnd(api, taskId);
  const busy = await callWhile(urls, run);
  const seconds = secondsOf(await run);
  printCalls(`while the job ran (${seconds.toFixed(1)} s)`, busy);
  return {
    settings: { rows: options.rows, callsPerSecond, idleMs, goals, unit: 'ms' },
    figures: {
      ...{ seconds, idle: figuresOf(idle), busy: figuresOf(busy), data: data.counts },
      cpuSeconds: cpuBetween(before, cpuSoFar(stage)),
    },
    values: { idle, busy },
  };
}

async function makeMappingTask(api: ApiClient, { dir, tables }: DataSet): Promise<string> {
  await api.post('/connections', { name: 'data', type: 'files', config: { path: dir } });
  for (const { name, columns } of tables) {
    await api.put(`/tables/${tableNameOf(name)}/id-mapping`, { columns });
  }
  const { id } = await makeTask(api, {
    tables: tables.map(({ name }) => tableNameOf(name)),
    job: { type: 'id-mapping', config: { output: 'main.id_mapping' } },
  });
  return id;
}

/** What is called. The task has a second table, which is never triggered: no run is started. */
async function urlsOf({ api, sides }: Stage): Promise<Record<keyof CallsByName, string>> {
  const tables = ['bench.main.called', 'bench.main.awaited'];
  const { id } = await makeTask(api, { kind: 'triggered', tables });
  const [triggers = ''] = await triggerUrls(api, id);
  return { triggers, readyz: `${sides.ours.url}/readyz` };
}

async function callWhile(
  urls: Record<keyof CallsByName, string>,
  until: Promise<unknown>,
): Promise<CallsByName> {
  const call = (url: string): Promise<Calls> => callSteadily(url, callsPerSecond, until);
  const [triggers, readyz] = await Promise.all([call(urls.triggers), call(urls.readyz)]);
  return { triggers, readyz };
}

/** @throws Error with the reason where the run does not succeed */
async function runToEnd(api: ApiClient, taskId: string): Promise<RunRecord> {
  const { id } = await api.post<RunRecord>(`/tasks/${taskId}/runs`);
  for (;;) {
    await sleep(pollMs);
    const run = await api.get<RunRecord>(`/tasks/${taskId}/runs/${id}`);
    if (run.finishedAt === null) continue;
    if (run.status !== 'succeeded') throw new Error(`the run ${run.status}: ${run.failureReason}`);
    return run;
  }
}

function secondsOf({ startedAt, finishedAt }: RunRecord): number {
  return (Date.parse(finishedAt!) - Date.parse(startedAt!)) / 1000;
}

function figuresOf(calls: CallsByName) {
  const figure = ({ ms, refused }: Calls) => ({ ...summarize(ms), refused });
  return { triggers: figure(calls.triggers), readyz: figure(calls.readyz) };
}

function printCalls(when: string, calls: CallsByName): void {
  for (const [name, { count, p50, p99, max, refused }] of Object.entries(figuresOf(calls))) {
    const [middle, late, last] = [p50, p99, max].map((ms) => ms.toFixed(0));
    print(
      `${when}: ${name} p50 ${middle} ms, p99 ${late} (at most ${goals.p99Ms}), ` +
        `last ${last} (at most ${goals.maxMs}); ${refused} of ${count} refused`,
    );
  }
}
