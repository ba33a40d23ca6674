// Runs the collection job in this process, as a worker does. The job is the build's: the processes that it
// starts load what an installation loads, and compile nothing.
const {
  createMetadataCollectionJob,
} = require('../../dist/activities/jobs/metadata-collection/job');
const {
  metadataCollectionConfigSchema,
} = require('../../dist/activities/jobs/metadata-collection/config');

const connectionName = 'dw';
const ignore = () => {};

/** Throws where any table fails. */
async function runJob({ catalogue, scratchDir, source, tenant, config }) {
  const job = createMetadataCollectionJob({ catalogue, filesRoots: () => [] });
  const result = await job.run({
    ...{ tenant, taskId: 'a'.repeat(32), taskNumber: '1', runId: 'b'.repeat(32), tables: [] },
    config: metadataCollectionConfigSchema.parse({ connection: connectionName, ...config }),
    connection: async () => ({ name: connectionName, type: 'postgres', config: source }),
    ...{ scratchDir, fence: 1n, signal: new AbortController().signal },
    ...{ log: ignore, progress: ignore, table: ignore },
  });
  if (result.summary.failed !== 0) throw new Error(JSON.stringify(result.summary));
  return result;
}

module.exports = { connectionName, runJob };
