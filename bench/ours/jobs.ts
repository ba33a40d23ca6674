/** Job types that only benchmarks have. */
import { z } from 'zod';
import { defineJobType, type JobContext, type JobResult } from '../../model/job-type';
import { tellParent } from '../support/child-messages';

/** A job type that touches nothing. */
function makeJob(type: string, title: string, run: (context: JobContext<object>) => void) {
  return defineJobType<object>({
    ...{ type, title, configSchema: z.strictObject({}), needsIdMapping: false },
    lineage: () => ({ reads: [], writes: [] }),
    async run(context): Promise<JobResult> {
      run(context);
      return { tables: [], summary: {} };
    },
  });
}

export const doNothingJob = makeJob('bench-nothing', 'Does nothing', () => {});

/** Does nothing, but tells when its first line was reached. */
export const tellStartJob = makeJob('bench-tell', 'Tells when it starts', ({ taskId, runId }) => {
  tellParent({ kind: 'started', of: taskId, run: runId, at: Date.now() });
});
