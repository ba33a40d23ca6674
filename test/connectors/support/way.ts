/** A way to a server that breaks, or falls silent, after so many bytes of its answers. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Way {
  host: string;
  port: number;
  close(): Promise<void>;
}

/**
 * @param to the server; null: none, whoever connects hears nothing
 * @param after bytes of answers, of all sessions together, after which `end` happens
 */
export async function wayTo(
  to: { host: string; port: number } | null,
  { after, end }: { after: number; end: 'cut' | 'silence' } = { after: Infinity, end: 'cut' },
): Promise<Way> {
  const sockets = new Set<Socket>();
  let answered = 0;
  let isOver = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (to === null || (isOver && end === 'silence')) return;
    if (isOver) {
      client.destroy();
      return;
    }
    const onward = connect(to.port, to.host);
    keep(onward);
    client.on('data', (bytes) => onward.write(bytes));
    client.on('close', () => onward.destroy());
    onward.on('close', () => client.destroy());
    onward.on('data', (bytes) => {
      answered += bytes.length;
      isOver ||= answered > after;
      if (!isOver) {
        if (!client.write(bytes)) {
          onward.pause();
          client.once('drain', () => onward.resume());
        }
      } else if (end === 'silence') onward.pause();
      else for (const socket of sockets) socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
