import type { TaskAnswer } from '../model/messages';
import { isId } from '../model/names';
import { withNextRunTime } from '../model/next-run-time';
import type { RunProjection } from '../model/run';
import type { TaskProjection } from '../model/task';
import { makeId } from '../store/secrets';
import type { SchedulingDeps } from './deps';
import type { TaskRead } from './scheduling';
import { waitUntilProjected } from './settle';
import { lineageOf } from './task-checks';
import { taskNotFound } from './task-refusals';

export interface UpdateOptions {
  /** True: the answer waits for the store alone, and the Schedule follows it in its time. */
  scheduleFollows?: boolean;
}

/** Updates of tasks, whose answers are in the store before their callers hear of them. */
export class TaskUpdates {
  constructor(private readonly deps: SchedulingDeps) {}

  /**
   * @param send sends the Update under the id that it is given
   * @returns the task as it is after it
   */
  async send(
    taskId: string,
    send: (updateId: string) => Promise<TaskAnswer>,
    options: UpdateOptions = {},
  ): Promise<TaskRead> {
    if (!isId(taskId)) throw taskNotFound(taskId);
    const { task } = await send(makeId());
    return options.scheduleFollows ? this.stored(task) : this.settled(task);
  }

  /** Writes a task, and waits until its Schedule, which callers look for, is as it is to be. */
  async settled(task: TaskProjection, runs: RunProjection[] = []): Promise<TaskRead> {
    const shown = await this.stored(task, runs);
    const { gateway } = this.deps;
    if (task.kind === 'recurring') await waitUntilProjected(gateway, task.tenant, task.id);
    return shown;
  }

  /** Writes a task, with records of its runs, into the store. */
  async stored(task: TaskProjection, runs: RunProjection[] = []): Promise<TaskRead> {
    const { store, jobTypes } = this.deps;
    const lineage = lineageOf(jobTypes, task);
    await store.tasks.project({ task, lineage, ledger: [], runs });
    const { tenant: _tenant, revision: _revision, removedAt: _removedAt, ...shown } = task;
    return withNextRunTime(shown);
  }
}
