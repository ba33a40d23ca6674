/** The live tasks of a tenant, found by their tables and by what they come after. */
import type { LineageTask } from '../model/lineage';
import { linkTasks, type TaskLinks } from '../model/task-graph';

export class LineageIndex {
  private readonly byId: ReadonlyMap<string, LineageTask>;
  private readonly links: TaskLinks;

  constructor(readonly tasks: readonly LineageTask[]) {
    this.byId = new Map(tasks.map((task) => [task.id, task]));
    this.links = linkTasks(tasks);
  }

  find(taskId: string): LineageTask | undefined {
    return this.byId.get(taskId);
  }

  /** Tasks that list or read the table. */
  readersOf(table: string): LineageTask[] {
    return this.tasks.filter(({ lists, reads }) => lists.includes(table) || reads.includes(table));
  }

  /** These tasks and all that come after them by rule 9, to any depth. */
  closure(tasks: readonly LineageTask[]): LineageTask[] {
    const found = new Set(tasks);
    // A set hands out what is added while it is being walked.
    for (const task of found) for (const next of this.links.get(task.id) ?? []) found.add(next);
    return [...found];
  }
}
