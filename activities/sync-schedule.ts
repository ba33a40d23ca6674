import type { Activities } from './activities';
import type { ActivityDeps } from './deps';

/** The one path on which a task's Schedule is made, changed and deleted. */
export function makeSyncSchedule({
  temporal,
}: Pick<ActivityDeps, 'temporal'>): Activities['syncSchedule'] {
  return async ({ tenant, taskId, name, version = 0, schedule }) => {
    if (schedule === null) await temporal.deleteSchedule(tenant, taskId);
    else await temporal.putSchedule({ tenant, taskId, name, version, ...schedule });
  };
}
