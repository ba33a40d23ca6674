/** One start: everything that Tablegate needs, in one data folder, until it is stopped. */
import path from 'node:path';
import type { Settings } from '../../config';
import { describeEnding } from './child';
import { lastLines } from './child-log';
import { openDataFolder } from './data-folder';
import { externalTemporalAddress } from './external-temporal';
import type { FileLock } from './file-lock';
import { tryPort } from './free-port';
import { askOwnPostgres, askOwnTemporal, untilAnswering } from './own-services';
import { npmParent, watchProcess } from './parent';
import { localUrl, untilServing } from './ready';
import {
  keepPostgres,
  keepServer,
  keepTemporal,
  logFileOf,
  usualFirstPorts,
  type FirstPorts,
  type ServerCommand,
  type ServiceContext,
} from './services';
import type { Supervised } from './supervise';
import { temporalNamespace } from './temporal-server';

export interface LauncherOptions {
  settings: Settings;
  env: NodeJS.ProcessEnv;
  /** What to run as the server process. */
  server: ServerCommand;
  log: (line: string) => void;
  /** Others than usual. */
  firstPorts?: FirstPorts;
}

/** Where everything is, once it serves. */
export interface Running {
  /** Base URL under which this machine reaches the API. */
  url: string;
  /** Null when Temporal is the user's own and TABLEGATE_TEMPORAL_UI_URL is not set. */
  temporalUiUrl: string | null;
}

/** What the server has to know of Temporal. */
interface TemporalForServer {
  env: NodeJS.ProcessEnv;
  uiUrl: string | null;
}

/** The start was given up because it was told to stop. */
export class StoppedError extends Error {
  constructor() {
    super('stopped');
    this.name = 'StoppedError';
  }
}

/** A first start makes the store's tables and registers with Temporal; two slow cores need a while. */
const readyWithinMs = 180_000;
/** What the user runs may be starting beside us. */
const ownServiceWithinMs = 15_000;
/** A server that ends this often in a row before it ever served will not serve. */
const endsBeforeGivingUp = 3;

export class Launcher {
  /** Aborted when the start is given up, because it failed or because it was told to stop. */
  private readonly abandoned = new AbortController();
  private readonly context: ServiceContext;
  /** In the order in which they are stopped. */
  private readonly kept: { server?: Supervised; temporal?: Supervised; postgres?: Supervised } = {};
  private lock: FileLock | null = null;
  private endParentWatch = () => {};
  private starting: Promise<unknown> = Promise.resolve();
  private stopping: Promise<void> | null = null;
  private fast = false;
  private failure: Error | null = null;

  /** @param onParentEnd called when the npm that runs this start was killed */
  constructor(
    private readonly options: LauncherOptions,
    private readonly onParentEnd: () => void = () => {},
  ) {
    const { settings, env, log, firstPorts = usualFirstPorts } = options;
    const { signal } = this.abandoned;
    this.context = { dataDir: settings.dataDir, env, log, firstPorts, signal };
  }

  /**
   * Starts everything and waits until it serves.
   * @throws FolderInUseError, Error with one sentence for a person; everything is stopped then
   */
  async start(): Promise<Running> {
    const work = this.startAll();
    this.starting = work;
    try {
      return await work;
    } catch (error) {
      const wasToldTo = this.stopping !== null;
      await this.stop(false);
      throw wasToldTo ? new StoppedError() : error;
    }
  }

  /**
   * Stops everything: the server first, which drains, then Temporal, then PostgreSQL. May be called
   * again while it runs.
   * @param fast true waits for nobody
   */
  stop(fast: boolean): Promise<void> {
    this.fast ||= fast;
    this.stopping ??= this.stopAll();
    if (fast) for (const supervised of this.inStopOrder()) void supervised.stop(true);
    return this.stopping;
  }

  /** Starts the server process again, as after a change of its code. */
  async restartServer(): Promise<void> {
    await this.kept.server?.restart();
  }

  private async startAll(): Promise<Running> {
    const { settings, env, log } = this.options;
    const parent = npmParent(env);
    this.lock = await openDataFolder(settings.dataDir, parent, log);
    if (parent) this.endParentWatch = watchProcess(parent, this.onParentEnd);
    const port = await freeApiPort(settings);
    const externalAddress = externalTemporalAddress(env);
    this.abandoned.signal.throwIfAborted();
    const [database, temporal] = await this.both(
      this.provideDatabase(),
      this.provideTemporal(externalAddress),
    );
    const url = localUrl(settings.host, port);
    const serverEnv = () => ({
      ...env,
      ...temporal().env,
      HOST: settings.host,
      PORT: String(port),
      TABLEGATE_DATA_DIR: settings.dataDir,
      DATABASE_URL: database(),
    });
    await this.serve(serverEnv, url);
    return { url, temporalUiUrl: temporal().uiUrl };
  }

