/** Makes the app listen, and stops it in order. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Settings } from '../config';
import { answerClientErrors } from './server/client-errors';
import { trackRequests } from './server/track-requests';

export interface Listening {
  /** Address that it listens on, without a slash at its end. */
  url: string;
  /** Takes nothing new, answers what is under way, and resolves when all connections are closed. */
  close(): Promise<void>;
}

/** Answers that take longer than this are cut when the server closes. */
const drainLimitMs = 10_000;

/** As many calls as may come at one moment and wait for their connection to be taken. */
const backlog = 4096;

const defaultLimits = {
  /** Longer than proxies keep an idle connection (mostly 60 s), so that they close it, not we. */
  keepAliveTimeout: 65_000,
  headersTimeout: 15_000,
  /** For the whole request: a client that sends slower than that is let go. */
  requestTimeout: 60_000,
  /** How often the two above are looked at. */
  connectionsCheckingInterval: 5_000,
};

/**
 * @param limits times in milliseconds
 * @throws Error in words for a person where the address cannot be had, with the system's error as
 * its cause and `code` as that has it (`EADDRINUSE`)
 */
export async function listen(
  app: RequestListener,
  settings: Pick<Settings, 'host' | 'port' | 'publicUrl'>,
  limits: typeof defaultLimits = defaultLimits,
): Promise<Listening> {
  const server = createServer(limits);
  const tracker = trackRequests(server);
  server.on('request', app);
  server.on('clientError', answerClientErrors(tracker, settings.publicUrl));
  await start(server, settings);
  return {
    url: urlOf(server.address() as AddressInfo),
    close: () => {
      tracker.closeAfterAnswers();
      return drain(server);
    },
  };
}

function start(server: Server, { host, port }: Pick<Settings, 'host' | 'port'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, host, port)));
    server.listen({ host, port, backlog }, resolve);
  });
}

function explained(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const { code } = error;
  const why =
    code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is in use; stop what listens there, or choose another with PORT`
      : code === 'EACCES'
        ? `Port ${port} on ${host} may not be used by this user; choose one above 1023 with PORT`
        : `Cannot listen on ${host}, port ${port}: ${error.message}; see HOST and PORT`;
  return Object.assign(new Error(why, { cause: error }), { code });
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => server.closeAllConnections(), drainLimitMs);
    server.close((error) => {
      clearTimeout(limit);
      if (error && (error as NodeJS.ErrnoException).code !== 'ERR_SERVER_NOT_RUNNING')
        reject(error);
      else resolve();
    });
  });
}
