/** The three children that a start has, each kept running on the ports that it began with. */
import path from 'node:path';
import { cacheDirOf } from './cache-dir';
import { startChild } from './child';
import { errorIn, watchLog } from './child-log';
import { listeningMessage } from './listening';
import { howToEnd, pidFileOf, type ChildName } from './orphans';
import { Ports } from './ports';
import { startPostgres } from './postgres-server';
import { provideTemporal } from './provide-temporal';
import { supervise, type Supervised, type SuperviseOptions } from './supervise';
import { startTemporal } from './temporal-server';

/** From where on free ports are looked for. */
export interface FirstPorts {
  postgres: number;
  temporal: number;
  temporalUi: number;
}

export const usualFirstPorts: FirstPorts = { postgres: 5433, temporal: 7233, temporalUi: 8233 };

export interface ServiceContext {
  /** Absolute. */
  dataDir: string;
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  firstPorts: FirstPorts;
  /** Aborted when the start is given up. */
  signal: AbortSignal;
}

/** Log file of a child. */
export function logFileOf(dataDir: string, name: ChildName): string {
  return path.join(dataDir, 'logs', `${name}.log`);
}

function filesOf({ dataDir }: ServiceContext, name: ChildName) {
  return { logFile: logFileOf(dataDir, name), pidFile: pidFileOf(dataDir, name) };
}

const portLocks = ({ env }: ServiceContext) => path.join(cacheDirOf(env), 'ports');

/** Like `supervise`, with the log file kept bounded as long as the child is kept. */
async function superviseLogged(
  context: ServiceContext,
  child: ChildName,
  options: Omit<SuperviseOptions, 'howToEnd' | 'log'>,
  onLine?: (line: string) => void,
): Promise<Supervised> {
  const endWatch = watchLog(logFileOf(context.dataDir, child), onLine);
  try {
    const { log } = context;
    const supervised = await supervise({
      ...options,
      start: (stopped) => options.start(AbortSignal.any([context.signal, stopped])),
      log,
      howToEnd: howToEnd[child],
    });
    return {
      pid: () => supervised.pid(),
      restart: () => supervised.restart(),
      stop: (fast) => supervised.stop(fast).finally(endWatch),
    };
  } catch (error) {
    endWatch();
    throw error;
  }
}

/** A kept child and where it is now: a start anew may find its ports taken and move. */
export interface Kept<Place> {
  place(): Place;
  supervised: Supervised;
}

/** PostgreSQL in the data folder; `url` is that of its database. */
export async function keepPostgres(
  context: ServiceContext,
  onMoved: () => void,
): Promise<Kept<{ url: string }>> {
  const ports = new Ports([context.firstPorts.postgres], portLocks(context));
  let place = { url: '' };
  const start = async (signal: AbortSignal) => {
    const { url, child } = await ports.start(signal, ([port]) =>
      startPostgres({
        ...filesOf(context, 'postgres'),
        dataDir: context.dataDir,
        port,
        log: context.log,
        signal,
      }),
    );
    const moved = place.url !== '' && place.url !== url;
    place = { url };
    if (moved) onMoved();
    return child;
  };
  const supervised = await superviseLogged(context, 'postgres', { name: 'PostgreSQL', start });
  return { place: () => place, supervised };
}

export interface TemporalPlace {
  address: string;
  uiUrl: string;
}

/** Temporal with its UI, its database file in the data folder. */
export async function keepTemporal(
  context: ServiceContext,
  onMoved: () => void,
): Promise<Kept<TemporalPlace>> {
  const { env, log } = context;
  const executable = await provideTemporal({
    cacheDir: cacheDirOf(env),
    env,
    log,
    signal: context.signal,
  });
  const { temporal, temporalUi } = context.firstPorts;
  const ports = new Ports([temporal, temporalUi], portLocks(context));
  let place: TemporalPlace = { address: '', uiUrl: '' };
  const start = async (signal: AbortSignal) => {
    const { child, ...now } = await ports.start(signal, ([port = 0, uiPort = 0]) =>
      startTemporal({
        ...filesOf(context, 'temporal'),
        executable,
        dbFile: path.join(context.dataDir, 'temporal', 'temporal.db'),
        port,
        uiPort,
        env,
        signal,
      }),
    );
    const moved =
      place.address !== '' && (place.address !== now.address || place.uiUrl !== now.uiUrl);
    place = now;
    if (moved) onMoved();
    return child;
  };
  const supervised = await superviseLogged(context, 'temporal', { name: 'Temporal', start });
  return { place: () => place, supervised };
}

export interface ServerCommand {
  command: string;
  args: string[];
}

export interface ServerOptions extends ServerCommand {
  /** Asked at every start. */
  env: () => NodeJS.ProcessEnv;
  /** Told when the server itself says that it listens. */
  onListening: () => void;
  onUnexpectedEnd: NonNullable<SuperviseOptions['onUnexpectedEnd']>;
}

/** API and worker: one process, told everything by its environment. */
export function keepServer(context: ServiceContext, options: ServerOptions): Promise<Supervised> {
  const { command, args, env, onListening, onUnexpectedEnd } = options;
  const name = 'The server';
  const showError = limitRepeats((line) => context.log(`server: ${line}`));
  return superviseLogged(
    context,
    'server',
    {
      name,
      start: () =>
        startChild({
          ...filesOf(context, 'server'),
          ...{ name, command, args },
          env: env(),
          ipc: true,
          onMessage: (message) => message === listeningMessage && onListening(),
        }),
      onUnexpectedEnd,
    },
    (line) => {
      const error = errorIn(line);
      if (error !== null) showError(error);
    },
  );
}

/** The same line is shown once a minute, and at most ten lines in a minute. */
function limitRepeats(show: (line: string) => void): (line: string) => void {
  let shown = new Set<string>();
  let minute = 0;
  return (line) => {
    const now = Math.floor(Date.now() / 60_000);
    if (now !== minute) shown = new Set();
    minute = now;
    if (shown.has(line) || shown.size >= 10) return;
    shown.add(line);
    show(line);
  };
}
