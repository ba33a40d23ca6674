/**
 * One run of a task. Two levels of retry: the activity's own covers lost workers and heartbeats
 * and is not counted; a job that fails is tried again here, by the task's run policy.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  rootCause,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, RunJobInput } from '../activities/activities';
import { jobFailedType, jobTimedOutType, type JobFailureDetails } from '../model/job-failure';
import type { JobResult } from '../model/job-type';
import {
  cancelRunSignal,
  runEndedSignal,
  taskRolledOverSignal,
  type TaskRunInput,
} from '../model/messages';
import { jobQueue, taskWorkflowId } from '../model/names';
import type { EndedStatus, RunProjection, TableDetail } from '../model/run';
import type { RuntimeResource } from '../model/resource-group';
import type { RunPolicy } from '../model/task';
import { wholeVersion, type RunEnd } from '../model/task-steps';
import { noteRunAttributes } from './search-attributes';

/** Bounds an attempt that has no time limit of its own; the job's own limit is kept in the activity. */
const longestAttempt = '31 days';
/** A worker that says nothing for this long is taken as lost, and the try is handed to another. */
const heartbeatTimeout = '15 s';
/** How long a cancelled job may clean up. */
const cleanUpMs = 10_000;
/** How long the end of a run waits for its record before the task hears of it. */
const recordFirstMs = 5_000;
/** Longest record, in characters of JSON, that the task writes: it goes through its history. */
const longestForTask = 8_000;

function runJob(input: RunJobInput): Promise<JobResult> {
  // What began before resource groups were kept has none.
  const group = (input.definition.runtimeResource as RuntimeResource | undefined)?.taskQueue;
  const jobs = proxyActivities<Activities>({
    taskQueue: jobQueue(group ?? workflowInfo().taskQueue),
    startToCloseTimeout: longestAttempt,
    heartbeatTimeout,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: '1 s',
      maximumInterval: '10 s',
      maximumAttempts: 20,
      nonRetryableErrorTypes: [jobFailedType, jobTimedOutType],
    },
  });
  return jobs.runJob(input);
}

const { recordRun } = proxyActivities<Activities>({
  startToCloseTimeout: '10 s',
  retry: { initialInterval: '200 ms', maximumInterval: '10 s' },
});

/** How a try, or the run, came out. */
interface Outcome {
  status: EndedStatus;
  reason: string | null;
  cause: string | null;
  tables: TableDetail[];
  summary: Record<string, unknown> | null;
}

/**
 * Runs the job until it succeeds, its tries are used up or it is cancelled; keeps the record and
 * tells the task how it ended.
 */
export async function taskRun(input: TaskRunInput): Promise<RunEnd> {
  let cancelReason = 'in Temporal';
  const work = new CancellationScope();
  setHandler(cancelRunSignal, ({ reason }) => {
    cancelReason = reason;
    work.cancel();
  });
  let rolledOver = false;
  setHandler(taskRolledOverSignal, () => {
    rolledOver = true;
  });

  return CancellationScope.nonCancellable(async () => {
    const record: RunProjection = { ...input.record, startedAt: now(), status: 'running' };
    show(record);
    const outcome = await runTries(input, record, work, () => cancelReason);
    end(record, outcome);
    return input.recordedByTask ? handBack(input, record, () => rolledOver) : finish(input, record);
  });
}

async function runTries(
  input: TaskRunInput,
  record: RunProjection,
  work: CancellationScope,
  cancelReason: () => string,
): Promise<Outcome> {
  const { runPolicy } = input.definition;
  for (;;) {
    record.tries += 1;
    if (input.recordedByTask) record.version += 1;
    else void write(record, input);
    const outcome = await tryOnce(input, record, work, cancelReason);
    if (!mayTryAgain(outcome, record.tries, runPolicy)) return outcome;
    record.failureReason = `Try ${record.tries} failed: ${outcome.reason}`;
    record.failureCause = outcome.cause;
    record.tables = outcome.tables;
    show(record);
    void write(record, input);
    const waited = await pause(runPolicy.rerunInterval * 1000, work);
    if (!waited) return cancelled(cancelReason(), outcome.tables);
    record.failureReason = null;
    record.failureCause = null;
  }
}

/** True where the policy gives a failed try another one. */
function mayTryAgain(outcome: Outcome, tries: number, policy: RunPolicy): boolean {
  if (outcome.status !== 'failed' && outcome.status !== 'timedOut') return false;
  return policy.rerunMode !== 'AllDenied' && tries <= policy.rerunTimes;
}

async function tryOnce(
  input: TaskRunInput,
  record: RunProjection,
  work: CancellationScope,
  cancelReason: () => string,
): Promise<Outcome> {
  const { runNumber, number, definition } = input;
  const job = work.run(() =>
    runJob({
      tenant: record.tenant,
      taskId: record.taskId,
      taskNumber: number,
      runId: record.id,
      runNumber,
      tryNumber: record.tries,
      definition,
      scheduleTime: record.scheduleTime,
      askedAt: record.queuedAt,
      ...(input.recordedByTask && { record: { ...record } }),
    }),
  );
  const settled = job.then(succeeded, (error: unknown) => failed(error, work, cancelReason()));
  const outcome = await Promise.race([settled, cleanUpOver(work)]);
  return outcome ?? cancelled(cancelReason(), []);
}

