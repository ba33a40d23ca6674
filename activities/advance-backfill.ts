/** A backfill's plan lies in the store; its driver moves it on by these. */
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';

export function makeBackfillSteps({
  store,
}: Pick<ActivityDeps, 'store'>): Pick<Activities, 'advanceBackfill' | 'dropTaskFromBackfill'> {
  return {
    advanceBackfill: ({ tenant, id, ...step }) => store.backfills.advance(tenant, id, step),
    dropTaskFromBackfill: ({ tenant, id, taskId }) => store.backfills.dropTask(tenant, id, taskId),
  };
}
