/** A receiver of webhooks: a local server that notes what it gets and answers as the test says. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface WebhookReceiver {
  /** `127.0.0.1:<port>`, as in `TABLEGATE_WEBHOOK_HOSTS`. */
  host: string;
  url: string;
  received: Received[];
  /** Connections so far. */
  connections(): number;
  /** Resolves when this many calls have come. */
  until(calls: number): Promise<void>;
  close(): Promise<void>;
}

/** @param answer called for every call with how many came before it */
export async function openWebhook(
  answer: (response: ServerResponse, before: number) => void = (response) => response.end(),
): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const watchers = new Set<() => void>();
  let connections = 0;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const { method = '', url = '', headers } = request;
    received.push({ method, path: url, headers, body });
    for (const watch of watchers) watch();
    answer(response, received.length - 1);
  };
  const server = createServer((request, response) => void take(request, response));
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/hook`,
    received,
    connections: () => connections,
    until: (calls) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (received.length >= calls) resolve();
        };
        watchers.add(watch);
        watch();
      }),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
