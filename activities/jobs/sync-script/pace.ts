/** How a copy goes: counts, progress for people, and the limits of its speed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TableDetail } from '../../../model/run';
import type { SyncPlan } from '../../../model/script-plan';
import type { SyncRequest, ToParent } from './messages';

const tellEveryMs = 500;

function secondsSince(start: number): number {
  return Math.max((performance.now() - start) / 1000, 0.001);
}

export class Pace {
  readonly #request: SyncRequest;
  readonly #plan: SyncPlan;
  readonly #send: (message: ToParent) => void;
  readonly #signal: AbortSignal;
  readonly #startedAt = new Date();
  readonly #started = performance.now();
  #begun = this.#started;
  readonly #timer: NodeJS.Timeout;
  /** Rows of each table; null: they came together, and nobody knows. */
  #ofTables: (number | null)[];
  rowsAbout: number | null = null;
  rowsRead = 0;
  rowsWritten = 0;
  bytes = 0;
  #doing = 'connecting';

  constructor(request: SyncRequest, send: (message: ToParent) => void, signal: AbortSignal) {
    this.#request = request;
    this.#plan = request.plan;
    this.#send = send;
    this.#signal = signal;
    this.#ofTables = request.sources.flatMap(({ tables }) => tables.map(() => 0));
    this.#timer = setInterval(() => this.tell(), tellEveryMs);
    this.#timer.unref();
    this.#tellTables('running');
  }

  get seconds(): number {
    return secondsSince(this.#started);
  }

  /** Rows are about to come: from here on they are too quick or not. */
  begin(): void {
    this.#begun = performance.now();
    this.doing('copying');
  }

  doing(what: string): void {
    this.#doing = what;
    this.tell();
  }

  /** Rows that were read, of the table at a place; waits where that is too quick. */
  async read({ rows, bytes }: { rows: number; bytes: number }, table: number): Promise<void> {
    this.rowsRead += rows;
    this.bytes += bytes;
    const before = this.#ofTables[table];
    if (typeof before === 'number') this.#ofTables[table] = before + rows;
    await this.#slowDown();
  }

  /** Begins anew, where all rows go another way. */
  reset(): void {
    this.rowsRead = 0;
    this.rowsWritten = 0;
    this.bytes = 0;
    this.#begun = performance.now();
    this.#ofTables = this.#ofTables.map(() => 0);
  }

  /** All rows went a quick way, which counts them in the end. */
  settle(rows: number): void {
    this.rowsRead = rows;
    this.rowsWritten = rows;
    this.#ofTables = this.#ofTables.map(() => (this.#ofTables.length === 1 ? rows : null));
  }

  tell(): void {
    const { rowsRead, bytes } = this;
    const fraction =
      this.rowsAbout === null ? 0 : Math.min(rowsRead / Math.max(this.rowsAbout, 1), 0.99);
    const rate = Math.round(rowsRead / secondsSince(this.#begun));
    const megabytes = (bytes / 1e6).toFixed(1);
    const counted = `${rowsRead} rows, ${megabytes} MB, ${rate} rows/s`;
    const text = rowsRead === 0 ? this.#doing : `${this.#doing}: ${counted}`;
    this.#send({
      type: 'progress',
      progress: { fraction: Math.round(fraction * 1000) / 1000, text },
    });
    if (rowsRead > 0) this.#tellTables('running');
  }

  /** The last word about the tables. @param failed side with what went wrong there */
  end(failed: { side: 'source' | 'target'; message: string } | null): void {
    clearInterval(this.#timer);
    if (failed === null) {
      this.#tellTables('succeeded');
      return;
    }
    for (const detail of this.#details('cancelled')) {
      const isTarget = detail.table === this.#request.target.table;
      const isFailed = isTarget === (failed.side === 'target');
      const status = isFailed ? 'failed' : 'cancelled';
      const error = isFailed ? failed.message : null;
      this.#send({ type: 'table', detail: { ...detail, status, error } });
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tellTables(status: TableDetail['status']): void {
    for (const detail of this.#details(status)) this.#send({ type: 'table', detail });
  }

  #details(status: TableDetail['status']): TableDetail[] {
    const names = this.#request.sources.flatMap(({ tables }) => tables);
    const finishedAt = status === 'running' ? null : new Date().toISOString();
    const times = { startedAt: this.#startedAt.toISOString(), finishedAt, error: null, status };
    const sources = names.map((table, place) => {
      return { table, rowsRead: this.#ofTables[place] ?? null, rowsWritten: null, ...times };
    });
    const target = { rowsRead: null, rowsWritten: this.rowsWritten, ...times };
    return [...sources, { table: this.#request.target.table, ...target }];
  }

  /** Sleeps until as much time has gone as the limits want. */
  async #slowDown(): Promise<void> {
    const { bytesPerSecond, rowsPerSecond } = this.#plan;
    const byBytes = bytesPerSecond === null ? 0 : this.bytes / bytesPerSecond;
    const byRows = rowsPerSecond === null ? 0 : this.rowsRead / rowsPerSecond;
    const waitMs = (Math.max(byBytes, byRows) - secondsSince(this.#begun)) * 1000;
    if (waitMs > 5) await delay(waitMs, undefined, { signal: this.#signal });
  }
}
