/** A small server in place of the API: answers what a test says, and notes what it is asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface SeenCall {
  /** As in `POST /tasks/3f…/runs?x=1`, below `/api/v1`. */
  line: string;
  key: string;
  body: unknown;
  idempotencyKey: string | undefined;
}

interface Reply {
  status?: number;
  body?: unknown;
}

export interface FakeApi {
  url: string;
  /** All calls so far. */
  calls: SeenCall[];
  /** Lines of all calls so far. */
  lines(): string[];
  /**
   * Answers calls of this method and path (as in `GET /tasks`), one reply after another, the last
   * one for good; a path with a query is for calls with that query only.
   */
  on(line: string, ...replies: Reply[]): void;
  end(): Promise<void>;
}

export async function fakeApi(): Promise<FakeApi> {
  const known = new Map<string, Reply[]>();
  const calls: SeenCall[] = [];
  const server = createServer((req, res) => {
    void seen(req).then((call) => {
      calls.push(call);
      const replies = known.get(call.line) ?? known.get(call.line.replace(/\?.*/, ''));
      const reply = replies && replies.length > 1 ? replies.shift() : replies?.[0];
      const { status = 200, body } = reply ?? problem(404, 'routeNotFound', `no ${call.line}`);
      res.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      res.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    lines: () => calls.map(({ line }) => line),
    on: (line, ...replies) => void known.set(line, replies),
    end: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function seen(req: IncomingMessage): Promise<SeenCall> {
  const { method, url = '', headers } = req;
  const hasBody = headers['content-type'] !== undefined;
  return {
    line: `${method} ${url.replace('/api/v1', '')}`,
    key: (headers.authorization ?? '').replace('Bearer ', ''),
    body: hasBody ? await json(req) : undefined,
    idempotencyKey: headers['idempotency-key'] as string | undefined,
  };
}

/** A refusal as the API words it. */
export function problem(status: number, code: string, detail: string, errors?: unknown): Reply {
  return { status, body: { status, code, title: code, detail, ...(errors ? { errors } : {}) } };
}
