/** Runs the metadata collection job as a worker does, into the catalogue of a store. */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { metadataCollectionConfigSchema } from '../../../activities/jobs/metadata-collection/config';
import {
  createMetadataCollectionJob,
  type CollectionLimits,
} from '../../../activities/jobs/metadata-collection/job';
import { TablegateError } from '../../../model/errors';
import type { JobConnection, JobContext } from '../../../model/job-type';
import type { CatalogueStore } from '../../../store';
import type { Sandbox } from '../../connectors/support/sandbox';

export interface CollectionRun {
  tenant: string;
  connections: Record<string, Omit<JobConnection, 'name'>>;
  config: Record<string, unknown>;
  signal?: AbortSignal;
  limits?: CollectionLimits;
  onChild?: (pid: number) => void;
}

/** @returns the job's answer and the lines of its log */
export async function runCollection(
  sandbox: Sandbox,
  catalogue: CatalogueStore,
  run: CollectionRun,
) {
  const job = createMetadataCollectionJob({
    catalogue,
    filesRoots: () => [sandbox.root],
    fake: true,
    ...(run.limits && { limits: run.limits }),
    ...(run.onChild && { onChild: run.onChild }),
  });
  const logs: string[] = [];
  type Config = ReturnType<typeof metadataCollectionConfigSchema.parse>;
  const context = {
    tenant: run.tenant,
    taskId: 'a'.repeat(32),
    taskNumber: '42',
    runId: 'run-1',
    config: metadataCollectionConfigSchema.parse(run.config),
    tables: [],
    connection: async (name: string) => {
      const connection = run.connections[name];
      if (connection) return { name, ...connection };
      throw new TablegateError('connectionNotFound', `There is no connection ${name}.`);
    },
    mayUse: async (userId: string) => userId !== 'former',
    fence: 1n,
    fencedAs: 'task-1',
    scratchDir: mkdtempSync(path.join(sandbox.scratch, 'try-')),
    signal: run.signal ?? new AbortController().signal,
    log: (level: string, line: string) => logs.push(`${level}: ${line}`),
    progress: () => undefined,
    table: () => undefined,
  } as unknown as JobContext<Config>;
  return { result: await job.run(context), logs };
}
