/** Job type `id-mapping`: the users of all tables of a task, resolved into one table. */
import {
  defineJobType,
  JobError,
  type JobContext,
  type JobResult,
  type JobType,
} from '../../../model/job-type';
import type { LogLine, RunProgress, TableDetail } from '../../../model/run';
import { idMappingConfigSchema, outputOf, type IdMappingConfig } from './config';
import type { ComputeRequest } from './messages';
import { placesOf, type PlacesDeps } from './places';
import { runInChild } from './run-in-child';

export interface IdMappingDeps extends PlacesDeps {
  /** Told the process id of each computation. */
  onChild?: (pid: number) => void;
}

type Context = JobContext<IdMappingConfig>;

async function requestOf(
  context: Context,
  deps: IdMappingDeps,
  startedAtMs: number,
): Promise<ComputeRequest> {
  return {
    ...(await placesOf(context, deps)),
    runId: context.runId,
    scratchDir: context.scratchDir,
    writer: context.taskId,
    fence: String(context.fence),
    startedAtMs,
  };
}

function waiting(table: string): TableDetail {
  const none = {
    rowsRead: null,
    rowsWritten: null,
    error: null,
    startedAt: null,
    finishedAt: null,
  };
  return { table, status: 'waiting', ...none };
}

async function run(context: Context, deps: IdMappingDeps): Promise<JobResult> {
  const startedAtMs = Date.now();
  const details = new Map(context.tables.map(({ name }) => [name, waiting(name)]));
  const listener = {
    signal: context.signal,
    log: (level: LogLine['level'], line: string) => context.log(level, line),
    progress: (progress: RunProgress) => context.progress(progress),
    table: (detail: TableDetail) => {
      details.set(detail.table, detail);
      context.table(detail);
    },
  };
  for (const detail of details.values()) context.table(detail);
  try {
    const request = await requestOf(context, deps, startedAtMs);
    const summary = await runInChild(request, listener, deps.onChild ?? (() => undefined));
    return { tables: [...details.values()], summary: { ...summary } };
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    throw new JobError(error.message, [...details.values()], { cause: error.cause });
  }
}

/** The job type, as a worker registers it. */
export function createIdMappingJob(deps: IdMappingDeps): JobType<IdMappingConfig> {
  return defineJobType({
    type: 'id-mapping',
    title: 'ID mapping',
    configSchema: idMappingConfigSchema,
    needsIdMapping: true,
    lineage: ({ number, tables, config }) => ({
      reads: tables,
      writes: ['', '_changes'].map(
        (beside) => `${config.analysisSource}.${outputOf(config, number)}${beside}`,
      ),
    }),
    run: (context) => run(context, deps),
  });
}
