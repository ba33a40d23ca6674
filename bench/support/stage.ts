/** Everything that a benchmark runs on: the services, and one server process for each side. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { writeFileSync } from 'node:fs';
import { apiClient, type ApiClient } from '../../cli/api-client';
import { bareQueue } from '../bare/names';
import { startServices, type Services } from './services';
import { startSide, type SideProcess } from './side-process';
import { sum } from './statistics';
import type { Side } from './turns';
import { cpuSeconds, machineSeconds } from './process-usage';

export interface Stage {
  services: Services;
  /** Data folder of ours. */
  dataDir: string;
  client: Client;
  /** Ours, as its first admin calls it. */
  api: ApiClient;
  /** The key of that admin. */
  key: string;
  sides: Record<Side, SideProcess>;
  stop(): Promise<void>;
}

/** Most jobs that our worker runs at once: as many as cells of a backfill are under way. */
export const maxJobs = 16;

/**
 * Starts everything.
 * @param profileDir folder for CPU profiles of both servers; null: none
 */
export async function openStage(profileDir: string | null): Promise<Stage> {
  const services = await startServices();
  const stops = [() => services.stop()];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const ours = await startOurs(services, profileDir);
    stops.push(() => ours.stop());
    const bare = await startBare(services, profileDir);
    stops.push(() => bare.stop());
    const { address, namespace } = services.temporal;
    const connection = await Connection.connect({ address });
    stops.push(() => connection.close());
    const key = adminKeyOf(services);
    return {
      ...{ services, stop, key, dataDir: dataDirOf(services) },
      client: new Client({ connection, namespace }),
      api: apiClient({ url: ours.url ?? '', key }),
      sides: { ours, bare },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const dataDirOf = ({ dir }: Services): string => path.join(dir, 'data');

function adminKeyOf(services: Services): string {
  return readFileSync(path.join(dataDirOf(services), 'admin.key'), 'utf8').trim();
}

/** Where Temporal is, for both sides in the same words. */
function temporalEnv({ dir, temporal }: Services): NodeJS.ProcessEnv {
  return {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_CONFIG_FILE: path.join(dir, 'no-profiles.toml'),
  };
}

function startOurs(services: Services, profileDir: string | null): Promise<SideProcess> {
  const dataDir = dataDirOf(services);
  mkdirSync(dataDir);
  return startSide({
    entry: path.resolve(__dirname, '../ours/server.ts'),
    env: {
      ...temporalEnv(services),
      ...{ PORT: '0', TABLEGATE_DATA_DIR: dataDir, DATABASE_URL: services.postgres.url },
      TABLEGATE_MAX_JOBS: String(maxJobs),
    },
    logFile: path.join(services.dir, 'ours.log'),
    profileDir: profileDir && path.join(profileDir, 'ours'),
  });
}

async function startBare(services: Services, profileDir: string | null): Promise<SideProcess> {
  const codePath = path.join(services.dir, 'bare-workflows.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../bare/workflows.ts'),
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(codePath, code);
  return startSide({
    entry: path.resolve(__dirname, '../bare/worker.ts'),
    env: {
      ...temporalEnv(services),
      ...{ BENCH_TASK_QUEUE: bareQueue, BENCH_WORKFLOW_CODE: codePath },
    },
    logFile: path.join(services.dir, 'bare.log'),
    profileDir: profileDir && path.join(profileDir, 'bare'),
  });
}

/** Seconds of CPU by process; `others` is what has nothing to do with the measurement. */
export type CpuByProcess = Record<
  'ours' | 'bare' | 'temporal' | 'postgres' | 'measuring' | 'others',
  number
>;

/** Seconds of CPU that each process has taken so far; 0 where the system does not say. */
export function cpuSoFar({ services, sides }: Stage): CpuByProcess {
  const known = {
    ours: cpuSeconds(sides.ours.pid) ?? 0,
    bare: cpuSeconds(sides.bare.pid) ?? 0,
    temporal: cpuSeconds(services.temporal.pid) ?? 0,
    postgres: cpuSeconds(services.postgres.pid) ?? 0,
    measuring: ownSeconds(),
  };
  return { ...known, others: (machineSeconds() ?? 0) - sum(Object.values(known)) };
}

/** Of this process alone: the others are its children. */
function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What was taken between two readings. */
export function cpuBetween(from: CpuByProcess, to: CpuByProcess): CpuByProcess {
  const names = Object.keys(from) as (keyof CpuByProcess)[];
  const taken = names.map((name) => [name, Number((to[name] - from[name]).toFixed(2))] as const);
  return Object.fromEntries(taken) as CpuByProcess;
}
