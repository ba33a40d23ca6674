/** The activity that runs a task's job: fenced, with heartbeats, a time limit and a log. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { TablegateError } from '../model/errors';
import { fencedAs, fenceOf } from '../model/fence';
import { jobFailedType, jobTimedOutType, type JobFailureDetails } from '../model/job-failure';
import { JobError, type JobContext, type JobResult, type JobType } from '../model/job-type';
import type { TableDetail } from '../model/run';
import { knownConnections } from '../store/known-connections';
import type { Activities, RunJobInput } from './activities';
import type { ActivityDeps } from './deps';
import { mayUse } from './may-use';
import { resolveConnection, resolveTables } from './resolve-sources';
import { RunReporter } from './run-reporter';
import { scriptText } from './stored-scripts';

/** Often enough for a cancellation to reach the job within two seconds. */
const heartbeatEveryMs = 500;

export function makeRunJob(deps: ActivityDeps): Activities['runJob'] {
  return async function runJob(input: RunJobInput): Promise<JobResult> {
    const { info, cancellationSignal } = Context.current();
    const stop = new AbortController();
    const follow = (): void => stop.abort(cancellationSignal.reason);
    cancellationSignal.addEventListener('abort', follow);
    const limit = startTimeLimit(input, stop);
    const heartbeat = setInterval(() => Context.current().heartbeat(), heartbeatEveryMs);
    const reporter = new RunReporter(deps.store, input, deps.log);
    const scratchDir = path.join(
      deps.scratchRoot,
      `${input.runId}-${input.tryNumber}-${info.attempt}`,
    );
    try {
      if (input.record) await deps.store.runs.project(input.record);
      await mkdir(scratchDir, { recursive: true });
      const jobType = deps.jobTypes.get(input.definition.job.type);
      if (!jobType)
        throw new JobError(`The job type ${input.definition.job.type} is not known here.`);
      reporter.log('info', `Try ${input.tryNumber} begins: job ${jobType.type}.`);
      const fence = fenceOf(input.runNumber, input.tryNumber, info.attempt);
      const context = await makeContext(deps, input, jobType, {
        fence,
        scratchDir,
        signal: stop.signal,
        reporter,
      });
      return await jobType.run(context);
    } catch (error) {
      const failure = failureOf(error, stop.signal, input, reporter.unfinished());
      reporter.log('error', failure.message);
      throw failure;
    } finally {
      clearInterval(heartbeat);
      clearTimeout(limit);
      cancellationSignal.removeEventListener('abort', follow);
      await reporter.close();
      await rm(scratchDir, { recursive: true, force: true });
    }
  };
}

/** Reason of the abort that a time limit brings about. */
class TimeLimitReached extends Error {}

function startTimeLimit(input: RunJobInput, stop: AbortController): NodeJS.Timeout | undefined {
  const { timeout } = input.definition.runPolicy;
  if (timeout === null) return undefined;
  return setTimeout(() => stop.abort(new TimeLimitReached()), timeout * 1000);
}

async function makeContext(
  deps: ActivityDeps,
  input: RunJobInput,
  jobType: JobType,
  run: { fence: bigint; scratchDir: string; signal: AbortSignal; reporter: RunReporter },
): Promise<JobContext<unknown>> {
  const { tenant, definition } = input;
  const config = jobType.configSchema.parse(definition.job.config);
  const names = definition.tables.map((table) => table.name);
  const { reporter } = run;
  return {
    tenant,
    taskId: input.taskId,
    taskNumber: input.taskNumber,
    runId: input.runId,
    config,
    tables: await resolveTables(deps.store, tenant, names, jobType.needsIdMapping),
    scheduleTime: input.scheduleTime ?? null,
    askedAt: input.askedAt ?? new Date().toISOString(),
    timezone: definition.timezone,
    connection: (name) => resolveConnection(deps, tenant, name),
    connections: () => knownConnections(deps.store, tenant),
    scriptText: (scriptId, version) => scriptText(deps.store, tenant, scriptId, version),
    mayUse: (userId, name, side) => mayUse(deps.store, tenant, userId, name, side),
    fence: run.fence,
    fencedAs: fencedAs(input.taskId, input.scheduleTime ?? null, definition.runPolicy.maxParallel),
    scratchDir: run.scratchDir,
    signal: run.signal,
    log: (level, line) => reporter.log(level, line),
    progress: (progress) => reporter.progress(progress),
    table: (detail) => reporter.table(detail),
  };
}

/** What the run's workflow is told; see `workflows/task-run.ts` for what it makes of it. */
function failureOf(
  error: unknown,
  signal: AbortSignal,
  input: RunJobInput,
  unfinished: TableDetail[],
): Error {
  const tables = error instanceof JobError && error.tables.length > 0 ? error.tables : unfinished;
  if (signal.reason instanceof TimeLimitReached) {
    const { timeout } = input.definition.runPolicy;
    return jobFailure(
      jobTimedOutType,
      `The job took longer than its limit of ${timeout} s.`,
      null,
      tables,
    );
  }
  if (signal.aborted) return failureOfCancellation(signal.reason, tables);
  if (error instanceof TablegateError && error.code === 'storeUnavailable') {
    return ApplicationFailure.retryable(error.message, error.code);
  }
  const sentence = error instanceof Error ? error.message : String(error);
  return jobFailure(jobFailedType, sentence, causeOf(error), tables);
}

/** A worker that shuts down hands the job to another one; all else is for the workflow to judge. */
function failureOfCancellation(reason: unknown, tables: TableDetail[]): Error {
  if (reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN') {
    return ApplicationFailure.retryable('The worker was shut down.', 'WorkerShutdown');
  }
  const details: JobFailureDetails = { cause: null, tables };
  return new CancelledFailure('The job was cancelled.', [details]);
}

function jobFailure(
  type: string,
  message: string,
  cause: string | null,
  tables: TableDetail[],
): ApplicationFailure {
  const details: JobFailureDetails = { cause, tables };
  return ApplicationFailure.nonRetryable(message, type, details);
}

function causeOf(error: unknown): string | null {
  if (!(error instanceof Error) || error.cause === undefined) return null;
  const { cause } = error;
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 4000);
}
