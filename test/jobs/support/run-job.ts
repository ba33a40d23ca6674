/** Runs the id-mapping job as a worker does, over tables given as plain values. */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { createIdMappingJob } from '../../../activities/jobs/id-mapping/job';
import { TablegateError } from '../../../model/errors';
import type { JobConnection, JobContext, JobTable } from '../../../model/job-type';
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

/** Runs one try. @returns the job's answer and what it said on the way */
export async function runIdMapping(sandbox: Sandbox, run: JobRun) {
  const { onChild } = run;
  const job = createIdMappingJob({
    filesRoots: (tenant) => [tenant === 'default' ? sandbox.root : sandbox.outside],
    fake: true,
    ...(onChild === undefined ? {} : { onChild }),
  });
  const recorded: Recorded = { logs: [], progress: [], details: [] };
  const connections: JobRun['connections'] = {
    analysis: { type: 'duckdb', config: { path: analysisFile(sandbox) } },
    ...run.connections,
  };
  const context: JobContext<ReturnType<typeof job.configSchema.parse>> = {
    tenant: run.tenant ?? 'default',
    taskId: 'task-1',
    taskNumber: '42',
    runId: run.runId ?? 'run-1',
    config: job.configSchema.parse(run.config ?? {}),
    tables: run.tables,
    connection: async (name) => {
      const connection = connections[name];
      if (connection) return { name, ...connection };
      throw new TablegateError('connectionNotFound', `There is no connection ${name}.`);
    },
    fence: run.fence ?? 1n,
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
