/** Runs the sync-script job as a worker does, on a script given as an object. */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { createSyncScriptJob } from '../../../activities/jobs/sync-script/job';
import { copyRows } from '../../../activities/jobs/sync-script/copy-rows';
import type { SyncSummary, ToParent } from '../../../activities/jobs/sync-script/messages';
import { requestOf } from '../../../activities/jobs/sync-script/places';
import { TablegateError } from '../../../model/errors';
import { fencedAs, fenceOf } from '../../../model/fence';
import type { JobConnection, JobContext } from '../../../model/job-type';
import type { RunProgress, TableDetail } from '../../../model/run';
import type { StoredScript } from '../../../model/sync-script-config';
import type { Sandbox } from '../../connectors/support/sandbox';

export type Connections = Record<string, Omit<JobConnection, 'name'>>;

export interface SyncRun {
  connections: Connections;
  /** A script, or the two sides of one. */
  script: object | string;
  parameters?: Record<string, string>;
  scheduleTime?: string;
  /** The task that runs; all are of the same one by default. */
  taskId?: string;
  run?: number;
  attempt?: number;
  /** How many instances of the task may run at the same time; left out: one. */
  maxParallel?: number;
  signal?: AbortSignal;
  onChild?: (pid: number) => void;
  onProgress?: (progress: RunProgress) => void;
  /** In a process of its own, as a worker runs it; left out: in this one, which is quicker. */
  child?: boolean;
  mayUse?: (side: 'read' | 'write') => boolean;
}

/** One pair of reader and writer. */
export function pair(
  reader: [string, object],
  writer: [string, object],
  setting: object = {},
): object {
  const content = {
    reader: { name: reader[0], parameter: reader[1] },
    writer: { name: writer[0], parameter: writer[1] },
  };
  return { job: { setting, content: [content] } };
}

/** Runs that a test numbers itself come before all others. */
let runs = 1_000;

/** @returns the job's answer and what it said on the way */
export async function runSync(sandbox: Sandbox, given: SyncRun) {
  runs += 1;
  const recorded = {
    logs: [] as string[],
    progress: [] as RunProgress[],
    tables: new Map<string, TableDetail>(),
  };
  const { onChild, connections } = given;
  const job = createSyncScriptJob({
    filesRoots: () => [sandbox.root],
    ...(onChild === undefined ? {} : { onChild }),
  });
  const text = typeof given.script === 'string' ? given.script : JSON.stringify(given.script);
  const config: StoredScript = {
    ...{ scriptId: 'a'.repeat(32), version: 1, reads: [], writes: [] },
    ...(given.parameters && { parameters: given.parameters }),
  };
  const { taskId = 'b'.repeat(32), scheduleTime = null, maxParallel = 1 } = given;
  const context: JobContext<StoredScript> = {
    tenant: 'default',
    taskId,
    taskNumber: '42',
    runId: `run-${runs}`,
    config,
    tables: [],
    scheduleTime,
    askedAt: '2026-03-02T00:00:00.000Z',
    timezone: 'UTC',
    connection: async (name) => {
      const connection = connections[name];
      if (connection) return { name, ...connection };
      throw new TablegateError('connectionNotFound', `There is no connection ${name}.`);
    },
    connections: async () => Object.entries(connections).map(([name, one]) => ({ name, ...one })),
    scriptText: async () => ({ text, author: 'ann', parameters: [] }),
    mayUse: async (_, __, side) => given.mayUse?.(side) ?? true,
    fence: fenceOf(given.run ?? runs, 1, given.attempt ?? 1),
    fencedAs: fencedAs(taskId, scheduleTime, maxParallel),
    scratchDir: mkdtempSync(path.join(sandbox.scratch, 'try-')),
    signal: given.signal ?? new AbortController().signal,
    log: (level, line) => recorded.logs.push(`${level}: ${line}`),
    progress: (progress) => {
      recorded.progress.push(progress);
      given.onProgress?.(progress);
    },
    table: (detail) => recorded.tables.set(detail.table, detail),
  };
  if (!given.child) {
    const request = await requestOf(context, { filesRoots: () => [sandbox.root] });
    const send = (message: ToParent) => {
      if (message.type === 'table') recorded.tables.set(message.detail.table, message.detail);
      if (message.type === 'progress') context.progress(message.progress);
    };
    const summary = await copyRows(request, send, context.signal);
    return { summary, tables: [...recorded.tables.values()], recorded };
  }
  const result = await job.run(context);
  const summary = result.summary as unknown as SyncSummary;
  return { summary, tables: result.tables, recorded };
}
