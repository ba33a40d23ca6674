/** The job types that come with the product. */
import type { JobType } from '../../model/job-type';
import { createIdMappingJob, type IdMappingDeps } from './id-mapping/job';
import { createSyncScriptJob } from './sync-script/job';

/** What the built-in job types need of their surroundings. */
type JobDeps = IdMappingDeps;

/** @returns the built-in job types, ready to register */
export function createJobTypes(deps: JobDeps): JobType[] {
  return [createIdMappingJob(deps), createSyncScriptJob(deps)] as JobType[];
}
