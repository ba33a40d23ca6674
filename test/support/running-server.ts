/**
 * The whole service in the process of a test: real Temporal, PostgreSQL, worker and jobs. An
 * installation has a database, a data folder and a task queue of its own; any number of servers
 * may run over it, one after another or at the same time.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { readSettings } from '../../config';
import type { JobType } from '../../model/job-type';
import { runServer, type ServerRoles } from '../../server';
import { patience } from './patience';
import { makeDatabase } from './servers/databases';
import { TestClient } from './test-client';
import { workflowBundle } from './workflow-bundle';

export interface StartOptions {
  /** Both by default. */
  roles?: Partial<ServerRoles>;
  jobTypes?: JobType[];
  /** In place of the Temporal and the database of the test run. */
  temporalAddress?: string;
  databaseUrl?: string;
  /** 1 where the test is about a Temporal, a worker or a store that does not answer. */
  patience?: number;
  /** Settings beside those that every test has. */
  env?: NodeJS.ProcessEnv;
}

export interface TestServer {
  /** Base URL of the API; empty without that role. */
  url: string;
  /** Calls the API with the key of the first admin. */
  api: TestClient;
  stop(): Promise<void>;
}

export interface Installation {
  dataDir: string;
  /** A folder below which connections may lie. */
  filesDir: string;
  databaseUrl: string;
  start(options?: StartOptions): Promise<TestServer>;
  /** All log lines of its servers so far, debug lines and those of the workers included. */
  logged(): string;
  /** Stops what still runs and removes everything. */
  end(): Promise<void>;
}

/** What the workers of this process say; one runtime serves them all. */
let workersSaid = '';
Runtime.install({
  logger: new DefaultLogger(
    'INFO',
    (entry) => (workersSaid += `${JSON.stringify(entry, plain)}\n`),
  ),
});

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Error ? value.stack : value;
}

export const temporalUiUrl = 'http://temporal-ui.test';

export async function makeInstallation(): Promise<Installation> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'tablegate-api-')));
  chmodSync(dir, 0o711);
  const dataDir = path.join(dir, 'data');
  const filesDir = path.join(dir, 'sources');
  await mkdir(filesDir);
  const database = await makeDatabase();
  const taskQueue = `test-${randomBytes(6).toString('hex')}`;
  const running = new Set<TestServer>();
  let text = '';
  const log = pino({ level: 'debug' }, { write: (line: string) => void (text += line) });

  const start = async (options: StartOptions = {}): Promise<TestServer> => {
    const { roles = {}, jobTypes = [], databaseUrl = database.url } = options;
    const settings = readSettings({
      ...{ PORT: '0', TABLEGATE_DATA_DIR: dataDir, DATABASE_URL: databaseUrl },
      ...{ TABLEGATE_FILES_ROOTS: filesDir, TABLEGATE_TASK_QUEUE: taskQueue },
      ...{
        TABLEGATE_TEMPORAL_UI_URL: temporalUiUrl,
        TABLEGATE_PATIENCE: String(options.patience ?? patience),
      },
      ...options.env,
    });
    const bundle = await workflowBundle();
    const server = await oneAtATime(() => {
      process.env.TEMPORAL_ADDRESS = options.temporalAddress ?? process.env.TEST_TEMPORAL_ADDRESS;
      process.env.TEMPORAL_NAMESPACE = 'tablegate';
      process.env.TEMPORAL_CONFIG_FILE = path.join(dir, 'no-profiles.toml');
      const both = { api: true, worker: true, ...roles };
      return runServer({ settings, roles: both, jobTypes, log, workflowBundle: bundle });
    });
    const url = server.url ?? '';
    const adminKey = (await readFile(path.join(dataDir, 'admin.key'), 'utf8')).trim();
    const started: TestServer = {
      url,
      api: new TestClient(url, adminKey),
      stop: async () => {
        if (running.delete(started)) await server.stop();
      },
    };
    running.add(started);
    return started;
  };

  return {
    ...{ dataDir, filesDir, databaseUrl: database.url, start },
    logged: () => text + workersSaid,
    end: async () => {
      await Promise.all([...running].map((server) => server.stop()));
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** An installation with one server that does everything. */
export async function startServer(
  options: StartOptions = {},
): Promise<{ installation: Installation; server: TestServer }> {
  const installation = await makeInstallation();
  try {
    return { installation, server: await installation.start(options) };
  } catch (error) {
    await installation.end();
    throw error;
  }
}

let turn: Promise<unknown> = Promise.resolve();

/** Where Temporal is stands in the environment, which all servers of this process share. */
function oneAtATime<T>(start: () => Promise<T>): Promise<T> {
  const mine = turn.then(start, start);
  turn = mine.catch(() => undefined);
  return mine;
}
