/** What workflows may ask of the outside world. */
import type { JobResult } from '../model/job-type';
import type { RunProjection } from '../model/run';
import type { TaskDefinition, TaskProjection } from '../model/task';
import type { RunEnd } from '../model/task-steps';
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
}

/** What a workflow is told after a write. */
export interface Written {
  /** Whether the search attributes are registered, so that the workflow may set them. */
  searchAttributes: boolean;
}

export interface Activities {
  /** Writes one task's changes into the read model. */
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
}
