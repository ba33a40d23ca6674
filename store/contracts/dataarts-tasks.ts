/** Collection tasks as the DataArts calls made them. */
import type { MadeOfBody } from '../../model/dataarts/shown-task';
import type { TaskView } from '../../model/task';

/** What DataArts' clients sent of a collection task, and where it belongs. */
export interface DataArtsTask {
  taskId: string;
  project: string;
  workspace: string;
  directory: string;
  /** Name of whoever made it, read as it is searched for: whatever the case. */
  creator: string;
  dataSourceType: string;
  connectionId: string | null;
  bucket: string | null;
  /** JSON as it is to be read again. */
  sent: string;
  /** What of the scheduling task was made of it. */
  made: MadeOfBody;
}

/** Null: it does not matter. */
export interface DataArtsFilter {
  project: string;
  workspace: string;
  /** Parts of names, whatever the case. */
  name: string | null;
  creator: string | null;
  dataSourceType: string | null;
  connectionId: string | null;
  directory: string | null;
  bucket: string | null;
  /** First and last moment at which they were made, ISO 8601 in UTC. */
  from: string | null;
  to: string | null;
}

export interface DataArtsTaskStore {
  /** Writes the row of a task, in place of the one that there is. */
  put(tenant: string, task: DataArtsTask): Promise<void>;
  /** Also of a task that was removed. */
  find(tenant: string, taskId: string): Promise<DataArtsTask | null>;
  remove(tenant: string, taskId: string): Promise<void>;
  /**
   * Live tasks, newest first.
   * @returns a part of them, how many there are in all, and how many in the whole project
   */
  search(
    tenant: string,
    filter: DataArtsFilter,
    part: { offset: number; limit: number },
  ): Promise<{ items: { row: DataArtsTask; task: TaskView }[]; count: number; inProject: number }>;
}
