/** How the activity `runJob` tells the run's workflow that the job failed. */
import type { TableDetail } from './run';

/** Types of the failures that `runJob` ends with; neither is retried by the activity itself. */
export const jobFailedType = 'JobFailed';
export const jobTimedOutType = 'JobTimedOut';

/** Details of such a failure, and of a cancellation. */
export interface JobFailureDetails {
  /** What lies behind it, in the vendor's own words. */
  cause: string | null;
  tables: TableDetail[];
}
