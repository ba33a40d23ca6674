/** The job types that come with the product. */
import type { JobType } from '../../model/job-type';
import { createIdMappingJob, type IdMappingDeps } from './id-mapping/job';
import {
  createMetadataCollectionJob,
  type MetadataCollectionDeps,
} from './metadata-collection/job';
import { createSyncScriptJob } from './sync-script/job';

/** What the built-in job types need of their surroundings. */
type JobDeps = IdMappingDeps & MetadataCollectionDeps;

/** @returns the built-in job types, ready to register */
export function createJobTypes(deps: JobDeps): JobType[] {
  return [
    createIdMappingJob(deps),
    createMetadataCollectionJob(deps),
    createSyncScriptJob(deps),
  ] as JobType[];
}
