/** Keeps what is shown up to date over `/events`, and tells whether the server is reached. */
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { isChangeKind, touchedBy, type ChangeKind } from './changes';
import { call } from './client';

const eventsPath = '/api/v1/events';
/**
 * Changes that come within it are read together: a thousand runs are no thousand reads. While they go
 * on and on, each wait is longer than the one before.
 */
const firstGatherMs = 1_000;
const longestGatherMs = 4_000;
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;
/** The server beats every 15 s. */
const silentMs = 30_000;

export type LiveState = 'connecting' | 'live' | 'offline';

/**
 * The connection for change notices: opened again with back-off, everything read anew after a gap.
 * A page that nobody looks at has none, as browsers allow few connections to one host.
 */
export class Live {
  #state: LiveState = 'connecting';
  #source: EventSource | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #gather: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #gatherMs = firstGatherMs;
  #flushedAt = 0;
  #failures = 0;
  #hadGap = false;
  readonly #changed = new Set<ChangeKind>();
  readonly #listeners = new Set<() => void>();

  constructor(private readonly client: QueryClient) {}

  get state(): LiveState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Connects, until the answer is called. */
  open(): () => void {
    const again = () => this.#connect();
    const lost = () => this.#lose();
    const looked = () => (document.visibilityState === 'visible' ? this.#connect() : this.#rest());
    window.addEventListener('online', again);
    window.addEventListener('offline', lost);
    document.addEventListener('visibilitychange', looked);
    this.#connect();
    return () => {
      window.removeEventListener('online', again);
      window.removeEventListener('offline', lost);
      document.removeEventListener('visibilitychange', looked);
      this.#rest();
    };
  }

  #connect(): void {
    this.#close();
    const source = new EventSource(eventsPath);
    this.#source = source;
    source.addEventListener('ready', () => this.#reached());
    source.addEventListener('change', ({ data }: MessageEvent<string>) => this.#note(data));
    source.addEventListener('resync', () => void this.client.invalidateQueries());
    source.addEventListener('beat', () => this.#heard());
    source.addEventListener('end', () => this.#refused());
    // A stream that is refused, and not only lost, is not opened again by the browser.
    source.addEventListener('error', () =>
      source.readyState === EventSource.CLOSED ? this.#refused() : this.#lose(),
    );
  }

  /** The server stops, or the session has ended; a call tells which: its 401 shows the sign-in page. */
  #refused(): void {
    this.#lose();
    call('GET /me', {}).catch(() => undefined);
  }

  #close(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#source?.close();
  }

  #rest(): void {
    this.#close();
    clearTimeout(this.#gather);
    this.#gather = undefined;
    this.#hadGap = true;
  }

  #reached(): void {
    this.#heard();
    this.#failures = 0;
    this.#become('live');
    if (this.#hadGap) void this.client.invalidateQueries();
    this.#hadGap = false;
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(), silentMs);
  }

  #lose(): void {
    this.#close();
    this.#hadGap = true;
    this.#become('offline');
    const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures);
    this.#failures += 1;
    // Scattered, so that the pages of a whole team do not come back in the same instant.
    this.#retry = setTimeout(() => this.#connect(), waitMs * (0.75 + Math.random() / 2));
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #note(data: string): void {
    this.#heard();
    const { type } = JSON.parse(data) as { type?: unknown };
    if (!isChangeKind(type)) return;
    this.#changed.add(type);
    this.#gather ??= setTimeout(() => this.#flush(), this.#nextGatherMs());
  }

  #nextGatherMs(): number {
    const isQuiet = Date.now() - this.#flushedAt > longestGatherMs;
    this.#gatherMs = isQuiet ? firstGatherMs : Math.min(longestGatherMs, this.#gatherMs * 1.5);
    return this.#gatherMs;
  }

  #flush(): void {
    this.#gather = undefined;
    this.#flushedAt = Date.now();
    const kinds = [...this.#changed];
    this.#changed.clear();
    void this.client.invalidateQueries({ predicate: touchedBy(kinds) });
  }
}

/** Connects while the calling component is there. @returns whether changes are heard of */
export function useLive(): LiveState {
  const client = useQueryClient();
  const [live] = useState(() => new Live(client));
  useEffect(() => live.open(), [live]);
  return useSyncExternalStore(live.subscribe, () => live.state);
}
