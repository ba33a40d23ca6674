/** What workflows may ask of the outside world. */
import type { BackfillStep, CellEnd } from '../model/backfill';
import type { JobResult } from '../model/job-type';
import type { LookUpAnswer, LookUpInput } from '../model/look-up';
import type { Notice } from '../model/notice';
import type { Recurrence } from '../model/recurrence';
import type { RunProjection } from '../model/run';
import type { TaskDefinition, TaskProjection } from '../model/task';
import type { Judgement, RunEnd } from '../model/task-steps';
import type { LedgerProjection } from '../model/trigger';

export interface RunJobInput {
  tenant: string;
  taskId: string;
  taskNumber: string;
  runId: string;
  /** Number of the run among all of the task's, and of the try within it: the fence is made of them. */
  runNumber: number;
  tryNumber: number;
  definition: TaskDefinition;
  /** Schedule time of the run, and when it was asked for; absent where a former version began it. */
  scheduleTime?: string | null;
  askedAt?: string;
  /** The record as it is when the try begins, to be written by the activity; null: it is written. */
  record?: RunProjection | null;
}

/** What a workflow is told after a write. */
export interface Written {
  /** Whether the search attributes are registered, so that the workflow may set them. */
  searchAttributes: boolean;
}

export interface Activities {
  /**
   * Writes one task's changes into the read model, then tells the tasks downstream of the runs that
   * have ended: their gates are judged again, and tables listed `by: "task"` are marked.
   */
  projectTask(batch: {
    task: TaskProjection;
    ledger: LedgerProjection[];
    runs: RunProjection[];
  }): Promise<Written>;
  /** Writes a record. */
  recordRun(record: RunProjection): Promise<Written>;
  /** Runs the task's job once, fenced, with heartbeats. */
  runJob(input: RunJobInput): Promise<JobResult>;
  /**
   * Asks Temporal after a run's own workflow: its end where it came to one, `lost` where it was
   * ended from outside or is not there, `live` while it goes on.
   */
  askRun(run: { tenant: string; taskId: string; runId: string }): Promise<RunEnd | 'live' | 'lost'>;
  /** Whether the upstream tasks have done their part for each of these times (rule 9). */
  judgeNeeds(ask: {
    tenant: string;
    taskId: string;
    createdAt: string;
    number: string;
    definition: TaskDefinition;
    scheduleTimes: string[];
  }): Promise<Judgement[]>;
  /** Makes the task's Schedule as it is to be: created, updated, or gone. Safe to repeat. */
  syncSchedule(task: {
    tenant: string;
    taskId: string;
    name: string;
    /** The task's version with which it is so; absent where a former version of the code asked. */
    version?: number;
    /** Null: no Schedule. */
    schedule: { recurrence: Recurrence; timezone: string } | null;
  }): Promise<void>;
  /** One step of a backfill's driver. */
  advanceBackfill(step: {
    tenant: string;
    id: string;
    number: number;
    ends: { taskId: string; cells: CellEnd[] }[];
    reconcile: boolean;
  }): Promise<BackfillStep>;
  /** The task has been removed: its cells are dropped, and what needs them is blocked. */
  dropTaskFromBackfill(cell: { tenant: string; id: string; taskId: string }): Promise<void>;
  /**
   * Compares due times with records and Schedules with tasks: ticks what was missed, repairs what
   * is not as it should be, and starts drivers that are not there.
   * @param window due times after `from` up to `to`, ISO 8601
   */
  watch(window: { from: string; to: string }): Promise<{ ticked: number; repaired: number }>;
  /** Posts a notice to a webhook, signed; fails for good where another attempt would not help. */
  deliverNotice(delivery: {
    tenant: string;
    url: string;
    notice: Notice;
  }): Promise<{ status: number }>;
  /** Answers a question about a task's result, from the result and the tables as they are now. */
  answerLookUp(input: LookUpInput): Promise<LookUpAnswer>;
  /** Deletes what the store need not keep any longer; a long backlog takes several calls. */
  prune(): Promise<{ deleted: number }>;
}
