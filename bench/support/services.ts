/** A new Temporal (dev server, database file) and a new PostgreSQL, as a first `up` starts them. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheDirOf } from '../../cli/launcher/cache-dir';
import { nextFreePort } from '../../cli/launcher/free-port';
import { pidFileOf } from '../../cli/launcher/orphans';
import { startPostgres, stopPostgres } from '../../cli/launcher/postgres-server';
import { provideTemporal } from '../../cli/launcher/provide-temporal';
import { startTemporal, stopTemporal, temporalNamespace } from '../../cli/launcher/temporal-server';

export interface Services {
  /** Folder (absolute) for all that the run leaves behind; removed at the end. */
  dir: string;
  temporal: { address: string; namespace: string; pid: number };
  postgres: { url: string; pid: number };
  stop(): Promise<void>;
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Starts both; what was started is stopped again where one fails. */
export async function startServices(): Promise<Services> {
  const dir = mkdtempSync(path.join(tmpdir(), 'tablegate-bench-'));
  // PostgreSQL may run as another user, who has to pass through.
  chmodSync(dir, 0o711);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgres({
      dataDir: dir,
      logFile: path.join(dir, 'postgres.log'),
      pidFile: pidFileOf(dir, 'postgres'),
      port: await nextFreePort(15_933),
      log: () => {},
    });
    stops.push(() => stopPostgres(postgres.child));
    const temporal = await startOwnTemporal(dir);
    stops.push(() => stopTemporal(temporal.child));
    return {
      dir,
      temporal: {
        address: temporal.address,
        namespace: temporalNamespace,
        pid: temporal.child.pid,
      },
      postgres: { url: postgres.url, pid: postgres.child.pid },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startOwnTemporal(dir: string) {
  const { env } = process;
  const port = await nextFreePort(17_933);
  return startTemporal({
    executable: await provideTemporal({ cacheDir: cacheDirOf(env), env, log }),
    dbFile: path.join(dir, 'temporal', 'temporal.db'),
    port,
    uiPort: await nextFreePort(port + 1_000),
    logFile: path.join(dir, 'temporal.log'),
    pidFile: pidFileOf(dir, 'temporal'),
    env,
  });
}
