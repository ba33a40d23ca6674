/** Runs the id-mapping job as a worker does, over tables given as plain values. */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { idMappingConfigSchema } from '../../../activities/jobs/id-mapping/config';
import { createIdMappingJob } from '../../../activities/jobs/id-mapping/job';
import { lookUpInChild } from '../../../activities/jobs/id-mapping/look-up/run-in-child';
import { placesOf, type TaskPlaces } from '../../../activities/jobs/id-mapping/places';
import { TablegateError } from '../../../model/errors';
import type { JobConnection, JobContext, JobTable } from '../../../model/job-type';
import type { LookUpAnswer, LookUpQuestion } from '../../../model/look-up';
import type { RunProgress, TableDetail } from '../../../model/run';
import { runSql, type Sandbox } from '../../connectors/support/sandbox';

export interface Recorded {
  logs: string[];
  progress: RunProgress[];
  details: TableDetail[];
}

export interface JobRun {
  tables: JobTable[];
  connections: Record<string, Omit<JobConnection, 'name'>>;
  config?: Record<string, unknown>;
  fence?: bigint;
  runId?: string;
  /** Files of a tenant other than `default` lie in the sandbox's `outside`. */
  tenant?: string;
  signal?: AbortSignal;
  onChild?: (pid: number) => void;
  onProgress?: (progress: RunProgress) => void;
}

/** A table in memory of a connection of kind `fake`; every column is text. */
export function textTable(columns: string[], rows: (string | null)[][]) {
  return { columns: columns.map((name) => ({ name, type: 'VARCHAR' })), rows };
}

/** Where the results of tests go. */
export function analysisFile(sandbox: Sandbox): string {
  return path.join(sandbox.root, 'analysis.duckdb');
}

/** Deps of the job: files of a tenant other than `default` lie in the sandbox's `outside`. */
function depsOf(sandbox: Sandbox) {
  const filesRoots = (tenant: string) => [tenant === 'default' ? sandbox.root : sandbox.outside];
  return { filesRoots, fake: true };
}

/** The task as a job sees it. */
function taskOf(sandbox: Sandbox, run: JobRun): TaskPlaces {
  const connections: JobRun['connections'] = {
    analysis: { type: 'duckdb', config: { path: analysisFile(sandbox) } },
    ...run.connections,
  };
  return {
    tenant: run.tenant ?? 'default',
    taskNumber: '42',
    config: idMappingConfigSchema.parse(run.config ?? {}),
    tables: run.tables,
    connection: async (name) => {
      const connection = connections[name];
      if (connection) return { name, ...connection };
      throw new TablegateError('connectionNotFound', `There is no connection ${name}.`);
    },
  };
}

/** Asks a question about the result of `runIdMapping`. @returns the answer and what was being done */
export async function askResult(
  sandbox: Sandbox,
  run: JobRun,
  question: LookUpQuestion,
): Promise<{ answer: LookUpAnswer; doings: string[] }> {
  const doings: string[] = [];
  const places = await placesOf(taskOf(sandbox, run), depsOf(sandbox));
  const scratchDir = mkdtempSync(path.join(sandbox.scratch, 'look-'));
  const signal = run.signal ?? new AbortController().signal;
  const onDoing = (what: string) => {
    doings.push(what);
    run.onProgress?.({ fraction: 0, text: what });
  };
  const request = { ...places, scratchDir, waitMs: 200, question };
  const answer = await lookUpInChild(request, signal, onDoing);
  return { answer, doings };
}

/** Runs one try. @returns the job's answer and what it said on the way */
export async function runIdMapping(sandbox: Sandbox, run: JobRun) {
  const { onChild } = run;
  const job = createIdMappingJob({
    ...depsOf(sandbox),
    ...(onChild === undefined ? {} : { onChild }),
  });
  const recorded: Recorded = { logs: [], progress: [], details: [] };
  const context: JobContext<TaskPlaces['config']> = {
    ...taskOf(sandbox, run),
    taskId: 'task-1',
    runId: run.runId ?? `run-${run.fence ?? 1n}`,
    scheduleTime: null,
    askedAt: '2026-01-01T00:00:00.000Z',
    timezone: 'UTC',
    connections: () => Promise.resolve([]),
    scriptText: () => Promise.reject(new Error('this job has no script')),
    mayUse: () => Promise.resolve(true),
    fence: run.fence ?? 1n,
    fencedAs: 'task-1',
    scratchDir: mkdtempSync(path.join(sandbox.scratch, 'try-')),
    signal: run.signal ?? new AbortController().signal,
    log: (level, line) => recorded.logs.push(`${level}: ${line}`),
    progress: (progress) => {
      recorded.progress.push(progress);
      run.onProgress?.(progress);
    },
    table: (detail) => recorded.details.push(detail),
  };
  return { result: await job.run(context), recorded };
}

export interface ResultRow {
  one_id: string;
  id_type: string;
  id_value: string;
  first_table: string;
  run_id: string;
}

/** What stands in the output. */
export async function readResult(sandbox: Sandbox, table = 'main.id_mapping_42') {
  const [schema, name] = table.split('.');
  const rows = await runSql(
    analysisFile(sandbox),
    `SELECT * FROM "${schema}"."${name}" ORDER BY id_type, id_value`,
  );
  return rows as unknown as ResultRow[];
}

/** The IDs of each user, as `type:value`, in order. */
export function usersOf(rows: Pick<ResultRow, 'one_id' | 'id_type' | 'id_value'>[]): string[][] {
  const users = new Map<string, string[]>();
  for (const row of rows) {
    users.set(row.one_id, [...(users.get(row.one_id) ?? []), `${row.id_type}:${row.id_value}`]);
  }
  return [...users.values()]
    .map((ids) => ids.toSorted())
    .toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
}
