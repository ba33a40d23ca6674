/** Who changed what. */
import type { Page, PageRequest } from '../../model/page';
import type { AuditEntry } from '../../model/people';
import type { TimeSpan } from './time-span';

/** What lines of the audit are asked for; null, or left out: whichever. */
export interface AuditFilter extends Partial<TimeSpan> {
  /** The thing, as in `task/3f2a…`, or its kind, as in `task`. */
  target?: string | null;
  /** Name of who did it. */
  actor?: string | null;
  /** The action, as in `task.edit`, or its kind, as in `task`. */
  action?: string | null;
}

export interface AuditStore {
  write(
    tenant: string,
    entry: { actor: string; action: string; target: string; detail: Record<string, unknown> },
  ): Promise<void>;
  /** All of them, in their order, or none. */
  writeAll(tenant: string, entries: Parameters<AuditStore['write']>[1][]): Promise<void>;
  list(tenant: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
}