/** Resolves when a cancelled job has had its time to clean up; never while it is not cancelled. */
async function cleanUpOver(work: CancellationScope): Promise<null> {
  await work.cancelRequested.catch(() => undefined);
  await sleep(cleanUpMs);
  return null;
}

function succeeded(result: JobResult): Outcome {
  return {
    status: 'succeeded',
    reason: null,
    cause: null,
    tables: result.tables,
    summary: result.summary,
  };
}

function cancelled(reason: string, tables: TableDetail[]): Outcome {
  return {
    status: 'cancelled',
    reason: `cancelled: ${reason}`,
    cause: null,
    tables,
    summary: null,
  };
}

function failed(error: unknown, work: CancellationScope, cancelReason: string): Outcome {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  const details =
    failure instanceof ApplicationFailure || failure instanceof CancelledFailure
      ? (failure.details?.[0] as JobFailureDetails | undefined)
      : undefined;
  if (work.consideredCancelled && isCancellation(error)) {
    return cancelled(cancelReason, details?.tables ?? []);
  }
  if (failure instanceof ApplicationFailure) {
    return {
      status: failure.type === jobTimedOutType ? 'timedOut' : 'failed',
      reason: failure.message,
      cause: details?.cause ?? null,
      tables: details?.tables ?? [],
      summary: null,
    };
  }
  return {
    status: 'failed',
    reason: 'The job did not come to an end: its workers were lost again and again.',
    cause: rootCause(error) ?? null,
    tables: [],
    summary: null,
  };
}

/** @returns false where the wait was cancelled */
async function pause(ms: number, work: CancellationScope): Promise<boolean> {
  try {
    await work.run(() => sleep(ms));
    return true;
  } catch (error) {
    if (isCancellation(error)) return false;
    throw error;
  }
}

/** Brings the record in line with how the run came out. */
function end(record: RunProjection, outcome: Outcome): void {
  record.status = outcome.status;
  record.finishedAt = now();
  record.failureReason = outcome.reason;
  record.failureCause = outcome.cause;
  record.tables = outcome.tables;
  record.summary = outcome.summary;
  record.progress = outcome.status === 'succeeded' ? { fraction: 1, text: 'done' } : null;
  show(record);
}

function endOf(record: RunProjection): RunEnd {
  const { id: runId, status, finishedAt, failureReason } = record;
  return { runId, status: status as EndedStatus, finishedAt: finishedAt!, failureReason };
}

/**
 * Leaves the record to the task, which writes those of many runs in one go; a long one is written
 * here. The task hears of the end from Temporal; by a signal once its history has changed, or where
 * the store does not take a long record.
 */
async function handBack(
  input: TaskRunInput,
  record: RunProjection,
  rolledOver: () => boolean,
): Promise<RunEnd> {
  const isLong = JSON.stringify(record).length > longestForTask;
  record.version = isLong ? wholeVersion : record.version + 1;
  const result: RunEnd = { ...endOf(record), record: isLong ? null : record };
  if (isLong) {
    const writing = recordRun({ ...record });
    if (!(await isDoneSoon(writing))) await tellTask(input, result);
    await writing;
  }
  if (input.searchAttributes) noteRunAttributes(record, input.definition.name);
  if (rolledOver()) await tellTask(input, result);
  return result;
}

async function finish(input: TaskRunInput, record: RunProjection): Promise<RunEnd> {
  const result = endOf(record);
  const writing = write(record, input);
  await isDoneSoon(writing);
  await tellTask(input, result);
  await writing;
  return result;
}

function isDoneSoon(writing: Promise<unknown>): Promise<boolean> {
  let done = false;
  void writing.then(() => {
    done = true;
  });
  return condition(() => done, recordFirstMs);
}

async function tellTask({ record }: TaskRunInput, end: RunEnd): Promise<void> {
  const task = getExternalWorkflowHandle(taskWorkflowId(record.tenant, record.taskId));
  try {
    await task.signal(runEndedSignal, end);
  } catch {
    // The task's workflow has ended: nobody waits for this run any more.
  }
}

/** Writes the record as it stands; once written, the search attributes follow it. */
async function write(record: RunProjection, input: TaskRunInput): Promise<void> {
  record.version += 1;
  const { searchAttributes: available } = await recordRun({ ...record });
  if (available) noteRunAttributes(record, input.definition.name);
}

function show(record: RunProjection): void {
  const lines = [
    `Status: **${record.status}**, try ${Math.max(record.tries, 1)}`,
    `Started by ${record.startedByUser ?? record.startedBy}`,
  ];
  if (record.failureReason) lines.push(record.failureReason);
  setCurrentDetails(lines.join('\n\n'));
}

function now(): string {
  return new Date().toISOString();
}
