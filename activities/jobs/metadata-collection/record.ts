/** What the record of a run keeps: what became of each table, in numbers, and which failed and why. */
import type { CollectedOutcome } from '../../../model/catalogue/policies';
import type { TableDetail } from '../../../model/run';

/** A record names so many tables; those that failed come first. */
const mostDetails = 200;
/** So many of them are said in the summary. */
const mostFailures = 50;
const longestReason = 300;

export class CollectionRecord {
  readonly #startedAt = new Date().toISOString();
  readonly #counts: Record<CollectedOutcome, number> = {
    added: 0,
    changed: 0,
    restored: 0,
    unchanged: 0,
    left: 0,
  };
  readonly #failures = new Map<string, string>();
  /** Names of those that are named in the record where there is room; what is new comes first. */
  readonly #telling: string[] = [];
  readonly #quiet: string[] = [];
  readonly #rowsRead = new Map<string, number>();
  #columns = 0;
  #profiled = 0;
  #deleted = 0;

  collected(name: string, columns: number, outcome: CollectedOutcome): void {
    this.#counts[outcome] += 1;
    this.#columns += columns;
    const list = outcome === 'unchanged' || outcome === 'left' ? this.#quiet : this.#telling;
    if (list.length < mostDetails) list.push(name);
  }

  failed(name: string, reason: string): void {
    this.#failures.set(name, reason.slice(0, longestReason));
  }

  looked(name: string, rowsRead: number): void {
    this.#profiled += 1;
    if (this.#rowsRead.size < mostDetails) this.#rowsRead.set(name, rowsRead);
  }

  deleted(count: number): void {
    this.#deleted += count;
  }

  get collectedCount(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  get deletedCount(): number {
    return this.#deleted;
  }

  get failures(): ReadonlyMap<string, string> {
    return this.#failures;
  }

  details(): TableDetail[] {
    const finishedAt = new Date().toISOString();
    const times = { startedAt: this.#startedAt, finishedAt };
    const failed = [...this.#failures].map(([table, error]): TableDetail => ({
      ...{ table, status: 'failed', rowsRead: null, rowsWritten: null, error, ...times },
    }));
    const others = [...this.#telling, ...this.#quiet].filter((name) => !this.#failures.has(name));
    const succeeded = others.map((table): TableDetail => ({
      ...{ table, status: 'succeeded', rowsRead: this.#rowsRead.get(table) ?? null },
      ...{ rowsWritten: null, error: null, ...times },
    }));
    return [...failed, ...succeeded].slice(0, mostDetails);
  }

  /** What the log says of it at the end. */
  sentence(): string {
    const { left, ...counts } = this.#counts;
    const outcomes = Object.entries({ ...counts, 'left by policy': left, gone: this.#deleted });
    const told = outcomes.filter(([, count]) => count > 0).map(([what, n]) => `${n} ${what}`);
    const failed = this.#failures.size === 0 ? '' : `; ${this.#failures.size} failed`;
    const what = told.length === 0 ? 'nothing' : told.join(', ');
    const size = `${many(this.collectedCount, 'table')} with ${many(this.#columns, 'column')}`;
    return `${size} collected: ${what}${failed}.`;
  }

  sentenceOfLooks(): string {
    return `Values of ${many(this.#profiled, 'table')} seen.`;
  }

  summary(connection: string): Record<string, unknown> {
    const { left, ...counts } = this.#counts;
    return {
      connection,
      tables: this.collectedCount,
      columns: this.#columns,
      ...counts,
      leftByPolicy: left,
      deleted: this.#deleted,
      profiled: this.#profiled,
      failed: this.#failures.size,
      failures: [...this.#failures]
        .slice(0, mostFailures)
        .map(([table, reason]) => ({ table, reason })),
    };
  }
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
