import type { JobLineage, JobType } from './job-type';
import type { TaskView } from './task';

/**
 * What the job of a saved definition reads and writes; nothing where its type is not known here.
 * @param jobTypes by type
 */
export function lineageOf(
  jobTypes: ReadonlyMap<string, JobType>,
  task: Pick<TaskView, 'number' | 'tables' | 'job'>,
): JobLineage {
  const jobType = jobTypes.get(task.job.type);
  const parsed = jobType?.configSchema.safeParse(task.job.config);
  if (!jobType || !parsed?.success) return { reads: [], writes: [] };
  const tables = task.tables.map((table) => table.name);
  return jobType.lineage({ number: task.number, tables, config: parsed.data });
}
