import type { Logger } from 'pino';
import type { Retention } from '../config';
import type { JobType } from '../model/job-type';
import type { Secrets } from '../store/secrets';
import type { Store } from '../store/store';
import type { Activities } from './activities';

/** What activities stand on; made once by the worker's entry. */
export interface ActivityDeps {
  store: Store;
  secrets: Secrets;
  /** By type. */
  jobTypes: ReadonlyMap<string, JobType>;
  /** The few calls to Temporal that activities need. */
  temporal: Pick<Activities, 'askRun'>;
  /** Whether the server could register the search attributes. */
  searchAttributes(): boolean;
  /** Folder below which every try gets a scratch folder of its own. */
  scratchRoot: string;
  /** Where webhooks may be; see `hostAllowed`. */
  webhookHosts: readonly string[];
  retention: Retention;
  log: Logger;
}
