/** A job whose runs go on until the test lets them end. */
import { z } from 'zod';
import { defineJobType, JobError, type JobContext, type JobResult } from '../../model/job-type';

export interface HeldRun {
  runId: string;
  taskId: string;
  config: unknown;
  /** Names of the registered tables that it was given. */
  tables: string[];
  succeed(): void;
  fail(message: string): void;
}

/** A job type `held`, and its runs in the order in which they begin. */
export function heldJobs() {
  const begun: HeldRun[] = [];
  const waiting: { taskId: string | null; take: (run: HeldRun) => void }[] = [];

  const hand = (run: HeldRun): void => {
    const index = waiting.findIndex(({ taskId }) => taskId === null || taskId === run.taskId);
    if (index === -1) begun.push(run);
    else waiting.splice(index, 1)[0]!.take(run);
  };

  const hold = (context: JobContext<unknown>) =>
    new Promise<JobResult>((resolve, reject) => {
      const run: HeldRun = {
        ...{ runId: context.runId, taskId: context.taskId, config: context.config },
        tables: context.tables.map(({ name }) => name),
        succeed: () => resolve({ tables: [], summary: {} }),
        fail: (message) => reject(new JobError(message)),
      };
      const { signal } = context;
      const end = (): void => reject(signal.reason as Error);
      // It may be over before the job has begun.
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
      hand(run);
    });

  return {
    jobType: defineJobType({
      type: 'held',
      title: 'Held by a test',
      configSchema: z.unknown(),
      needsIdMapping: false,
      lineage: ({ tables }) => ({ reads: tables, writes: [] }),
      run: hold,
    }),
    /** The next run whose job has begun: of any task, or of one. */
    next: (taskId: string | null = null): Promise<HeldRun> => {
      const index = begun.findIndex((run) => taskId === null || taskId === run.taskId);
      if (index !== -1) return Promise.resolve(begun.splice(index, 1)[0]!);
      return new Promise((take) => waiting.push({ taskId, take }));
    },
  };
}

export type HeldJobs = ReturnType<typeof heldJobs>;
