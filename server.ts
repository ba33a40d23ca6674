/** Wires one server process: the API, a worker, or both. */
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { WorkflowBundleOption } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import { createActivities } from './activities';
import { openScratch } from './activities/scratch';
import { createJobTypes } from './activities/jobs';
import { makeApp } from './api/app';
import { listen, type Listening } from './api/main';
import { filesRootsOf, SettingsError, type Settings } from './config';
import type { JobType } from './model/job-type';
import { createScheduling } from './scheduling';
import { installationSecret, refuseOtherSecret, takeFirstSteps } from './scheduling/first-steps';
import { TemporalGateway } from './scheduling/gateway';
import { registerSearchAttributes } from './scheduling/search-attributes';
import { keepWatchdog } from './scheduling/keep-watchdog';
import { makeTemporalPort } from './scheduling/temporal-port';
import { migrate, openStore, type Store } from './store';
import { digest, Secrets } from './store/secrets';
import { superviseWorkers, type RunningWorkers } from './worker';

/** Where the build puts the console; run from source, it is that of the latest build. */
const built = __filename.endsWith('.ts') ? path.join(__dirname, 'dist') : __dirname;
const consoleDir = path.join(built, 'console');

export interface ServerRoles {
  api: boolean;
  worker: boolean;
}

export interface RunningServer {
  /** Where the API answers; null without that role. */
  url: string | null;
  /** Settles only if the server cannot go on; the process is to be started anew. */
  failed: Promise<Error>;
  /** Drains and ends: no new calls, those under way answered, jobs handed on. */
  stop(): Promise<void>;
}

/** Everything that the parts of a server share. */
export interface Parts {
  settings: Settings;
  log: Logger;
  store: Store;
  secrets: Secrets;
  jobTypes: Map<string, JobType>;
  client: Client;
  gateway: TemporalGateway;
  searchAttributes: { available: boolean };
  close(): Promise<void>;
}

/**
 * Starts a server process. The store is migrated first; Temporal may still be on its way up, or
 * away: the API answers 503 to what needs it, the worker tries again.
 * @param options.jobTypes job types beside the built-in ones
 * @param options.log takes what the server has to say; its standard output by default
 * @param options.workflowBundle workflow code that was bundled before
 * @throws SettingsError where a setting is missing; TablegateError storeUnavailable
 */
export async function runServer(options: {
  settings: Settings;
  roles: ServerRoles;
  jobTypes?: JobType[];
  log?: Logger;
  workflowBundle?: WorkflowBundleOption;
}): Promise<RunningServer> {
  const { settings, roles, workflowBundle } = options;
  const parts = await openParts(settings, options.jobTypes, options.log);
  try {
    return await start(parts, roles, workflowBundle);
  } catch (error) {
    await parts.close();
    throw error;
  }
}

async function start(
  parts: Parts,
  roles: ServerRoles,
  workflowBundle: WorkflowBundleOption | undefined,
): Promise<RunningServer> {
  const { log, settings } = parts;
  if (roles.api) await takeFirstSteps(parts.store, settings, log);
  const api = roles.api ? await startApi(parts) : null;
  const workers = roles.worker ? await startWorker(parts, workflowBundle) : null;
  const stopping = new AbortController();
  const registering = registerSearchAttributes(parts.client, log, stopping.signal).then(
    (available) => void (parts.searchAttributes.available = available),
    (error: unknown) => log.debug({ err: error }, 'search attributes'),
  );
  // Who takes jobs of groups alone has no worker that the watchdog could run on.
  const watches = roles.worker && settings.groupQueue === null;
  const watching = watches ? keepWatchdog(parts, stopping.signal) : Promise.resolve();
  return {
    url: api?.url ?? null,
    failed: workers?.failed ?? new Promise(() => undefined),
    async stop() {
      stopping.abort();
      const ends = await Promise.allSettled([api?.close(), workers?.stop(), registering, watching]);
      await parts.close();
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
  };
}

/**
 * Opens store and Temporal as the settings name them, for a server or a command; the store is
 * migrated first.
 * @throws SettingsError where DATABASE_URL is missing; TablegateError storeUnavailable
 */
export async function openParts(
  settings: Settings,
  extraJobTypes: JobType[] = [],
  log: Logger = pino({ level: settings.logLevel, base: null }),
): Promise<Parts> {
  if (settings.databaseUrl === null) {
    throw new SettingsError(
      'DATABASE_URL is not set. Name a PostgreSQL, or use "tablegate up", which brings its own.',
    );
  }
  // Read before anything is opened: a profile that cannot be read ends the start.
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const note = (line: string): void => log.info(line);
  await migrate(settings.databaseUrl, { log: note });
  const secrets = new Secrets(await installationSecret(settings));
  const store = await openStore(settings.databaseUrl, {
    log: note,
    patience: settings.patience,
    tokenDigest: (tenant, taskId, table, version) =>
      digest(secrets.triggerToken(tenant, taskId, table, version)),
  });
  try {
    await refuseOtherSecret(store, secrets);
  } catch (error) {
    await store.close();
    throw error;
  }
  const client = new Client({
    connection: Connection.lazy(connectionOptions),
    ...(namespace !== undefined && { namespace }),
  });
  const searchAttributes = { available: false };
  const gateway = new TemporalGateway(client, {
    taskQueue: settings.taskQueue,
    uiUrl: settings.temporalUiUrl,
    searchAttributes: () => searchAttributes.available,
    patience: settings.patience,
  });
  const types = [
    ...createJobTypes({
      filesRoots: (tenant) => filesRootsOf(settings, tenant),
      catalogue: store.catalogue,
    }),
    ...extraJobTypes,
  ];
  const jobTypes = new Map(types.map((jobType) => [jobType.type, jobType]));
  return {
    ...{ settings, log, store, secrets, jobTypes, client, gateway, searchAttributes },
    async close() {
      await gateway.settled();
      await client.connection.close();
      await store.close();
    },
  };
}

async function startApi(parts: Parts): Promise<Listening> {
  const { log } = parts;
  const settings = { ...parts.settings };
  const scheduling = createScheduling({ ...parts, settings });
  const app = makeApp({ scheduling, settings, log, consoleDir });
  const listening = await listen(app, settings);
  // Port 0 is whichever is free: which one that is, and so the URLs that are handed out, is known
  // only from here on.
  const { port } = new URL(listening.url);
  settings.publicUrl = settings.publicUrl.replace(/:0$/, `:${port}`);
  log.info({ url: listening.url }, 'the API listens');
  return {
    url: listening.url,
    async close() {
      const closing = listening.close();
      // Streams have no end of their own that could be waited for.
      scheduling.events.close();
      await closing;
      await scheduling.close();
    },
  };
}

async function startWorker(
  parts: Parts,
  workflowBundle: WorkflowBundleOption | undefined,
): Promise<RunningWorkers> {
  const { settings, log, store, secrets, jobTypes, gateway, client } = parts;
  const activities = createActivities({
    ...{ store, secrets, jobTypes, log },
    temporal: makeTemporalPort(client, gateway, settings.taskQueue),
    searchAttributes: () => parts.searchAttributes.available,
    webhookHosts: settings.webhookHosts,
    retention: settings.retention,
    filesRoots: (tenant) => filesRootsOf(settings, tenant),
    scratchRoot: await openScratch(path.join(settings.dataDir, 'scratch')),
  });
  return superviseWorkers({
    ...{ activities, log },
    ...(workflowBundle && { workflowBundle }),
    namespace: client.options.namespace,
    taskQueue: settings.taskQueue,
    groupQueue: settings.groupQueue,
    maxJobs: settings.maxJobs,
  });
}
