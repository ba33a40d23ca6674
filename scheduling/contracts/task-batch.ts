/** Many tasks changed in one call. */
import type { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import type { TaskChange } from '../../model/task-change';

/** A change of one task, known by its number. */
export interface BatchEntry {
  number: string;
  /** Null: the task in production where there are twins. */
  environment: 'Dev' | 'Prod' | null;
  change: TaskChange;
}

export interface BatchResult {
  /** Why it was not done; null: it was. */
  error: TablegateError | null;
}

export interface TaskBatchService {
  /**
   * Changes many tasks, each for itself, those of one task in their order. When it answers, lists show
   * all of it; Schedules follow.
   * @param comment noted in the audit of each task that was changed
   * @returns a result for each entry, in their order
   * @throws TablegateError editionTooLow
   */
  update(
    caller: Caller,
    entries: readonly BatchEntry[],
    comment: string | null,
  ): Promise<BatchResult[]>;
}
