/** Runs the collection job as a worker does: in this process, or in one of its own that is measured. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JobResult } from '../../model/job-type';
import type { CatalogueStore } from '../../store/store';
import type { Store } from '../../store';
import { measureProcess, type MeasuredRun } from '../support/measured-process';
import type { Places } from './places';

interface Work {
  scratchDir: string;
  source: Places['source'];
  /** What is set beside the connection. */
  config: Record<string, unknown>;
}

const job = require('./run-job.cjs') as {
  connectionName: string;
  runJob(work: Work & { catalogue: CatalogueStore; tenant: string }): Promise<JobResult>;
};

export const { connectionName } = job;

export function runJob(
  dir: string,
  { source }: Places,
  store: Store,
  tenant: string,
  config: Record<string, unknown>,
): Promise<JobResult> {
  return inScratchDir(dir, (scratchDir) =>
    job.runJob({ catalogue: store.catalogue, tenant, scratchDir, source, config }),
  );
}

/** @returns what it used, without what is garbage after a slice of tables */
export function runJobAlone(
  dir: string,
  { source }: Places,
  storeUrl: string,
  config: Record<string, unknown>,
): Promise<MeasuredRun> {
  return inScratchDir(dir, async (scratchDir) => {
    const file = path.join(scratchDir, 'work.json');
    const work: Work & { storeUrl: string } = { storeUrl, scratchDir, source, config };
    writeFileSync(file, JSON.stringify(work));
    const starter = path.join(__dirname, 'run-collection.cjs');
    const { run } = await measureProcess(
      process.execPath,
      ['--expose-gc', starter, file],
      process.env,
    );
    return run;
  });
}

async function inScratchDir<T>(dir: string, work: (scratchDir: string) => Promise<T>): Promise<T> {
  const scratchDir = path.join(dir, `scratch-${process.hrtime.bigint()}`);
  mkdirSync(scratchDir);
  try {
    return await work(scratchDir);
  } finally {
    rmSync(scratchDir, { recursive: true });
  }
}
