/** Wires the workers: one for workflows and projections, one for jobs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker, type NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import type { Activities } from './activities/activities';
import { jobQueue } from './model/names';

export interface WorkerOptions {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  activities: Activities;
  /** Most jobs at the same time. */
  maxJobs: number;
  /** Workflow code that was bundled before; by default the build's, or bundled at the start. */
  workflowBundle?: WorkflowBundleOption;
}

/** Activities in progress are given this long when the worker is told to end. */
const shutdownGraceTime = '2 s';
const shutdownForceTime = '8 s';
/** So that a cancellation reaches a job within two seconds. */
const heartbeatThrottle = '1 s';

/** Two workers that live and end together. */
export interface Workers {
  /** Settles when both have ended; rejects where one of them fails. */
  done: Promise<void>;
  /** Drains both. */
  shutdown(): void;
}

/** Makes and starts the workers. */
export async function startWorkers(options: WorkerOptions): Promise<Workers> {
  const { connection, namespace, taskQueue, activities, maxJobs } = options;
  const shared = { connection, namespace, shutdownGraceTime, shutdownForceTime } as const;
  const { runJob, ...others } = activities;
  const main = await Worker.create({
    ...shared,
    taskQueue,
    activities: others,
    ...workflowSource(options.workflowBundle),
  });
  const jobs = await Worker.create({
    ...shared,
    taskQueue: jobQueue(taskQueue),
    activities: { runJob },
    maxConcurrentActivityTaskExecutions: maxJobs,
    maxHeartbeatThrottleInterval: heartbeatThrottle,
    defaultHeartbeatThrottleInterval: heartbeatThrottle,
  });
  const workers = [main, jobs];
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
  return { done: Promise.all(running).then(() => undefined), shutdown };
}

function workflowSource(
  given: WorkflowBundleOption | undefined,
): { workflowBundle: WorkflowBundleOption } | { workflowsPath: string } {
  if (given) return { workflowBundle: given };
  const codePath = path.join(__dirname, 'workflow-bundle.js');
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return { workflowsPath: require.resolve('./workflows') };
}
