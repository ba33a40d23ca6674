/** Server-sent events: what is told, heart-beats, and an end for who does not read or may not. */
import type { Request, Response } from 'express';
import type { EventFollower, StreamEvent } from '../scheduling/scheduling';

/**
 * How often a stream says that it is there, and looks whether its reader still may read it; it looks
 * at once where somebody's access has changed.
 */
const beatEveryMs = 15_000;
/** How long a reader that lost its stream waits before it comes back. */
const retryMs = 3_000;
/** Bytes that a reader may be behind; one that does not read is let go, and comes back. */
const mostBehind = 256 * 1024;

export interface StreamOptions {
  /** Whether whoever opened it may still read it; it goes on where that cannot be told. */
  mayGoOn: () => Promise<boolean>;
  beatEveryMs?: number;
}

/**
 * Answers with a stream, until the reader leaves or what follows ends it.
 * @throws what `follow` throws, before anything is sent
 */
export function sendEvents(
  req: Request,
  res: Response,
  follow: EventFollower,
  { mayGoOn, beatEveryMs: everyMs = beatEveryMs }: StreamOptions,
): void {
  // What it says at once waits for the head.
  const waiting: StreamEvent[] = [];
  let take = (event: StreamEvent): void => void waiting.push(event);
  const lastId = req.get('last-event-id') ?? null;
  const leave = follow(lastId, (event) => take(event));
  res.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // A proxy that gathers what it passes on would hold events back.
    'X-Accel-Buffering': 'no',
  });
  if (req.method === 'HEAD') {
    leave();
    res.end();
    return;
  }
  const write = (text: string): void => {
    res.write(text);
    if (res.writableLength > mostBehind) res.destroy();
  };
  const send = (type: string, data: unknown, id?: string): void =>
    write(
      `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  write(`retry: ${retryMs}\n\n`);
  const beat = async (): Promise<void> => {
    const isAllowed = await mayGoOn().catch(() => true);
    if (res.writableEnded || res.destroyed) return;
    send(isAllowed ? 'beat' : 'end', { at: new Date().toISOString() });
    if (!isAllowed) res.end();
  };
  take = ({ type, id, ...event }) => {
    if (res.writableEnded) return;
    send(type, 'change' in event ? event.change : {}, id);
    if (type === 'end') res.end();
    else if ('change' in event && event.change.type === 'access') void beat();
  };
  waiting.forEach(take);
  const timer = setInterval(() => void beat(), everyMs);
  res.once('close', () => {
    clearInterval(timer);
    leave();
  });
}
