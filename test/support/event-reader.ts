/** Reads a stream of server-sent events, as a page does. */

export interface ReadEvent {
  type: string;
  id: string;
  data: Record<string, unknown>;
}

export interface EventReader {
  status: number;
  /** Everything so far. */
  events: ReadEvent[];
  /** Settles with the first event for which `wanted` holds. @throws where the stream ends before */
  until(wanted: (event: ReadEvent) => boolean): Promise<ReadEvent>;
  /** Settles when the server has ended the stream. */
  ended: Promise<void>;
  leave(): void;
}

/** @param headers who is asking, and `last-event-id` of who comes back */
export async function readEvents(
  url: string,
  headers: Record<string, string>,
): Promise<EventReader> {
  const leaving = new AbortController();
  const answer = await fetch(`${url}/api/v1/events`, { headers, signal: leaving.signal });
  const events: ReadEvent[] = [];
  let look = (): void => undefined;
  let isOver = false;
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of answer.body!) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) if (block.includes('event: ')) events.push(eventOf(block));
      look();
    }
  };
  const ended = read()
    .catch(() => undefined)
    .then(() => {
      isOver = true;
      look();
    });
  return {
    ...{ status: answer.status, events, ended },
    until: (wanted) =>
      new Promise((resolve, reject) => {
        look = () => {
          const found = events.find(wanted);
          if (found) resolve(found);
          else if (isOver) reject(new Error(`it ended after ${JSON.stringify(events)}`));
        };
        look();
      }),
    leave: () => leaving.abort(),
  };
}

function eventOf(block: string): ReadEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  const data = JSON.parse(field('data')) as ReadEvent['data'];
  return { type: field('event'), id: field('id'), data };
}
