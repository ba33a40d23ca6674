/** A connection that sends whatever a test wants, also what no HTTP client would. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawSocket {
  socket: Socket;
  write(text: string): void;
  /** Waits until what was received matches. @throws Error when the connection ends before */
  received(pattern: RegExp): Promise<string>;
  /** Waits for the end of the connection. @returns everything that was received */
  ended(): Promise<string>;
}

export async function rawSocket(url: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let text = '';
  const closed = once(socket, 'close');
  // A server that lets go of a connection may reset it.
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  return {
    socket,
    write: (sent) => socket.write(sent, 'latin1'),
    received: async (pattern) => {
      while (!pattern.test(text)) {
        if (socket.closed) throw new Error(`the connection ended after: ${text}`);
        await Promise.race([once(socket, 'data'), closed]);
      }
      return text;
    },
    ended: async () => {
      await closed;
      return text;
    },
  };
}
