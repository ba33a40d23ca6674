/** Which requests of a server are being answered, by connection. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface ConnectionState {
  /** Answers under way. */
  open: Set<ServerResponse>;
  /** The latest request that came. */
  latest: IncomingMessage;
}

export interface RequestTracker {
  of(socket: Duplex): ConnectionState | undefined;
  /** From now on each connection is closed after its answer. */
  closeAfterAnswers(): void;
}

/** Watches a server from its start on. */
export function trackRequests(server: Server): RequestTracker {
  const states = new WeakMap<Duplex, ConnectionState>();
  const open = new Set<ServerResponse>();
  let closing = false;
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    const state = states.get(req.socket) ?? { open: new Set(), latest: req };
    states.set(req.socket, state);
    state.latest = req;
    state.open.add(res);
    open.add(res);
    if (closing) closeAfter(res);
    res.once('close', () => {
      state.open.delete(res);
      open.delete(res);
      if (closing) server.closeIdleConnections();
    });
  });
  return {
    of: (socket) => states.get(socket),
    closeAfterAnswers: () => {
      closing = true;
      for (const res of open) closeAfter(res);
    },
  };
}

function closeAfter(res: ServerResponse): void {
  if (!res.headersSent) res.shouldKeepAlive = false;
}
