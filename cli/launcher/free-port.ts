/** Ports of this machine: whether one is free, and the next that is. */
import { createServer } from 'node:net';

/**
 * Tries a port by listening on it for a moment.
 * @param port 0 asks for any
 * @returns the port; null when it is taken or not allowed
 */
export function tryPort(host: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.unref();
    server.once('error', () => resolve(null));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}

/**
 * The first free port of the loopback from `first` on, leaving out `taken`.
 * @throws Error when a hundred in a row are in use
 */
export async function nextFreePort(first: number, taken: readonly number[] = []): Promise<number> {
  for (let port = first; port < first + 100; port += 1) {
    if (!taken.includes(port) && (await tryPort('127.0.0.1', port)) !== null) return port;
  }
  throw new Error(`no port from ${first} to ${first + 99} is free on 127.0.0.1`);
}
