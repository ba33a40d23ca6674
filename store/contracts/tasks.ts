/** The read model of tasks, and what their runs write. */
import type { JobLineage } from '../../model/job-type';
import type { LineageTask } from '../../model/lineage';
import type { CountedPage, PageRequest } from '../../model/page';
import type { RunProjection } from '../../model/run';
import type { TaskProjection, TaskView } from '../../model/task';
import type { TaskName, TaskQuery } from '../../model/task-list';
import type { LedgerProjection } from '../../model/trigger';

export interface TaskStore {
  /** Next value of the 64-bit task numbers, as decimal text. */
  nextNumber(): Promise<string>;
  /** Writes a task with its trigger tokens, ledger lines and records in one transaction; older versions never replace newer ones. Safe to repeat. */
  project(batch: ProjectionBatch): Promise<void>;
  /** The same for several tasks, each of them once, in one transaction. */
  projectAll(tasks: { task: TaskProjection; lineage: JobLineage }[]): Promise<void>;
  /** Live tasks with one of these numbers; twins have the same. */
  byNumbers(tenant: string, numbers: string[]): Promise<TaskView[]>;
  /** Null also for a removed task. */
  find(tenant: string, taskId: string): Promise<TaskView | null>;
  /** True for removed tasks too: their ids are never taken again. */
  exists(tenant: string, taskId: string): Promise<boolean>;
  /** What these tasks are called, in any order; also the removed ones among them. */
  named(tenant: string, taskIds: readonly string[]): Promise<TaskName[]>;
  /** Live tasks among these, in any order. */
  findAll(tenant: string, taskIds: readonly string[]): Promise<TaskView[]>;
  /** In the order asked for; what has no latest run, or no next one, is as if that were long ago, or far ahead. */
  list(tenant: string, query: TaskQuery, page: PageRequest): Promise<CountedPage<TaskView>>;
  /** Tasks with a gate that waits, those that have waited longest first. */
  waiting(tenant: string, query: WaitingQuery, page: PageRequest): Promise<CountedPage<TaskView>>;
  /**
   * Reserves output tables for one task, replacing what it had reserved. One statement or
   * transaction, so that two tasks that race for one table cannot both have it.
   * @returns the first table that another live task has, with that task; null where all are now reserved
   */
  reserveOutputs(
    tenant: string,
    taskId: string,
    tables: OutputTable[],
  ): Promise<OutputConflict | null>;
  /** The same conflict, with nothing reserved. */
  outputConflict(
    tenant: string,
    taskId: string,
    tables: OutputTable[],
  ): Promise<OutputConflict | null>;
  /** What imports of a source have brought, by external id; `removed`: how often it was removed. */
  imported(
    tenant: string,
    source: string,
  ): Promise<Map<string, { task: TaskView | null; removed: number }>>;
  /** Names of live tasks that list or read one of these tables (id and name, at most 10). */
  usersOfTable(tenant: string, table: string): Promise<{ id: string; name: string }[]>;
  usersOfConnection(tenant: string, connection: string): Promise<{ id: string; name: string }[]>;
  /** Every live task as lineage sees it; of a tenant, or those with these ids. */
  lineage(tenant: string, taskIds?: string[]): Promise<LineageTask[]>;
  /**
   * Live tasks that may come right after this one: they name it in `dependsOn`, or list or read one
   * of `writes`. Served by indexes.
   */
  downstreamOf(tenant: string, taskId: string, writes: string[]): Promise<LineageTask[]>;
  /** Live tasks that may come right before: named in `dependsOn`, or writers of one of `reads`. */
  upstreamOf(
    tenant: string,
    task: { dependsOn: string[]; reads: string[] },
  ): Promise<LineageTask[]>;
  /** Live tasks that list or read the table. */
  tasksOfTable(tenant: string, table: string): Promise<LineageTask[]>;
  /** Recurring tasks of all tenants, in pages by (tenant, id), for the watchdog. */
  recurring(after: { tenant: string; id: string } | null, limit: number): Promise<RecurringTask[]>;
}

/** A recurring task, as the watchdog has to know it. */
export interface RecurringTask {
  tenant: string;
  task: LineageTask;
  paused: boolean;
  version: number;
  updatedAt: string;
  /** Schedule times of its oldest open gates. */
  openTimes: string[];
}

/** Null: it does not matter. */
export interface WaitingQuery {
  /** Part of the name, whatever the case. */
  search: string | null;
  taskId: string | null;
}

export interface OutputTable {
  /** As the task names it. */
  name: string;
  /** What it really is: equal for all names of one table, at most 255 characters. */
  target: string;
}

export interface OutputConflict {
  table: string;
  taskId: string;
  taskName: string | null;
}

export interface ProjectionBatch {
  task: TaskProjection | null;
  /** What the task's job reads and writes; kept with the task. */
  lineage: JobLineage;
  ledger: LedgerProjection[];
  runs: RunProjection[];
}
