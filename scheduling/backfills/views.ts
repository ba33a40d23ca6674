import type { BackfillView } from '../../model/backfill';
import type { Store, StoredBackfill } from '../../store/store';
import { average, estimateEnd } from './estimates';

/** Backfills as they are shown: with their estimated ends. */
export async function viewsOf(
  { runs }: Pick<Store, 'runs'>,
  tenant: string,
  backfills: readonly StoredBackfill[],
): Promise<BackfillView[]> {
  const unpaced = backfills.filter(({ status, endedSince }) => {
    return status === 'running' && endedSince === 0;
  });
  const taskIds = [...new Set(unpaced.flatMap((backfill) => backfill.taskIds))];
  const usual = taskIds.length > 0 ? await runs.usualSeconds(tenant, taskIds) : new Map();
  const now = Date.now();
  return backfills.map((backfill) => {
    const known = backfill.taskIds.flatMap((id): number[] => usual.get(id) ?? []);
    const { resumedAt: _resumedAt, endedSince: _endedSince, ...shown } = backfill;
    return { ...shown, estimatedEnd: estimateEnd(backfill, average(known), now) };
  });
}
