/** Tasks: made, edited, paused, removed and read. */
import type { CountedPage, PageRequest } from '../../model/page';
import type { Caller } from '../../model/people';
import type { TaskInput, TaskPatch, TaskView } from '../../model/task';
import type { ImportRequest, ImportResult } from '../../model/task-import';
import type { TaskName, TaskQuery, TaskRow } from '../../model/task-list';

/** A task as read: `stale` where the workflow did not answer and the store's copy is shown. */
export type TaskRead = TaskView & { stale?: boolean };

export interface TriggerUrl {
  table: string;
  url: string;
  lastUsedAt: string | null;
  lastCaller: string | null;
}

export interface DraftView {
  id: string;
  /** Null: it is a task by now. */
  expiresAt: string | null;
  triggerUrls: { table: string; url: string }[];
}

export interface TaskService {
  /**
   * Gives out an id and the trigger URLs that a task saved under it will have; of a task that there
   * is, those that it has, or will have with other tables.
   */
  draft(caller: Caller, draft: { id?: string | undefined; tables: string[] }): Promise<DraftView>;
  /**
   * `idempotencyKey` makes the id: the same key and caller give the same task.
   * @param begin.paused it begins paused
   * @param begin.start it begins with a run, as by hand: both there, or neither
   */
  create(
    caller: Caller,
    input: TaskInput,
    idempotencyKey: string | null,
    begin?: { paused?: boolean; start?: boolean },
  ): Promise<TaskRead>;
  /**
   * Keeps the tasks of a foreign system in step: makes, changes and removes them, each alone.
   * @throws TablegateError temporalUnavailable, workerUnavailable, storeUnavailable: what is left is
   * not done then, and a repeat goes on
   */
  importTasks(caller: Caller, request: ImportRequest): Promise<ImportResult>;
  get(caller: Caller, taskId: string): Promise<TaskRead>;
  list(caller: Caller, query: TaskQuery, page: PageRequest): Promise<CountedPage<TaskRow>>;
  /** What these tasks are called, in any order; also those that have been removed. */
  named(caller: Caller, taskIds: readonly string[]): Promise<{ items: TaskName[] }>;
  /** `ifVersion`: version of the ETag that the caller sent, null without If-Match. */
  edit(
    caller: Caller,
    taskId: string,
    patch: TaskPatch,
    ifVersion: number | null,
  ): Promise<TaskRead>;
  /** PUT: fields that are not sent go back to their defaults. */
  replace(
    caller: Caller,
    taskId: string,
    input: TaskInput,
    ifVersion: number | null,
  ): Promise<TaskRead>;
  /** `detach`: tasks that name it in `dependsOn` no longer do, and plans do not wait for it. */
  remove(caller: Caller, taskId: string, ifVersion: number | null, detach: boolean): Promise<void>;
  pause(caller: Caller, taskId: string): Promise<TaskRead>;
  resume(caller: Caller, taskId: string): Promise<TaskRead>;
  resetGate(caller: Caller, taskId: string, scheduleTime: string | null): Promise<TaskRead>;
  triggerUrls(caller: Caller, taskId: string): Promise<{ items: TriggerUrl[] }>;
  rotate(caller: Caller, taskId: string, table: string): Promise<TriggerUrl>;
}
