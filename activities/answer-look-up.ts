/** The activity that answers a question about a task's result: in a process of its own, bounded. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { TablegateError, type ErrorCode } from '../model/errors';
import { JobError } from '../model/job-type';
import type { LookUpAnswer, LookUpInput } from '../model/look-up';
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';
import { idMappingConfigSchema } from './jobs/id-mapping/config';
import type { LookUpRequest } from './jobs/id-mapping/look-up/messages';
import { lookUpInChild } from './jobs/id-mapping/look-up/run-in-child';
import { placesOf } from './jobs/id-mapping/places';
import { resolveConnection, resolveTables } from './resolve-sources';

type Deps = Pick<ActivityDeps, 'store' | 'secrets' | 'filesRoots' | 'scratchRoot' | 'log'>;

/** A person waits for the answer. */
const usualLimitMs = 30_000;
/** So that a source which somebody else holds is named before the time is over. */
const sourceWaitMs = 10_000;
/** Often enough for the end of the workflow to reach the child within two seconds. */
const heartbeatEveryMs = 500;

/** @param limitMs how long an answer may take; shorter in tests */
export function makeAnswerLookUp(
  deps: Deps,
  limitMs: number = usualLimitMs,
): Activities['answerLookUp'] {
  return async function answerLookUp(input: LookUpInput): Promise<LookUpAnswer> {
    const { info, cancellationSignal } = Context.current();
    const limit = AbortSignal.timeout(limitMs);
    const heartbeat = setInterval(() => Context.current().heartbeat(), heartbeatEveryMs);
    const { runId } = info.workflowExecution ?? {};
    const scratchDir = path.join(deps.scratchRoot, `look-up-${runId}-${info.attempt}`);
    let doing = 'it began';
    try {
      await mkdir(scratchDir, { recursive: true });
      const request = await requestOf(deps, input, scratchDir);
      const stop = AbortSignal.any([cancellationSignal, limit]);
      return await lookUpInChild(request, stop, (what) => (doing = what));
    } catch (error) {
      if (cancellationSignal.aborted) throw failureOfCancellation(cancellationSignal.reason);
      if (limit.aborted) return tooLong(limitMs, doing);
      if (error instanceof TablegateError) return refused(error.code, error.message);
      deps.log.error({ err: error, taskId: input.taskId }, 'a look-up failed');
      throw ApplicationFailure.nonRetryable('The look-up failed.', 'LookUpFailed');
    } finally {
      clearInterval(heartbeat);
      await rm(scratchDir, { recursive: true, force: true });
    }
  };
}

/** @throws TablegateError sourcesChanged where the task cannot be reached as it is set up now */
async function requestOf(
  deps: Deps,
  { tenant, taskNumber, tables, config, question }: LookUpInput,
  scratchDir: string,
): Promise<LookUpRequest> {
  try {
    const task = {
      ...{ tenant, taskNumber, config: idMappingConfigSchema.parse(config) },
      tables: await resolveTables(deps.store, tenant, tables, true),
      connection: (name: string) => resolveConnection(deps, tenant, name),
    };
    return { ...(await placesOf(task, deps)), scratchDir, waitMs: sourceWaitMs, question };
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    throw new TablegateError('sourcesChanged', `${error.message} Edit the task and run it again.`, {
      cause: error,
    });
  }
}

function refused(code: ErrorCode, detail: string): LookUpAnswer {
  return { kind: 'refused', code, detail };
}

function tooLong(limitMs: number, doing: string): LookUpAnswer {
  return refused(
    'lookUpTooLarge',
    `It took longer than ${limitMs / 1000} s and was stopped while ${doing}; ask again when less is ` +
      'going on, or query the result in the analysis source.',
  );
}

/** A worker that shuts down hands the question to another one. */
function failureOfCancellation(reason: unknown): Error {
  if (reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN') {
    return ApplicationFailure.retryable('The worker was shut down.', 'WorkerShutdown');
  }
  return new CancelledFailure('Nobody waits for the answer any more.');
}
