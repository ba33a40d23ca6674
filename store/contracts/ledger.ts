/** The trigger calls, and what became of each. */
import type { Page, PageRequest } from '../../model/page';
import type { LedgerEntry, TriggerOutcome } from '../../model/trigger';
import type { Arrival } from '../../model/usual-arrival';
import type { TimeSpan } from './time-span';

export interface LedgerStore {
  find(tenant: string, taskId: string, receipt: string): Promise<LedgerEntry | null>;
  list(
    tenant: string,
    taskId: string,
    filter: LedgerFilter,
    page: PageRequest,
  ): Promise<Page<LedgerEntry>>;
  /** The latest marks of some tables in some tasks, in the order asked for; empty where there are none. */
  arrivals(tenant: string, of: { taskId: string; table: string }[]): Promise<Arrival[][]>;
}

/** By when the calls came. */
export interface LedgerFilter extends TimeSpan {
  outcome: TriggerOutcome | null;
  table: string | null;
}
