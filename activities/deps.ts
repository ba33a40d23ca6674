import type { Logger } from 'pino';
import type { Retention } from '../config';
import type { JobType } from '../model/job-type';
import type { Tick } from '../model/messages';
import type { FoundSchedule, ScheduledTask } from '../model/schedule-note';
import type { Trigger } from '../model/trigger';
import type { Secrets } from '../store/secrets';
import type { Store } from '../store/store';
import type { Activities } from './activities';

/** The few calls to Temporal that activities make. `gone`: there is no such workflow any more. */
export interface TemporalPort extends Pick<Activities, 'askRun'> {
  tick(tenant: string, taskId: string, tick: Tick): Promise<'sent' | 'gone'>;
  upstreamChanged(tenant: string, taskId: string): Promise<'sent' | 'gone'>;
  /** Any number of triggers. */
  markTables(tenant: string, taskId: string, triggers: Trigger[]): Promise<'sent' | 'gone'>;
  /** Makes the task's Schedule, or brings it up to date; one of a later version stays. */
  putSchedule(task: ScheduledTask): Promise<void>;
  /** A Schedule that is not there is as good as deleted. */
  deleteSchedule(tenant: string, taskId: string): Promise<void>;
  /** The Schedules of all tasks that have one. */
  listSchedules(): AsyncIterable<FoundSchedule>;
  /** Starts the driver of a backfill where none is at work. */
  ensureBackfill(tenant: string, id: string): Promise<void>;
}

/** What activities stand on; made once by the worker's entry. */
export interface ActivityDeps {
  store: Store;
  secrets: Secrets;
  /** By type. */
  jobTypes: ReadonlyMap<string, JobType>;
  temporal: TemporalPort;
  /** Whether the server could register the search attributes. */
  searchAttributes(): boolean;
  /** Folders (absolute) below which files of a tenant's connections must lie. */
  filesRoots(tenant: string): string[];
  /** Folder below which every try gets a scratch folder of its own. */
  scratchRoot: string;
  /** Where webhooks may be; see `hostAllowed`. */
  webhookHosts: readonly string[];
  retention: Retention;
  log: Logger;
}
