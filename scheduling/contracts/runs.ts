/** Runs and instances. */
import type { Page, PageRequest } from '../../model/page';
import type { Caller } from '../../model/people';
import type { LogLine, RunRecord, RunStatus } from '../../model/run';
import type { RunFilter } from '../../store/store';

export type RunRead = RunRecord & { temporalUrl: string | null };

export interface RunService {
  /** Starts by hand; `runInProgress` while busy. */
  start(caller: Caller, taskId: string, idempotencyKey: string | null): Promise<RunRead>;
  /**
   * Starts one run of a triggered task with the tables that a gate has; that is reset at its end.
   * @param gate.scheduleTime text of the gate's time; null: the open round
   * @throws TablegateError gateEmpty, runInProgress, rerunDenied, taskKindMismatch
   */
  startWithPresent(
    caller: Caller,
    taskId: string,
    gate: { scheduleTime: string | null },
    idempotencyKey: string | null,
  ): Promise<RunRead>;
  get(caller: Caller, taskId: string, runId: string): Promise<RunRead>;
  list(caller: Caller, filter: RunFilter, page: PageRequest): Promise<Page<RunRead>>;
  log(caller: Caller, taskId: string, runId: string): Promise<{ items: LogLine[] }>;
  cancel(caller: Caller, taskId: string, runId: string): Promise<RunRead>;
  /**
   * Runs a record's instance again as its next attempt, or, where it has no schedule time, the task
   * by hand. Answers once the new record is there, or after a few seconds without it (`run` null:
   * it waits for its turn). With an `idempotencyKey` it is done once, however often it is asked for.
   * @throws TablegateError rerunDenied by the run policy
   */
  rerun(
    caller: Caller,
    taskId: string,
    runId: string,
    options: { downstream: 'none' | 'matching'; idempotencyKey: string | null },
  ): Promise<RerunView>;
  /** Instances of a task and gates that have none yet, newest schedule time first. */
  instances(
    caller: Caller,
    taskId: string,
    filter: InstanceFilter,
    page: PageRequest,
  ): Promise<Page<InstanceView>>;
  /**
   * The same of all tasks that list or read a table.
   * @throws TablegateError tableNotFound for a table that is not known
   */
  tableInstances(
    caller: Caller,
    table: string,
    filter: InstanceFilter,
    page: PageRequest,
  ): Promise<Page<InstanceView>>;
}

/** What a rerun has brought about. */
export interface RerunView {
  /** The backfill that does it; null for a run without schedule time. */
  backfillId: string | null;
  run: RunRead | null;
  scheduleTime: string | null;
  attempt: number;
}

export interface InstanceFilter {
  /** First and last schedule time, as text; without offset it is read in the task's timezone. */
  from: string | null;
  to: string | null;
  status: InstanceView['status'] | null;
}

/** An instance: its latest attempt, or the gate that it waits for. */
export interface InstanceView {
  taskId: string;
  scheduleTime: string;
  /** Attempts so far. */
  attempts: number;
  /** Status of the latest attempt; `waiting` while its gate is open and nothing has run. */
  status: RunStatus | 'waiting';
  /** What it waits for, what blocks it, or why it failed. */
  reason: string | null;
  run: RunRead | null;
}
