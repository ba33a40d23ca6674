/** The servers that a jest run has: one Temporal, one PostgreSQL, in a folder of their own. */
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheDirOf } from '../../../cli/launcher/cache-dir';
import { nextFreePort } from '../../../cli/launcher/free-port';
import { endOrphans, pidFileOf } from '../../../cli/launcher/orphans';
import { startPostgres, stopPostgres } from '../../../cli/launcher/postgres-server';
import { identityOf, isAlive, parseIdentity } from '../../../cli/launcher/process-identity';
import { provideTemporal } from '../../../cli/launcher/provide-temporal';
import { startTemporal, stopTemporal } from '../../../cli/launcher/temporal-server';
import { stopMariadb } from './mariadb';

export interface TestServers {
  /** `host:port`; its namespace is `tablegate`. */
  temporalAddress: string;
  /** URL of a database of the server; its role may create further ones. */
  databaseUrl: string;
  /** Folder of the run, for servers that are started when a test first needs them. */
  dir: string;
  stop(): Promise<void>;
}

const prefix = 'tablegate-test-';
const ownerFile = (dir: string) => path.join(dir, 'owner.json');
const log = (line: string) => process.stderr.write(`${line}\n`);

/** Starts both; what was started is stopped again when one fails. */
export async function startTestServers(): Promise<TestServers> {
  await endLeftovers();
  const dir = await mkdtemp(path.join(tmpdir(), prefix));
  // PostgreSQL may run as another user, who has to pass through.
  chmodSync(dir, 0o711);
  writeFileSync(ownerFile(dir), JSON.stringify(identityOf(process.pid)));
  const stops: (() => Promise<void>)[] = [];
  stops.push(() => stopMariadb(dir));
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgres({
      dataDir: dir,
      logFile: path.join(dir, 'logs', 'postgres.log'),
      pidFile: pidFileOf(dir, 'postgres'),
      port: await nextFreePort(15_433 + (process.pid % 500)),
      // What a test writes need not outlive a power failure, in either of the two.
      settings: ['fsync=off', 'max_connections=300'],
      log: () => {},
    });
    stops.push(() => stopPostgres(postgres.child));
    const port = await nextFreePort(17_233 + (process.pid % 500));
    const temporal = await startTemporal({
      executable: await provideTemporal({
        cacheDir: cacheDirOf(process.env),
        env: process.env,
        log,
      }),
      dbFile: path.join(dir, 'temporal', 'temporal.db'),
      port,
      uiPort: await nextFreePort(port + 1_000),
      logFile: path.join(dir, 'logs', 'temporal.log'),
      pidFile: pidFileOf(dir, 'temporal'),
      env: process.env,
      synced: false,
    });
    stops.push(() => stopTemporal(temporal.child));
    return { temporalAddress: temporal.address, databaseUrl: postgres.url, dir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Servers of runs that were killed: their owner is dead, so nobody needs them. */
async function endLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const dir = path.join(tmpdir(), name);
    if (!name.startsWith(prefix) || !existsSync(ownerFile(dir))) continue;
    const owner = parseIdentity(JSON.parse(readFileSync(ownerFile(dir), 'utf8')));
    if (owner && isAlive(owner)) continue;
    await stopMariadb(dir);
    await endOrphans(dir, log);
    rmSync(dir, { recursive: true, force: true });
  }
}
