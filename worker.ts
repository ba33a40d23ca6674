/** Wires the workers: one for workflows and projections, one each for jobs, webhooks and look-ups. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Activities } from './activities/activities';
import { jobQueue, lookUpQueue, noticeQueue } from './model/names';

export interface WorkerOptions {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /**
   * Task queue of resource groups: the process takes their jobs and nothing else. Null: all that the
   * installation has to do, but for the jobs of groups.
   */
  groupQueue?: string | null;
  activities: Activities;
  /** Most jobs at the same time. */
  maxJobs: number;
  /** Workflow code that was bundled before; by default the build's, or bundled at the start. */
  workflowBundle?: WorkflowBundleOption;
}

/** Activities in progress are given this long when the worker is told to end. */
const shutdownGraceTime = '2 s';
const shutdownForceTime = '8 s';
/** So that a cancellation reaches a job, or a look-up, within two seconds. */
const heartbeatThrottle = '1 s';

/**
 * The SDK ends workflow code that takes longer than this in the middle of what it does, which kills
 * the whole process ("async hook stack has become corrupted"); its own 5 seconds pass on a machine
 * that is busy with other things. Ours has no endless loop, and past 10 seconds the server gives the
 * same work out anew by itself.
 */
const isolateExecutionTimeout = '120 s';

/** Most notices on their way at the same time; each may take ten seconds. */
const mostDeliveries = 20;

/** Most look-ups at the same time; each has a process of its own, beside those of jobs. */
const mostLookUps = 2;

/** Workers that live and end together. */
export interface Workers {
  /** Settles when all have ended; rejects where one of them fails. */
  done: Promise<void>;
  /** Drains them. */
  shutdown(): void;
}

/** Makes and starts the workers. */
export async function startWorkers(options: WorkerOptions): Promise<Workers> {
  const { taskQueue, groupQueue = null } = options;
  const workers =
    groupQueue === null
      ? [await jobWorker(options, taskQueue), ...(await otherWorkers(options))]
      : [await jobWorker(options, groupQueue)];
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const running = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      shutdown();
    }
  });
  return { done: allEnded(running), shutdown };
}

function sharedOptions({ connection, namespace }: WorkerOptions) {
  return {
    ...{ connection, namespace, shutdownGraceTime, shutdownForceTime, isolateExecutionTimeout },
  } as const;
}

function jobWorker(options: WorkerOptions, taskQueue: string): Promise<Worker> {
  const { runJob } = options.activities;
  return Worker.create({
    ...sharedOptions(options),
    taskQueue: jobQueue(taskQueue),
    activities: { runJob },
    maxConcurrentActivityTaskExecutions: options.maxJobs,
    maxHeartbeatThrottleInterval: heartbeatThrottle,
    defaultHeartbeatThrottleInterval: heartbeatThrottle,
  });
}

/** Those of workflows and projections, of notices and of look-ups. */
async function otherWorkers(options: WorkerOptions): Promise<Worker[]> {
  const { taskQueue, activities } = options;
  const shared = sharedOptions(options);
  const { runJob: _runJob, deliverNotice, answerLookUp, ...others } = activities;
  const main = await Worker.create({
    ...shared,
    taskQueue,
    activities: others,
    ...workflowSource(options.workflowBundle),
  });
  const notices = await Worker.create({
    ...shared,
    taskQueue: noticeQueue(taskQueue),
    activities: { deliverNotice },
    maxConcurrentActivityTaskExecutions: mostDeliveries,
  });
  const lookUps = await Worker.create({
    ...shared,
    taskQueue: lookUpQueue(taskQueue),
    activities: { answerLookUp },
    maxConcurrentActivityTaskExecutions: mostLookUps,
    maxHeartbeatThrottleInterval: heartbeatThrottle,
    defaultHeartbeatThrottleInterval: heartbeatThrottle,
  });
  return [main, notices, lookUps];
}

/** Waits for all of them, whatever becomes of one; then the first failure counts. */
async function allEnded(running: Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(running);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

function workflowSource(
  given: WorkflowBundleOption | undefined,
): { workflowBundle: WorkflowBundleOption } | { workflowsPath: string } {
  if (given) return { workflowBundle: given };
  const codePath = path.join(__dirname, 'workflow-bundle.js');
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return { workflowsPath: require.resolve('./workflows') };
}

const firstTryMs = 500;
const longestTryMs = 10_000;

export interface RunningWorkers {
  /** Settles only if the workers cannot go on. */
  failed: Promise<Error>;
  /** Drains them; resolves when all have ended. */
  stop(): Promise<void>;
}

/** Connects to Temporal, however long that takes, and keeps the workers running. */
export function superviseWorkers(
  options: Omit<WorkerOptions, 'connection'> & { log: Logger },
): RunningWorkers {
  const stopping = new AbortController();
  let fail: (error: Error) => void;
  const failed = new Promise<Error>((resolve) => (fail = resolve));
  const ended = run().catch((error: unknown) => {
    fail(error instanceof Error ? error : new Error(String(error)));
  });

  async function run(): Promise<void> {
    const connection = await connect(options.log, stopping.signal);
    if (!connection) return;
    const workers = await startWorkers({ ...options, connection });
    options.log.info('the worker is ready');
    if (stopping.signal.aborted) workers.shutdown();
    else stopping.signal.addEventListener('abort', () => workers.shutdown());
    // A worker that failed may keep the connection in use; the process is started anew then.
    await workers.done;
    await connection.close();
    if (!stopping.signal.aborted) throw new Error('the worker ended by itself');
  }

  return {
    failed,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** @returns null where it was told to stop first */
async function connect(log: Logger, signal: AbortSignal): Promise<NativeConnection | null> {
  const { connectionOptions } = loadClientConnectConfig();
  for (let waitMs = firstTryMs; !signal.aborted; waitMs = Math.min(waitMs * 2, longestTryMs)) {
    try {
      return await NativeConnection.connect(connectionOptions);
    } catch (error) {
      log.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'the worker cannot reach Temporal yet',
      );
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
  return null;
}
