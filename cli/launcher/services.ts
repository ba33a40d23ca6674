/** The three children that a start has, each kept running on the ports that it began with. */
import path from 'node:path';
import { cacheDirOf } from './cache-dir';
import { startChild } from './child';
import { errorIn, watchLog } from './child-log';
import { nextFreePort, tryPort } from './free-port';
import { howToEnd, pidFileOf, type ChildName } from './orphans';
import { startPostgres } from './postgres-server';
import { provideTemporal } from './provide-temporal';
import { supervise, type Supervised, type SuperviseOptions } from './supervise';
import { startTemporal } from './temporal-server';

export interface ServiceContext {
  /** Absolute. */
  dataDir: string;
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  /** Aborted when the start is given up. */
  signal: AbortSignal;
}

/** A port may be taken between the look and the start; then the next ones are tried. */
const portTries = 3;

/** Log file of a child. */
export function logFileOf(dataDir: string, name: ChildName): string {
  return path.join(dataDir, 'logs', `${name}.log`);
}

function filesOf({ dataDir }: ServiceContext, name: ChildName) {
  return { logFile: logFileOf(dataDir, name), pidFile: pidFileOf(dataDir, name) };
}

/** Starts on free ports, and again on others when the first one was taken meanwhile. */
async function onFreePorts<T>(
  ports: () => Promise<number[]>,
  start: (...ports: number[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await ports();
    try {
      return await start(...found);
    } catch (error) {
      const free = await Promise.all(found.map((port) => tryPort('127.0.0.1', port)));
      if (attempt === portTries || !free.includes(null)) throw error;
    }
  }
}

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
    const supervised = await supervise({ ...options, log, howToEnd: howToEnd[child] });
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

/** PostgreSQL in the data folder. */
export async function keepPostgres(
  context: ServiceContext,
): Promise<{ url: string; supervised: Supervised }> {
  let url = '';
  const keepOn = (port: number) =>
    superviseLogged(context, 'postgres', {
      name: 'PostgreSQL',
      start: async (stopped) => {
        const started = await startPostgres({
          ...filesOf(context, 'postgres'),
          dataDir: context.dataDir,
          port,
          log: context.log,
          signal: AbortSignal.any([context.signal, stopped]),
        });
        url = started.url;
        return started.child;
      },
    });
  const supervised = await onFreePorts(async () => [await nextFreePort(5433)], keepOn);
  return { url, supervised };
}

/** Temporal with its UI, its database file in the data folder. */
export async function keepTemporal(
  context: ServiceContext,
): Promise<{ address: string; uiUrl: string; supervised: Supervised }> {
  const { env, log, signal } = context;
  const executable = await provideTemporal({ cacheDir: cacheDirOf(env), env, log, signal });
  let found = { address: '', uiUrl: '' };
  const keepOn = (port: number, uiPort: number) =>
    superviseLogged(context, 'temporal', {
      name: 'Temporal',
      start: async (stopped) => {
        const { child, ...rest } = await startTemporal({
          ...filesOf(context, 'temporal'),
          executable,
          dbFile: path.join(context.dataDir, 'temporal', 'temporal.db'),
          port,
          uiPort,
          env,
          signal: AbortSignal.any([signal, stopped]),
        });
        found = rest;
        return child;
      },
    });
  const ports = async () => [await nextFreePort(7233), await nextFreePort(8233)];
  const supervised = await onFreePorts(ports, keepOn);
  return { ...found, supervised };
}

export interface ServerCommand {
  command: string;
  args: string[];
}

/** API and worker: one process, told everything by its environment. */
export function keepServer(
  context: ServiceContext,
  { command, args }: ServerCommand,
  env: NodeJS.ProcessEnv,
  onUnexpectedEnd: SuperviseOptions['onUnexpectedEnd'],
): Promise<Supervised> {
  const showError = limitRepeats((line) => context.log(`server: ${line}`));
  return superviseLogged(
    context,
    'server',
    {
      name: 'The server',
      start: () =>
        startChild({
          ...filesOf(context, 'server'),
          name: 'The server',
          command,
          args,
          env,
          ipc: true,
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