  /** Waits for both in any case, so that nothing is left starting; the first failure ends both. */
  private async both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
    const first = Promise.all([one, other]);
    first.catch(() => this.abandoned.abort());
    await Promise.allSettled([one, other]);
    return first;
  }

  private async provideDatabase(): Promise<() => string> {
    const { settings, log } = this.options;
    const { databaseUrl } = settings;
    if (databaseUrl) {
      log('PostgreSQL: using the one that DATABASE_URL names');
      await untilAnswering(() => askOwnPostgres(databaseUrl), {
        ...{ name: 'PostgreSQL', setting: 'DATABASE_URL' },
        ...this.patience(),
      });
      return () => databaseUrl;
    }
    log('PostgreSQL: starting');
    const { place, supervised } = await keepPostgres(this.context, () => this.tellServerAgain());
    this.kept.postgres = supervised;
    return () => place().url;
  }

  private async provideTemporal(externalAddress: string | null): Promise<() => TemporalForServer> {
    const { settings, env, log } = this.options;
    if (externalAddress) {
      log(`Temporal: using the one at ${externalAddress}`);
      await untilAnswering(() => askOwnTemporal(env), {
        ...{ name: `Temporal at ${externalAddress}`, setting: 'TEMPORAL_ADDRESS' },
        ...this.patience(),
      });
      return () => ({ env: {}, uiUrl: settings.temporalUiUrl });
    }
    const { place, supervised } = await keepTemporal(this.context, () => this.tellServerAgain());
    this.kept.temporal = supervised;
    return () => {
      const { address, uiUrl } = place();
      const env = {
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: temporalNamespace,
        TABLEGATE_TEMPORAL_UI_URL: uiUrl,
      };
      return { env, uiUrl };
    };
  }

  private patience() {
    return { waitMs: ownServiceWithinMs, signal: this.abandoned.signal, log: this.options.log };
  }

  /** Something has moved to another port: the server learns of it by being started again. */
  private tellServerAgain(): void {
    this.options.log('A port was taken by another program: the server is told the new one');
    void this.restartServer();
  }

  private async serve(env: () => NodeJS.ProcessEnv, url: string): Promise<void> {
    const { log, server } = this.options;
    this.abandoned.signal.throwIfAborted();
    log('Server: starting');
    let listening = false;
    let serving = false;
    this.kept.server = await keepServer(this.context, {
      ...server,
      env,
      onListening: () => (listening = true),
      onUnexpectedEnd: (child, ending, inARow) => {
        for (const line of lastLines(child.logFile, 5)) log(`server: ${line.slice(0, 300)}`);
        if (serving || inARow < endsBeforeGivingUp) return;
        this.failure = new Error(
          `The server does not start (${describeEnding(ending)}); its log is ${child.logFile}`,
        );
      },
    });
    await untilServing(url, readyWithinMs, () => {
      this.abandoned.signal.throwIfAborted();
      if (this.failure) throw this.failure;
      return listening;
    });
    serving = true;
  }

  private inStopOrder(): Supervised[] {
    const { server, temporal, postgres } = this.kept;
    return [server, temporal, postgres].filter((kept) => kept !== undefined);
  }

  private async stopAll(): Promise<void> {
    this.abandoned.abort();
    this.endParentWatch();
    this.lock?.announceEnd();
    await this.starting.catch(() => {});
    // One after the other: the server still writes to both others while it drains.
    for (const supervised of this.inStopOrder()) await supervised.stop(this.fast);
    this.lock?.release();
  }
}

/** The port that was asked for, or any free one for 0; busy ones are told before anything starts. */
async function freeApiPort({ host, port }: Settings): Promise<number> {
  const free = await tryPort(host, port);
  if (free !== null) return free;
  throw new Error(
    `Port ${port} on ${host} cannot be used: another program has it, or this address is not of ` +
      `this machine. Stop that program, or choose another port: npm start -- --port ${port + 1}`,
  );
}

/** Folder of the children's logs. */
export function logFolder(dataDir: string): string {
  return path.dirname(logFileOf(dataDir, 'server'));
}
