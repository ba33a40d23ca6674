/** The records of runs. */
import type { Page, PageRequest } from '../../model/page';
import type {
  LogLine,
  RunProjection,
  RunRecord,
  RunStarter,
  RunStatus,
  TableDetail,
} from '../../model/run';
import type { TaskRow } from '../../model/task-list';
import type { KnownInstance } from './backfills';
import type { TimeSpan } from './time-span';

/** By when they were asked for; of one task, or of the tenant where `taskId` is null. */
export interface RunFilter extends TimeSpan {
  taskId: string | null;
  status: RunStatus | null;
  startedBy: RunStarter | null;
}

export interface RunStore {
  /** Writes one record; an older version never replaces a newer one. */
  project(record: RunProjection): Promise<void>;
  /** Progress and per-table details of a run that is `running`; no effect on one that has ended. */
  progress(
    tenant: string,
    runId: string,
    progress: { fraction: number; text: string } | null,
    tables: TableDetail[],
  ): Promise<void>;
  find(tenant: string, taskId: string, runId: string): Promise<RunRecord | null>;
  /** What some runs are doing, by id; those without a record are left out. */
  doings(
    tenant: string,
    runIds: string[],
  ): Promise<Map<string, Pick<NonNullable<TaskRow['latestRun']>, 'startedAt' | 'progress'>>>;
  list(tenant: string, filter: RunFilter, page: PageRequest): Promise<Page<RunRecord>>;
  /** The latest attempt of each instance, newest schedule time first. */
  instances(
    tenant: string,
    taskId: string,
    filter: { from: string | null; to: string | null; status: RunStatus | null },
    page: PageRequest,
  ): Promise<Page<RunRecord>>;
  /**
   * How instances stand: latest attempt (0 where nothing ran), its status and run. Of the named
   * times, or of a closed range.
   */
  knownInstances(
    tenant: string,
    taskId: string,
    times: string[] | { from: string; to: string },
  ): Promise<KnownInstance[]>;
  /** The latest instance with a schedule time at or before `at`. */
  latestInstance(tenant: string, taskId: string, at: string): Promise<KnownInstance | null>;
  /** Median seconds that each task's last 20 succeeded runs took; tasks without one are left out. */
  usualSeconds(tenant: string, taskIds: string[]): Promise<Map<string, number>>;
  /** Appends lines and keeps the run's last 1,000. */
  appendLog(tenant: string, runId: string, lines: LogLine[]): Promise<void>;
  /** The lines kept, oldest first. */
  log(tenant: string, runId: string): Promise<LogLine[]>;
}
