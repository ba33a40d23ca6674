/** Listens for changes: one connection of its own a process, made again whenever it is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { bareError } from './errors';
import { changesChannel, type ToldChanges } from './notify';
import type { ChangeListener, ChangeStore } from './store';

const firstWaitMs = 200;
const longestWaitMs = 10_000;
/** A connection that is cut without a word is found out by asking. */
const askEveryMs = 15_000;
const answerMs = 5_000;
const farewellMs = 1_000;

export interface ChangeFeed extends ChangeStore {
  close(): Promise<void>;
}

/**
 * @param log takes one line when the connection is lost and one when it is back
 * @param patience how many times as long as usual an answer may take
 */
export function changeFeed(
  databaseUrl: string,
  log: (line: string) => void,
  patience: number,
): ChangeFeed {
  const listeners = new Set<ChangeListener>();
  let closed = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = firstWaitMs;
  let isLost = false;

  const connect = async (): Promise<void> => {
    const fresh = newClient(databaseUrl, answerMs * patience);
    client = fresh;
    let isOver = false;
    const lose = (error?: Error): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      void fresh.end().catch(() => undefined);
      if (closed) return;
      if (!isLost) log(`changes are not heard of: ${error?.message ?? 'the connection was lost'}`);
      isLost = true;
      timer = setTimeout(() => void connect(), waitMs);
      waitMs = Math.min(2 * waitMs, longestWaitMs);
    };
    fresh.on('error', (error) => lose(bareError(error, null)));
    fresh.on('end', () => lose());
    fresh.on('notification', ({ payload }) => tell(listeners, payload));
    try {
      await fresh.connect();
      await fresh.query(`listen ${changesChannel}`);
    } catch (error) {
      return lose(bareError(error, null));
    }
    if (isOver || closed) return void fresh.end().catch(() => undefined);
    if (isLost) log('changes are heard of again');
    [isLost, waitMs] = [false, firstWaitMs];
    // Whatever came before it listened was not heard.
    for (const { onGap } of listeners) onGap();
    const ask = (): void => {
      if (isOver || closed) return;
      timer = setTimeout(() => void fresh.query('select 1').then(ask, lose), askEveryMs);
    };
    ask();
  };

  return {
    listen: (listener) => {
      listeners.add(listener);
      if (client === null && !closed) void connect();
      return () => void listeners.delete(listener);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      const ended = client?.end().catch(() => undefined);
      // A server that is gone without a word does not say good-bye.
      await Promise.race([ended, sleep(farewellMs, undefined, { ref: false })]);
    },
  };
}

function newClient(databaseUrl: string, limitMs: number): Client {
  return new Client({
    connectionString: databaseUrl,
    application_name: 'tablegate',
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
    keepAlive: true,
  });
}

/** What another program says on the channel is not for us. */
function tell(listeners: ReadonlySet<ChangeListener>, payload: string | undefined): void {
  const told = read(payload ?? '');
  if (told === null) return;
  const at = new Date().toISOString();
  const changes = told.changes.map((change) => ({ ...change, at }));
  for (const { onChanges } of listeners) onChanges(told.tenant, changes);
}

function read(payload: string): ToldChanges | null {
  try {
    const told = JSON.parse(payload) as Partial<ToldChanges> | null;
    const isOurs = typeof told?.tenant === 'string' && Array.isArray(told.changes);
    return isOurs ? (told as ToldChanges) : null;
  } catch {
    return null;
  }
}
