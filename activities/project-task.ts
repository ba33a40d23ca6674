/** The end of the path: a task's changes become part of the read model. */
import { lineageOf } from '../model/lineage-of';
import { asNow } from '../model/run';
import { wholeTaskView } from '../store/task-view';
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';
import { tellDownstream } from './tell-downstream';

export function makeProjectTask(
  deps: Pick<ActivityDeps, 'store' | 'jobTypes' | 'temporal' | 'searchAttributes' | 'log'>,
): Activities['projectTask'] {
  return async function projectTask(batch) {
    // A workflow of the former version may have asked for this, shortly before it was replaced.
    const task = { ...batch.task, ...wholeTaskView(batch.task) };
    const lineage = lineageOf(deps.jobTypes, task);
    const runs = batch.runs.map(asNow);
    await deps.store.tasks.project({ ...batch, task, lineage, runs });
    await tellDownstream(deps, { task, lineage, runs });
    return { searchAttributes: deps.searchAttributes() };
  };
}
