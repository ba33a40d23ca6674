/** A Temporal server of our own: the CLI's dev server, with its UI and a database file. */
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import { readLogFrom } from './child-log';
import { howToEnd } from './orphans';
import { describeEnding, startChild, type Child } from './child';

export interface TemporalServerOptions {
  /** Path of a `temporal` CLI. */
  executable: string;
  /** Database file (absolute); made when it is not there, its folder too. */
  dbFile: string;
  /** Free ports of the loopback for gRPC and for the UI. */
  port: number;
  uiPort: number;
  logFile: string;
  pidFile?: string;
  /** False: what is written need not outlive a power failure, and is not waited for. */
  synced?: boolean;
  env: NodeJS.ProcessEnv;
  /** Ends the start when aborted. */
  signal?: AbortSignal;
}

export interface TemporalServer {
  /** `host:port` of its gRPC service. */
  address: string;
  uiUrl: string;
  child: Child;
}

/** Everything of ours is in this namespace; `default` keeps closed runs for a day only. */
export const temporalNamespace = 'tablegate';

/** A year: records older than that are in the store only. */
const retentionMs = 365 * 24 * 60 * 60 * 1000;

/** A first start makes its schema: a few seconds for two slow cores, far more for busy ones. */
const healthyWithinMs = 180_000;

/** A server that lives this long without a word has its ports; other versions may say nothing. */
const silentStartMs = 10_000;

/**
 * How many workflows its Schedules may start in a second; the server's own default is 30. It starts
 * them through local activities of five seconds, and what it does not take by then comes a minute
 * later. With one database file of which every write is synced it takes fewer than 30 with all that
 * they bring: of 300 recurring tasks due in one second 186 had started after 114 s at the default, and all
 * of them by 108 s at this rate.
 */
const scheduleStartsPerSecond = 10;

/**
 * The command line of the server for these options. Its database writes ahead into a log: as durable
 * as the server's default, with one sync a transaction in place of several (of 400 workflows started
 * and signalled, 2.2 to 2.5 s in place of 4.9 to 16).
 */
export function temporalServerArgs(options: TemporalServerOptions): string[] {
  const synchronous = options.synced === false ? 'OFF' : 'FULL';
  return [
    'server',
    'start-dev',
    '--headless=false',
    ...['--ip', '127.0.0.1', '--port', String(options.port), '--ui-port', String(options.uiPort)],
    ...['--db-filename', options.dbFile, '--namespace', temporalNamespace],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', `synchronous=${synchronous}`],
    '--dynamic-config-value',
    `worker.schedulerNamespaceStartWorkflowRPS=${scheduleStartsPerSecond}`,
    ...['--log-level', 'warn', '--log-format', 'json', '--color', 'never'],
  ];
}

/**
 * Starts the server and waits until its namespace answers, with a year's retention.
 * @throws Error with the last lines' file when it ends or is not healthy within a minute; it is
 *   stopped then
 */
export async function startTemporal(options: TemporalServerOptions): Promise<TemporalServer> {
  prepareDatabase(options.dbFile);
  const logFrom = statSync(options.logFile, { throwIfNoEntry: false })?.size ?? 0;
  const child = await startChild({
    name: 'Temporal',
    command: options.executable,
    args: temporalServerArgs(options),
    env: withoutTemporalSettings(options.env),
    logFile: options.logFile,
    pidFile: options.pidFile,
  });
  const address = `127.0.0.1:${options.port}`;
  try {
    await untilHealthy(address, child, logFrom, options.signal);
  } catch (error) {
    await stopTemporal(child);
    throw error;
  }
  writeFileSync(completeMark(options.dbFile), '');
  return { address, uiUrl: `http://127.0.0.1:${options.uiPort}`, child };
}

/** Ends the server in order. */
export async function stopTemporal(child: Child): Promise<void> {
  await child.stop(howToEnd.temporal.signal, howToEnd.temporal.graceMs);
}

const completeMark = (dbFile: string) => `${dbFile}.complete`;

/**
 * The server makes its schema only when there is no file, so one that a first start left half-made
 * would never work. It holds nothing yet, as nobody was ever served from it.
 */
function prepareDatabase(dbFile: string): void {
  mkdirSync(path.dirname(dbFile), { recursive: true, mode: 0o700 });
  if (!existsSync(dbFile) || existsSync(completeMark(dbFile))) return;
  for (const suffix of ['-journal', '-wal', '-shm', '']) {
    if (existsSync(dbFile + suffix)) renameSync(dbFile + suffix, `${dbFile}.incomplete${suffix}`);
  }
}

/** Settings that are meant for clients of another Temporal would reach this one's CLI. */
function withoutTemporalSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/**
 * Whether the server has said that it serves, which it does once it has its ports. Before that, an
 * answer at the address may come from another Temporal, which took the port in the same moment.
 */
function hasItsPort(logFile: string, logFrom: number): boolean {
  return /\bServer:\s+\S+:\d+/.test(readLogFrom(logFile, logFrom));
}

async function untilHealthy(
  address: string,
  child: Child,
  logFrom: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const since = Date.now();
  const deadline = since + healthyWithinMs;
  let last: unknown;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    const ending = child.ending();
    if (ending) {
      throw new Error(
        `Temporal ended at its start (${describeEnding(ending)}), see ${child.logFile}`,
      );
    }
    if (!hasItsPort(child.logFile, logFrom) && Date.now() - since < silentStartMs) {
      await sleep(50);
      continue;
    }
    try {
      return await keepRunsForAYear(address);
    } catch (error) {
      last = error;
      await sleep(100);
    }
  }
  throw new Error(
    `Temporal is not healthy after ${healthyWithinMs / 1000} s, see ${child.logFile}`,
    {
      cause: last,
    },
  );
}

async function keepRunsForAYear(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.withDeadline(Date.now() + 5_000, async () => {
      const namespace = { namespace: temporalNamespace };
      const { config } = await connection.workflowService.describeNamespace(namespace);
      if (tsToMs(config?.workflowExecutionRetentionTtl) === retentionMs) return;
      await connection.workflowService.updateNamespace({
        ...namespace,
        config: { workflowExecutionRetentionTtl: msToTs(retentionMs) },
      });
    });
  } finally {
    await connection.close();
  }
}
