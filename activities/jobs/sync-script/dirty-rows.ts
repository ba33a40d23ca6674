/** Rows that did not fit: counted against the limit, some of them kept. */
import { cut } from '../../../connectors/transfer';
import { JobError } from '../../../model/job-type';
import type { SyncPlan } from '../../../model/script-plan';
import type { DirtySample } from './messages';

const mostSamples = 20;
const longestReason = 300;

export class DirtyRows {
  readonly #limit: SyncPlan['errorLimit'];
  readonly #target: string;
  samples: DirtySample[] = [];
  count = 0;

  /** @param target name of the target, for the message */
  constructor(limit: SyncPlan['errorLimit'], target: string) {
    this.#limit = limit;
    this.#target = target;
  }

  /** @throws JobError once there are more than the limit */
  add(reason: string, row: string): void {
    this.addAll({ count: 1, samples: [{ reason, row }] });
  }

  /** @throws as `add` */
  addAll({ count, samples }: { count: number; samples: DirtySample[] }): void {
    this.count += count;
    for (const { reason, row } of samples.slice(0, mostSamples - this.samples.length)) {
      this.samples.push({ reason: cut(reason, longestReason), row });
    }
    if ('rows' in this.#limit && this.count > this.#limit.rows) {
      throw this.#tooMany(`the limit is ${this.#limit.rows}`);
    }
  }

  /**
   * Judges a share, once all rows are known.
   * @throws JobError where it is above the limit
   */
  judge(rowsRead: number): void {
    if (!('share' in this.#limit) || this.count <= rowsRead * this.#limit.share) return;
    throw this.#tooMany(`of ${rowsRead} rows, the limit is ${this.#limit.share * 100} %`);
  }

  /** Begins anew, where all rows go another way. */
  reset(): void {
    this.count = 0;
    this.samples = [];
  }

  #tooMany(limit: string): JobError {
    const [first] = this.samples;
    const rows = this.count === 1 ? 'one dirty row' : `${this.count} dirty rows`;
    return new JobError(
      `target ${this.#target}: ${rows}, and ${limit}; nothing was written. The first: ${first?.reason ?? ''}.`,
      [],
      { cause: new Error(`The row: ${first?.row ?? ''}`) },
    );
  }
}
