import type { Logger } from 'pino';
import type { LogLine, RunProgress, TableDetail } from '../model/run';
import type { Store } from '../store/store';
import type { RunJobInput } from './activities';

/** How long news of a run are gathered before they are written. */
const flushEveryMs = 500;
/** Longest line that is kept, in characters. */
const longestLine = 2_000;
/** Lines that are waiting to be written: older ones go first, as in the log itself. */
const mostWaiting = 1_000;

/** Writes what a running job says (log lines, progress, tables) into its record, in batches. */
export class RunReporter {
  private lines: LogLine[] = [];
  private latest: RunProgress | null = null;
  private readonly tables = new Map<string, TableDetail>();
  private changed = false;
  private flushing: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly store: Store,
    private readonly run: Pick<RunJobInput, 'tenant' | 'runId'>,
    private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => this.flush(), flushEveryMs);
  }

  log(level: LogLine['level'], line: string): void {
    this.lines.push({ at: new Date().toISOString(), level, line: line.slice(0, longestLine) });
    if (this.lines.length > mostWaiting) this.lines.splice(0, this.lines.length - mostWaiting);
  }

  progress(progress: RunProgress): void {
    this.latest = progress;
    this.changed = true;
  }

  table(detail: TableDetail): void {
    this.tables.set(detail.table, detail);
    this.changed = true;
  }

  /** The tables as they stood when the job was broken off. */
  unfinished(): TableDetail[] {
    const finishedAt = new Date().toISOString();
    return [...this.tables.values()].map((detail) =>
      detail.status === 'running' || detail.status === 'waiting'
        ? { ...detail, status: 'cancelled', finishedAt }
        : detail,
    );
  }

  /** Writes what is left and ends. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.flush();
    await this.flushing;
  }

  private flush(): void {
    this.flushing = this.flushing.then(() => this.write());
  }

  /** A store that does not answer costs lines and progress, never the run. */
  private async write(): Promise<void> {
    const { tenant, runId } = this.run;
    const lines = this.lines;
    const changed = this.changed;
    this.lines = [];
    this.changed = false;
    try {
      if (lines.length > 0) await this.store.runs.appendLog(tenant, runId, lines);
      if (changed) {
        await this.store.runs.progress(tenant, runId, this.latest, [...this.tables.values()]);
      }
    } catch (error) {
      this.logger.warn({ err: error, runId }, 'news of a run could not be written');
    }
  }
}
