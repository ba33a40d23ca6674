import type { Logger } from 'pino';
import type { Settings } from '../config';
import type { JobType } from '../model/job-type';
import type { Secrets } from '../store/secrets';
import type { Store } from '../store/store';
import type { TemporalGateway } from './gateway';

/** What the service asks of Temporal. */
export type Gateway = Pick<TemporalGateway, keyof TemporalGateway>;

/** What the service stands on. */
export interface SchedulingDeps {
  store: Store;
  secrets: Secrets;
  gateway: Gateway;
  /** By type. */
  jobTypes: ReadonlyMap<string, JobType>;
  settings: Pick<
    Settings,
    'publicUrl' | 'filesRoots' | 'timezone' | 'edition' | 'dataDir' | 'webhookHosts'
  >;
  log: Logger;
}
