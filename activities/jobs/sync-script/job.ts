/** Job type `sync-script`: rows of one connection moved into another, all or nothing. */
import { SupersededError } from '../../../connectors/connector';
import {
  defineJobType,
  JobError,
  type JobContext,
  type JobResult,
  type JobType,
} from '../../../model/job-type';
import type { LogLine, RunProgress, TableDetail } from '../../../model/run';
import {
  syncScriptConfigSchema,
  syncScriptType,
  type SentScript,
  type StoredScript,
} from '../../../model/sync-script-config';
import type { SyncSummary } from './messages';
import { requestOf, type SyncDeps } from './places';
import { runInChild } from './run-in-child';

export interface SyncScriptDeps extends SyncDeps {
  /** Told the process id of each copy. */
  onChild?: (pid: number) => void;
}

type Config = SentScript | StoredScript;

async function run(context: JobContext<Config>, deps: SyncScriptDeps): Promise<JobResult> {
  const { config } = context;
  if (!('scriptId' in config)) {
    throw new JobError('The script was not stored as a version; save the task again.');
  }
  const request = await requestOf({ ...context, config }, deps);
  const details = new Map<string, TableDetail>();
  const listener = {
    signal: context.signal,
    log: (level: LogLine['level'], line: string) => context.log(level, line),
    progress: (progress: RunProgress) => context.progress(progress),
    table: (detail: TableDetail) => {
      details.set(detail.table, detail);
      context.table(detail);
    },
  };
  const { sources, target } = request;
  const names = sources.flatMap(({ tables }) => tables).join(', ');
  context.log('info', `copying ${names} into ${target.table}`);
  try {
    const summary = await runInChild(request, listener, deps.onChild ?? (() => undefined));
    tell(context, summary);
    return { tables: [...details.values()], summary: { ...summary } };
  } catch (error) {
    if (error instanceof SupersededError) throw new JobError(error.message, [...details.values()]);
    if (!(error instanceof JobError)) throw error;
    throw new JobError(error.message, [...details.values()], { cause: error.cause });
  }
}

function tell({ log }: JobContext<Config>, summary: SyncSummary): void {
  const { rows, rowsRead, seconds, dirty, committedBefore } = summary;
  if (committedBefore) {
    log('warn', `an earlier try of this run had committed ${rows} rows before it was lost`);
    return;
  }
  log('info', `${rowsRead} rows read, ${rows} written in ${seconds} s`);
  for (const { reason } of dirty.samples) log('warn', `dirty row: ${reason}`);
  if (dirty.count > dirty.samples.length) log('warn', `${dirty.count} dirty rows in all`);
}

/** The job type, as a worker registers it. */
export function createSyncScriptJob(deps: SyncScriptDeps): JobType<Config> {
  return defineJobType<Config>({
    type: syncScriptType,
    title: 'Sync script',
    configSchema: syncScriptConfigSchema,
    needsIdMapping: false,
    sharesOutputs: true,
    lineage: ({ config }) =>
      'reads' in config
        ? { reads: config.reads, writes: config.writes }
        : { reads: [], writes: [] },
    run: (context) => run(context, deps),
  });
}
