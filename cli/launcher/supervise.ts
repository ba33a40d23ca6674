/** Keeps one child running: starts it again when it ends unexpectedly, ever later, until told to stop. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HowToEnd } from './orphans';
import { describeEnding, type Child, type Ending } from './child';

export interface SuperviseOptions {
  name: string;
  /**
   * Starts the child and settles when it can be used.
   * @param signal aborted when the start is no longer wanted
   */
  start: (signal: AbortSignal) => Promise<Child>;
  howToEnd: HowToEnd;
  log: (line: string) => void;
  /** Told of every unexpected end, with how many came in a row. */
  onUnexpectedEnd?: (child: Child, ending: Ending, inARow: number) => void;
  /** Waiting times between tries; the last one is kept. Default 0.5 s doubling to 30 s. */
  backOffMs?: readonly number[];
  /** A child that ran this long counts as well again. Default a minute. */
  wellAfterMs?: number;
}

export interface Supervised {
  /** The pid of the child, or null while there is none. */
  pid(): number | null;
  /** Ends the child in order; it is started again at once. */
  restart(): Promise<void>;
  /**
   * Ends the child for good; may be called again while it runs.
   * @param fast true ends it at once
   */
  stop(fast: boolean): Promise<void>;
}

const defaultBackOffMs = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/**
 * Starts the child and watches it from then on.
 * @throws what the first start throws
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const keeper = new Keeper(options);
  await keeper.begin();
  return keeper;
}

class Keeper implements Supervised {
  private child: Child | null = null;
  private readonly stopping = new AbortController();
  private restarting = false;
  private inARow = 0;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly options: SuperviseOptions) {}

  async begin(): Promise<void> {
    this.child = await this.options.start(this.stopping.signal);
    this.loop = this.keep();
  }

  pid(): number | null {
    return this.child && !this.child.ending() ? this.child.pid : null;
  }

  async restart(): Promise<void> {
    this.restarting = true;
    const { signal, graceMs } = this.options.howToEnd;
    await this.child?.stop(signal, graceMs);
  }

  async stop(fast: boolean): Promise<void> {
    this.stopping.abort();
    const { signal, fastSignal, graceMs } = this.options.howToEnd;
    await this.child?.stop(fast ? fastSignal : signal, graceMs);
    await this.loop;
  }

  private async keep(): Promise<void> {
    const stopped = this.stopping.signal;
    while (!stopped.aborted) {
      if (this.child) await this.awaitEnd(this.child);
      if (!stopped.aborted) this.child = await this.startAgain();
    }
    // A start that was under way when the stop came may have left a child.
    const { signal, graceMs } = this.options.howToEnd;
    await this.child?.stop(signal, graceMs);
  }

  private async awaitEnd(child: Child): Promise<void> {
    const since = Date.now();
    const ending = await child.ended;
    if (this.stopping.signal.aborted) return;
    if (this.restarting) {
      this.restarting = false;
      this.inARow = 0;
      return;
    }
    if (Date.now() - since > (this.options.wellAfterMs ?? 60_000)) this.inARow = 0;
    this.inARow += 1;
    const { name, log } = this.options;
    log(`${name} ended unexpectedly (${describeEnding(ending)}), see ${child.logFile}`);
    this.options.onUnexpectedEnd?.(child, ending, this.inARow);
    await this.backOff();
  }

  private async startAgain(): Promise<Child | null> {
    const { name, log, start } = this.options;
    try {
      const child = await start(this.stopping.signal);
      log(`${name} was started again (process ${child.pid})`);
      return child;
    } catch (error) {
      if (this.stopping.signal.aborted) return null;
      this.inARow += 1;
      log(`${name} cannot be started again: ${(error as Error).message}`);
      await this.backOff();
      return null;
    }
  }

  /** Waits the longer the more ends came in a row; a stop ends the waiting. */
  private async backOff(): Promise<void> {
    const times = this.options.backOffMs ?? defaultBackOffMs;
    const ms = times[Math.min(this.inARow, times.length) - 1] ?? 0;
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}
