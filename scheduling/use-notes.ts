import type { Logger } from 'pino';
import type { TokenStore } from '../store/store';

type Use = Parameters<TokenStore['noteUse']>[0][number];

const flushEveryMs = 500;

/** Gathers the last use of each trigger URL and writes it in batches, off the way of the callers. */
export class UseNotes {
  private notes = new Map<string, Use>();
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly tokens: Pick<TokenStore, 'noteUse'>,
    private readonly log: Logger,
  ) {}

  note(use: Use): void {
    this.notes.set(JSON.stringify([use.tenant, use.taskId, use.table]), use);
    this.timer ??= setTimeout(() => this.flush(), flushEveryMs);
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    this.flush();
    await this.flushing;
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const uses = [...this.notes.values()];
    this.notes = new Map();
    if (uses.length === 0) return;
    this.flushing = this.flushing.then(async () => {
      try {
        await this.tokens.noteUse(uses);
      } catch (error) {
        this.log.warn({ err: error }, 'the last use of trigger URLs could not be written');
      }
    });
  }
}
