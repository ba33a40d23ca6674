/** The activity that deletes what the store need not keep any longer. */
import { Context } from '@temporalio/activity';
import type { Retention } from '../config';
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';
import { neededRecords } from './needed-records';

const dayMs = 86_400_000;

/** A batch takes well under the store's limit for one statement; what a minute leaves waits a day. */
const usualBounds = { batch: 5_000, forMs: 60_000 };

/** @param bounds most rows of a kind at once, and how long another batch may begin */
export function makePrune(
  { store, retention }: Pick<ActivityDeps, 'store' | 'retention'>,
  bounds = usualBounds,
): Activities['prune'] {
  return async function prune(): Promise<{ deleted: number }> {
    const { cancellationSignal } = Context.current();
    const limits = limitsAt(Date.now(), retention);
    const needed = limits.records === null ? [] : await neededRecords(store, Date.now());
    const until = performance.now() + bounds.forMs;
    let deleted = 0;
    for (;;) {
      const pruned = await store.retention.prune(limits, bounds.batch, needed);
      const gone = Object.values(pruned).reduce((sum, rows) => sum + rows, 0);
      deleted += gone;
      const over = performance.now() >= until || cancellationSignal.aborted;
      if (gone === 0 || over) return { deleted };
      Context.current().heartbeat({ deleted });
    }
  };
}

function limitsAt(now: number, { ledger, records, logs, audit }: Retention) {
  const before = (days: number | null): Date | null =>
    days === null ? null : new Date(now - days * dayMs);
  return {
    ledger: before(ledger),
    records: before(records),
    logs: before(logs),
    audit: before(audit),
    backfills: before(records),
  };
}
