/**
 * Runs the collection job in this process, as a worker does. The job is the build's: the processes that it
 * starts load what an installation loads, and compile nothing.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { metadataCollectionConfigSchema } from '../../activities/jobs/metadata-collection/config';
import type { JobContext, JobResult } from '../../model/job-type';
import type { Store } from '../../store';
import type { Places } from './places';

const { createMetadataCollectionJob } =
  require('../../dist/activities/jobs/metadata-collection/job') as typeof import('../../activities/jobs/metadata-collection/job');

type Config = ReturnType<typeof metadataCollectionConfigSchema.parse>;

export const connectionName = 'dw';

export async function runJob(
  dir: string,
  places: Places,
  store: Store,
  tenant: string,
  config: Record<string, unknown> = {},
): Promise<JobResult> {
  const job = createMetadataCollectionJob({ catalogue: store.catalogue, filesRoots: () => [] });
  const scratchDir = path.join(dir, `scratch-${process.hrtime.bigint()}`);
  mkdirSync(scratchDir);
  const context = {
    ...{ tenant, taskId: 'a'.repeat(32), taskNumber: '1', runId: 'b'.repeat(32), tables: [] },
    config: metadataCollectionConfigSchema.parse({ connection: connectionName, ...config }),
    connection: async () => ({ name: connectionName, type: 'postgres', config: places.source }),
    ...{ scratchDir, fence: 1n, signal: new AbortController().signal },
    ...{ log: () => undefined, progress: () => undefined, table: () => undefined },
  } as unknown as JobContext<Config>;
  const result = await job.run(context);
  if (result.summary.failed !== 0) throw new Error(JSON.stringify(result.summary));
  return result;
}
