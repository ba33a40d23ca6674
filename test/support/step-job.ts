/** A job that is done at once, reads and writes what its config says, and fails when told to. */
import { z } from 'zod';
import { defineJobType, JobError } from '../../model/job-type';

const configSchema = z.strictObject({
  reads: z.array(z.string()).default([]),
  writes: z.array(z.string()).default([]),
  /** Of no effect; an edit may change it. */
  note: z.string().default(''),
});

/** A job type `step`, whose runs are noted. Its summary is the config that it ran with. */
export function stepJobs() {
  const ran: string[] = [];
  const broken = new Set<string>();
  return {
    jobType: defineJobType({
      type: 'step',
      title: 'Done at once',
      configSchema,
      needsIdMapping: false,
      lineage: ({ config: { reads, writes } }) => ({ reads, writes }),
      run: ({ taskId, config }) => {
        ran.push(taskId);
        if (broken.has(taskId)) return Promise.reject(new JobError('broken by the test'));
        return Promise.resolve({ tables: [], summary: config });
      },
    }),
    /** Ids of the tasks in the order in which their jobs began. */
    ran,
    /** Runs of the task that begin from now on fail. */
    break: (taskId: string): void => void broken.add(taskId),
    mend: (taskId: string): void => void broken.delete(taskId),
  };
}

export type StepJobs = ReturnType<typeof stepJobs>;
