import { defaultConcurrency } from '../../model/backfill';
import type { Caller } from '../../model/people';
import { noteAction } from '../audit';
import type { SchedulingDeps } from '../deps';
import { backfillIdOf } from '../idempotency-keys';
import { requireTable } from '../known-tables';
import { LineageIndex } from '../lineage-index';
import type { BackfillService } from '../scheduling';
import { mergeRoots, RootFinder } from './roots';
import type { BackfillStarter } from './starter';
import { TimesReader } from './wanted-times';

type Trigger = BackfillService['triggerTable'];

/**
 * Triggers a table at schedule times (rule 8): one backfill of all that is to be run, with all that
 * comes after it, and a mark for each triggered task that has not run then.
 */
export async function triggerTable(
  deps: SchedulingDeps,
  starter: BackfillStarter,
  caller: Caller,
  { table, times }: Parameters<Trigger>[1],
  options: Parameters<Trigger>[2],
): ReturnType<Trigger> {
  const { store } = deps;
  const { tenant } = caller;
  const { receipt, idempotencyKey = null } = options;
  const id = backfillIdOf(deps.secrets, caller, idempotencyKey);
  const before = idempotencyKey === null ? null : await store.backfills.find(tenant, id);
  if (before) {
    await deps.gateway.ensureBackfill(tenant, id);
    return { backfillId: id, cells: before.count, marks: 0 };
  }
  const reader = new TimesReader(times, options.plainTimes);
  // Also where no task reads them, they have to be times.
  await reader.check();
  await requireTable(store, tenant, table);
  const index = new LineageIndex(await store.tasks.lineage(tenant));
  const finder = new RootFinder(deps, tenant, reader);
  const { roots, marks } = mergeRoots([await finder.ofTable(table, index.readersOf(table))]);
  const kind = { downstream: 'matching', existing: 'rerun' } as const;
  const plan = await starter.plan(tenant, index, { roots, marks, ...kind });
  const isMoreThanMarks = plan.cells.length > 0;
  if (!isMoreThanMarks) await starter.mark(caller, marks, { receipt, idempotencyKey });
  else {
    await starter.start(caller, {
      ...{ id, startedBy: 'tableTrigger', ...kind, concurrency: defaultConcurrency },
      ...{ taskIds: roots.map(({ taskId }) => taskId), plan, receipt, idempotencyKey },
    });
  }
  const done = {
    backfillId: isMoreThanMarks ? id : null,
    cells: plan.cells.length,
    marks: marks.length,
  };
  await noteAction(store, caller, 'table.trigger', `table/${table}`, done);
  return done;
}
